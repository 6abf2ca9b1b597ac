"""Columns that tables of estimates share."""

from qloc.tables import Column

FACT_CLASSES = ("all", "consistent", "inconsistent", "difference")

INTERVALS = (
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
)

CRITERION = Column(
    "criterion", "category", "how the consistency threshold is set", choices=("static", "otsu")
)

MANIPULATION = Column(
    "manipulation",
    "category",
    "suppress: factor 0; enhance: factor 2",
    choices=("suppress", "enhance"),
)

FACT_CLASS = Column(
    "fact_class",
    "category",
    "which facts; difference: inconsistent less consistent ones",
    choices=FACT_CLASSES,
)

COUNTS = (
    Column("n_facts", "int32", "facts the estimate rests on", unit="count", low=0),
    Column("n_relations", "int32", "their relations", unit="count", low=0),
)

# Of a paired comparison within facts.
SIGNED_RANK = (
    Column(
        "p_value",
        "float64",
        "of Wilcoxon's signed-rank test over facts, zeros by Pratt",
        low=0,
        high=1,
        missing="fewer than two facts, no fact differs from 0, or a difference of classes",
    ),
    Column(
        "p_holm",
        "float64",
        "the same by Holm's method",
        low=0,
        high=1,
        missing="as p_value",
    ),
)
