"""Which facts the explorer shows where it cannot show all, and down to which threshold.

Facts stand in line so that the first of them, however many, have about the shares of relations
and classes that all have. The page takes as many as fit. Where few would, it leaves out what
lies far below the study's selection threshold, and then takes more.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float

from qloc.measures.fact_samples import in_line

MOST_FACTS = 1_000
ENOUGH_FACTS = 120
BUDGET = 640_000
"""Bytes of facts, of their prompts and of their neurons."""


def facts_in_line(scores: pd.DataFrame, classes: pd.DataFrame, seed: int) -> list[str]:
    """All scored facts, such that every first part has its share of each relation and class.

    Args:
        scores: Consistency scores of all models and methods, in the order of the study.
        classes: Consistency classes, likewise; a fact is of the class that comes first.
        seed: Of the study.
    """
    facts = scores.drop_duplicates("fact_id").set_index("fact_id")["relation"]
    first = classes.drop_duplicates("fact_id").set_index("fact_id")["is_consistent"]
    strata = pd.Series(
        list(zip(facts, first.reindex(facts.index).map(str), strict=True)), facts.index
    )
    places = {}
    for stratum, own in strata.groupby(strata):
        line = in_line(own.index, seed, "explorer")
        for rank, fact_id in enumerate(line):
            places[fact_id] = ((rank + 0.5) / len(line), stratum)
    return sorted(places, key=lambda fact_id: (*places[fact_id], fact_id))[:MOST_FACTS]


def fitting(costs: Sequence[Float[np.ndarray, " fact"]]) -> tuple[int, int]:
    """The lowest stop at which enough facts fit, and how many do; at least one does.

    Args:
        costs: At every stop up to the study's own, what each fact takes, in the facts' order.
    """
    enough = min(ENOUGH_FACTS, len(costs[0]))
    found = [int((np.cumsum(cost) <= BUDGET).sum()) for cost in costs]
    stop = next((i for i, n_facts in enumerate(found) if n_facts >= enough), len(found) - 1)
    return stop, max(found[stop], min(1, enough))
