"""What stages took beside what they were planned to take: sums over the jobs of a stage.

A stage is a rule, for one method where its jobs are of one. What was measured decides which stages
there are: the plan is set beside it.
"""

import pandas as pd

STAGE = ["rule", "method"]
PLANNED = {
    "n_queries": "n_queries",
    "operations": "operations",
    "memory_bytes": "planned_memory",
    "output_bytes": "planned_output",
}


def stage_costs(
    jobs: pd.DataFrame, sizes: pd.DataFrame, plan: pd.DataFrame, known_share: float
) -> pd.DataFrame:
    """Sum up the jobs of every stage, and set beside them what was planned.

    Args:
        jobs: rule, method, wall_seconds, cpu_seconds, memory (bytes) of every job; the last two are
            missing where nobody looked.
        sizes: rule, method, output (bytes) of every file that the jobs wrote.
        plan: rule, method, n_queries, operations, memory_bytes (of the largest job), output_bytes,
            as estimated; several rows of one stage are added up, but for memory.
        known_share: Share of the queries that the plan takes for known.
    """
    measured = (
        jobs.astype({"cpu_seconds": float, "memory": float})
        .groupby(STAGE)
        .agg(
            n_jobs=("wall_seconds", "size"),
            wall_seconds=("wall_seconds", "sum"),
            cpu_seconds=("cpu_seconds", _sum_of_seen),
            memory=("memory", "max"),
        )
    )
    largest = dict.fromkeys(PLANNED, "sum") | {"memory_bytes": "max"}
    planned = plan.groupby(STAGE)[list(PLANNED)].agg(largest).rename(columns=PLANNED)
    rows = measured.join(sizes.groupby(STAGE)["output"].sum()).join(planned)
    rows = rows.fillna({"output": 0}).assign(
        known_share=known_share,
        operations_per_second=rows["operations"] / rows["wall_seconds"],
    )
    return rows.reset_index()


def _sum_of_seen(values: pd.Series) -> float:
    """The sum of what was seen; nothing where nothing was."""
    return float(values.sum(min_count=1))
