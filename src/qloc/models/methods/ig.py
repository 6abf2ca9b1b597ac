"""Integrated gradients from zero at the last token (Dai et al. 2022, arXiv 2104.08696, eq. 2).

    A = a ⊙ Σ_k w_k ∇_v P(answer | a := v) at v = α_k a

for the neurons a of every layer. A layer's scores add up to what the answer loses when all its
neurons are set to zero.
"""

from collections.abc import Sequence

from qloc.measures.attribution import Attribution
from qloc.models.attention_change import AttentionChange
from qloc.models.language_model import LanguageModel
from qloc.models.methods import Rule
from qloc.models.path_scores import score_paths, stretch
from qloc.models.prompting import AnswerTokens, EncodedQuery
from qloc.models.tails import read_prompts


def attribute(
    model: LanguageModel,
    queries: Sequence[EncodedQuery],
    rule: Rule,
    answer_tokens: AnswerTokens,
    change: AttentionChange | None = None,
) -> Attribution:
    """Attribute the answer of every query to all neurons; scores in units of probability.

    Args:
        model: Who answers.
        queries: That have no problem; the last is the longest.
        rule: How path integrals are taken.
        answer_tokens: What counts of an answer.
        change: What is done to attention weights meanwhile, query by query.
    """
    last = [len(query.prompt_tokens) - 1 for query in queries]
    places = [[position] for position in last]
    prompts = read_prompts(model, queries, places, answer_tokens, change)
    activations = prompts.activations[:, 0]
    every = range(len(queries))
    tail = prompts.tail(every, last)
    zero = activations.new_zeros(()).expand_as(activations)
    paths = stretch(model, tail, every, every, [0] * len(queries), zero, activations)
    found = score_paths(prompts, [paths], rule)
    return Attribution(found.summed.numpy(force=True), activations.numpy(force=True), found.checks)
