"""Sequential integrated gradients (SIG, Enguehard 2023, arXiv 2305.15853, eq. 4).

    S_i = (a_i − ā_i) ⊙ ∫ ∇_v P(answer | a_i := v) over v from ā_i to a_i
    A = Σ_i S_i / ‖S‖₂, one norm over all layers, words and neurons

for the neurons a_i of every layer at word i; ā_i is what they do when another token stands in its
place. A word is one token of the prompt that is not special.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from qloc.measures.attribution import Attribution
from qloc.models.activations import read_activations
from qloc.models.language_model import LanguageModel
from qloc.models.methods import Rule
from qloc.models.path_scores import PathScores, Stretch, score_paths, stretch
from qloc.models.prompting import AnswerTokens, EncodedQuery
from qloc.models.tails import Prompts, read_prompts
from qloc.models.words import replacement_token, word_positions


def attribute(
    model: LanguageModel,
    queries: Sequence[EncodedQuery],
    rule: Rule,
    answer_tokens: AnswerTokens,
    *,
    replacement: Sequence[str],
) -> Attribution:
    """Attribute the answer of every query to all neurons.

    Args:
        model: Who answers.
        queries: That have no problem.
        rule: How path integrals are taken.
        answer_tokens: What counts of an answer.
        replacement: Special tokens, the first of which that the tokenizer has replaces a word.
    """
    token = replacement_token(model, replacement)
    words = [word_positions(model, query) for query in queries]
    longest = max(len(query.prompt_tokens) for query in queries)
    ends = [len(query.prompt_tokens) - 1 for query in queries]
    # Of every token up to the longest prompt's; past its own end a query repeats its last.
    places = [[min(place, end) for place in range(longest)] for end in ends]
    prompts = read_prompts(model, queries, places, answer_tokens)
    stretches = [
        _stretch(model, prompts, position, numbers, token)
        for position in range(longest)
        if (numbers := [number for number, own in enumerate(words) if position in own])
    ]
    found = score_paths(prompts, stretches, rule)
    return Attribution(
        _normalised(found).numpy(force=True),
        prompts.activations[:, -1].numpy(force=True),
        found.checks,
    )


def _stretch(
    model: LanguageModel, prompts: Prompts, position: int, numbers: Sequence[int], token: int
) -> Stretch:
    """The paths of the words at one position of their prompts."""
    queries = [prompts.queries[number] for number in numbers]
    # Attention is causal: nothing behind a token changes what its neurons do.
    texts = [[*query.prompt_tokens[:position], token] for query in queries]
    baselines = read_activations(model, texts, [[position]] * len(texts))[:, 0]
    neurons = prompts.activations[numbers, position]
    positions = [position] * len(numbers)
    tail = prompts.tail(numbers, positions)
    return stretch(model, tail, range(len(numbers)), numbers, positions, baselines, neurons)


def _normalised(found: PathScores) -> Float[Tensor, "query layer neuron"]:
    """Scores over the norm of those of all words; 0 where that is 0."""
    squares = found.of_paths.square().sum(1)
    total = squares.new_zeros(len(found.summed))
    total.index_add_(0, found.numbers.to(squares.device), squares)
    norm = total.sqrt()[:, None, None]
    return torch.where(norm > 0, found.summed / norm, 0)
