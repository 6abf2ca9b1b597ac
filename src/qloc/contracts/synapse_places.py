"""In which layers and heads knowledge synapses lie, and how many in the first column."""

from qloc.contracts.synapse_answers import PRESET
from qloc.tables import Column, Table

SYNAPSE_PLACES = Table(
    name="synapse_places",
    path="results/synapse_places/{model}/{relation}.parquet",
    meaning="In which layers and heads knowledge synapses lie, and how many in the first column.",
    key=("preset", "layer", "head"),
    columns=(
        PRESET,
        Column("layer", "int16", "of attention, from 0", low=0),
        Column("head", "int16", "query head of that layer, from 0", low=0),
        Column("n_queries", "int32", "queries looked at", unit="count", low=0),
        Column("n_columns", "int64", "their columns: tokens of their prompts", unit="count", low=0),
        Column("n_synapses", "int64", "columns that are synapses", unit="count", low=0),
        Column(
            "n_first_synapses",
            "int64",
            "first columns, one a query, that are synapses",
            unit="count",
            low=0,
        ),
    ),
)
