"""Purchase histories as counts: what every buy-till-you-die likelihood depends on."""

from dataclasses import dataclass, replace
from functools import cached_property
from math import nan
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clientaudit.models.maximum import Floats

Places = NDArray[np.intp]
Levels = tuple[Floats, Places]

BLOCK, SAMPLE = 8192, 4096


@dataclass(frozen=True, eq=False)
class Moments:
    """Every t_x and T of the histories, once per x, in order of x and time.

    of_t_x, of_T: for each history, the places of its own. groups: first place and end of each x.
    stretches: places that are not the last of their x.
    """

    x: Floats
    time: Floats
    of_t_x: Places
    of_T: Places
    groups: tuple[tuple[int, int], ...]
    stretches: Places


@dataclass(frozen=True, eq=False)
class Histories:
    """Distinct purchase histories, and how many clients share each; one row per history.

    x: repeat purchases (occasions after the first; 0 for a one-time buyer).
    t_x: time from the first to the last purchase, 0 where x = 0.
    T: time from the first purchase to the end of the observation, at least t_x.
    count: clients with this history (may be a fraction, when resampled).
    log_gaps: sum over all clients of the logarithms of their gaps. Moves the log-likelihood of a
        regular timing (k > 1) and nothing else; NaN = not known.

    Times are in any one unit. ValueError where an array breaks these rules.
    """

    x: Floats
    t_x: Floats
    T: Floats
    count: Floats
    log_gaps: float = nan

    def __post_init__(self) -> None:
        """Refuse impossible histories."""
        for name in ("x", "t_x", "T", "count"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=np.float64))
        shapes = {self.x.shape, self.t_x.shape, self.T.shape, self.count.shape}
        if len(shapes) != 1 or self.x.ndim != 1 or not len(self.x):
            raise ValueError(f"histories need four arrays of one length, not {shapes}")
        possible = (
            (self.x >= 0)
            & (self.x == np.floor(self.x))
            & (self.t_x >= 0)
            & (self.t_x <= self.T)
            & ((self.x > 0) == (self.t_x > 0))
            & np.isfinite(self.T)
            & (self.count >= 0)
        )
        if not possible.all():
            raise ValueError(f"{int((~possible).sum())} histories are impossible")

    @cached_property
    def x_levels(self) -> Levels:
        """The distinct x, and for each history the place of its own."""
        return _levels(self.x)

    @cached_property
    def t_levels(self) -> Levels:
        """The distinct t_x, and for each history the place of its own."""
        return _levels(self.t_x)

    @cached_property
    def T_levels(self) -> Levels:
        """The distinct T, and for each history the place of its own."""
        return _levels(self.T)

    @cached_property
    def x_T_levels(self) -> tuple[Floats, Floats, Places]:
        """The distinct pairs of x and T, and for each history the place of its own."""
        (x, x_place), (T, T_place) = self.x_levels, self.T_levels
        pairs, place = np.unique(x_place * len(T) + T_place, return_inverse=True)
        return x[pairs // len(T)], T[pairs % len(T)], place

    @cached_property
    def moments(self) -> Moments:
        """The moments at which histories of one x last bought or end."""
        x_values, x_place = self.x_levels
        times, place = np.unique(np.concatenate([self.t_x, self.T]), return_inverse=True)
        keys, of = np.unique(np.tile(x_place, 2) * len(times) + place, return_inverse=True)
        group = keys // len(times)
        ends = np.flatnonzero(np.diff(group, append=-1)) + 1
        starts = np.concatenate([[0], ends[:-1]])
        return Moments(
            x_values[group],
            times[keys % len(times)],
            of[: len(self.x)],
            of[len(self.x) :],
            tuple(zip(starts.tolist(), ends.tolist(), strict=True)),
            np.delete(np.arange(len(keys)), ends - 1),
        )

    @cached_property
    def blocks(self) -> tuple[tuple[slice, "Histories"], ...]:
        """The same histories in pieces whose arrays stay in the processor's cache.

        So short that no sum over one is split between threads: the same bits on any machine's
        number of them.
        """
        starts = range(0, len(self.x), BLOCK)
        places = [slice(start, start + BLOCK) for start in starts]
        return tuple((at, self.part(at)) for at in places)

    @cached_property
    def sample(self) -> "Histories":
        """Every so many-th client in the order of the histories, standing for all of them."""
        every = self.clients / max(SAMPLE, self.clients / 32)
        if every < 2:
            return self
        up_to = np.cumsum(self.count)
        taken = np.floor(up_to / every) - np.floor((up_to - self.count) / every)
        kept = np.flatnonzero(taken)
        return replace(self.part(kept), count=taken[kept] * every)

    def part(self, at: slice | Places) -> "Histories":
        """Some of the histories."""
        return Histories(self.x[at], self.t_x[at], self.T[at], self.count[at])

    @property
    def clients(self) -> float:
        """How many clients there are."""
        return float(self.count.sum())

    @property
    def repeat_buyers(self) -> float:
        """How many clients bought more than once."""
        return float(self.count[self.x > 0].sum())


def collapse(
    x: ArrayLike, t_x: ArrayLike, T: ArrayLike, *, log_gaps: ArrayLike | None = None
) -> tuple[Histories, Places]:
    """The distinct histories of a list of clients, and for each client the row of its own.

    x, t_x, T: one value per client, as in `Histories`. log_gaps: each client's sum of the
    logarithms of its gaps, 0 where x = 0; left out = not known.
    """
    x, t_x, T = (np.asarray(values, dtype=np.float64) for values in (x, t_x, T))
    levels = [_levels(values) for values in (x, t_x, T)]
    shape = [len(values) for values, _ in levels]
    # One whole number per history is sorted several times quicker than three columns.
    keys, row = _levels(np.ravel_multi_index([place for _, place in levels], shape))
    places = np.unravel_index(keys, shape)
    x, t_x, T = (values[at] for (values, _), at in zip(levels, places, strict=True))
    count = np.bincount(row, minlength=len(keys)).astype(np.float64)
    total = nan if log_gaps is None else float(np.sum(np.asarray(log_gaps)))
    return Histories(x, t_x, T, count, total), row


def _levels(values: NDArray[Any]) -> tuple[NDArray[Any], Places]:
    """Distinct values in order, and the place of each value: `np.unique`, but by hashing."""
    import pandas as pd

    place, levels = pd.factorize(values, sort=True)
    return np.asarray(levels), place
