"""The tokenizer of a tiny model: byte-level BPE in which every object is one token."""

from collections.abc import Iterator, Sequence

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

END_OF_TEXT = "<|endoftext|>"
# Never read in training, so its embedding means nothing: texts are padded, and words replaced, with
# the end-of-text token instead.
PADDING = "<pad>"

# Entries: large enough for some 1,000 objects as single tokens, small enough that the
# embedding matrix does not outweigh the layers that are studied.
N_ENTRIES = 4_000
# An object is read this often, so that it is merged to one token before the vocabulary is full.
N_READINGS = 2_000


def train_tokenizer(
    prompts: Sequence[str], answers: Sequence[str], text: Sequence[str], opens_with_end: bool
) -> PreTrainedTokenizerFast:
    """Learn a vocabulary from prompts, general text, and answers many times over.

    The same texts in the same order give the same tokenizer.

    Args:
        prompts: Of the queries.
        answers: Their objects, each once.
        text: General text, in paragraphs.
        opens_with_end: Whether every text begins with the end-of-text token, as Llama's do.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=N_ENTRIES,
        special_tokens=[END_OF_TEXT, PADDING],
        show_progress=False,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
    )
    tokenizer.train_from_iterator(_readings(prompts, answers, text), trainer)
    if opens_with_end:
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{END_OF_TEXT} $A",
            special_tokens=[(END_OF_TEXT, tokenizer.token_to_id(END_OF_TEXT))],
        )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        bos_token=END_OF_TEXT,
        eos_token=END_OF_TEXT,
        pad_token=END_OF_TEXT,
        clean_up_tokenization_spaces=False,
    )


def _readings(prompts: Sequence[str], answers: Sequence[str], text: Sequence[str]) -> Iterator[str]:
    for answer in answers:
        yield f" {answer}" * N_READINGS
    yield from prompts
    yield from text
