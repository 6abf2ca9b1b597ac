"""The Jaccard ladder: how much the neuron sets of two queries overlap, by what the queries share."""

from qloc.tables import Column, Table

NEURON_SET_OVERLAPS = Table(
    name="neuron_set_overlaps",
    path="results/neuron_set_overlaps/{model}/{method}.parquet",
    meaning="The Jaccard ladder: how much the neuron sets of two queries overlap, by what the queries share.",
    key=("rung",),
    columns=(
        Column(
            "rung",
            "category",
            "what the two queries share; templates differ on all rungs of a relation but `same_template`; the last two split `same_fact` by the templates' final words, for facts with both kinds of pairs",
            choices=(
                "same_fact",
                "same_object",
                "same_template",
                "same_relation",
                "other_relation",
                "same_final_word",
                "other_final_word",
            ),
        ),
        Column("n_pairs", "int32", "pairs of queries with a neuron", unit="count", low=0),
        Column("n_facts", "int32", "facts with such a pair", unit="count", low=0),
        Column(
            "mean_jaccard",
            "float64",
            "mean over facts of the mean |∩|/|∪| of their pairs",
            unit="share",
            low=0,
            high=1,
            missing="no pair",
        ),
        Column(
            "ci_low", "float64", "lower end of the two-stage 95 % interval", missing="not estimable"
        ),
        Column("ci_high", "float64", "upper end", missing="not estimable"),
    ),
)
