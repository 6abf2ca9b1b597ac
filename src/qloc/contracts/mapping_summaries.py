"""Figure 4: how far every neuron set moves the answer, by class of facts."""

from qloc.columns import COUNTS, CRITERION, FACT_CLASS, INTERVALS, MANIPULATION
from qloc.contracts.query_mappings import NEURON_SETS
from qloc.tables import Column, Table

MAPPING_SUMMARIES = Table(
    name="mapping_summaries",
    path="results/mapping_summaries/{model}.parquet",
    meaning="Figure 4: how far every neuron set moves the answer, by class of facts. An effect is the relative change of the answer's probability in the expected direction, averaged over the queries of a fact.",
    key=("method", "criterion", "fact_class", "manipulation", "neuron_set"),
    columns=(
        Column("method", "category", "way of attributing"),
        CRITERION,
        FACT_CLASS,
        MANIPULATION,
        Column("neuron_set", "category", "see `query_mappings`", choices=NEURON_SETS),
        *COUNTS,
        Column("n_queries", "int32", "their queries", unit="count", low=0),
        Column(
            "n_undefined",
            "int32",
            "queries left out: their answer had probability 0 before",
            unit="count",
            low=0,
        ),
        Column(
            "empty_share",
            "float64",
            "queries whose set is empty; they count with effect 0",
            unit="share",
            low=0,
            high=1,
            missing="no query, or a difference of classes",
        ),
        Column(
            "mean_n_neurons",
            "float64",
            "mean size of the set over queries",
            low=0,
            missing="no query, or a difference of classes",
        ),
        Column("mean", "float64", "mean effect over facts", missing="no fact"),
        *INTERVALS,
        Column(
            "median",
            "float64",
            "median effect over facts",
            missing="no fact, or a difference of classes",
        ),
        Column(
            "ratio_of_means",
            "float64",
            "summed change over summed probability before, of all queries, in the expected direction",
            missing="no query, all probabilities 0, or a difference of classes",
        ),
    ),
)
