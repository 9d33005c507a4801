"""How many orders a client would make if the same year were lived again."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clientaudit.models.maximum import Floats
from clientaudit.models.mixture import PART_SHAPE, Ladder, Places, centres, ladder, log_weights

# Beyond this regularity a year's count hardly varies any more; tables would only grow.
LEAST_REGULAR, MOST_REGULAR = 0.2, 12.0
# Orders a year of the slowest clients told apart: one who buys every twenty years has left.
SLOWEST = 0.05


@dataclass(frozen=True, eq=False)
class OrderRate:
    """Rates of any distribution over clients; gaps between orders gamma of shape `regularity`.

    Counts are made of a Poisson process of `pace` times the rate, so that the rate of a client with
    X events is gamma again. From a regularity of 1 on, every `regularity`-th event is an order,
    begun anywhere: floor(X / regularity + U) orders, U even on (0, 1), exact for the Erlang shapes
    1, 2, 3... (equilibrium renewal). Below 1 orders come in clusters: each event brings one or
    more, geometric, so that counts vary by 1 / regularity times their mean as those of a long
    renewal do.

    shapes, rates: (levels, columns) gamma distributions that a client's rate may have after so
    many orders; posterior: the chance of each.
    """

    regularity: float
    shapes: Floats
    rates: Floats
    posterior: Ladder

    def draw(self, level: Places, random: np.random.Generator) -> NDArray[np.int64]:
        """Orders of one year lived again, one value per client; level: its row of `shapes`."""
        column = self.posterior.pick(level, random)
        rate = random.standard_gamma(self.shapes[level, column]) / self.rates[level, column]
        events = random.poisson(_pace(self.regularity) * rate)
        if self.regularity >= 1:
            orders = np.floor(events / self.regularity + random.random(len(level)))
            return orders.astype(np.int64)
        more = random.negative_binomial(np.maximum(events, 1), _pace(self.regularity))
        return np.where(events > 0, events + more, 0)


def fit_order_rate(levels: Floats, clients: Floats, regularity: float) -> OrderRate:
    """Rates of a base. levels: distinct numbers of orders; clients: how many have each.

    Where every client has an order, they are taken to be known by it: the likelihood is that of
    counts of at least one (without this, rates come out too high).
    """
    k = float(np.clip(regularity, LEAST_REGULAR, MOST_REGULAR))
    alpha = PART_SHAPE / centres(SLOWEST, 2 * max(float(levels.max()), 1.0))
    steps, log_share = _events(levels, k)
    log_p = _log_p(steps, log_share, alpha, _pace(k))
    total = _log_sum(log_p)
    if (levels > 0).all():
        nobody = _log_sum(_log_p(*_events(np.zeros(1), k), alpha, _pace(k)))
        total, log_p = (values - np.log(-np.expm1(nobody)) for values in (total, log_p))
    chances = log_p + log_weights(total[:, 0], clients)
    shape = (len(levels), -1)
    return OrderRate(
        regularity=k,
        shapes=np.broadcast_to(PART_SHAPE + steps[:, :, None], log_p.shape).reshape(shape),
        rates=np.broadcast_to(alpha + _pace(k), log_p.shape).reshape(shape),
        posterior=ladder(chances.reshape(shape)),
    )


def _pace(k: float) -> float:
    """Events per order."""
    return k if k >= 1 else 2 * k / (1 + k)


def _events(levels: Floats, k: float) -> tuple[Floats, Floats]:
    """Numbers of events that n orders may stand for, and log P(n orders | events)."""
    if k < 1:
        return _clusters(levels, _pace(k))
    lowest = np.maximum(np.floor(k * (levels - 1)) + 1, 0)
    steps = lowest[:, None] + np.arange(int(np.ceil(2 * k)) + 1)
    share = np.maximum(1 - np.abs(steps / k - levels[:, None]), 0)
    with np.errstate(divide="ignore"):
        return steps, np.log(share)


def _clusters(levels: Floats, pace: float) -> tuple[Floats, Floats]:
    """The same of orders in clusters: x of them make up n in (n - 1 over x - 1) ways."""
    from scipy.special import gammaln

    near = 4 * np.sqrt(levels)  # eight standard deviations at least
    lowest = np.maximum(np.minimum(levels, 1), np.floor(levels * pace - near))
    highest = np.minimum(levels, np.ceil(levels * pace + near))
    steps = lowest[:, None] + np.arange(int((highest - lowest).max()) + 1)
    n, x = np.maximum(levels[:, None], 1), np.maximum(steps, 1)
    rest = np.maximum(n - x, 0)
    ways = gammaln(n) - gammaln(x) - gammaln(rest + 1)
    log_share = np.where(steps > 0, ways + x * np.log(pace) + rest * np.log1p(-pace), 0.0)
    return steps, np.where(steps <= levels[:, None], log_share, -np.inf)


def _log_p(steps: Floats, log_share: Floats, alpha: Floats, pace: float) -> Floats:
    """(levels, steps, parts) log P(events and n orders) of clients of each part."""
    from scipy.special import gammaln

    of_steps = log_share + gammaln(PART_SHAPE + steps) - gammaln(PART_SHAPE) - gammaln(steps + 1)
    of_parts = PART_SHAPE * np.log(alpha / (alpha + pace))
    return np.asarray(
        of_steps[:, :, None] + of_parts + steps[:, :, None] * np.log(pace / (alpha + pace))
    )


def _log_sum(log_p: Floats) -> Floats:
    """(levels, 1, parts) log P(n orders)."""
    from scipy.special import logsumexp

    return np.asarray(logsumexp(log_p, axis=1, keepdims=True))
