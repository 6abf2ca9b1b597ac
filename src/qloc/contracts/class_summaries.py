"""Table 1: shares and mean scores of the two classes, with intervals."""

from qloc.columns import COUNTS, CRITERION, INTERVALS
from qloc.tables import Column, Table

CLASS_SUMMARIES = Table(
    name="class_summaries",
    path="results/class_summaries/{model}/{method}.parquet",
    meaning="Table 1: shares and mean scores of the two classes, with intervals.",
    key=("criterion", "statistic"),
    columns=(
        CRITERION,
        Column(
            "statistic",
            "category",
            "what is estimated; mean_trained: CS over the queries the model was trained on; clearly_inconsistent_share: facts whose adjusted CS lies below `claims.adjusted_level` with its interval",
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
                "clearly_inconsistent_share",
            ),
        ),
        *COUNTS,
        Column("estimate", "float64", "", missing="no fact to estimate it from"),
        *INTERVALS,
    ),
)
