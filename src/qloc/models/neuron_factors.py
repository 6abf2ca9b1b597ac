"""What the answer does when neurons are scaled at the last token of the prompt.

Attention is causal, so nothing before that token changes: all versions of a prompt share its keys
and values, and each is one token of one run.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64

from qloc.models.language_model import LanguageModel
from qloc.models.manipulated_rows import NeuronFactors, RowFactors, run_manipulated
from qloc.models.padding import runs
from qloc.models.plain_check import check_unmodified
from qloc.models.prompting import EncodedQuery
from qloc.models.tails import Prompts


def scale_neurons(
    model: LanguageModel, prompts: Prompts, factors: Sequence[Sequence[NeuronFactors]]
) -> list[Float64[np.ndarray, " row"]]:
    """The probability of every query's answer: unmodified, then with each of its factors.

    Args:
        model: Who answers.
        prompts: The queries, read.
        factors: For every query, what is scaled in each version of it. No neuron at all gives
            exactly the unmodified probability.

    Raises:
        StudyError: The model is not built as its architecture says.
    """
    last = [len(query.prompt_tokens) - 1 for query in prompts.queries]
    at_work = [[given for given in of_query if len(given.layers)] for of_query in factors]
    found: list[Float64[np.ndarray, " row"]] = []
    sizes = [
        _n_tokens(model, prompts, query) * (1 + len(of_query))
        for query, of_query in zip(prompts.queries, at_work, strict=True)
    ]
    for chosen in runs(sizes):
        tail = prompts.tail(range(len(sizes))[chosen], last[chosen])
        rows = [[None, *of_query] for of_query in at_work[chosen]]
        n_rows = max(len(of_query) for of_query in rows)
        run = run_manipulated(model, tail, n_rows, RowFactors.of(model, rows), keeps_neurons=False)
        probabilities = run.probability.double().numpy(force=True)
        found += [
            _placed(given, probability)
            for given, probability in zip(factors[chosen], probabilities, strict=True)
        ]
    if found:
        longest = max(range(len(last)), key=last.__getitem__)
        query, unmodified = prompts.queries[longest], float(found[longest][0])
        check_unmodified(model, query, unmodified, prompts.answer_tokens)
    return found


def _placed(
    factors: Sequence[NeuronFactors], probability: Float64[np.ndarray, " row"]
) -> Float64[np.ndarray, " version"]:
    """Probabilities with the unmodified one wherever no neuron is scaled."""
    rows = np.cumsum([len(given.layers) > 0 for given in factors], dtype=np.int64)
    is_scaled = np.array([len(given.layers) > 0 for given in factors], dtype=np.bool_)
    return probability[np.concatenate([[0], np.where(is_scaled, rows, 0)])]


def _n_tokens(model: LanguageModel, prompts: Prompts, query: EncodedQuery) -> int:
    """Of one row: what follows the last token before the change, or all where nothing is shared."""
    n_tokens = len(query.counted_tokens(prompts.answer_tokens))
    shares = model.architecture.has_row_attention
    return n_tokens if shares else n_tokens + len(query.prompt_tokens) - 1
