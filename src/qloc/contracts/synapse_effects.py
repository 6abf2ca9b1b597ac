"""What neurons do when knowledge synapses, or their controls, are manipulated."""

from qloc.contracts.synapse_answers import SYNAPSE_RUN
from qloc.tables import Column, Table

SYNAPSE_NEURON_SETS = ("own", "neighbors", "neighbors_only", "random", "random_any")

SYNAPSE_EFFECTS = Table(
    name="synapse_effects",
    path="results/synapse_effects/{model}/{relation}.parquet",
    meaning="What neurons do when knowledge synapses, or their controls, are manipulated; a neuron's value is its activation at the last position, or its attribution (`synapses.value`).",
    key=(
        "method",
        "query_id",
        "preset",
        "synapse_set",
        "manipulation",
        "is_renormalised",
        "neuron_set",
    ),
    columns=(
        Column("method", "category", "way of attributing that selected the neurons"),
        Column("query_id", "category", "the query: `{fact_id}/{template}`"),
        *SYNAPSE_RUN,
        Column(
            "neuron_set",
            "category",
            "own: the query's knowledge neurons; neighbors: those of the fact's other queries; neighbors_only: the same without own; random: as many as own, of the same layers, no knowledge neuron of the fact; random_any: the same of any layer",
            choices=SYNAPSE_NEURON_SETS,
        ),
        Column("fact_id", "category", "the fact: `{relation}/{line of its file, from 0}`"),
        Column("n_neurons", "int32", "neurons of the set", unit="count", low=0),
        Column("value_size", "float64", "sum of |value| on the clean run", low=0),
        Column(
            "value_change",
            "float64",
            "sum of sign(value) (value manipulated − value): above 0 if values grow",
        ),
        Column("mean_before", "float64", "mean value on the clean run", missing="no neuron"),
        Column("mean_after", "float64", "mean value, manipulated", missing="no neuron"),
    ),
)
