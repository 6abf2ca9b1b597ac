"""Figure 6: how far manipulated synapses move neurons and the answer, by class of facts."""

from qloc.columns import COUNTS, CRITERION, FACT_CLASS, INTERVALS
from qloc.contracts.synapse_answers import SYNAPSE_RUN
from qloc.contracts.synapse_effects import SYNAPSE_NEURON_SETS
from qloc.tables import Column, Table

OUTCOMES = (*SYNAPSE_NEURON_SETS, "answer")
OUTCOME = Column(
    "outcome",
    "category",
    "what moves: values of a neuron set (see `synapse_effects`), or the answer's probability",
    choices=OUTCOMES,
)

SYNAPSE_SUMMARIES = Table(
    name="synapse_summaries",
    path="results/synapse_summaries/{model}.parquet",
    meaning="Figure 6: how far manipulated synapses move neurons and the answer, by class of facts. An effect is a relative change in the expected direction (down if suppressed, up if enhanced), averaged over the queries of a fact.",
    key=(
        "method",
        "criterion",
        "fact_class",
        "preset",
        "synapse_set",
        "manipulation",
        "is_renormalised",
        "outcome",
    ),
    columns=(
        Column("method", "category", "way of attributing"),
        CRITERION,
        FACT_CLASS,
        *SYNAPSE_RUN,
        OUTCOME,
        *COUNTS,
        Column("n_queries", "int32", "their queries", unit="count", low=0),
        Column(
            "n_undefined",
            "int32",
            "queries left out: no neuron, or nothing but 0 before",
            unit="count",
            low=0,
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
            "summed change over summed size before, of all queries, in the expected direction",
            missing="no query, nothing but 0 before, or a difference of classes",
        ),
        Column(
            "literal_mean",
            "float64",
            "mean over facts of the relative change of the signed mean value",
            missing="no query whose |mean value| reaches 0.01 of its mean |value|, the answer, or a difference of classes",
        ),
        Column(
            "n_literal_missing",
            "int32",
            "queries whose |mean value| is below 0.01 of their mean |value|",
            unit="count",
            low=0,
        ),
    ),
)
