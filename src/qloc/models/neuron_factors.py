"""What the answer does when neurons are scaled at the last token of the prompt.

Attention is causal, so nothing before that token changes: all versions of a prompt share its keys
and values, and each is one token of one run.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64

from qloc.models.language_model import LanguageModel
from qloc.models.manipulated_rows import NeuronFactors, RowFactors, run_manipulated
from qloc.models.plain_check import check_unmodified
from qloc.models.tails import Prompts

# Tokens that one run carries; more use more memory without being faster.
TOKENS_PER_RUN = 2048


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
    for start, stop in _runs(model, prompts, at_work):
        tail = prompts.tail(range(start, stop), last[start:stop])
        rows = [[None, *of_query] for of_query in at_work[start:stop]]
        n_rows = max(len(of_query) for of_query in rows)
        run = run_manipulated(model, tail, n_rows, RowFactors.of(model, rows), keeps_neurons=False)
        probabilities = run.probability.double().numpy(force=True)
        found += [
            _placed(given, probability)
            for given, probability in zip(factors[start:stop], probabilities, strict=True)
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


def _runs(
    model: LanguageModel, prompts: Prompts, factors: Sequence[Sequence[NeuronFactors]]
) -> list[tuple[int, int]]:
    """Consecutive queries whose rows fit one run: their first, and the one behind their last."""
    runs, start, widest = [], 0, 0
    for number, of_query in enumerate(factors):
        query = prompts.queries[number]
        n_tokens = len(query.counted_tokens(prompts.answer_tokens))
        if not model.architecture.has_row_attention:
            n_tokens += len(query.prompt_tokens) - 1
        wider = max(widest, n_tokens * (1 + len(of_query)))
        if number > start and wider * (number + 1 - start) > TOKENS_PER_RUN:
            runs.append((start, number))
            start, wider = number, n_tokens * (1 + len(of_query))
        widest = wider
    return [*runs, (start, len(factors))] if factors else runs
