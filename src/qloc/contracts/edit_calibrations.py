"""How reliable edits of the query's own neurons are at every strength, on calibration facts."""

from qloc.columns import EDIT_PRESET, LAMBDAS, OPERATION, STRENGTH
from qloc.tables import Column, Table

EDIT_CALIBRATIONS = Table(
    name="edit_calibrations",
    path="results/edit_calibrations/{model}/{method}.parquet",
    meaning="How reliable edits of the query's own neurons are at every strength, on facts that are never evaluated, and which strength that chooses: the first listed one with `editing.calibration.reliability`, else the last.",
    key=("operation", "preset", "strength"),
    columns=(
        OPERATION,
        EDIT_PRESET,
        STRENGTH,
        *LAMBDAS,
        Column("n_facts", "int32", "calibration facts", unit="count", low=0),
        Column(
            "reliability",
            "float64",
            "mean over facts, by the first token",
            unit="share",
            low=0,
            high=1,
            missing="no calibration fact",
        ),
        Column("is_chosen", "bool", "edits are compared at this strength"),
    ),
)
