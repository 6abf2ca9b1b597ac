"""Tables 2 and 3: the quality of edits of every neuron set, by class of facts."""

from qloc.columns import (
    COUNTS,
    CRITERION,
    EDIT_PRESET,
    FACT_CLASS,
    INTERVALS,
    LAMBDAS,
    METRIC,
    OPERATION,
    SCORER,
    STRENGTH,
)
from qloc.contracts.neuron_sets import EDITED_SETS
from qloc.tables import Column, Table

EDIT_SUMMARIES = Table(
    name="edit_summaries",
    path="results/edit_summaries/{model}.parquet",
    meaning="Tables 2 and 3: the quality of edits of every neuron set, by class of facts. The class `all` has as many facts of both classes as were drawn, not as there are.",
    key=(
        "method",
        "operation",
        "preset",
        "strength",
        "scorer",
        "metric",
        "criterion",
        "fact_class",
        "neuron_set",
    ),
    columns=(
        Column("method", "category", "way of attributing"),
        OPERATION,
        EDIT_PRESET,
        STRENGTH,
        SCORER,
        METRIC,
        CRITERION,
        FACT_CLASS,
        Column("neuron_set", "category", "see `neuron_sets`", choices=EDITED_SETS),
        *LAMBDAS,
        Column("is_chosen", "bool", "the strength that the calibration facts chose"),
        *COUNTS,
        Column(
            "n_missing",
            "int32",
            "edited facts for which the metric is missing",
            unit="count",
            low=0,
        ),
        Column(
            "no_edit_share",
            "float64",
            "facts whose set is empty; nothing was done, and they count as they are",
            unit="share",
            low=0,
            high=1,
            missing="no fact, or a difference of classes",
        ),
        Column(
            "mean_n_neurons",
            "float64",
            "mean size of the set over facts",
            low=0,
            missing="no fact, or a difference of classes",
        ),
        Column("mean", "float64", "mean over facts", missing="no fact"),
        *INTERVALS,
        Column(
            "median",
            "float64",
            "median over facts",
            missing="no fact, or a difference of classes",
        ),
    ),
)
