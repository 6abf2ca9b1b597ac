"""Made-up tables of the interventions: neuron sets manipulated, and attention."""

from importlib import import_module
from itertools import product

import numpy as np
import pandas as pd

from qloc.columns import FACT_CLASSES
from qloc.contracts.query_mappings import NEURON_SETS
from qloc.contracts.synapse_answers import SYNAPSE_SETS
from qloc.contracts.synapse_summaries import OUTCOMES

METHODS = ("ig", "sig", "amig")
PRESETS = ("lift", "paper")
MANIPULATIONS = ("suppress", "enhance")
HEADS = 3
FORMS = [
    (which, renormalised)
    for which, renormalised in product(SYNAPSE_SETS, (False, True))
    if not (which == "mass_matched" and renormalised)
]

# Of the answer's probability, by class; the rest is made from them.
MAPPED = {
    "self": (0.62, 0.71),
    "neighbor_union": (0.66, 0.74),
    "neighbor_union_sample": (0.41, 0.33),
    "intersection": (0.34, 0.12),
    "self_sample_intersection": (0.29, 0.17),
    "refined": (0.55, 0.42),
    "self_sample_refined": (0.47, 0.48),
    "neighbor": (0.57, 0.49),
    "refined_sample": (0.46, 0.39),
    "unrelated": (0.004, -0.003),
    "unrelated_matched": (0.02, 0.015),
}
MOVED = {
    "own": (0.45, 0.38),
    "neighbors": (0.40, 0.31),
    "neighbors_only": (0.28, 0.26),
    "random": (0.24, 0.25),
    "random_any": (0.19, 0.2),
    "answer": (0.7, 0.63),
}
OF_SET = dict(zip(SYNAPSE_SETS, (1, 0.8, 0.25, 0.6), strict=True))


def tables(queries: pd.DataFrame, neurons: pd.DataFrame, n_layers: int) -> dict[str, pd.DataFrame]:
    """Every table of the interventions that a figure or a page reads, by name."""
    facts = queries["fact_id"].nunique()
    relations = queries["relation"].nunique()
    return {
        "mapping_summaries": _mapping_summaries(facts, relations),
        "synapse_summaries": _synapse_summaries(facts, relations),
        "synapse_answers": _answers(queries),
        "synapse_effects": _effects(queries),
        "synapse_places": _places(len(queries), n_layers),
        "synapse_examples": _examples(queries, neurons),
    }


def _names(table: str) -> list[str]:
    names: list[str] = getattr(import_module(f"qloc.contracts.{table}"), table.upper()).names
    return names


def _estimate(pair: tuple[float, float], kind: str, n: int) -> dict[str, float]:
    """The mean of a class and its intervals; nothing where there is no fact."""
    mean = {"all": sum(pair) / 2, "consistent": pair[0], "inconsistent": pair[1]}.get(
        kind, pair[1] - pair[0]
    )
    found = {
        "mean": mean,
        "ci_low": mean - 0.08,
        "ci_high": mean + 0.09,
        "simultaneous_ci_low": mean - 0.12,
        "simultaneous_ci_high": mean + 0.13,
        "conditional_ci_low": mean - 0.03,
        "conditional_ci_high": mean + 0.04,
        "median": np.nan if kind == "difference" else mean - 0.01,
        "ratio_of_means": np.nan if kind == "difference" else mean - 0.02,
    }
    return found if n else dict.fromkeys(found, np.nan)


def _sizes(criterion: str, n_facts: int) -> dict[str, int]:
    """Facts of every class: all are consistent under the static threshold."""
    n = n_facts // 2 if criterion == "otsu" else 0
    return dict(zip(FACT_CLASSES, (n_facts, n_facts - n, n, n_facts if n else 0), strict=True))


def _mapping_summaries(n_facts: int, n_relations: int) -> pd.DataFrame:
    rows = []
    for place, method in enumerate(METHODS):
        for criterion, kind, manipulation, which in product(
            ("static", "otsu"), FACT_CLASSES, MANIPULATIONS, NEURON_SETS
        ):
            n = _sizes(criterion, n_facts)[kind]
            shrunk = (1 - 0.2 * place) * (1 if manipulation == "suppress" else -0.5)
            is_known = n > 0 and kind != "difference"
            size = 3.5 if which in ("intersection", "self_sample_intersection") else 14.25
            rows.append(
                {
                    **_estimate(tuple(shrunk * mean for mean in MAPPED[which]), kind, n),
                    "method": method,
                    "criterion": criterion,
                    "fact_class": kind,
                    "manipulation": manipulation,
                    "neuron_set": which,
                    "n_facts": n,
                    "n_relations": n_relations if n else 0,
                    "n_queries": 4 * n,
                    "n_undefined": 0,
                    "empty_share": (0.125 if size < 5 else 0) if is_known else np.nan,
                    "mean_n_neurons": size if is_known else np.nan,
                }
            )
    return pd.DataFrame(rows)[_names("mapping_summaries")]


