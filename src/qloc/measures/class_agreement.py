"""Do all methods call the same facts inconsistent?

The share of facts that every method calls inconsistent, an intersection (the paper's Table 1
prints "union"), says little by itself: three methods that each call 90 % of the facts inconsistent
agree on 73 % of them if they know nothing of each other. So it stands beside the product of the
methods' shares, what independent methods would give. Classes depend on the relation (its templates,
its number of queries), so methods agree through relations alone; the second product is taken
within each relation and averaged over facts. What exceeds it is agreement on facts.

Only facts that all methods classify are counted. The product within a relation of n facts leans
to the share that is observed, by a part of about 1/n of their difference.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Int

from qloc.measures.bootstrap import Draws, Statistic
from qloc.measures.classes import Criterion, otsu_criterion

JOINT_STATISTICS = (
    "inconsistent_share",
    "independent_share",
    "independent_share_within_relations",
    "excess",
    "excess_within_relations",
)


def scored_otsu_criterion(scores: Float[np.ndarray, " fact"]) -> Criterion:
    """Otsu's threshold, in each draw, of the facts that have a score."""
    is_scored = ~np.isnan(scores)
    criterion = otsu_criterion(scores[is_scored])
    return lambda draws: criterion(Draws(draws.facts[:, is_scored], draws.relations))


def class_agreement(
    scores: Float[np.ndarray, "method fact"],
    criteria: Sequence[Criterion],
    relations: Int[np.ndarray, " fact"],
) -> Statistic:
    """`JOINT_STATISTICS` of each draw, in that order, then the inconsistent share of each method.

    All are of the facts that every method classifies. NaN where there is none, or a method has
    no threshold.

    Args:
        scores: Consistency scores, NaN where a fact has none.
        criteria: Where the scores of each method are cut.
        relations: The relation of each fact, numbered from 0 without gaps.
    """
    is_classified = ~np.isnan(scores).any(axis=0)
    of_relation = relations[:, None] == np.arange(int(relations.max(initial=-1)) + 1)

    def statistic(draws: Draws) -> Float[np.ndarray, "draw estimate"]:
        facts = draws.facts * is_classified
        thresholds = np.stack([criterion(draws) for criterion in criteria])
        inconsistent = scores[:, None] < thresholds[..., None]  # method draw fact
        joint = (facts * inconsistent.all(axis=0)).sum(axis=1)
        single, n_facts = (facts * inconsistent).sum(axis=2), facts.sum(axis=1)
        share, *shares = _over(np.stack([joint, *single]), n_facts)
        overall = np.prod(shares, axis=0)
        within = _within_relations(facts, inconsistent, of_relation)
        estimates = [share, overall, within, share - overall, share - within, *shares]
        is_cut = ~np.isnan(thresholds).any(axis=0)
        return np.where(is_cut, np.stack(estimates), np.nan).T

    return statistic


def _within_relations(
    facts: Float[np.ndarray, "draw fact"],
    inconsistent: Bool[np.ndarray, "method draw fact"],
    of_relation: Bool[np.ndarray, "fact relation"],
) -> Float[np.ndarray, " draw"]:
    """The mean over facts of their relation's product of shares."""
    n_facts = facts @ of_relation  # draw relation
    shares = _over((facts * inconsistent) @ of_relation, n_facts)
    products = np.where(n_facts > 0, np.prod(shares, axis=0), 0.0)
    return _over((n_facts * products).sum(axis=1), n_facts.sum(axis=1))


def _over(
    part: Float[np.ndarray, "*shape"], whole: Float[np.ndarray, "*whole"]
) -> Float[np.ndarray, "*shape"]:
    """Part over whole; NaN where the whole is 0."""
    undefined = np.full(part.shape, np.nan)
    return np.divide(part, whole, out=undefined, where=np.broadcast_to(whole > 0, part.shape))
