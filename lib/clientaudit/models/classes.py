"""Classes A to D: ceilings that hold, ties that go down whole, no loss-maker among A and B."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clientaudit.models.intervals import Flags, Floats

Classes = NDArray[np.int8]

A, B, C, D = range(4)
CLASS_COUNT = 4
MIN_ORDERS = 20
SPREAD = 0.3  # of the weights, on either side
# Sums of weighted points that differ by less differ by rounding alone.
DECIMALS = 9


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """What other weights would have made of class A.

    median, low, high: share of the clients of A who stay in it, over the draws of weights (low and
    high: 5 % and 95 % of draws); NaN where A is empty. in_a: (clients,) share of draws in A.
    """

    median: float
    low: float
    high: float
    in_a: Floats


def class_of(
    points: ArrayLike,
    *,
    is_loss: ArrayLike,
    shares: Sequence[float] = (0.20, 0.30, 0.30),
    incumbent: ArrayLike | None = None,
    hysteresis: float = 0.0,
) -> Classes:
    """The class of each client: 0 = A, 1 = B, 2 = C, 3 = D.

    points: (clients,) more is better; equal to nine decimals is equal. is_loss: (clients,) brings a
    loss, so never A or B. shares: ceilings of A, B and C as shares of all clients; D takes the
    rest. incumbent: (clients,) class of last time, -1 for none. hysteresis: share of clients.

    Clients of equal points who do not all fit under a ceiling all go down. Clients who were in A
    and still are within `hysteresis` below its ceiling keep A and fill it first; newcomers take
    the places that remain. ValueError for points that are NaN.
    """
    points = _rounded(points)
    if np.isnan(points).any():
        raise ValueError("every client needs points")
    n = len(points)
    ceilings = [_places(share, n) for share in shares]
    eligible = ~np.asarray(is_loss, dtype=np.bool_)
    kept = np.zeros(n, dtype=np.bool_)
    if incumbent is not None:
        band = _top(points, eligible, _places(shares[A] + hysteresis, n))
        kept = _top(points, band & (np.asarray(incumbent) == A), ceilings[A])
    in_a = kept | _top(points, eligible & ~kept, ceilings[A] - int(kept.sum()))
    in_b = _top(points, eligible & ~in_a, ceilings[B])
    in_c = _top(points, ~in_a & ~in_b, ceilings[C])
    return np.select([in_a, in_b, in_c], [A, B, C], D).astype(np.int8)


def distance_to_next(points: ArrayLike, classes: Classes, *, is_loss: ArrayLike) -> Floats:
    """Points that each client lacks to have as many as the last client of the class above.

    points, classes, is_loss: as in `class_of`. 0: as many, but the class is full or tied. NaN: for
    class A, for a loss-maker in C (its loss stands in the way, not its points), and where nobody
    is in the class above.
    """
    points = np.asarray(points, dtype=np.float64)
    floors = np.full(CLASS_COUNT + 1, np.nan)
    for place in range(D):
        if (classes == place).any():
            floors[place + 1] = points[classes == place].min()
    missing = np.maximum(floors[classes] - points, 0.0)
    return np.where(np.asarray(is_loss, dtype=np.bool_) & (classes == C), np.nan, missing)


def orders_by_class(order_count: ArrayLike, classes: Classes) -> NDArray[np.int64]:
    """(4,) orders of each class; under `MIN_ORDERS` of them no P(class) is printed."""
    orders = np.asarray(order_count, dtype=np.float64)
    return np.bincount(classes, orders, CLASS_COUNT).round().astype(np.int64)


def weight_sensitivity(
    weights: ArrayLike,
    classify: Callable[[Floats], Classes],
    *,
    draws: int,
    seed: int,
) -> Sensitivity:
    """How much of class A hangs on the weights of the criteria.

    weights: (criteria,). classify: weights, scaled to a sum of 1 -> classes of the clients.
    Each weight is drawn evenly within 30 % of itself.
    """
    base = np.asarray(weights, dtype=np.float64)
    today = classify(base / base.sum()) == A
    random = np.random.default_rng(seed)
    inside, stays = np.zeros(len(today)), []
    for _ in range(draws):
        drawn = base * random.uniform(1 - SPREAD, 1 + SPREAD, base.size)
        in_a = classify(drawn / drawn.sum()) == A
        inside += in_a
        stays.append(in_a[today].mean() if today.any() else np.nan)
    low, median, high = np.quantile(stays, [0.05, 0.5, 0.95]).tolist()
    return Sensitivity(median, low, high, inside / draws)


def _rounded(points: ArrayLike) -> Floats:
    return np.asarray(np.round(np.asarray(points, dtype=np.float64), DECIMALS))


def _places(share: float, n: int) -> int:
    """Whole places of a share of n; .29 of 100 are 29, whatever the binary fractions say."""
    return floor(share * n + 1e-9)


def _top(points: Floats, among: Flags, places: int) -> Flags:
    """Those with the most points, `places` at most; of equals, all or none."""
    members = points[among]
    if len(members) <= places:
        return among
    first_out = len(members) - 1 - places
    cut = np.partition(members, first_out)[first_out]
    return np.asarray(among & (points > cut))