def _synapse_summaries(n_facts: int, n_relations: int) -> pd.DataFrame:
    rows = []
    for place, method in enumerate(METHODS):
        for criterion, kind, preset, (which, renormalised), manipulation, outcome in product(
            ("static", "otsu"), FACT_CLASSES, PRESETS, FORMS, MANIPULATIONS, OUTCOMES
        ):
            n = _sizes(criterion, n_facts)[kind]
            factor = OF_SET[which] * (1 - 0.1 * place) * (1 if preset == "paper" else 0.8)
            factor *= (1 if manipulation == "suppress" else -0.4) * (0.9 if renormalised else 1)
            moved = tuple(factor * mean for mean in MOVED[outcome])
            is_literal = n > 0 and kind != "difference" and outcome != "answer"
            rows.append(
                {
                    **_estimate(moved, kind, n),
                    "method": method,
                    "criterion": criterion,
                    "fact_class": kind,
                    "preset": preset,
                    "synapse_set": which,
                    "manipulation": manipulation,
                    "is_renormalised": renormalised,
                    "outcome": outcome,
                    "n_facts": n,
                    "n_relations": n_relations if n else 0,
                    "n_queries": 4 * n,
                    "n_undefined": 0,
                    "literal_mean": 2 * moved[0] if is_literal else np.nan,
                    "n_literal_missing": 0,
                }
            )
    return pd.DataFrame(rows)[_names("synapse_summaries")]


def _runs() -> pd.DataFrame:
    """Every run of a query: preset, set, manipulation and form."""
    rows = [
        (preset, which, manipulation, renormalised)
        for preset, (which, renormalised), manipulation in product(PRESETS, FORMS, MANIPULATIONS)
        if which in ("synapses", "random_columns")
    ]
    columns = ["preset", "synapse_set", "manipulation", "is_renormalised"]
    return pd.DataFrame(rows, columns=columns)


def _change(runs: pd.DataFrame, draw: np.random.Generator) -> np.ndarray:
    """By what share something grows: random columns hardly matter, and enhancing lowers, too."""
    size = np.where(runs["synapse_set"] == "synapses", 0.4, 0.05)
    half = np.where(runs["manipulation"] == "suppress", 1.0, 0.5)
    return -size * half * draw.uniform(0.2, 1.8, len(runs))


def _answers(queries: pd.DataFrame) -> pd.DataFrame:
    draw = np.random.default_rng(5)
    rows = queries[["query_id", "fact_id"]].merge(_runs(), how="cross")
    before = draw.uniform(0.3, 0.9, len(rows))
    return rows.assign(
        n_columns=120,
        n_synapses=60,
        first_column_share=0.2,
        attention_mass=0.8,
        answer_probability_before=before,
        answer_probability_after=before * (1 + _change(rows, draw)),
    )[_names("synapse_answers")]


def _effects(queries: pd.DataFrame) -> pd.DataFrame:
    """Values of own neurons, and of random ones, which move half as far."""
    draw = np.random.default_rng(6)
    rows = queries[["query_id", "fact_id"]].merge(_runs(), how="cross")
    moved = _change(rows, draw)
    parts = [
        rows.assign(
            method="ig",
            neuron_set=which,
            n_neurons=5,
            value_size=4.0,
            value_change=4.0 * share * moved,
            mean_before=0.5,
            mean_after=0.25,
        )
        for which, share in (("own", 1.0), ("random", 0.5))
    ]
    return pd.concat(parts, ignore_index=True)[_names("synapse_effects")]


def _places(n_queries: int, n_layers: int) -> pd.DataFrame:
    """Of five columns a query: the deeper the fewer synapses, the first column always one."""
    rows = [
        {
            "preset": preset,
            "layer": layer,
            "head": head,
            "n_queries": n_queries,
            "n_columns": 5 * n_queries,
            "n_synapses": (5 - layer) * n_queries,
            "n_first_synapses": n_queries,
        }
        for preset, layer, head in product(PRESETS, range(n_layers), range(HEADS))
    ]
    return pd.DataFrame(rows)[_names("synapse_places")]


def _examples(queries: pd.DataFrame, neurons: pd.DataFrame) -> pd.DataFrame:
    """Two facts of every relation: suppressing takes a half, enhancing a quarter of a value."""
    pairs = queries.drop_duplicates("fact_id").groupby("relation")["fact_id"].head(2)
    parts = []
    for fact_id in pairs:
        selected = neurons[neurons["fact_id"] == fact_id]
        places = selected[["layer", "neuron"]].drop_duplicates()
        own = pd.MultiIndex.from_frame(selected[["query_id", "layer", "neuron"]])
        asked = queries.loc[queries["fact_id"] == fact_id, ["query_id", "fact_id"]]
        cells = asked.merge(places, how="cross")
        keys = pd.MultiIndex.from_frame(cells[["query_id", "layer", "neuron"]])
        parts.append(
            cells.assign(
                method="ig",
                is_own=keys.isin(own),
                value_before=((cells["neuron"] % 7) - 3).astype(np.float32),
            )
        )
    runs = _runs()
    runs = runs[runs["synapse_set"] == "synapses"].drop(columns="synapse_set")
    rows = pd.concat(parts, ignore_index=True).merge(runs, how="cross")
    kept = np.where(rows["manipulation"] == "suppress", 0.5, 0.75)
    after = (rows["value_before"] * kept).astype(np.float32)
    return rows.assign(value_after=after)[_names("synapse_examples")]
