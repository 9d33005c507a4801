"""Trends of short seasonal series: the slope from year to year, season by season."""

from math import floor, sqrt
from statistics import NormalDist

import numpy as np

from clientaudit.models.intervals import Floats

LEAST_YEARS = 3  # two years give no interval at 95 %: four slopes have one sign in 1 case of 8


def seasonal_slopes(values: Floats, *, confidence: float = 0.95) -> tuple[Floats, Floats, Floats]:
    """Change per year of each series, as the median slope between equal seasons, with its interval.

    values: (series, years, seasons), oldest year first, at least 3 years; ValueError otherwise.

    Returns three (series,) arrays: slope, low and high bound. Only equal seasons are compared, so
    that no season is taken for a trend, and the median is deaf to single large values (Hirsch,
    Slack and Smith 1982). The interval inverts the seasonal Kendall test (Gilbert 1987), for
    seasons that are independent of each other: it covers chance, not runs of good years. Ties
    are not corrected for, which makes it wide rather than narrow.

    >>> slope, low, high = seasonal_slopes(np.array([[[1.0, 5.0], [2.0, 6.0], [3.0, 7.0]]]))
    >>> float(slope[0])
    1.0
    """
    _, years, seasons = values.shape
    if years < LEAST_YEARS:
        raise ValueError("a trend takes three years")
    pairs = [(a, b) for a in range(years) for b in range(a + 1, years)]
    slopes = np.concatenate([(values[:, b] - values[:, a]) / (b - a) for a, b in pairs], axis=1)
    slopes.sort(axis=1)
    total = seasons * len(pairs)
    spread = sqrt(seasons * years * (years - 1) * (2 * years + 5) / 18)
    within = NormalDist().inv_cdf(0.5 + confidence / 2) * spread
    out = max(floor((total - within) / 2), 1)
    return np.median(slopes, axis=1), slopes[:, out - 1], slopes[:, total - out]
