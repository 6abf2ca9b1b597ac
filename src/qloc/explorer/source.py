"""The tables of a study that the explorer shows, of all relations, models and methods."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pandas as pd

Attributions = Callable[[str, str], Iterable[pd.DataFrame]]
"""Those of a model and method, relation after relation."""


@dataclass(frozen=True)
class Shape:
    """Of a model: its name, its layers, and the neurons of one of them."""

    name: str
    layers: int
    width: int


@dataclass(frozen=True)
class Source:
    """The tables of a study that the explorer shows, of all relations, models and methods.

    Attributes:
        models: In the order of the study.
        methods: Likewise.
        facts: As in their contract; so are the others, with the model and method in front.
    """

    models: list[Shape]
    methods: list[str]
    facts: pd.DataFrame
    queries: pd.DataFrame
    answers: pd.DataFrame
    scores: pd.DataFrame
    classes: pd.DataFrame
    attributions: Attributions

    def of(self, rows: pd.DataFrame, model: str, method: str) -> pd.DataFrame:
        return rows[(rows["model"] == model) & (rows["method"] == method)]
