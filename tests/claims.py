"""Made-up claims: tables whose truth is known, and what is judged of them."""

import dataclasses
import math
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from qloc.contracts.claims import CLAIMS
from qloc.measures.claim_parts import ClaimSettings, Found
from qloc.measures.claims import CLAIM, OF_ALL_METHODS, judged
from qloc.tables import read_table, write_table

SETTINGS = ClaimSettings(
    widespread=0.2,
    every_threshold=0.06,
    margin=0.08,
    min_facts=11,
    static_threshold=0.15,
    evidence=0.04,
)
AWARE, UNION = "consistency_aware_held_out", "union_held_out"
ABSENT = {
    "agreements": "one method",
    "synapses": "no preset",
    "effects": "no preset",
    "edits": "not edited",
    "edit_comparisons": "not edited",
}


def around(value: float, error: float = 0.02, n_facts: int = 40) -> dict[str, float]:
    """Numbers of an estimate whose simultaneous interval is half as wide again."""
    return {
        "n_facts": n_facts,
        "n_relations": 7,
        "ci_low": value - error,
        "ci_high": value + error,
        "simultaneous_ci_low": value - 1.5 * error,
        "simultaneous_ci_high": value + 1.5 * error,
    }


def _mapping(neuron_set: str, other_set: str, fact_class: str, value: float) -> dict[str, object]:
    place = {"neuron_set": neuron_set, "other_set": other_set, "fact_class": fact_class}
    fixed = {"manipulation": "suppress", "criterion": "otsu"}
    return {**place, **fixed, "difference": value, **around(value)}


def _synapse(contrast: str, is_renormalised: bool, value: float) -> dict[str, object]:
    fixed = {"manipulation": "suppress", "criterion": "otsu", "fact_class": "all", "outcome": "own"}
    place = {"contrast": contrast, "is_renormalised": is_renormalised}
    return {**place, **fixed, "difference": value, **around(value)}


def _effect(value: float) -> dict[str, object]:
    fixed = {"manipulation": "suppress", "criterion": "otsu", "fact_class": "all", "outcome": "own"}
    place = {"synapse_set": "synapses", "is_renormalised": False}
    return {**place, **fixed, "mean": value, **around(value)}


def _agreement(criterion: str, statistic: str, value: float) -> dict[str, object]:
    place = {"criterion": criterion, "statistic": statistic, "method": "all"}
    return {**place, "estimate": value, **around(value)}


def _edit(
    metric: str, neuron_set: str, other_set: str, fact_class: str, value: float
) -> dict[str, object]:
    place = {"neuron_set": neuron_set, "other_set": other_set, "fact_class": fact_class}
    fixed = {"scorer": "first_token", "operation": "update", "metric": metric}
    return {**place, **fixed, "difference": value, **around(value)}


def found(sign: float = 1.0) -> Found:
    """Tables in which every claim holds; with another sign none does, but for 10."""
    share = 0.4 if sign > 0 else 0.1
    summaries = [
        {"criterion": "static", "statistic": name, "estimate": value} | around(value)
        for name, value in (("clearly_inconsistent_share", share), ("mean_chance", 0.1))
    ]
    summaries.append({"criterion": "otsu", "statistic": "threshold", "estimate": 0.2} | around(0.2))
    p_value = 0.001 if sign > 0 else 0.5
    diagnostics = [
        {"diagnostic": "bic_difference", "value": 9.0 * sign, "p_value": p_value, "n_facts": 40},
        {"diagnostic": "dip", "value": 0.1, "p_value": p_value, "n_facts": 40},
    ]
    others = ("query", UNION, f"{AWARE}_random", f"{AWARE}_top")
    edits = [_edit("average", AWARE, other, "inconsistent", 0.3 * sign) for other in others]
    return Found(
        summaries=pd.DataFrame(summaries),
        diagnostics=pd.DataFrame(diagnostics),
        sweep=sweep([0.5, 0.3 if sign > 0 else 0.03, 0.9]),
        agreements=pd.DataFrame(
            [
                _agreement("otsu", "excess_within_relations", 0.1 * sign),
                _agreement("static", "inconsistent_share", 0.76),
            ]
        ),
        mappings=pd.DataFrame(
            [
                _mapping("self", "neighbor", "all", 0.3 * sign),
                _mapping("self", "neighbor", "difference", 0.1 * sign),
                _mapping("intersection", "self_sample_intersection", "all", -0.2 * sign),
                _mapping("refined_sample", "self_sample_refined", "all", -0.15 * sign),
            ]
        ),
        synapses=pd.DataFrame(
            [
                *(
                    _synapse(name, False, 0.2 * sign)
                    for name in ("mass_matched", "neighbors_only", "random", "enhance")
                ),
                _synapse("enhance", True, 0.2 * sign),
            ]
        ),
        effects=pd.DataFrame([_effect(0.5 * sign)]),
        edits=pd.DataFrame(
            [
                {"scorer": "first_token", "operation": "update", "neuron_set": "query"}
                | {"metric": "generalization", "fact_class": "difference", "mean": -0.2 * sign}
                | around(-0.2 * sign)
            ]
        ),
        edit_comparisons=pd.DataFrame(
            [
                *edits,
                _edit("locality", UNION, "query", "inconsistent", -0.2 * sign),
                _edit("perplexity_change", UNION, "query", "inconsistent", 0.7 * sign),
                _edit("perplexity_change", AWARE, UNION, "inconsistent", -0.5 * sign),
                _edit("average", AWARE, "query", "consistent", 0.01),
            ]
        ),
        absent=ABSENT,
    )


