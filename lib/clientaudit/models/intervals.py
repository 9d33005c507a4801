"""Intervals of rates."""

from math import sqrt
from statistics import NormalDist


def wilson(successes: int, n: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Low and high bound of a proportion seen as `successes` out of `n` independent trials.

    n: at least 1, `successes` from 0 to n; ValueError otherwise. Wilson (1927).

    >>> low, high = wilson(3, 30)
    >>> round(low, 3), round(high, 3)
    (0.035, 0.256)
    """
    if not 0 <= successes <= n or n == 0:
        raise ValueError(f"{successes} out of {n} is no proportion")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    rate = successes / n
    centre = rate + z * z / (2 * n)
    half = z * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    # At 0 and n a bound is the rate itself, but for rounding.
    low, high = (centre - half) / scale, (centre + half) / scale
    return max(0.0, min(low, rate)), min(1.0, max(high, rate))
