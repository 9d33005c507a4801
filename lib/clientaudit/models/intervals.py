"""Intervals of rates, and of means and ratios over clients."""

from collections.abc import Callable
from math import sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Statistic = Callable[[Floats], float]
CONFIDENCE = 0.95
STEP = 1e-4
NEGLIGIBLE = 1e-12


def wilson(successes: int, n: int) -> tuple[float, float]:
    """Low and high bound of a proportion seen as `successes` out of `n` independent trials.

    n: at least 1, `successes` from 0 to n; ValueError otherwise. Wilson (1927).

    >>> low, high = wilson(3, 30)
    >>> round(low, 3), round(high, 3)
    (0.035, 0.256)
    """
    if not 0 <= successes <= n or n == 0:
        raise ValueError(f"{successes} out of {n} is no proportion")
    z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
    rate = successes / n
    centre = rate + z * z / (2 * n)
    half = z * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    # At 0 and n a bound is the rate itself, but for rounding.
    low, high = (centre - half) / scale, (centre + half) / scale
    return max(0.0, min(low, rate)), min(1.0, max(high, rate))


def smooth_interval(values: Floats, statistic: Statistic) -> tuple[float, float]:
    """Low and high bound of a statistic of clients who are a sample of the clients to come.

    values: (n, k), one row per client, n of 2 or more. statistic: (..., k) column means -> value,
    smooth: a mean, a ratio of two means, a difference of two ratios.

    The ABC interval of DiCiccio and Efron (1992): second-order correct for skewed amounts, as the
    BCa bootstrap that it approximates, without a random draw. Both bounds are the value itself
    where all clients are alike.

    >>> low, high = smooth_interval(np.array([[1.0], [2.0], [3.0], [10.0]]), lambda m: m[..., 0])
    >>> round(low, 2), round(high, 2)
    (1.53, 9.29)
    """
    values = values[np.lexsort(values.T)]  # no order of clients, so that sums agree to the bit
    n, mean = len(values), values.mean(axis=0)
    gradient, hessian = _derivatives(statistic, mean, values.std(axis=0))
    off = values - mean
    influence = off @ gradient
    size = float(np.sqrt((influence**2).sum()))
    if size < NEGLIGIBLE * max(1.0, abs(float(statistic(mean)))):
        return float(statistic(mean)), float(statistic(mean))
    deviation = size / n
    acceleration = float((influence**3).sum()) / (6 * size**3)
    direction = influence @ off / (n * n * deviation)
    bias = float(np.einsum("ij,jk,ik->", off, hessian, off)) / (2 * n * n)
    curvature = bias / deviation - float(direction @ hessian @ direction) / (2 * deviation)
    return _abc(statistic, mean, direction, (acceleration, curvature))


def _abc(
    statistic: Statistic, mean: Floats, direction: Floats, shape: tuple[float, float]
) -> tuple[float, float]:
    """The statistic at the two ends of the least favourable direction."""
    normal = NormalDist()
    acceleration, curvature = shape
    start = normal.inv_cdf(2 * normal.cdf(acceleration) * normal.cdf(-curvature))
    ends = []
    for level in (0.5 - CONFIDENCE / 2, 0.5 + CONFIDENCE / 2):
        step = start + normal.inv_cdf(level)
        ends.append(float(statistic(mean + step / (1 - acceleration * step) ** 2 * direction)))
    return min(ends), max(ends)


def _derivatives(statistic: Statistic, mean: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """Gradient and Hessian in the means, by central differences."""
    steps = np.diag(np.maximum(STEP * np.maximum(spread, np.abs(mean)), STEP * STEP))
    gradient = [(statistic(mean + h) - statistic(mean - h)) / (2 * h.sum()) for h in steps]
    hessian = [
        [
            (
                statistic(mean + g + h) - statistic(mean + g - h)
                - statistic(mean - g + h) + statistic(mean - g - h)
            ) / (4 * g.sum() * h.sum())
            for h in steps
        ]
        for g in steps
    ]  # fmt: skip
    return np.array(gradient, dtype=np.float64), np.array(hessian, dtype=np.float64)
