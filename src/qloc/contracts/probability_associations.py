"""Adjusted CS against answer probability, within relation and number of queries."""

from qloc.tables import Column, Table

PROBABILITY_ASSOCIATIONS = Table(
    name="probability_associations",
    path="results/probability_associations/{model}/{method}.parquet",
    meaning="Adjusted CS against answer probability, within relation and number of queries.",
    key=("stratum",),
    columns=(
        Column("stratum", "category", "`all` (within relation and k), or one relation (within k)"),
        Column("n_facts", "int32", "", unit="count", low=0),
        Column(
            "correlation",
            "float64",
            "partial rank correlation",
            low=-1,
            high=1,
            missing="fewer than three facts or no variance",
        ),
        Column(
            "ci_low",
            "float64",
            "lower end of the 95 % interval: two-stage for `all`, over the facts of one relation",
            missing="not estimable",
        ),
        Column("ci_high", "float64", "upper end", missing="not estimable"),
    ),
)
