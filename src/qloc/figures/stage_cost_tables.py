"""What the stages took, beside what was planned: rows for a CSV, and cells for a page."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd

from qloc.benchmarks import MEASURED_RULES
from qloc.figures.formats import MISSING, count, each, number, words
from qloc.figures.style import METHOD_NAME

MB = 1e6
SUMS = ["n_jobs", "operations", "wall_seconds", "cpu_seconds", "planned_output", "output"]
LARGEST = ["planned_memory", "memory"]


def stage_cost_rows(costs: pd.DataFrame) -> pd.DataFrame:
    """The stages of every model in the order of the study, and all of them together.

    The row of all stages (`rule` is `all`) adds up what is known of each; its operations per second
    are those of the stages whose operations are planned.

    Args:
        costs: Stage costs, with the column `model`.
    """
    order = costs.assign(
        model=pd.Categorical(costs["model"], costs["model"].unique()),
        rule=pd.Categorical(costs["rule"], [*MEASURED_RULES, "all"]),
        method=pd.Categorical(costs["method"], ["", *METHOD_NAME]),
    ).sort_values(["model", "rule", "method"])
    parts = []
    for _, rows in order.groupby("model", observed=True):
        parts += [rows, _together(rows)]
    found = pd.concat(parts, ignore_index=True) if parts else order
    return found.astype(dict.fromkeys(("model", "rule", "method"), "str"))


def work_cells(rows: pd.DataFrame) -> pd.DataFrame:
    """What the stages did and how long it took, as a reader sees it."""
    return pd.DataFrame(
        [
            {
                "model, stage": _stage(row),
                "jobs": count(row.n_jobs),
                "queries": "of each stage" if row.rule == "all" else _planned(row.n_queries, 0),
                "planned work, TFLOP": _planned(row.operations / 1e12, 3),
                "wall time of the jobs, s": number(row.wall_seconds, 1),
                "CPU time seen, s": _seen(row.cpu_seconds, 1),
                "GFLOP/s": _planned(row.operations_per_second / 1e9, 1),
            }
            for row in each(rows)
        ]
    )


def space_cells(rows: pd.DataFrame) -> pd.DataFrame:
    """Memory and disk of the stages, planned and measured, as a reader sees them."""
    return pd.DataFrame(
        [
            {
                "model, stage": _stage(row),
                "planned memory, MB": _planned(row.planned_memory / MB, 0),
                "seen, MB": _seen(row.memory / MB, 0),
                "planned / seen": _ratio(row.planned_memory, row.memory),
                "planned files, MB": _planned(row.planned_output / MB, 2),
                "written, MB": number(row.output / MB, 2),
                "planned / written": _ratio(row.planned_output, row.output),
            }
            for row in each(rows)
        ]
    )


def _together(rows: pd.DataFrame) -> pd.DataFrame:
    """One row of all stages of a model."""
    planned = rows[rows["operations"].notna()]
    rate = planned["operations"].sum() / planned["wall_seconds"].sum() if len(planned) else np.nan
    return pd.DataFrame(
        [
            {
                "model": rows["model"].iloc[0],
                "rule": "all",
                "method": "",
                "n_queries": np.nan,
                "known_share": rows["known_share"].iloc[0],
                "operations_per_second": rate,
                **rows[SUMS].sum(min_count=1),
                **rows[LARGEST].max(),
            }
        ]
    )[rows.columns]


def _stage(row: SimpleNamespace) -> str:
    stage = "all stages" if row.rule == "all" else words(row.rule)
    method = f", {METHOD_NAME[row.method]}" if row.method else ""
    return f"{row.model}: {stage}{method}"


def _planned(value: float, digits: int) -> str:
    return "not planned" if math.isnan(value) else number(value, digits)


def _seen(value: float, digits: int) -> str:
    return "not seen" if math.isnan(value) else number(value, digits)


def _ratio(planned: float, measured: float) -> str:
    return f"{number(planned / measured)} ×" if planned > 0 and measured > 0 else MISSING
