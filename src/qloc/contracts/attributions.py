"""Scores of the neurons that matter, for every studied query."""

from qloc.tables import Column, Table

ATTRIBUTIONS = Table(
    name="attributions",
    path="results/attributions/{model}/{relation}/{method}.parquet",
    meaning="Scores of the neurons that matter, for every studied query.",
    key=("query_id", "layer", "neuron"),
    columns=(
        Column("query_id", "category", "the query: `{fact_id}/{template}`"),
        Column("layer", "int16", "feed-forward layer, from 0", low=0),
        Column("neuron", "int32", "intermediate unit of that layer, from 0", low=0),
        Column("fact_id", "category", "the fact: `{relation}/{line of its file, from 0}`"),
        Column(
            "score",
            "float32",
            "attribution of the answer to this neuron",
            unit="probability; sig, amig: share of the query's norm",
        ),
        Column("activation", "float32", "the neuron's value at the last position"),
    ),
)
