"""Figures 5 and 10: values of single neurons while synapses are manipulated, for a few facts."""

from qloc.columns import MANIPULATION
from qloc.contracts.synapse_answers import IS_RENORMALISED, PRESET
from qloc.tables import Column, Table

SYNAPSE_EXAMPLES = Table(
    name="synapse_examples",
    path="results/synapse_examples/{model}/{relation}.parquet",
    meaning="Figures 5 and 10: values of the knowledge neurons of a few facts on the clean run and while all synapses of the query are manipulated, for all queries of the fact.",
    key=(
        "method",
        "query_id",
        "preset",
        "manipulation",
        "is_renormalised",
        "layer",
        "neuron",
    ),
    columns=(
        Column("method", "category", "way of attributing that selected the neurons"),
        Column("query_id", "category", "the query: `{fact_id}/{template}`"),
        PRESET,
        MANIPULATION,
        IS_RENORMALISED,
        Column("layer", "int16", "feed-forward layer, from 0", low=0),
        Column("neuron", "int32", "knowledge neuron of one of the fact's queries", low=0),
        Column("fact_id", "category", "the fact: `{relation}/{line of its file, from 0}`"),
        Column("is_own", "bool", "a knowledge neuron of this query"),
        Column("value_before", "float32", "on the clean run"),
        Column("value_after", "float32", "manipulated"),
    ),
)
