"""Consistent against inconsistent facts, by relation and in all."""

from qloc.columns import CRITERION
from qloc.tables import Column, Table

CLASS_COMPARISONS = Table(
    name="class_comparisons",
    path="results/class_comparisons/{model}/{method}.parquet",
    meaning="Consistent against inconsistent facts, by relation and in all.",
    key=("relation", "criterion", "measure"),
    columns=(
        Column("relation", "category", "Wikidata property, or `all`"),
        CRITERION,
        Column(
            "measure",
            "category",
            "column of consistency_scores that is compared",
            choices=(
                "consistency_score",
                "strict_consistency_score",
                "mean_jaccard",
                "adjusted_consistency_score",
                "mean_answer_probability",
                "n_queries",
            ),
        ),
        Column("n_consistent", "int32", "", unit="count", low=0),
        Column("n_inconsistent", "int32", "", unit="count", low=0),
        Column("mean_consistent", "float64", "", missing="the class is empty"),
        Column("mean_inconsistent", "float64", "", missing="the class is empty"),
        Column(
            "difference",
            "float64",
            "mean of consistent less mean of inconsistent facts",
            missing="a class is empty",
        ),
        Column(
            "ci_low",
            "float64",
            "lower end of the 95 % interval: two-stage for `all`, over the facts of one relation",
            missing="not estimable",
        ),
        Column("ci_high", "float64", "upper end", missing="not estimable"),
        Column(
            "sanity_t",
            "float64",
            "Welch's t; compares two halves of a thresholded variable",
            missing="a class has fewer than two facts or no variance",
        ),
        Column(
            "sanity_degrees_of_freedom",
            "float64",
            "Welch–Satterthwaite",
            low=0,
            missing="as sanity_t",
        ),
        Column(
            "sanity_p_value",
            "float64",
            "two-sided",
            unit="probability",
            low=0,
            high=1,
            missing="as sanity_t",
        ),
    ),
)
