"""Table 1: shares and mean scores of the two classes, with intervals."""

from qloc.tables import Column, Table

CLASS_SUMMARIES = Table(
    name="class_summaries",
    path="results/class_summaries/{model}/{method}.parquet",
    meaning="Table 1: shares and mean scores of the two classes, with intervals.",
    key=("criterion", "statistic"),
    columns=(
        Column(
            "criterion",
            "category",
            "how the consistency threshold is set",
            choices=("static", "otsu"),
        ),
        Column(
            "statistic",
            "category",
            "what is estimated; mean_trained: CS over the queries the model was trained on",
            choices=(
                "threshold",
                "consistent_share",
                "inconsistent_share",
                "mean_consistent",
                "mean_inconsistent",
                "mean_consistency_score",
                "mean_chance",
                "mean_adjusted",
                "mean_trained",
            ),
        ),
        Column("n_facts", "int32", "facts the estimate rests on", unit="count", low=0),
        Column("n_relations", "int32", "their relations", unit="count", low=0),
        Column("estimate", "float64", "", missing="no fact to estimate it from"),
        Column(
            "ci_low", "float64", "lower end of the two-stage 95 % interval", missing="not estimable"
        ),
        Column("ci_high", "float64", "upper end", missing="not estimable"),
        Column(
            "conditional_ci_low",
            "float64",
            "lower end, given these relations",
            missing="not estimable",
        ),
        Column(
            "conditional_ci_high",
            "float64",
            "upper end, given these relations",
            missing="not estimable",
        ),
    ),
)
