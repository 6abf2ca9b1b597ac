"""Are there two kinds of facts at all? What a cut in two gives, beside what one hump gives.

Otsu's threshold splits every sample, and Welch's t between the halves is then large whatever the
sample is. Each number below is therefore computed a second time, by the same function, on
simulated facts of one kind (see ``beta``):

``bic_difference``      BIC of one normal less that of two, on logits; above 0 favours two
``dip``                 Hartigan's dip statistic, the distance from the nearest one-humped sample
``otsu_eta_squared``    share of the variance that lies between Otsu's classes
``welch_t``             Welch's t between Otsu's classes
``inconsistent_share``  share of facts below Otsu's threshold

The p-value is the share of simulations that are at least as large, counting the facts themselves
as one more, and so never 0. The dip's is the larger of that and Hartigan's own: the simulations
know the ties of the scores, Hartigan's table knows every hump and not just the Beta's. Facts are
taken as independent, which those of one relation are not: relations that differ can make
two humps, so a small p-value says that scores are not of one Beta, not yet that facts are of two
kinds.
"""

from dataclasses import dataclass

import diptest
import numpy as np
from jaxtyping import Float, Int

from qloc.measures.beta import fit_one_hump, simulate_counts
from qloc.measures.mixture import bic_differences, empirical_logits
from qloc.measures.thresholds import otsu_threshold
from qloc.measures.welch import welch

DIAGNOSTICS = ("bic_difference", "dip", "otsu_eta_squared", "welch_t", "inconsistent_share")
FEWEST_FACTS = 4  # of which Hartigan's dip has a distribution
REFERENCE_PERCENTILES = (50, 2.5, 97.5)


@dataclass(frozen=True)
class Diagnostics:
    """`DIAGNOSTICS` of the facts, in that order, and of one hump: median, 2.5 %, 97.5 %.

    NaN where not defined: fewer than four facts, or scores that are all equal.
    """

    values: Float[np.ndarray, "5"]
    references: Float[np.ndarray, "3 5"]
    p_values: Float[np.ndarray, "5"]


def diagnose(
    n_shared: Int[np.ndarray, " fact"],
    n_any: Int[np.ndarray, " fact"],
    n_simulations: int,
    draws: np.random.Generator,
) -> Diagnostics:
    """Compute the diagnostics of scores ``n_shared / n_any`` and their references.

    Args:
        n_shared: Neurons of more than one query, of each fact.
        n_any: Neurons of any query, at least 1.
        n_simulations: Simulated samples of one kind.
        draws: Where chance comes from.
    """
    scores = n_shared / n_any
    parameters = fit_one_hump(scores) if len(scores) >= FEWEST_FACTS else None
    if parameters is None:
        return Diagnostics(np.full(5, np.nan), np.full((3, 5), np.nan), np.full(5, np.nan))
    values = _diagnostics_of_samples(n_shared[None], n_any)[0]
    simulated = np.concatenate(
        [
            _diagnostics_of_samples(counts, n_any)
            for counts in simulate_counts(parameters, n_any, n_simulations, draws)
        ]
    )
    references = np.nanpercentile(simulated, REFERENCE_PERCENTILES, axis=0)
    p_values = (1 + (simulated >= values).sum(axis=0)) / (1 + n_simulations)
    p_values[1] = max(p_values[1], diptest.diptest(scores)[1])
    return Diagnostics(values, references, np.where(np.isnan(values), np.nan, p_values))


def _diagnostics_of_samples(
    n_shared: Int[np.ndarray, "sample fact"], n_any: Int[np.ndarray, " fact"]
) -> Float[np.ndarray, "sample 5"]:
    rest = np.array([_of_scores(counts / n_any) for counts in n_shared])
    bic = bic_differences(empirical_logits(n_shared, n_any))
    return np.concatenate([bic[:, None], rest], axis=1)


def _of_scores(scores: Float[np.ndarray, " fact"]) -> tuple[float, float, float, float]:
    """Dip, Otsu's η², Welch's t and the inconsistent share of one sample."""
    dip = float(diptest.dipstat(scores))
    threshold = otsu_threshold(scores)
    upper, lower = scores[scores >= threshold], scores[scores < threshold]
    if len(upper) == 0:
        return dip, np.nan, np.nan, np.nan
    within = len(upper) * upper.var() + len(lower) * lower.var()
    eta_squared = 1 - within / (len(scores) * scores.var())
    return dip, eta_squared, welch(upper, lower).t, len(lower) / len(scores)
