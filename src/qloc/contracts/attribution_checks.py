"""The error bar of every attribution."""

from qloc.tables import Column, Table

ATTRIBUTION_CHECKS = Table(
    name="attribution_checks",
    path="results/attribution_checks/{model}/{relation}/{method}.parquet",
    meaning="The error bar of every attribution.",
    key=("query_id", "layer", "word"),
    columns=(
        Column("query_id", "category", "the query: `{fact_id}/{template}`"),
        Column("layer", "int16", "feed-forward layer, from 0", low=0),
        Column(
            "word",
            "int16",
            "token of the prompt that was perturbed, from 0; 0 where a path is not of one word",
            low=0,
        ),
        Column("fact_id", "category", "the fact: `{relation}/{line of its file, from 0}`"),
        Column("quadrature", "category", "rule of the path integral"),
        Column(
            "nodes",
            "int16",
            "points where the gradient was taken, α = 1 included",
            unit="count",
            low=1,
        ),
        Column(
            "score_sum",
            "float64",
            "sum of the word's scores over the layer's neurons",
            unit="probability",
        ),
        Column(
            "answer_change",
            "float64",
            "P(answer) less P(answer) with the layer at its baseline, for this word",
            unit="probability",
            low=-1,
            high=1,
        ),
        Column(
            "completeness_gap",
            "float64",
            "|score_sum − answer_change| over the query's largest |score| before a method normalises",
            unit="relative",
            low=0,
            missing="all scores of the query are 0",
        ),
        Column(
            "score_change",
            "float64",
            "largest change of a score between the last two node counts over the query's largest |score|",
            unit="relative",
            low=0,
            missing="the rule takes one node count only, or all scores of the query are 0",
        ),
        Column(
            "is_settled",
            "bool",
            "both, summed over the layer's words, lie within the tolerance",
            missing="the rule has no tolerance",
        ),
        Column(
            "batch_size",
            "int32",
            "most queries in a batch when this row was made; fewer than asked for once the memory ran out",
            unit="count",
            low=0,
        ),
        Column("threads", "int32", "of that run", unit="count", low=0),
    ),
)
