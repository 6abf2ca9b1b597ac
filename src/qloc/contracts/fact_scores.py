"""Exact scores of every neuron whose mean over a fact's queries reaches the fact's floor."""

from qloc.tables import Column, Table

FACT_SCORES = Table(
    name="fact_scores",
    path="results/fact_scores/{model}/{relation}/{method}.parquet",
    meaning="Exact scores of every neuron whose mean over a fact's queries reaches the fact's floor.",
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
        Column(
            "largest_mean_not_kept",
            "float32",
            "largest mean score over the fact's queries among neurons that are not in this table",
            unit="as score",
            missing="every neuron is in this table",
        ),
    ),
)
