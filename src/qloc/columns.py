"""Columns that tables of estimates share."""

from qloc.tables import Column

FACT_CLASSES = ("all", "consistent", "inconsistent", "difference")

INTERVALS = (
    Column(
        "ci_low", "float64", "lower end of the two-stage 95 % interval", missing="not estimable"
    ),
    Column("ci_high", "float64", "upper end", missing="not estimable"),
    Column(
        "simultaneous_ci_low",
        "float64",
        "lower end of the interval that holds at 95 % for ten claims at once",
        missing="not estimable",
    ),
    Column("simultaneous_ci_high", "float64", "upper end", missing="not estimable"),
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

# Of edits.
OPERATION = Column(
    "operation",
    "category",
    "erase: take the object away; update: write another in its place",
    choices=("erase", "update"),
)

EDIT_PRESET = Column("preset", "category", "way of editing, by its name in the config")

STRENGTH = Column("strength", "int16", "number of the strength in the preset's list, from 0", low=0)

LAMBDAS = (
    Column(
        "lambda_1",
        "float64",
        "λ₁ of Eq. 2: how much of the object is taken away",
        low=0,
        missing="erasing by zero, which has no strength",
    ),
    Column(
        "lambda_2",
        "float64",
        "λ₂ of Eq. 2: how much of the target is written",
        low=0,
        missing="erasing",
    ),
)

SCORERS = ("first_token", "token_accuracy", "exact_match")

SCORER = Column(
    "scorer",
    "category",
    (
        "of a prediction of several tokens, each behind the true ones before it. first_token:"
        " whether the first is most probable; token_accuracy: the share that are; exact_match:"
        " whether all are"
    ),
    choices=SCORERS,
)

METRICS = (
    "reliability",
    "generalization_seen",
    "generalization",
    "locality",
    "average_seen",
    "average",
    "perplexity_change",
)

METRIC = Column(
    "metric",
    "category",
    "see `edits`; average_seen, average: of reliability, that generalization and locality",
    choices=METRICS,
)
