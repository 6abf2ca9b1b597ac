"""What the stages that open a model took, beside what they were planned to take."""

from qloc.tables import Column, Table

_NOT_PLANNED = "the plan knows no such stage"
_NOT_SEEN = "every job ended before Snakemake looked at it"

STAGE_COSTS = Table(
    name="stage_costs",
    path="results/stage_costs/{model}.parquet",
    meaning=(
        "What the stages that open a model took, from the benchmark files, beside what `qloc plan`"
        " says; measured, so that no two runs agree."
    ),
    key=("rule", "method"),
    columns=(
        Column("rule", "category", "the stage"),
        Column("method", "category", "whose neurons; empty for a stage that is of no one method"),
        Column("n_jobs", "int32", "jobs that were measured", unit="count", low=1),
        Column(
            "n_queries",
            "int64",
            "queries that the plan counts, of all jobs",
            unit="count",
            low=0,
            missing=_NOT_PLANNED,
        ),
        Column(
            "known_share",
            "float64",
            "share of the model's queries that were studied, with which it was planned",
            low=0,
            high=1,
        ),
        Column(
            "operations",
            "float64",
            "planned floating-point operations of all jobs",
            unit="operations",
            low=0,
            missing=_NOT_PLANNED,
        ),
        Column("wall_seconds", "float64", "of all jobs, one after another", unit="s", low=0),
        Column(
            "cpu_seconds",
            "float64",
            "user and system, as far as Snakemake saw: up to 30 s of a job's end are not in it",
            unit="s",
            low=0,
            missing=_NOT_SEEN,
        ),
        Column(
            "operations_per_second",
            "float64",
            "operations / wall_seconds",
            unit="operations/s",
            low=0,
            missing=_NOT_PLANNED,
        ),
        Column(
            "planned_memory",
            "int64",
            "memory of the largest job, planned",
            unit="byte",
            low=0,
            missing=_NOT_PLANNED,
        ),
        Column(
            "memory",
            "int64",
            "most that the processes of one job held",
            unit="byte",
            low=0,
            missing=_NOT_SEEN,
        ),
        Column(
            "planned_output",
            "int64",
            "size of the files that all jobs write, planned",
            unit="byte",
            low=0,
            missing=_NOT_PLANNED,
        ),
        Column("output", "int64", "size of the files they wrote", unit="byte", low=0),
    ),
)
