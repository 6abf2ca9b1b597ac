"""Attributions while attention is manipulated: what neurons contribute to the answer then."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float

from qloc.models.interventions import Intervention, attention_change, without_repeats
from qloc.models.language_model import LanguageModel
from qloc.models.methods import Rule, ig
from qloc.models.padding import runs
from qloc.models.prompting import AnswerTokens, EncodedQuery


def attribute_manipulated(
    model: LanguageModel,
    queries: Sequence[EncodedQuery],
    interventions: Sequence[Intervention],
    rule: Rule,
    answer_tokens: AnswerTokens,
) -> Float[np.ndarray, "intervention layer neuron"]:
    """Integrated gradients at the last token of the prompt, in units of probability.

    The prompt is read, and its answer attributed, with columns and masses changed all the way.

    Args:
        model: Who reads.
        queries: That have no problem.
        interventions: In any order; none scales neurons, which are what is measured.
        rule: How path integrals are taken.
        answer_tokens: What counts of an answer.

    Raises:
        StudyError: The model's attention cannot be changed, or the model is not built as its
            architecture says.
    """
    assert all(part.neurons is None for part in interventions), "neurons are what is measured"
    distinct, places = without_repeats(interventions)
    shape = (len(distinct), model.n_layers, model.n_neurons)
    dtype = np.float64 if model.dtype == torch.float64 else np.float32
    scores = np.empty(shape, dtype=dtype)
    lengths = np.array([len(queries[part.query].prompt_tokens) for part in distinct])
    order = np.argsort(lengths, kind="stable")
    by_length = [distinct[number] for number in order]
    for chosen in runs(lengths[order].tolist()):
        parts = by_length[chosen]
        own = [queries[part.query] for part in parts]
        change = attention_change(model, own, parts, answer_tokens)
        scores[order[chosen]] = ig.attribute(model, own, rule, answer_tokens, change).scores
    return scores[places]
