"""The knowledge neurons of every studied query: score above the selection threshold times the query's best."""

from qloc.tables import Column, Table

KNOWLEDGE_NEURONS = Table(
    name="knowledge_neurons",
    path="results/knowledge_neurons/{model}/{method}.parquet",
    meaning="The knowledge neurons of every studied query: score above the selection threshold times the query's best.",
    key=("query_id", "layer", "neuron"),
    columns=(
        Column("query_id", "category", "the query: `{fact_id}/{template}`"),
        Column("layer", "int16", "feed-forward layer, from 0", low=0),
        Column("neuron", "int32", "intermediate unit of that layer, from 0", low=0),
        Column("fact_id", "category", "the fact: `{relation}/{line of its file, from 0}`"),
        Column("relation", "category", "Wikidata property of the fact"),
        Column(
            "score",
            "float32",
            "attribution",
            unit="probability; sig, amig: share of the query's norm",
        ),
    ),
)
