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
        Column("word", "int16", "position of the perturbed word; 0 for IG", low=0),
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
            "score_sum", "float64", "sum of the layer's scores over its neurons", unit="probability"
        ),
        Column(
            "answer_change",
            "float64",
            "P(answer) less P(answer) with the layer at its baseline",
            unit="probability",
            low=-1,
            high=1,
        ),
        Column(
            "completeness_gap",
            "float64",
            "|score_sum − answer_change| over the query's largest |score|",
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
            "both lie within the tolerance",
            missing="the rule has no tolerance",
        ),
        Column(
            "batch_size",
            "int32",
            "queries per sweep of the run that made this row",
            unit="count",
            low=0,
        ),
        Column("threads", "int32", "of that run", unit="count", low=0),
    ),
)
