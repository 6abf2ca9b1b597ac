"""How well a share is known from the members of a random sample that count."""

import math

NORMAL_QUANTILE = 1.959963984540054
"""Of the normal distribution, at 97.5 %."""


def wilson_interval(n_counted: int, n: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927, doi 10.1080/01621459.1927.10502953).

    It is informative also where none or all of the sample counts, where a bootstrap never varies.

    Args:
        n_counted: Members of the sample that count.
        n: Members of the sample, at least 1; they are drawn independently of one another.
    """
    share, z = n_counted / n, NORMAL_QUANTILE
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    low = 0.0 if n_counted == 0 else centre - half
    high = 1.0 if n_counted == n else centre + half
    return low, high
