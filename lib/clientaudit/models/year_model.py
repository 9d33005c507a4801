"""Years as they might have been: the margins of every client if its year were lived again."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clientaudit.models.maximum import Floats
from clientaudit.models.order_margin import OrderMargin, Orders, fit_order_margin
from clientaudit.models.order_rate import OrderRate, fit_order_rate

Places = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class YearModel:
    """Each client's orders in a year, and what they bring.

    Inside, clients stand in an order of their own numbers: order: (clients,) rows as given, so
    arranged. alike: (clients,) per row as given, one code for clients equal in everything. level:
    (clients,) arranged, row of `rate` for the client's number of orders.
    """

    rate: OrderRate
    margin: OrderMargin
    order: Places
    alike: Places
    level: Places

    def years(self, draws: int, *, seed: int) -> Iterator[Floats]:
        """`draws` years, one (clients,) array of margins at a time, clients as they were given.

        Posterior predictive: the rate and the level of every client are drawn anew each year. One
        year at a time, so that a million clients need no more memory than a few of their columns.
        """
        for random in np.random.default_rng(seed).spawn(draws):
            year = np.empty(len(self.order))
            year[self.order] = self.margin.draw(self.rate.draw(self.level, random), random)
            yield year

    def draw(self, draws: int, *, seed: int) -> Floats:
        """The same as one array (draws, clients)."""
        years = list(self.years(draws, seed=seed))
        return np.array(years).reshape(draws, len(self.order))


def fit_years(orders: Orders, others: ArrayLike | None, *, regularity: float = 1.0) -> YearModel:
    """The model of a base, from the year of which the classes are.

    others: (clients, k) whatever else their classes depend on (NaN allowed); None if on the margin
    alone. It decides with `orders` which clients are equal and in which order random numbers go
    to them: never the place of their rows. regularity: shape of the gaps between their purchases
    (`models/rhythm.py`); 1 = at random.

    The year is lived again as it was: a client who came in its middle comes there again.
    """
    columns = [orders.count, orders.margin, orders.gross, orders.squares, orders.losses]
    if others is not None:
        table = np.asarray(others, dtype=np.float64)
        if table.ndim != 2 or len(table) != len(orders.count):
            raise ValueError("others needs one row per client")
        columns.extend(table.T)
    order, alike = _arranged(columns)
    arranged = orders.rows(order)
    counts, level, clients = np.unique(arranged.count, return_inverse=True, return_counts=True)
    if not len(counts):
        counts, clients = np.zeros(1), np.ones(1, dtype=np.int64)
    rate = fit_order_rate(counts, clients.astype(np.float64), regularity)
    return YearModel(rate, fit_order_margin(arranged), order, alike, level)


def _arranged(columns: list[Floats]) -> tuple[Places, Places]:
    """Rows by rising values, and for each row a code that it shares with its equals."""
    codes = np.array([np.unique(column, return_inverse=True)[1] for column in columns])
    order = np.lexsort(codes[::-1])
    arranged = codes[:, order]
    alike = np.zeros(len(order), dtype=np.intp)
    alike[order[1:]] = np.cumsum((arranged[:, 1:] != arranged[:, :-1]).any(axis=0))
    return order, alike
