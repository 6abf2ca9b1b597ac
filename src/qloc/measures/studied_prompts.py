"""The studied queries as a model is asked them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd


class StudiedQuery(NamedTuple):
    """A query that the study attributes."""

    query_id: str
    fact_id: str
    prompt: str
    answer: str


def studied_prompts(queries: pd.DataFrame, answers: pd.DataFrame) -> list[StudiedQuery]:
    """The studied queries in the order of the queries, which their table sorts by name.

    Args:
        queries: With the columns of their contract.
        answers: To these queries.
    """
    names = answers.loc[answers["is_studied"], ["query_id"]]
    found = queries.merge(names, on="query_id", validate="one_to_one")
    columns = [found[name] for name in StudiedQuery._fields]
    return [StudiedQuery(*row) for row in zip(*columns, strict=True)]


def drawn_prompts(
    studied: Sequence[StudiedQuery], n_queries: int, random: np.random.Generator
) -> list[StudiedQuery]:
    """So many of the queries, in the order of their names; fewer are among more.

    The order in which the queries are given changes nothing.
    """
    by_name = sorted(studied)
    order = random.permutation(len(by_name))
    return [by_name[place] for place in sorted(order[:n_queries].tolist())]
