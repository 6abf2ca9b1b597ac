"""Attribution from replaced words (AMIG, Chen et al. 2024, arXiv 2308.13198, eq. 1–3).

    U_i = (a − b_i) ⊙ ∫ ∇_v P(answer | a := v) over v from b_i to a
    A = Σ_i U_i / Z, Z = Σ |Σ_i U_i| over all layers and neurons

for the neurons a of every layer at the last token; b_i is what they do when the end-of-text token
stands in place of word i. A word is one token of the prompt that is not special.
"""

from collections.abc import Sequence
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from qloc.measures.attribution import Attribution
from qloc.models.activations import read_activations
from qloc.models.language_model import LanguageModel
from qloc.models.methods import Rule
from qloc.models.path_scores import score_paths, stretch
from qloc.models.prompting import AnswerTokens, EncodedQuery
from qloc.models.tails import read_prompts
from qloc.models.words import replaced, replacement_token, word_positions


def attribute(
    model: LanguageModel,
    queries: Sequence[EncodedQuery],
    rule: Rule,
    answer_tokens: AnswerTokens,
    *,
    baseline: Literal["one_token", "all_tokens"],
    aggregate: Literal["per_word", "mean_baseline"],
) -> Attribution:
    """Attribute the answer of every query to all neurons; |scores| of a query sum to 1.

    Args:
        model: Who answers.
        queries: That have no problem.
        rule: How path integrals are taken.
        answer_tokens: What counts of an answer.
        baseline: Words replaced one at a time, or all at once, which leaves one path.
        aggregate: A path for every word, or one from the mean of their baselines.
    """
    last = [len(query.prompt_tokens) - 1 for query in queries]
    prompts = read_prompts(model, queries, [[position] for position in last], answer_tokens)
    activations = prompts.activations[:, 0]
    numbers, words, texts = _replaced(model, queries, baseline)
    ends = [[last[number]] for number in numbers]
    baselines = read_activations(model, texts, ends)[:, 0]  # entry layer neuron
    if aggregate == "mean_baseline":
        of_entry = torch.tensor(numbers)
        baselines = torch.stack([baselines[of_entry == q].mean(0) for q in range(len(queries))])
        numbers, words = list(range(len(queries))), [0] * len(queries)
    tail = prompts.tail(range(len(queries)), last)
    paths = stretch(model, tail, numbers, numbers, words, baselines, activations[numbers])
    found = score_paths(prompts, [paths], rule)
    return Attribution(
        _normalised(found.summed).numpy(force=True), activations.numpy(force=True), found.checks
    )


def _replaced(
    model: LanguageModel, queries: Sequence[EncodedQuery], baseline: str
) -> tuple[list[int], list[int], list[list[int]]]:
    """Of every baseline: the number of its query, its word, and its prompt with words replaced."""
    end = replacement_token(model, ["eos"])
    numbers, words, texts = [], [], []
    for number, query in enumerate(queries):
        positions = word_positions(model, query)
        together = [positions] if baseline == "all_tokens" else [[place] for place in positions]
        for places in together:
            numbers.append(number)
            words.append(0 if baseline == "all_tokens" else places[0])
            texts.append(replaced(query, places, end))
    return numbers, words, texts


def _normalised(
    summed: Float[Tensor, "query layer neuron"],
) -> Float[Tensor, "query layer neuron"]:
    """Scores over the sum of their sizes; 0 where that is 0."""
    total = summed.abs().sum((1, 2), keepdim=True)
    return torch.where(total > 0, summed / total, 0)
