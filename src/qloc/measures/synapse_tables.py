"""From what queries did while synapses were manipulated to the rows of its tables."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Bool

from qloc.contracts.synapse_answers import SYNAPSE_ANSWERS
from qloc.contracts.synapse_effects import SYNAPSE_EFFECTS
from qloc.contracts.synapse_examples import SYNAPSE_EXAMPLES
from qloc.contracts.synapse_places import SYNAPSE_PLACES
from qloc.measures.fact_sets import FactSets
from qloc.measures.studied_prompts import StudiedQuery
from qloc.measures.synapse_controls import NeuronSets, measured_neurons
from qloc.measures.synapse_runs import SynapseOutcome, SynapseRun
from qloc.measures.synapse_values import value_change
from qloc.measures.synapses import Columns, first_column_share
from qloc.tables import Table, empty


@dataclass
class SynapseTables:
    """Rows of the tables `synapse_answers`, `_effects`, `_places` and `_examples`.

    Attributes:
        runs: What was done to every query.
        examples: Facts of which every knowledge neuron is shown.
        seed: Of the study.
    """

    runs: Sequence[SynapseRun]
    examples: Collection[str]
    seed: int
    _answers: list[pd.DataFrame] = field(default_factory=list)
    _effects: list[pd.DataFrame] = field(default_factory=list)
    _examples: list[pd.DataFrame] = field(default_factory=list)
    _synapses: dict[str, list[Columns]] = field(default_factory=dict)

    def add(self, query: StudiedQuery, sets: Sequence[FactSets], outcome: SynapseOutcome) -> None:
        """Take in what a query did.

        Args:
            query: The query.
            sets: Its fact's knowledge neurons, by every method.
            outcome: Of all runs.
        """
        self._answers.append(_answer_rows(query, self.runs, outcome))
        for own in sets:
            n_layers, n_neurons = outcome.values_before.shape
            measured = measured_neurons(own, n_layers, n_neurons, self.seed)
            self._effects.append(_effect_rows(query, own.method, measured, self.runs, outcome))
            if query.fact_id in self.examples:
                self._examples.append(_example_rows(query, own, self.runs, outcome))
        for (preset, synapse_set), columns in outcome.columns.items():
            if synapse_set == "synapses":
                self._synapses.setdefault(preset, []).append(columns)

    def answers(self) -> pd.DataFrame:
        """One row per query and run."""
        return _together(SYNAPSE_ANSWERS, self._answers)

    def effects(self) -> pd.DataFrame:
        """One row per method, query, set of neurons and run."""
        return _together(SYNAPSE_EFFECTS, self._effects)

    def places(self) -> pd.DataFrame:
        """One row per preset, layer and head."""
        rows = [_place_rows(preset, found) for preset, found in self._synapses.items()]
        return _together(SYNAPSE_PLACES, rows)

    def example_rows(self) -> pd.DataFrame:
        """One row per method, query of an example, run of its synapses and neuron of its fact."""
        return _together(SYNAPSE_EXAMPLES, self._examples)


def _together(table: Table, frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(frames, ignore_index=True) if frames else empty(table)


def _run_columns(runs: Sequence[SynapseRun]) -> dict[str, Any]:
    return {name: [getattr(run, name) for run in runs] for name in SynapseRun._fields}


def _answer_rows(
    query: StudiedQuery, runs: Sequence[SynapseRun], outcome: SynapseOutcome
) -> pd.DataFrame:
    """One row per run."""
    sets = [outcome.columns[run.columns] for run in runs]
    return pd.DataFrame(
        {
            "query_id": query.query_id,
            **_run_columns(runs),
            "fact_id": query.fact_id,
            "n_columns": [columns.size for columns in sets],
            "n_synapses": [columns.sum() for columns in sets],
            "first_column_share": [first_column_share(columns) for columns in sets],
            "attention_mass": [outcome.masses[run.columns] for run in runs],
            "answer_probability_before": outcome.answer_before,
            "answer_probability_after": outcome.answer_after,
        }
    )


def _effect_rows(
    query: StudiedQuery,
    method: str,
    sets: NeuronSets,
    runs: Sequence[SynapseRun],
    outcome: SynapseOutcome,
) -> pd.DataFrame:
    """One row per set of neurons and run."""
    before = outcome.values_before.ravel()
    after = outcome.values_after.reshape(len(runs), -1)
    changes = [value_change(before[neurons], after[:, neurons]) for neurons in sets.values()]
    sizes = [len(neurons) for neurons in sets.values()]
    return pd.DataFrame(
        {
            "method": method,
            "query_id": query.query_id,
            **{name: column * len(sets) for name, column in _run_columns(runs).items()},
            "neuron_set": np.repeat(np.array(list(sets), dtype=object), len(runs)),
            "fact_id": query.fact_id,
            "n_neurons": np.repeat(sizes, len(runs)),
            "value_size": np.repeat([change.size for change in changes], len(runs)),
            "value_change": np.concatenate([change.change for change in changes]),
            "mean_before": np.repeat([change.mean_before for change in changes], len(runs)),
            "mean_after": np.concatenate([change.mean_after for change in changes]),
        }
    )


def _example_rows(
    query: StudiedQuery, sets: FactSets, runs: Sequence[SynapseRun], outcome: SynapseOutcome
) -> pd.DataFrame:
    """One row per manipulation of the synapses and neuron of the fact."""
    shown = [number for number, run in enumerate(runs) if run.synapse_set == "synapses"]
    neurons = sets.every
    layers, numbers = np.divmod(neurons, outcome.values_before.shape[1])
    columns = _run_columns([runs[number] for number in shown])
    before = outcome.values_before[layers, numbers]
    return pd.DataFrame(
        {
            "method": sets.method,
            "query_id": query.query_id,
            **{
                name: np.repeat(np.array(column, dtype=object), len(neurons))
                for name, column in columns.items()
                if name in SYNAPSE_EXAMPLES.names
            },
            "layer": np.tile(layers, len(shown)),
            "neuron": np.tile(numbers, len(shown)),
            "fact_id": query.fact_id,
            "is_own": np.tile(np.isin(neurons, sets.own), len(shown)),
            "value_before": np.tile(before, len(shown)),
            "value_after": outcome.values_after[shown][:, layers, numbers].ravel(),
        }
    )


def _place_rows(preset: str, synapses: Sequence[Bool[np.ndarray, "layer head _"]]) -> pd.DataFrame:
    """One row per layer and head, over prompts of any length."""
    n_layers, n_heads = synapses[0].shape[:2]
    layers, heads = np.divmod(np.arange(n_layers * n_heads), n_heads)
    by_head = np.array([columns.sum(2) for columns in synapses])  # query layer head
    first = np.array([columns[..., 0] for columns in synapses])
    return pd.DataFrame(
        {
            "preset": preset,
            "layer": layers,
            "head": heads,
            "n_queries": len(synapses),
            "n_columns": sum(columns.shape[2] for columns in synapses),
            "n_synapses": by_head.sum(0).ravel(),
            "n_first_synapses": first.sum(0).ravel(),
        }
    )
