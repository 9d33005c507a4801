"""The names proposed for groups of clients: what their average client does more or less."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

MEASURES: Final = ("occasion_count", "average_value", "family_count")
MOST_GROUPS: Final = 8
# Signs of rhythm, value and breadth, against the average client of all groups.
NAMES: Final = {
    (1, 0, 0): "Frequent purchases",
    (-1, 0, 0): "Rare purchases",
    (0, 1, 0): "Large purchases",
    (0, -1, 0): "Small purchases",
    (0, 0, 1): "Wide range",
    (0, 0, -1): "Narrow range",
    (1, 1, 0): "Frequent large purchases",
    (1, -1, 0): "Frequent small purchases",
    (-1, 1, 0): "Rare large purchases",
    (-1, -1, 0): "Rare small purchases",
    (1, 0, 1): "Frequent purchases, wide range",
    (1, 0, -1): "Frequent purchases, narrow range",
    (-1, 0, 1): "Rare purchases, wide range",
    (-1, 0, -1): "Rare purchases, narrow range",
    (0, 1, 1): "Large purchases, wide range",
    (0, 1, -1): "Large purchases, narrow range",
    (0, -1, 1): "Small purchases, wide range",
    (0, -1, -1): "Small purchases, narrow range",
}
OTHERS: Final = (
    "Other profile 1", "Other profile 2", "Other profile 3", "Other profile 4", "Other profile 5",
    "Other profile 6", "Other profile 7", "Other profile 8",
)  # fmt: skip
NO_NAME, UNTRUE = -1.0, -100.0


def group_names(centres: NDArray[np.float64]) -> tuple[str, ...]:
    """A name for each group, all different, none of them untrue.

    centres: [groups, 3], of `MEASURES` as standardised logarithms, 0 being the average client.

    A name says which measures are above or below the average. Names are given together, once
    each, so that they say as much as possible of what sets the groups apart.
    """
    from scipy.optimize import linear_sum_assignment

    signs = np.array(list(NAMES), dtype=np.float64)
    weight = centres @ signs.T / np.sqrt(np.abs(signs).sum(axis=1))
    untrue = (np.sign(centres)[:, None, :] * signs < 0) | ((signs != 0) & (centres == 0)[:, None])
    weight = np.where(untrue.any(axis=2), UNTRUE, weight)
    fallback = np.full((len(centres), len(OTHERS)), NO_NAME) - np.arange(len(OTHERS)) / 1000
    _, chosen = linear_sum_assignment(-np.hstack([weight, fallback]))
    names = (*NAMES.values(), *OTHERS)
    return tuple(names[place] for place in chosen)
