"""Made-up comparisons of interventions within facts, and what the interventions cost."""

from importlib import import_module
from itertools import product

import numpy as np
import pandas as pd
from tests.interventions import MANIPULATIONS, METHODS, PRESETS

from qloc.columns import FACT_CLASSES

FORMS = (False, True)

PAIRS = {
    ("self", "neighbor"): 0.21,
    ("self", "unrelated"): 0.61,
    ("self", "unrelated_matched"): 0.58,
    ("intersection", "self_sample_intersection"): 0.06,
    ("refined_sample", "self_sample_refined"): -0.02,
}
CONTRASTS = {
    ("own", "random_columns"): 0.37,
    ("own", "mass_matched"): 0.11,
    ("own", "without_first_column"): 0.09,
    ("own", "neighbors_only"): 0.13,
    ("own", "random"): 0.17,
    ("own", "random_any"): 0.19,
    ("own", "enhance"): 0.24,
    ("answer", "mass_matched"): 0.14,
}


def tables(n_relations: int, n_facts: int, query_ids: pd.Series) -> dict[str, pd.DataFrame]:
    """The tables by name."""
    return {
        "mapping_comparisons": _mapping(n_relations, n_relations * n_facts),
        "synapse_comparisons": _synapses(n_relations, n_relations * n_facts),
        "manipulation_costs": _costs(query_ids),
        "stage_costs": _stage_costs(),
    }


def _names(table: str) -> list[str]:
    names: list[str] = getattr(import_module(f"qloc.contracts.{table}"), table.upper()).names
    return names


def _compared(difference: float, fact_class: str, sizes: tuple[int, int]) -> dict[str, float]:
    """Estimates around a difference; those of classes are a quarter of it, and have no test."""
    n_relations, n_facts = sizes
    between = fact_class == "difference"
    mean = difference / 4 if between else difference
    found = {
        "difference": mean,
        "median": np.nan if between else mean - 0.01,
        "ci_low": mean - 0.05,
        "ci_high": mean + 0.04,
        "simultaneous_ci_low": mean - 0.07,
        "simultaneous_ci_high": mean + 0.06,
        "conditional_ci_low": mean - 0.02,
        "conditional_ci_high": mean + 0.01,
        "p_value": np.nan if between else 0.002,
        "p_holm": np.nan if between else 0.012,
    }
    counts = {"n_facts": n_facts, "n_relations": n_relations, "fact_class": fact_class}
    return (found if n_facts else dict.fromkeys(found, np.nan)) | counts


def _mapping(n_relations: int, n_facts: int) -> pd.DataFrame:
    rows = [
        _compared(share * (1 - 0.1 * METHODS.index(method)), fact_class, (n_relations, n_facts))
        | {
            "method": method,
            "criterion": criterion,
            "manipulation": manipulation,
            "neuron_set": pair[0],
            "other_set": pair[1],
        }
        for method, criterion, fact_class, manipulation, (pair, share) in product(
            METHODS, ("static", "otsu"), FACT_CLASSES, MANIPULATIONS, PAIRS.items()
        )
    ]
    return pd.DataFrame(rows)[_names("mapping_comparisons")]


def _synapses(n_relations: int, n_facts: int) -> pd.DataFrame:
    """The preset `lift` moves half as much; renormalised, two thirds of it."""
    rows = []
    for method, criterion, fact_class, preset, manipulation, form, (pair, share) in product(
        METHODS, ("static", "otsu"), FACT_CLASSES, PRESETS, MANIPULATIONS, FORMS, CONTRASTS.items()
    ):
        is_undone = pair[1] == "mass_matched" and form
        if is_undone or pair[1] == manipulation:
            continue
        moved = share * (1 - 0.1 * METHODS.index(method)) * (0.5 if preset == "lift" else 1)
        estimates = _compared(moved * (2 / 3 if form else 1), fact_class, (n_relations, n_facts))
        names = {
            "method": method,
            "criterion": criterion,
            "preset": preset,
            "manipulation": manipulation,
            "is_renormalised": form,
            "outcome": pair[0],
            "contrast": pair[1],
        }
        rows.append(estimates | names)
    return pd.DataFrame(rows)[_names("synapse_comparisons")]


def _costs(query_ids: pd.Series) -> pd.DataFrame:
    """Ten queries, five times each; reading attributions takes ten times as long."""
    seconds = {"none": 0.010, "suppress": 0.012, "enhance": 0.013}
    rows = [
        {
            "value": value,
            "operation": operation,
            "query_id": query_id,
            "repeat": repeat,
            "device": "cpu",
            "seconds": seconds[operation] * factor * (1 + 0.01 * repeat + 0.02 * place),
            "peak_memory": (place + 1) * factor * 2**20,
        }
        for (value, factor), operation, (place, query_id), repeat in product(
            (("activation", 1), ("attribution", 10)),
            seconds,
            list(enumerate(query_ids[:10])),
            range(5),
        )
    ]
    return pd.DataFrame(rows, columns=_names("manipulation_costs"))


def _stage_costs() -> pd.DataFrame:
    """Five stages; answering queries was neither planned nor seen by Snakemake."""
    missing = np.nan
    rows = [
        ("train_tiny_model", "", 1, 600, 2e12, 60.0, 40.0, 500e6, 550e6, 5e6, 5e6),
        ("answer_queries", "", 3, missing, missing, 12.0, missing, missing, missing, missing, 4e4),
        ("attribute_neurons", "ig", 3, 1152, 4e12, 20.0, 18.0, 900e6, 590e6, 1e6, 2e6),
        ("attribute_neurons", "sig", 3, 1152, 9e12, 50.0, 45.0, 900e6, 600e6, 1e6, 2e6),
        ("attribute_neurons", "amig", 3, 1152, 6e12, 30.0, 27.0, 900e6, 580e6, 1e6, 2e6),
    ]
    known = ["rule", "method", "n_jobs", "n_queries", "operations", "wall_seconds", "cpu_seconds"]
    known += ["planned_memory", "memory", "planned_output", "output"]
    costs = pd.DataFrame(rows, columns=known).assign(known_share=0.8)
    costs["operations_per_second"] = costs["operations"] / costs["wall_seconds"]
    return costs[_names("stage_costs")]
