"""One normal component or two? The difference of the Bayesian information criterion (BIC).

Scores are compared on the scale of their empirical logit, log((s + ½)/(n − s + ½)) for s shared
of n neurons, which is finite at 0 and 1. Two normals of different means and variances are
fitted by expectation–maximisation from Otsu's cut of the logits, so the result is
deterministic. No component is narrower than a tenth of the sample's standard deviation:
otherwise a component on tied scores would have an infinite likelihood.

A skewed hump also prefers two normals to one once it has enough facts. The difference is
therefore held against that of simulated facts of one kind (see ``beta``), for which many samples
are fitted at once, on logits binned to 1/256 of their range.
"""

import numpy as np
from jaxtyping import Float, Int

from qloc.measures.thresholds import otsu_thresholds

BINS = 256
ITERATIONS = 200
NARROWEST = 0.1  # standard deviation of a component, in those of the sample
LIGHTEST = 1e-12  # facts of a component, above zero so that their logarithm exists
MORE_PARAMETERS = 3  # five of two normals less two of one


def empirical_logits(
    n_shared: Int[np.ndarray, "*sample fact"], n_any: Int[np.ndarray, " fact"]
) -> Float[np.ndarray, "*sample fact"]:
    """log((s + ½)/(n − s + ½)) for s shared of n neurons."""
    return np.log((n_shared + 0.5) / (n_any - n_shared + 0.5))


def bic_differences(values: Float[np.ndarray, "sample fact"]) -> Float[np.ndarray, " sample"]:
    """BIC of one normal less that of two, of each sample; above 0 favours two.

    NaN for a sample whose values are all equal.
    """
    places, weights = _binned(values)
    n_facts = values.shape[1]
    centre = (weights @ places / n_facts)[:, None]
    spread = np.sqrt((weights * (places - centre) ** 2).sum(axis=1, keepdims=True) / n_facts)
    varies = spread[:, 0] > 0
    result = np.full(len(values), np.nan)
    if varies.any():
        standard = ((places - centre) / np.where(spread > 0, spread, 1))[varies]
        weights = weights[varies]
        is_upper = places >= otsu_thresholds(places, weights)[:, None]
        gain = _log_likelihood_of_two(standard, weights, is_upper.astype(np.float64))
        gain += n_facts / 2 * (np.log(2 * np.pi) + 1)  # less that of one normal
        result[varies] = 2 * gain - MORE_PARAMETERS * np.log(n_facts)
    return result


def _log_likelihood_of_two(
    standard: Float[np.ndarray, "sample bin"],
    weights: Float[np.ndarray, "sample bin"],
    is_second: Float[np.ndarray, "sample bin"],
) -> Float[np.ndarray, " sample"]:
    """Fit two normals to samples of variance 1, starting from a split; return how well they fit."""
    second = is_second
    for _ in range(ITERATIONS):
        log_second = _log_component(standard, weights * second)
        log_first = _log_component(standard, weights * (1 - second))
        second = 1 / (1 + np.exp(np.clip(log_first - log_second, -500, 500)))
    n_facts = weights.sum(axis=1)
    fit = (weights * np.logaddexp(log_first, log_second)).sum(axis=1)
    return fit - n_facts * np.log(n_facts)


def _log_component(
    standard: Float[np.ndarray, "sample bin"], weights: Float[np.ndarray, "sample bin"]
) -> Float[np.ndarray, "sample bin"]:
    """Log density of the normal that fits the weighted bins, up to the facts' total number."""
    n_facts = np.maximum(weights.sum(axis=1, keepdims=True), LIGHTEST)
    mean = (weights * standard).sum(axis=1, keepdims=True) / n_facts
    variance = (weights * (standard - mean) ** 2).sum(axis=1, keepdims=True) / n_facts
    variance = np.maximum(variance, NARROWEST**2)
    return np.log(n_facts) - 0.5 * (
        np.log(2 * np.pi * variance) + (standard - mean) ** 2 / variance
    )


def _binned(
    values: Float[np.ndarray, "sample fact"],
) -> tuple[Float[np.ndarray, " bin"], Float[np.ndarray, "sample bin"]]:
    """Middles of equal bins over the range of all samples, and facts of each sample in them."""
    low, high = float(values.min()), float(values.max())
    width = (high - low) / BINS or 1.0
    bins = np.minimum(((values - low) / width).astype(np.int64), BINS - 1)
    places = (bins + BINS * np.arange(len(values))[:, None]).ravel()
    weights = np.bincount(places, minlength=BINS * len(values)).reshape(len(values), BINS)
    return low + width * (np.arange(BINS) + 0.5), weights.astype(np.float64)
