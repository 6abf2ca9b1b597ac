"""What manipulating synapses costs, as a table: the paper's Table 6."""

import pandas as pd

from qloc.figures.formats import MISSING, count, counted, each, number

PLACE = ["model", "value", "device", "operation"]
OPERATIONS = ("none", "suppress", "enhance")
MEGABYTE = 1e6


def cost_rows(costs: pd.DataFrame) -> pd.DataFrame:
    """Time and peak memory of every operation: middle and extremes over queries.

    Of a query the median of its repeats is taken; `relative_seconds` is the median over queries of
    its time relative to that of doing nothing. Memory is missing where the system does not say.

    Args:
        costs: Manipulation costs, with the column `model`.
    """
    of_query = ["model", "value", "device", "query_id"]
    ordered = costs.assign(
        model=pd.Categorical(costs["model"], costs["model"].unique()),
        operation=pd.Categorical(costs["operation"], OPERATIONS),
    )
    middle = ordered.groupby([*of_query, "operation"], observed=True).agg(
        n_repeats=("repeat", "nunique"),
        seconds=("seconds", "median"),
        peak_memory=("peak_memory", "median"),
    )
    queries = middle.reset_index()
    idle = queries.loc[queries["operation"] == "none", [*of_query, "seconds"]]
    queries = queries.merge(idle, on=of_query, suffixes=("", "_idle"))
    queries["relative_seconds"] = queries["seconds"] / queries["seconds_idle"]
    rows = queries.groupby(PLACE, observed=True).agg(
        n_queries=("seconds", "size"),
        n_repeats=("n_repeats", "max"),
        seconds=("seconds", "median"),
        least_seconds=("seconds", "min"),
        most_seconds=("seconds", "max"),
        relative_seconds=("relative_seconds", "median"),
        peak_memory=("peak_memory", "median"),
        most_peak_memory=("peak_memory", "max"),
    )
    return rows.reset_index()


def cost_cells(rows: pd.DataFrame) -> pd.DataFrame:
    """Table 6 as a reader sees it."""
    return pd.DataFrame(
        [
            {
                "model, values read": f"{row.model}, {row.value}",
                "synapses": row.operation,
                "ms per query [least, most]": f"{_ms(row.seconds)}"
                f" [{_ms(row.least_seconds)}, {_ms(row.most_seconds)}]",
                "relative to none": f"{number(row.relative_seconds)} ×",
                "peak memory, MB": _megabytes(row.peak_memory),
                "at most, MB": _megabytes(row.most_peak_memory),
                "measured": f"{counted(row.n_queries, 'query')} × {count(row.n_repeats)}",
                "device": row.device,
            }
            for row in each(rows)
        ]
    )


def _ms(seconds: float) -> str:
    return number(1000 * seconds, 1)


def _megabytes(size: float) -> str:
    return MISSING if pd.isna(size) else number(size / MEGABYTE, 1)
