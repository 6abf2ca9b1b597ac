"""How wide the intervals of a study will be: what a sample of facts is worth.

The two-stage bootstrap (`qloc.measures.bootstrap`) draws relations, then facts within them. Of
R relations with n studied facts each, let ``between`` be the variance of what relations are like
and ``within`` that of a fact in its relation. The mean of the facts then varies over draws by

    ((R − 1)/R · (between + within/n) + (n − 1)/n · within/n) / R

and its 95 % interval is 2 · 1.96 standard deviations wide, or as many as the bootstrap takes of so
few relations. More facts of each relation shrink
what ``within`` adds; nothing but more relations shrinks what ``between`` adds.

A class by Otsu's threshold adds to this, as each draw has its own threshold. No formula is known
to us; ``widening`` holds by how much, where that was measured.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int
from scipy.special import stdtrit

from qloc.contracts.class_summaries import CLASS_SUMMARIES
from qloc.contracts.consistency_scores import CONSISTENCY_SCORES

# The estimates that a plan speaks of: the mean consistency score, and R_I under Otsu's threshold.
MEAN_SCORE, INCONSISTENT = "mean_consistency_score", "inconsistent_share"


@dataclass(frozen=True)
class Spread:
    """How facts differ in one quantity.

    Attributes:
        between: Variance of the relations' means.
        within: Variance of facts in their relation.
        widening: Of the interval, by what the variances do not hold.
    """

    between: float
    within: float
    widening: float = 1.0


# Of real ParaRel on organisms: worked out from the intervals in docs/explanation/results.md
# (35 relations, 27 studied facts of each, widths 0.11 and 0.18), Otsu's moving threshold within.
ASSUMED: Mapping[str, Spread] = {
    MEAN_SCORE: Spread(between=0.027, within=0.020),
    INCONSISTENT: Spread(between=0.063, within=0.179),
}


def interval_width(spread: Spread, n_relations: int, n_facts: float) -> float:
    """The expected width of the 95 % interval of a mean over facts.

    Args:
        spread: How facts differ.
        n_relations: That are studied; from fewer than two there is no interval: NaN.
        n_facts: Studied facts of each, on average: those drawn and known.
    """
    if n_relations < 2 or n_facts <= 0:
        return math.nan
    n = max(n_facts, 1.0)
    of_relations = (1 - 1 / n_relations) * (spread.between + spread.within / n)
    of_facts = (1 - 1 / n) * spread.within / n
    variance = (of_relations + of_facts) / n_relations
    quantile = -float(stdtrit(n_relations - 1, 0.025)) * math.sqrt(n_relations / (n_relations - 1))
    return spread.widening * 2 * quantile * math.sqrt(variance)


def spread_of(
    values: Float[np.ndarray, " fact"], relations: Int[np.ndarray, " fact"], width: float
) -> Spread:
    """How facts differ, by an analysis of variance; the variance of relations is at least 0.

    Args:
        values: Of the facts, of two relations or more and one fact more than these at least.
        relations: The relation of each fact, numbered from 0 without gaps.
        width: Of the interval that a run gave for their mean; NaN where it gave none.
    """
    counts = np.bincount(relations)
    n_facts, n_relations = len(values), len(counts)
    means = np.bincount(relations, values) / counts
    within = float(((values - means[relations]) ** 2).sum() / (n_facts - n_relations))
    of_means = float((counts * (means - values.mean()) ** 2).sum() / (n_relations - 1))
    facts_each = (n_facts - (counts**2).sum() / n_facts) / (n_relations - 1)
    between = max(0.0, float((of_means - within) / facts_each))
    expected = interval_width(Spread(between, within), n_relations, n_facts / n_relations)
    is_measured = not math.isnan(width) and expected > 0
    return Spread(between, within, width / expected if is_measured else 1.0)


def measured_spreads(results: Path, model: str, method: str) -> dict[str, Spread]:
    """What a run of the study found for one model and method; empty where there is nothing.

    Args:
        results: The folder of results, which may lack.
        model: An instance, as folders of results are named.
        method: Of attribution.
    """
    import pandas as pd  # noqa: PLC0415 (a plan without results does without)

    from qloc.tables import read_table  # noqa: PLC0415

    place = Path(model, f"{method}.parquet")
    paths = [results / folder / place for folder in ("consistency_scores", "class_summaries")]
    if not all(path.is_file() for path in paths):
        return {}
    facts, summaries = (
        read_table(table, path)
        for table, path in zip((CONSISTENCY_SCORES, CLASS_SUMMARIES), paths, strict=True)
    )
    facts = facts[facts["consistency_score"].notna()]
    if len(facts) <= facts["relation"].nunique() or facts["relation"].nunique() < 2:
        return {}
    otsu = summaries[summaries["criterion"] == "otsu"].set_index("statistic")
    widths = otsu["ci_high"] - otsu["ci_low"]
    scores = facts["consistency_score"].to_numpy()
    relations = pd.factorize(facts["relation"], sort=True)[0]
    is_inconsistent = (scores < otsu.loc["threshold", "estimate"]).astype(np.float64)
    return {
        name: spread_of(values, relations, float(widths[name]))
        for name, values in ((MEAN_SCORE, scores), (INCONSISTENT, is_inconsistent))
    }
