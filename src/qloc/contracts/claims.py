"""The paper's claims, each judged by a rule that was fixed before looking."""

from qloc.columns import COUNTS
from qloc.tables import Column, Table

# Of the region that a claim speaks of.
SIDES = ("above", "below", "within")

# The verdict on a claim of several parts is the first of these that a part has.
VERDICTS = ("not_supported", "not_tested", "undecided", "supported")

# Of an estimate, whatever its interval.
DIRECTIONS = ("as_claimed", "against")

# Where what the paper prints lies: in this run's interval of the same statistic, or not.
PLACES = ("inside", "partly", "outside")

WHOLE = "whole"

CLAIMS = Table(
    name="claims",
    path="results/claims/{model}.parquet",
    meaning="The paper's claims, each judged by a rule that was fixed before looking: its parts, and the whole of all parts.",
    key=("method", "claim", "part"),
    columns=(
        Column("method", "category", "way of attributing, or `all`"),
        Column("claim", "category", "its number in docs/explanation/method.md"),
        Column("part", "category", "what is measured, or `whole`: all parts of the claim"),
        *COUNTS,
        Column("estimate", "float64", "", missing="the whole of several parts, or not measured"),
        Column(
            "ci_low",
            "float64",
            "lower end of the two-stage 95 % interval",
            missing="not estimable, or the rule needs none",
        ),
        Column("ci_high", "float64", "upper end", missing="as ci_low"),
        Column(
            "simultaneous_ci_low",
            "float64",
            "lower end of the interval that holds at 95 % for ten claims at once",
            missing="as ci_low",
        ),
        Column("simultaneous_ci_high", "float64", "upper end", missing="as ci_low"),
        Column(
            "side",
            "category",
            "of the claimed region: above or below the limit, or within it around 0",
            choices=SIDES,
            missing="the whole of several parts",
        ),
        Column("limit", "float64", "of that region", missing="as side"),
        Column(
            "verdict",
            "category",
            "supported: the interval lies in the region; not_supported: outside; undecided: it crosses the limit",
            choices=VERDICTS,
        ),
        Column(
            "simultaneous_verdict",
            "category",
            "the same by the simultaneous interval",
            choices=VERDICTS,
        ),
        Column(
            "detectable",
            "float64",
            "how far beyond the limit an estimate with such an interval must lie to be in the region; of a margin: how wide it must be",
            low=0,
            missing="no interval",
        ),
        Column("reason", "string", "why it was not tested, or what else decided", missing="none"),
        Column(
            "direction",
            "category",
            "as_claimed: the estimate itself lies where the claim, and so the paper, says; against: it does not",
            choices=DIRECTIONS,
            missing="not measured",
        ),
        Column(
            "paper_low",
            "float64",
            "what the paper prints, the smallest of its models and methods",
            missing="the paper prints no such number, or none that is certain",
        ),
        Column("paper_high", "float64", "the largest", missing="as paper_low"),
        Column(
            "paper_place",
            "string",
            "which number of the paper, and of which of its models",
            missing="as paper_low",
        ),
        Column(
            "as_paper",
            "float64",
            "this run's number of what the paper prints, which is not what is judged",
            missing="as paper_low, or not measured",
        ),
        Column(
            "as_paper_ci_low",
            "float64",
            "lower end of its two-stage 95 % interval",
            missing="as as_paper, or not estimable",
        ),
        Column("as_paper_ci_high", "float64", "upper end", missing="as as_paper_ci_low"),
        Column(
            "paper_inside",
            "category",
            "whether what the paper prints lies in that interval, or part of its range does",
            choices=PLACES,
            missing="as as_paper_ci_low",
        ),
    ),
    version=2,
)
