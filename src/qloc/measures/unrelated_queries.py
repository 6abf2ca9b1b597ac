"""Queries that an edit of a fact should leave alone, drawn for every fact."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from jaxtyping import Bool, Int64

from qloc.measures.numbering import numbers_of
from qloc.measures.studied_prompts import StudiedQuery, drawn_prompts
from qloc.randomness import generator


class UnrelatedQueries:
    """The studied queries, and of which facts they are.

    Args:
        studied: Of all relations.
        facts: With the columns of their contract.

    Raises:
        StudyError: A query belongs to no fact.
    """

    def __init__(self, studied: Sequence[StudiedQuery], facts: pd.DataFrame) -> None:
        self._studied = sorted(studied)
        self._numbers = {fact_id: number for number, fact_id in enumerate(facts["fact_id"])}
        self._words = facts[["relation", "subject", "object"]].to_numpy(dtype=object)
        of_queries = pd.Series([query.fact_id for query in self._studied], dtype=object)
        problem = "The answers hold a query of fact {}, which the facts do not"
        self._facts: Int64[np.ndarray, " query"] = numbers_of(
            of_queries, facts["fact_id"].to_numpy(dtype=object), problem
        )

    def of(self, fact_id: str) -> list[StudiedQuery]:
        """Those whose relation, subject and object all differ from a fact's, sorted."""
        differs: Bool[np.ndarray, " fact"] = (
            self._words != self._words[self._numbers[fact_id]]
        ).all(axis=1)
        return [self._studied[query] for query in np.flatnonzero(differs[self._facts])]

    def drawn(self, fact_id: str, n_queries: int, seed: int) -> list[StudiedQuery]:
        """So many of them, or all if there are no more; the same for every edit of the fact."""
        draw = generator(seed, "edit_facts", "unrelated", fact_id)
        return drawn_prompts(self.of(fact_id), n_queries, draw)
