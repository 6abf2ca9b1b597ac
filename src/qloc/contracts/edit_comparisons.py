"""Which neuron set edits better, within facts, and whether more so on inconsistent ones."""

from qloc.columns import (
    COUNTS,
    CRITERION,
    EDIT_PRESET,
    FACT_CLASS,
    INTERVALS,
    METRIC,
    OPERATION,
    SCORER,
    SIGNED_RANK,
    STRENGTH,
)
from qloc.contracts.neuron_sets import EDITED_SETS
from qloc.tables import Column, Table

EDIT_COMPARISONS = Table(
    name="edit_comparisons",
    path="results/edit_comparisons/{model}.parquet",
    meaning="Which neuron set edits better, within facts, at the chosen strength; with fact_class `difference`, whether more so on inconsistent facts (a difference of differences).",
    key=(
        "method",
        "operation",
        "preset",
        "scorer",
        "metric",
        "criterion",
        "fact_class",
        "neuron_set",
        "other_set",
    ),
    columns=(
        Column("method", "category", "way of attributing"),
        OPERATION,
        EDIT_PRESET,
        SCORER,
        METRIC,
        CRITERION,
        FACT_CLASS,
        Column("neuron_set", "category", "see `neuron_sets`", choices=EDITED_SETS),
        Column("other_set", "category", "the one it is compared with", choices=EDITED_SETS),
        STRENGTH,
        *COUNTS,
        Column(
            "difference",
            "float64",
            "mean over facts of the metric of the set less that of the other",
            missing="no fact has both",
        ),
        *INTERVALS,
        Column(
            "median",
            "float64",
            "median over facts of the same difference",
            missing="no fact, or a difference of classes",
        ),
        *SIGNED_RANK,
    ),
)
