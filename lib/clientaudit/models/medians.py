"""The median of observations that are alike within groups, and how sure it is."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from clientaudit.models.intervals import CONFIDENCE


@dataclass(frozen=True)
class Median:
    """A median with its interval. n: observations, groups: groups they stand in."""

    median: float
    low: float
    high: float
    n: int
    groups: int


def grouped_median(
    values: NDArray[np.float64],
    counts: NDArray[np.int64],
    groups: NDArray[np.int64],
) -> Median:
    """The median of `values`, each seen `counts` times in one of the `groups` 0, 1, 2...

    The interval inverts that of the share below the median (Woodruff 1952, JASA 47: 635-646),
    whose variance is taken between groups: ten invoices of one client are less than ten clients.
    A single group tells nothing about others: the interval is then the whole range. Values may be
    infinite. ValueError without any observation.

    >>> grouped_median(np.array([10., 20, 30]), np.array([1, 1, 1]), np.array([0, 1, 2])).median
    20.0
    """
    n = int(counts.sum())
    if not n:
        raise ValueError("a median of nothing")
    order = np.argsort(values)
    ranked, up_to = values[order], np.cumsum(counts[order])

    def quantile(share: float) -> float:
        place = np.searchsorted(up_to, min(max(share, 0.0), 1.0) * n * (1 - 1e-12))
        return float(ranked[min(int(place), len(ranked) - 1)])

    median = quantile(0.5)
    below = counts[values <= median].sum() / n
    sums = np.bincount(groups, weights=counts * ((values <= median) - below))
    total = len(sums)
    half = 0.5
    if total > 1:
        z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
        half = z * sqrt(float(sums @ sums) * total / (total - 1)) / n
    return Median(median, quantile(0.5 - half), quantile(0.5 + half), n, total)
