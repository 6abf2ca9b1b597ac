"""One question to one model: which neurons an answer comes from, for prompts of one's own.

    model = open_checkpoint("results/models/tiny-gpt2-seed0")
    print(inspect(model, ["The capital of France is"], answer="Paris"))

`qloc inspect` prints the same. Scores, knowledge neurons and consistency are those of the study:
the same functions compute them, with the settings of config.yaml where none are given.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from qloc import __version__
from qloc.inspection.findings import PromptFindings
from qloc.inspection.neurons import (
    consistency,
    pair_overlaps,
    selected_sets,
    top_neurons,
    unsettled_layers,
)
from qloc.inspection.prompts import encode_prompts, read_prompts
from qloc.inspection.result import Inspection
from qloc.inspection.settings import InspectionSettings, settings_with
from qloc.measures.selection import selected
from qloc.models import answers
from qloc.models.greedy import say, token_texts
from qloc.models.language_model import LanguageModel
from qloc.models.memory import in_batches
from qloc.models.methods import attribute
from qloc.models.opening import open_checkpoint
from qloc.models.precision import matrix_products
from qloc.models.prompting import EncodedQuery

__all__ = ["inspect", "open_checkpoint", "settings_with"]


def inspect(
    model: LanguageModel,
    prompts: Sequence[str],
    answer: str,
    settings: InspectionSettings | None = None,
) -> Inspection:
    """Ask a model prompts for one answer, and find the neurons that it comes from.

    Args:
        model: From `open_checkpoint`.
        prompts: Texts that the answer continues; of several, the knowledge neurons are compared.
        answer: The expected continuation.
        settings: From `settings_with`; those of config.yaml if left out.

    Raises:
        StudyError: A prompt cannot be asked of the model.
    """
    how = settings or settings_with()
    texts, expected = read_prompts(prompts, answer)
    queries = encode_prompts(model.tokenizer, model.context_length, texts, expected)
    found = tuple(_findings(model, texts, queries, how))
    sets = selected_sets([prompt.knowledge_neurons for prompt in found])
    is_adaptive = how.rule.quadrature == "adaptive"
    return Inspection(
        qloc_version=__version__,
        checkpoint=str(model.module.name_or_path),
        architecture=model.module.config.get_text_config().model_type,
        n_layers=model.n_layers,
        n_neurons=model.n_neurons,
        method=how.method,
        knobs=how.knobs,
        quadrature=how.rule.quadrature,
        steps=None if is_adaptive else how.rule.steps,
        tolerance=how.rule.tolerance if is_adaptive else None,
        precision=how.precision,
        answer=expected,
        answer_tokens=how.answer_tokens,
        selection_threshold=how.selection_threshold,
        prompts=found,
        overlaps=pair_overlaps(sets),
        consistency=consistency(sets),
    )


def _findings(
    model: LanguageModel,
    texts: Sequence[str],
    queries: Sequence[EncodedQuery],
    how: InspectionSettings,
) -> Iterator[PromptFindings]:
    """What was found for every prompt, in as many batches as the memory asks for."""

    def work(batch: Sequence[tuple[str, EncodedQuery]]) -> list[PromptFindings]:
        return list(_found_together(model, [text for text, _ in batch], [q for _, q in batch], how))

    asked = list(zip(texts, queries, strict=True))
    for _, _, found in in_batches(asked, len(asked), work, model.device):
        yield from found


def _found_together(
    model: LanguageModel,
    texts: Sequence[str],
    queries: Sequence[EncodedQuery],
    how: InspectionSettings,
) -> Iterator[PromptFindings]:
    """What was found for every prompt of a batch."""
    answered = answers.answer(model, queries, None, len(queries), how.answer_tokens)
    with matrix_products(how.precision):
        found = attribute(model, queries, how.method, how.rule, how.answer_tokens, how.knobs)
    for number, (text, query) in enumerate(zip(texts, queries, strict=True)):
        said = say(model, query.prompt_tokens, len(query.counted_tokens(how.answer_tokens)))
        is_selected = selected(found.scores[number], how.selection_threshold)
        yield PromptFindings(
            prompt=text,
            answer_tokens=token_texts(model, query.answer_tokens),
            n_prompt_tokens=len(query.prompt_tokens),
            answer_probability=float(answered.probability[number]),
            answer_rank=int(answered.rank[number]),
            said=said.text,
            said_probability=said.probability,
            top_neurons=top_neurons(
                found.scores[number], found.activations[number], is_selected, how.top
            ),
            knowledge_neurons=tuple(
                (layer, neuron) for layer, neuron in np.argwhere(is_selected).tolist()
            ),
            knowledge_neurons_by_layer=tuple(is_selected.sum(1).tolist()),
            unsettled_layers=unsettled_layers(found.checks, number),
        )