def sweep(shares: Sequence[float], error: float = 0.02) -> pd.DataFrame:
    """A sweep with these shares, one after another."""
    rows = [
        {
            "selection_threshold": 0.1,
            "consistency_threshold": 0.1 * (number + 1),
            "n_facts": 40,
            "adjusted_inconsistent_share": share,
            "adjusted_ci_low": share - error,
            "adjusted_ci_high": share + error,
            "adjusted_simultaneous_ci_low": share - 1.5 * error,
            "adjusted_simultaneous_ci_high": share + 1.5 * error,
        }
        for number, share in enumerate(shares)
    ]
    return pd.DataFrame(rows)


def replaced(tables: Found, table: str, column: str, value: float, **place: str | float) -> Found:
    """The same tables with another value in one row."""
    rows = getattr(tables, table).copy()
    is_meant = (rows[list(place)] == list(place.values())).all(axis=1)
    assert is_meant.sum() == 1
    rows.loc[is_meant, column] = value
    return dataclasses.replace(tables, **{table: rows})


def nothing() -> Found:
    """What a run finds that could score no fact, by one method, and manipulates nothing."""
    full = found()
    numbers = ["estimate", "value", "p_value", *(name for name in around(0) if "ci_" in name)]
    tables = {}
    for name in ("summaries", "diagnostics", "sweep"):
        rows = getattr(full, name).assign(n_facts=0)
        undefined = [column for column in rows if column in numbers or "adjusted_" in column]
        tables[name] = rows.assign(**dict.fromkeys(undefined, math.nan))
    return Found(
        **tables,
        agreements=None,
        mappings=full.mappings.iloc[:0],
        synapses=None,
        effects=None,
        edits=None,
        edit_comparisons=None,
        absent=ABSENT,
    )


def claims(
    tables: Found | dict[str, Found],
    models: Sequence[str] = ("tiny-gpt2",),
    methods: Sequence[str] = ("ig",),
) -> pd.DataFrame:
    """What is judged of these tables, the same for every model and method, as it is read.

    Args:
        tables: A `Found`, or one for every model by its name.
        models: In the order of the study.
        methods: Claims about all of them are judged once.
    """
    of_models = tables if isinstance(tables, dict) else dict.fromkeys(models, tables)
    parts = [_judged(found, methods).assign(model=name) for name, found in of_models.items()]
    rows = pd.concat(parts, ignore_index=True)
    return rows[["model", *CLAIMS.names]]


def written(folder: Path, rows: pd.DataFrame) -> str:
    """Write claims where the workflow would; the paths of all models with blanks between."""
    paths = []
    for model, own in rows.groupby("model", sort=False):
        paths.append(folder / CLAIMS.path.format(model=model))
        write_table(CLAIMS, own[CLAIMS.names], paths[-1])
    return " ".join(map(str, paths))


def _judged(tables: Found, methods: Sequence[str]) -> pd.DataFrame:
    alone = [claim for claim in CLAIM if claim not in OF_ALL_METHODS]
    parts = [judged(tables, SETTINGS, alone).assign(method=method) for method in methods]
    parts.append(judged(tables, SETTINGS, OF_ALL_METHODS).assign(method="all"))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "claims.parquet"
        write_table(CLAIMS, pd.concat(parts, ignore_index=True), path)
        return read_table(CLAIMS, path)
