"""Simulated client bases whose truth is known; written apart from the models that they judge."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class GapBase:
    """Clients who never leave: gaps[i, j] is gap j of client i; opened[i, j] when it begins."""

    gaps: Floats
    opened: Floats
    end: float

    @property
    def completed(self) -> Floats:
        """How many gaps of each client are over at the end."""
        return (self.opened + self.gaps <= self.end).sum(axis=1)

    def sums(self, values: Floats) -> Floats:
        """Sum of `values` over the completed gaps of each client."""
        return np.where(self.opened + self.gaps <= self.end, values, 0).sum(axis=1)


def gap_base(seed: int, rates: Floats, shapes: Floats, end: float) -> GapBase:
    """Gamma gaps of each client's shape and rate, from a purchase at 0 until all are past `end`."""
    draw = np.random.default_rng(seed)
    columns = 64
    while True:
        gaps = draw.gamma(shapes[:, None], 1 / rates[:, None], (len(rates), columns))
        opened = np.cumsum(gaps, axis=1) - gaps
        if (opened[:, -1] > end).all():
            return GapBase(gaps, opened, end)
        columns *= 2


@dataclass(frozen=True)
class BuyerBase:
    """Clients seen from their first purchase for a time T, and what they did afterwards."""

    x: Floats
    t_x: Floats
    T: Floats
    log_gaps: Floats
    alive: NDArray[np.bool_]
    later: Floats


def buyer_base(
    seed: int, k: int, theta: tuple[float, float, float, float], T: Floats, horizon: float
) -> BuyerBase:
    """Erlang-k gaps at Gamma(r, alpha) rates; after each purchase, also the first, a Beta(a, b)
    chance to leave. One purchase at a time, with nothing of the models' formulas."""
    draw = np.random.default_rng(seed)
    r, alpha, a, b = theta
    rate, leave = draw.gamma(r, 1 / alpha, T.size), draw.beta(a, b, T.size)
    x, t_x, log_gaps, later = np.zeros((4, T.size))
    alive = draw.random(T.size) >= leave
    now, going = np.zeros(T.size), np.flatnonzero(alive)
    while going.size:
        gap = draw.gamma(k, 1 / np.maximum(rate[going], 1e-30))
        now[going] += gap
        seen = now[going] <= T[going]
        x[going[seen]] += 1
        t_x[going[seen]] = now[going[seen]]
        log_gaps[going[seen]] += np.log(gap[seen])
        later[going[~seen & (now[going] <= T[going] + horizon)]] += 1
        stays = draw.random(going.size) >= leave[going]
        alive[going[seen & ~stays]] = False
        going = going[stays & (now[going] <= T[going] + horizon)]
    return BuyerBase(x, t_x, T, log_gaps, alive, later)
