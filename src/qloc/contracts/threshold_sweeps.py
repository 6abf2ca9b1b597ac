"""How the share of inconsistent facts depends on both thresholds."""

from qloc.tables import Column, Table

THRESHOLD_SWEEPS = Table(
    name="threshold_sweeps",
    path="results/threshold_sweeps/{model}/{method}.parquet",
    meaning="How the share of inconsistent facts depends on both thresholds.",
    key=("selection_threshold", "consistency_threshold"),
    columns=(
        Column("selection_threshold", "float64", "", unit="share", low=0, high=1),
        Column("consistency_threshold", "float64", "", unit="share", low=0, high=1),
        Column("n_facts", "int32", "facts with a CS", unit="count", low=0),
        Column(
            "inconsistent_share",
            "float64",
            "facts with CS below the threshold",
            unit="share",
            low=0,
            high=1,
            missing="no fact",
        ),
        Column(
            "mean_consistency_score", "float64", "", unit="share", low=0, high=1, missing="no fact"
        ),
        Column(
            "adjusted_inconsistent_share",
            "float64",
            "facts with adjusted CS below the threshold",
            unit="share",
            low=0,
            high=1,
            missing="no fact",
        ),
        Column("mean_adjusted_consistency_score", "float64", "", missing="no fact"),
        Column(
            "ci_low", "float64", "lower end of the two-stage 95 % interval", missing="not estimable"
        ),
        Column("ci_high", "float64", "upper end", missing="not estimable"),
        Column(
            "adjusted_ci_low",
            "float64",
            "as ci_low, of the adjusted share",
            missing="not estimable",
        ),
        Column("adjusted_ci_high", "float64", "", missing="not estimable"),
        Column(
            "adjusted_simultaneous_ci_low",
            "float64",
            "lower end of the interval that holds at 95 % for ten claims at once",
            missing="not estimable",
        ),
        Column("adjusted_simultaneous_ci_high", "float64", "upper end", missing="not estimable"),
    ),
)
