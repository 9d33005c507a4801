"""A prior of any form, as a mixture of narrow parts whose weights the clients decide."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clientaudit.models.maximum import Floats

Places = NDArray[np.intp]

# Gamma parts of this shape vary by a sixth around their centres, which stand a fifth apart.
PART_SHAPE, PART_STEP = 40.0, 0.2
# Stopped early: fully converged weights are a few spikes (Laird 1978), and of 400 clients they
# follow chance (error of the share of class changes 1.8 points after 20 steps, 2.2 after 1,000).
STEPS = 30


@dataclass(frozen=True, eq=False)
class Ladder:
    """Chances of the columns of each row, cumulated, one row above the other."""

    rungs: Floats
    columns: int

    def pick(self, row: Places, random: np.random.Generator) -> Places:
        """One column for each entry of `row`, drawn by the chances of that row."""
        at = np.searchsorted(self.rungs, row + random.random(len(row)), side="right")
        return np.asarray(np.minimum(at, row * self.columns + self.columns - 1) % self.columns)


def ladder(log_chances: Floats) -> Ladder:
    """log_chances: (rows, columns), each row up to a constant."""
    chances = np.exp(log_chances - log_chances.max(axis=1, keepdims=True))
    steps = np.cumsum(chances, axis=1)
    rungs = steps / steps[:, -1:] + np.arange(len(steps))[:, None]
    return Ladder(rungs.ravel(), log_chances.shape[1])


def centres(low: float, high: float) -> Floats:
    """Centres of parts from `low` to `high`, both above 0."""
    return np.asarray(
        low * np.exp(PART_STEP * np.arange(np.ceil(np.log(high / low) / PART_STEP) + 1))
    )


def log_weights(log_likelihood: Floats, clients: Floats) -> Floats:
    """Logarithms of the weights of the parts, by expectation and maximisation from equal ones.

    log_likelihood: (rows, parts) of what was seen, under each part, up to a constant of the row.
    clients: of each row; where there are none, the weights stay equal.
    """
    seen = np.exp(log_likelihood - log_likelihood.max(axis=1, keepdims=True))
    weights = np.full(seen.shape[1], 1 / seen.shape[1])
    for _ in range(STEPS if clients.any() else 0):
        weights = weights * ((clients / (seen @ weights)) @ seen) / clients.sum()
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(weights))
