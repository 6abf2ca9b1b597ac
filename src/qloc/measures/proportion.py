"""How well a share is known from the members of a random sample that count."""

from scipy.stats import binomtest


def wilson_interval(n_counted: int, n: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927, doi 10.1080/01621459.1927.10502953).

    It is informative also where none or all of the sample counts, where a bootstrap never varies.

    Args:
        n_counted: Members of the sample that count.
        n: Members of the sample, at least 1; they are drawn independently of one another.
    """
    interval = binomtest(n_counted, n).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)
