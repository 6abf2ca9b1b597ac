"""What a run was, in words: its models and facts, the settings of its own, versions and time.

All of it is read from the record of the run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from qloc.circumstances import settings_records
from qloc.figures.formats import counted, number

ABSENT = "not there"

LONGEST = 300
"""Letters of a value; of a longer one the beginning is shown."""

GB = 1e9

UNITS = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}

LIBRARIES = ("torch", "transformers", "numpy", "pandas", "scipy", "matplotlib", "snakemake")
"""Named on the front page; all stand on the page of provenance."""


@dataclass(frozen=True)
class StudiedModel:
    """One model as the front page names it."""

    name: str
    text: str
    is_organism: bool


@dataclass(frozen=True)
class Run:
    """What a run was.

    Attributes:
        models: In the order of the study.
        funnels: Of all of them by one method, with the column `model`.
        provenance: The record of the run.
        shipped: The config file of the study as it is shipped.
        costs: Stage costs of all models.
    """

    models: Sequence[StudiedModel]
    funnels: pd.DataFrame
    provenance: pd.DataFrame
    shipped: Mapping[str, Any]
    costs: pd.DataFrame

    @property
    def settings(self) -> dict[str, str]:
        """Every setting as text, by its name."""
        return self._recorded("settings")

    @property
    def own_settings(self) -> list[tuple[str, str, str]]:
        """Key, value here and value as shipped of every setting that differs.

        Descriptions of shipped models that were not studied are left out.
        """
        here = self.settings
        shipped = {
            record.item: record.value
            for record in settings_records(self.shipped, {})
            if record.item in here or not record.item.startswith("model.")
        }
        return [
            (key, _short(here.get(key, ABSENT)), _short(shipped.get(key, ABSENT)))
            for key in dict.fromkeys([*here, *shipped])
            if here.get(key) != shipped.get(key)
        ]

    @property
    def facts(self) -> list[str]:
        """How many facts and queries of those read were studied, a sentence for every model."""
        return [
            _studied(str(model), rows.sort_values("step"))
            for model, rows in self.funnels.groupby("model", sort=False)
            for rows in [rows[rows["relation"] == "all"]]
        ]

    @property
    def software(self) -> str:
        """``qloc 0.1.0, Python 3.11.7, torch 2.13.0``."""
        versions = self._recorded("versions")
        own = [f"qloc {versions['qloc']}", f"Python {versions['python']}"]
        return ", ".join(own + [f"{name} {versions[name]}" for name in LIBRARIES])

    @property
    def hardware(self) -> str:
        """Processor, cores, system and GPU of the machine that wrote the record."""
        machine = self._recorded("machine")
        return (
            f"{machine['processor']} ({machine['architecture']}, {machine['cores']} cores),"
            f" {machine['system']}, GPU: {machine['GPU']}"
        )

    @property
    def time(self) -> str:
        """How long the jobs took that open a model, and what the largest of them held."""
        took = _duration(self.costs["wall_seconds"].sum())
        text, largest = f"The jobs that open a model took {took} in all", self.costs["memory"].max()
        return (
            text if pd.isna(largest) else f"{text}; the largest held {number(largest / GB, 1)} GB"
        )

    def _recorded(self, topic: str) -> dict[str, str]:
        rows = self.provenance[self.provenance["topic"] == topic]
        return dict(zip(rows["item"], rows["value"], strict=True))


def _studied(model: str, steps: pd.DataFrame) -> str:
    """What the first step of a funnel read, and what the last left."""
    read, left = steps.iloc[0], steps.iloc[-1]
    return (
        f"{model}: {counted(left['n_facts'], 'fact')} in {counted(left['n_queries'], 'query')}"
        f" of {counted(left['n_relations'], 'relation')} studied, of"
        f" {counted(read['n_facts'], 'fact')} in {counted(read['n_queries'], 'query')} read"
    )


def _short(value: str) -> str:
    return value if len(value) <= LONGEST else f"{value[:LONGEST]} …"


def _duration(seconds: float) -> str:
    """In the largest unit of which there are two."""
    unit, size = next(
        (unit, size) for unit, size in UNITS.items() if seconds >= 2 * size or size == 1
    )
    return f"{number(seconds / size, 0)} {unit}"
