"""Simulated client bases whose truth is known; written apart from the models that they judge."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clientaudit.models.order_margin import Orders

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


@dataclass(frozen=True)
class OrderBase:
    """Clients who never change: yearly rate and regularity of their orders, level of an order's
    margin and the log-scale spread around it, chance of an order to lose."""

    rate: Floats
    regularity: Floats
    level: Floats
    spread: float
    losing: Floats

    def year(self, seed: int, change: Floats | None = None) -> Orders:
        """One year of orders, begun anywhere in a gap; change: factor on each client's margins."""
        client, value = self.sold(seed)
        value *= 1.0 if change is None else change[client]
        columns = (np.ones(len(client)), value, np.abs(value), value**2, value < 0)
        return Orders(*(np.bincount(client, column, len(self.rate)) for column in columns))

    def sold(self, seed: int) -> tuple[NDArray[np.intp], Floats]:
        """The orders of that year one by one: whose each is, and its margin."""
        draw = np.random.default_rng(seed)
        client = self._buyers(draw)
        sign = np.where(draw.random(len(client)) < self.losing[client], -0.6, 1.0)
        noise = np.exp(draw.normal(-(self.spread**2) / 2, self.spread, len(client)))
        return client, self.level[client] * noise * sign

    def _buyers(self, draw: np.random.Generator) -> NDArray[np.intp]:
        """Whose each order is. The gap that the year begins in is met by its length."""
        pace = self.regularity * self.rate
        now = draw.random(len(pace)) * draw.gamma(self.regularity + 1) / pace
        going, found = np.arange(len(pace)), []
        while going.size:
            going = going[now[going] < 1]
            found.append(going)
            now[going] += draw.gamma(self.regularity[going]) / pace[going]
        return np.concatenate(found)


def order_base(
    seed: int,
    clients: int,
    *,
    regularity: tuple[float, ...] = (1.0,),
    orders: float = 6.0,
    levels: float = 1.0,
    variation: float = 0.8,
    giants: float = 0.0,
) -> OrderBase:
    """Gamma rates, log-normal levels, log-normal orders; a tenth of the clients loses on most.

    orders: mean number a year. levels: log-scale spread between clients. variation: of a client's
    orders, sd over mean. giants: if above 0, rates are log-normal of this log-scale spread.
    """
    draw = np.random.default_rng(seed)
    rate = np.maximum(draw.gamma(1.2, orders / 1.2, clients), 1e-3)
    if giants:
        rate = orders * np.exp(draw.normal(-(giants**2) / 2, giants, clients))
    return OrderBase(
        rate=rate,
        regularity=np.resize(np.array(regularity), clients),
        level=np.exp(draw.normal(4, levels, clients)),
        spread=float(np.sqrt(np.log(1 + variation**2))),
        losing=np.where(
            draw.random(clients) < 0.1, draw.uniform(0.4, 1, clients), draw.beta(0.3, 12, clients)
        ),
    )
