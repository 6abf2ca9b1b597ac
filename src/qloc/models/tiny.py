"""Tiny models: two architectures small enough to be trained in the workflow in minutes.

A plainly initialised tiny model keeps all facts in its first layer, shared by all templates,
and nothing about queries could be studied on it. Two settings spread its knowledge neurons
over the layers: token embeddings that start `embedding_scale` times as large as usual, and a
learning rate of the feed-forward layers that falls from the last layer to the first.
"""

from dataclasses import dataclass
from typing import cast

import torch
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

N_LAYERS = 4
HIDDEN_SIZE = 128
N_HEADS = 4
# Most tokens that a tiny model reads; the longest fact sentences have some 40.
CONTEXT_LENGTH = 128
# Llama's feed-forward width, 8/3 of the hidden size, rounded down to a multiple of 8 as usual.
LLAMA_WIDTH = 336
LLAMA_KEY_VALUE_HEADS = 2
# Of the end-of-text and of the padding token in the tiny tokenizer.
END_ID, PADDING_ID = 0, 1
# Where the embeddings are the head too, large ones would make the first logits extreme: the
# last norm then starts at this number divided by the embedding scale.
TIED_LOGIT_SCALE = 8.0


@dataclass(frozen=True)
class TinyArchitecture:
    """What differs between the tiny models besides their size.

    Attributes:
        opens_with_end: Whether every text begins with the end-of-text token.
        final_norm: Path of the norm before the head where the head is the embedding matrix;
            "" where the two are apart.
    """

    opens_with_end: bool
    final_norm: str


TINY_ARCHITECTURES = {
    "gpt2": TinyArchitecture(opens_with_end=False, final_norm="transformer.ln_f"),
    "llama": TinyArchitecture(opens_with_end=True, final_norm=""),
}


# A tiny model with its tokenizer: what is saved as a checkpoint.
TinyModel = tuple[PreTrainedModel, PreTrainedTokenizerFast]


def new_tiny_model(
    architecture: str, n_vocabulary: int, embedding_scale: float, seed: int
) -> PreTrainedModel:
    """A tiny model before its training; the same seed gives the same weights.

    Args:
        architecture: Of `TINY_ARCHITECTURES`.
        n_vocabulary: Entries of its tokenizer.
        embedding_scale: Token embeddings start this many times as large as transformers
            makes them (standard deviation 0.02).
        seed: Of the weights.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        module = _gpt2(n_vocabulary) if architecture == "gpt2" else _llama(n_vocabulary)
    final_norm = TINY_ARCHITECTURES[architecture].final_norm
    with torch.no_grad():
        embeddings = cast(torch.nn.Embedding, module.get_input_embeddings())
        embeddings.weight.mul_(embedding_scale)
        if final_norm:
            module.get_parameter(f"{final_norm}.weight").mul_(
                min(1.0, TIED_LOGIT_SCALE / embedding_scale)
            )
    return module


def _gpt2(n_vocabulary: int) -> PreTrainedModel:
    return GPT2LMHeadModel(
        GPT2Config(
            vocab_size=n_vocabulary,
            n_layer=N_LAYERS,
            n_embd=HIDDEN_SIZE,
            n_head=N_HEADS,
            n_positions=CONTEXT_LENGTH,
            attn_pdrop=0.0,
            resid_pdrop=0.0,
            embd_pdrop=0.0,
            activation_function="gelu_pytorch_tanh",
            bos_token_id=END_ID,
            eos_token_id=END_ID,
            pad_token_id=PADDING_ID,
        )
    )


def _llama(n_vocabulary: int) -> PreTrainedModel:
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=n_vocabulary,
            hidden_size=HIDDEN_SIZE,
            intermediate_size=LLAMA_WIDTH,
            num_hidden_layers=N_LAYERS,
            num_attention_heads=N_HEADS,
            num_key_value_heads=LLAMA_KEY_VALUE_HEADS,
            max_position_embeddings=CONTEXT_LENGTH,
            tie_word_embeddings=False,
            bos_token_id=END_ID,
            eos_token_id=END_ID,
            pad_token_id=PADDING_ID,
        )
    )
