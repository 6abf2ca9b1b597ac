"""Are there two kinds of facts at all?"""

from qloc.tables import Column, Table

CLASS_DIAGNOSTICS = Table(
    name="class_diagnostics",
    path="results/class_diagnostics/{model}/{method}.parquet",
    meaning="Are there two kinds of facts at all?",
    key=("diagnostic",),
    columns=(
        Column(
            "diagnostic",
            "category",
            "what is computed",
            choices=("bic_difference", "dip", "otsu_eta_squared", "welch_t", "inconsistent_share"),
        ),
        Column("n_facts", "int32", "", unit="count", low=0),
        Column(
            "value",
            "float64",
            "of the facts; bic_difference > 0 favours two components",
            missing="not defined for these scores",
        ),
        Column(
            "reference_median",
            "float64",
            "of simulations of one fitted Beta, cut by the same rule",
            missing="no simulation",
        ),
        Column("reference_low", "float64", "2.5 % of the simulations", missing="no simulation"),
        Column("reference_high", "float64", "97.5 %", missing="no simulation"),
        Column(
            "p_value",
            "float64",
            "share of simulations at least as large; for the dip Hartigan's p where that is larger",
            unit="probability",
            low=0,
            high=1,
            missing="no simulation",
        ),
    ),
)
