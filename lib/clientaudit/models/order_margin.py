"""What orders bring: sizes around each client's own level, gains and losses apart."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from clientaudit.models.maximum import Floats, Objective, climb
from clientaudit.models.mixture import PART_SHAPE, Ladder, Places, centres, ladder, log_weights

Counts = NDArray[np.int64]

# Sizes so alike, or so unlike, that the search for their spread ends.
LEAST_SHAPE, MOST_SHAPE = 1e-2, 1e4
# Means that count as the same, in logarithms; what a mean of nothing is, to the smallest other.
SAME, SMALL = 0.05, 1e-3


@dataclass(frozen=True, eq=False)
class Orders:
    """What each client's orders of one year add up to; every array (clients,), one currency.

    count: orders, each with its credit notes. margin: sum of their margins. gross: sum of the
    margins without their signs. squares: sum of their squares. losses: orders of negative margin.
    A client without an order has zeros. ValueError where an array breaks these rules.
    """

    count: Floats
    margin: Floats
    gross: Floats
    squares: Floats
    losses: Floats

    def __post_init__(self) -> None:
        """Refuse impossible sums."""
        for field in fields(self):
            values = np.asarray(getattr(self, field.name), dtype=np.float64)
            object.__setattr__(self, field.name, values)
        arrays = [getattr(self, field.name) for field in fields(self)]
        if len({array.shape for array in arrays}) != 1 or self.count.ndim != 1:
            raise ValueError("every sum needs one value per client")
        if not all(np.isfinite(array).all() for array in arrays):
            raise ValueError("a sum is missing or infinite")
        whole = (self.count == self.count.round()) & (self.losses == self.losses.round())
        if not (whole & (self.losses >= 0) & (self.losses <= self.count)).all():
            raise ValueError("orders and losses are whole numbers, losses at most the orders")
        slack = 1e-6 * (1 + self.gross)
        if not ((np.abs(self.margin) <= self.gross + slack) & (self.squares >= 0)).all():
            raise ValueError("gross is the sum of the margins without their signs")

    def rows(self, order: NDArray[np.intp]) -> "Orders":
        """The same, of these clients in this order."""
        return Orders(*(getattr(self, field.name)[order] for field in fields(self)))


@dataclass(frozen=True, eq=False)
class OrderMargin:
    """Sizes Gamma(shape) around levels of any distribution over clients; signs Beta.

    scales, posterior, row: the inverse gamma parts that levels are of, the chance of each, and
    whose chances are the client's. count, gross: (clients,) its own orders, which move its level.
    gain, loss: (clients,) how large its gains and its losses are, to its level. win, lose:
    (clients,) of the Beta distribution of its share of losing orders; lose is 0 where no order of
    the base loses.
    """

    shape: float
    scales: Floats
    posterior: Ladder
    row: Places
    count: Floats
    gross: Floats
    gain: Floats
    loss: Floats
    win: Floats
    lose: Floats

    def draw(self, count: Counts, random: np.random.Generator) -> Floats:
        """(clients,) margin of so many orders of each client."""
        scale = self.scales[self.posterior.pick(self.row, random)] + self.gross
        level = scale / random.standard_gamma(PART_SHAPE + self.shape * self.count)
        if not self.lose.any():
            return level * self.gain * random.standard_gamma(self.shape * count)
        losing = random.binomial(count, random.beta(self.lose, self.win))
        gained = self.gain * random.standard_gamma(self.shape * (count - losing))
        return level * (gained - self.loss * random.standard_gamma(self.shape * losing))


def fit_order_margin(orders: Orders) -> OrderMargin:
    """Order margins of a base, each client's drawn towards the others' as far as its orders allow.

    Gamma-Gamma for the sizes, with a mixture for the levels, so that a few giants do not count as
    chance (the shape comes from the spread within clients, which means of alike numbers of orders
    cannot tell); Beta-binomial for the share of losing orders. Gains and losses have sizes of their
    own, so that one large loss among small gains stays one.
    """
    shape = _shape(orders)
    scales, posterior, row = _levels(orders.count, orders.gross, shape)
    known = orders.gross > 0
    level = np.where(known, orders.gross / np.maximum(orders.count, 1), 1.0)
    lost, gained = (np.abs(orders.gross - sign * orders.margin) / 2 / level for sign in (1, -1))
    gains = orders.count - orders.losses
    a, b = _losing(orders)
    return OrderMargin(
        shape=shape,
        scales=scales,
        posterior=posterior,
        row=row,
        count=orders.count,
        gross=orders.gross,
        gain=_relative(gained, gains),
        loss=_relative(lost, orders.losses),
        win=b + gains,
        lose=a + orders.losses,
    )


def _relative(size: Floats, number: Floats) -> Floats:
    """Mean size to the client's level, drawn to the base's by the weight of one order."""
    base = size.sum() / number.sum() if size.sum() > 0 else 1.0
    return np.asarray((size + base) / (number + 1))


def _shape(orders: Orders) -> float:
    """The shape that clients of two orders or more show: squares summed over the squared sum.

    Expected are (shape + 1) / (n shape + 1) for n gamma sizes, whatever the client's level
    (Dirichlet). 1, the exponential, where nobody has two orders.
    """
    known = (orders.count > 1) & (orders.gross > 0)
    count = orders.count[known]
    if not len(count):
        return 1.0
    n, weight = np.unique(count, return_counts=True)
    seen = float(np.sum(count * (count - 1) * (orders.squares[known] / orders.gross[known] ** 2)))
    low, high = np.log(LEAST_SHAPE), np.log(MOST_SHAPE)
    for _ in range(60):
        middle = (low + high) / 2
        shape = np.exp(middle)
        if np.sum(weight * n * (n - 1) * (shape + 1) / (n * shape + 1)) > seen:
            low = middle
        else:
            high = middle
    return float(np.exp((low + high) / 2))


def _levels(count: Floats, gross: Floats, shape: float) -> tuple[Floats, Ladder, Places]:
    """Scales of the parts that clients' levels are of, the chances of each, the clients' rows.

    Clients of as many orders and of means within 5 % share a row.
    """
    mean = gross / np.maximum(count, 1)
    known = mean[mean > 0]
    low, high = (known.min(), known.max()) if len(known) else (1.0, 1.0)
    scales = centres(low, high) * (PART_SHAPE - 1) / shape
    size = np.round(np.log(np.maximum(mean, low * SMALL) / low) / SAME)
    rows, row, clients = np.unique(
        np.column_stack([count, size]), axis=0, return_inverse=True, return_counts=True
    )
    n, total = rows[:, 0], np.bincount(row, gross, len(rows)) / clients
    after = PART_SHAPE + shape * n
    log_p = PART_SHAPE * np.log(scales) - after[:, None] * np.log(scales + total[:, None])
    chances = log_p + log_weights(log_p, np.where(n > 0, clients, 0).astype(np.float64))
    return scales, ladder(chances), row


def _losing(orders: Orders) -> tuple[float, float]:
    """Beta distribution of the clients' shares of losing orders; (0, 1) where no order loses."""
    known = orders.count > 0
    pairs = np.column_stack([orders.losses[known], orders.count[known]])
    if not pairs[:, 0].any():
        return 0.0, 1.0
    (lost, count), clients = _distinct(pairs)
    share = float(clients @ lost / (clients @ count))
    objective = _losing_likelihood(lost, count, clients)
    starts = [np.log([weight * share, weight * max(1 - share, 1e-3)]) for weight in (0.5, 5.0)]
    ends = [climb(objective, start, np.ones(2)) for start in starts]
    a, b = np.exp(max(ends, key=lambda end: objective(end)[0])).tolist()
    return a, b


def _distinct(pairs: Floats) -> tuple[Floats, Floats]:
    rows, clients = np.unique(pairs, axis=0, return_counts=True)
    return rows.T, clients.astype(np.float64)


def _losing_likelihood(lost: Floats, count: Floats, clients: Floats) -> Objective:
    from scipy.special import betaln, digamma

    def objective(log_theta: Floats) -> tuple[float, Floats]:
        a, b = np.exp(log_theta)
        value = clients @ (betaln(a + lost, b + count - lost) - betaln(a, b))
        common = digamma(a + b) - digamma(a + b + count)
        of_a = clients @ (digamma(a + lost) - digamma(a) + common)
        of_b = clients @ (digamma(b + count - lost) - digamma(b) + common)
        return float(value), np.array([of_a * a, of_b * b])

    return objective
