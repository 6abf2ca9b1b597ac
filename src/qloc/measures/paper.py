"""What the paper prints (Chen et al. 2025) of statistics that this study takes as well.

Only numbers whose statistic, model and place are known stand here; the circulating text lost its
formulas and most constants, and the paper gives no interval. So a number of the paper never decides
a verdict: it stands beside this run's own number of the same statistic.
"""

from dataclasses import dataclass

OTSU = {
    "GPT-2": (0.146, 0.150, 0.148),
    "LLaMA2": (0.170, 0.169, 0.170),
    "LLaMA3": (0.080, 0.082, 0.081),
}
"""Otsu's thresholds of its models, one for each of its three methods (Table 4)."""


@dataclass(frozen=True)
class Printed:
    """The smallest and the largest number that the paper prints of one statistic, and where."""

    low: float
    high: float
    place: str


OTSU_THRESHOLD = Printed(
    min(min(values) for values in OTSU.values()),
    max(max(values) for values in OTSU.values()),
    f"Otsu's threshold, Table 4: {', '.join(OTSU)}",
)
