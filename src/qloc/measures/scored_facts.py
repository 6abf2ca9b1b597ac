"""All facts of a model and method, and which of them are consistent under each criterion."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int, Shaped

from qloc.measures.numbering import numbers_of
from qloc.measures.thresholds import otsu_thresholds

CRITERIA = ("static", "otsu")


@dataclass(frozen=True)
class ScoredFacts:
    """Facts and what cuts them in two; scores are NaN where a fact has none."""

    fact_ids: Shaped[np.ndarray, " fact"]
    scores: Float[np.ndarray, " fact"]
    relations: Int[np.ndarray, " fact"]
    static_threshold: float

    @property
    def members(self) -> Bool[np.ndarray, "criterion class fact"]:
        """Which facts every class has; those of the difference are those of both classes."""
        cuts = np.stack(self.thresholds(np.ones((1, len(self.scores)))))
        upper, lower = self.scores >= cuts, self.scores < cuts
        return np.stack([np.ones_like(upper), upper, lower, upper | lower], axis=1)

    def thresholds(
        self, weights: Float[np.ndarray, "draw fact"]
    ) -> list[Float[np.ndarray, " draw"]]:
        """The threshold of each criterion in every draw; NaN where it has none."""
        scored = ~np.isnan(self.scores)
        static = np.full(len(weights), self.static_threshold)
        return [static, otsu_thresholds(self.scores[scored], weights[:, scored])]

    def numbers(self, fact_ids: pd.Series) -> Int[np.ndarray, " entry"]:
        """The number of each entry's fact.

        Raises:
            StudyError: An entry belongs to none of these facts.
        """
        problem = (
            "Effects are given for fact {}, which has no row in the table of consistency scores"
        )
        return numbers_of(fact_ids, self.fact_ids, problem)


def scored_facts(scores: pd.DataFrame, static_threshold: float) -> ScoredFacts:
    """The facts of a table of consistency scores, all of them, in its order."""
    return ScoredFacts(
        fact_ids=scores["fact_id"].to_numpy(dtype=object),
        scores=scores["consistency_score"].to_numpy(dtype=np.float64),
        relations=pd.factorize(scores["relation"], sort=True)[0].astype(np.int64),
        static_threshold=static_threshold,
    )
