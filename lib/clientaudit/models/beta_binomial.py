"""Rates of few trials each, drawn towards the rate of all: the beta-binomial model by moments."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from clientaudit.models.maximum import Floats


@dataclass(frozen=True)
class RatePrior:
    """How rates differ between clients: Beta with this mean, worth so many trials.

    weight: inf where they differ no more than chance makes them; 0 where each is its own.
    """

    mean: float
    weight: float

    def shrunk(self, successes: ArrayLike, trials: ArrayLike) -> Floats:
        """Posterior mean of each rate; the mean itself without a trial."""
        k, n = (np.asarray(values, dtype=np.float64) for values in (successes, trials))
        if np.isinf(self.weight):
            return np.full(k.shape, self.mean)
        total = n + self.weight
        rate = (k + self.weight * self.mean) / np.where(total > 0, total, 1.0)
        return np.where((n > 0) & (total > 0), rate, self.mean)


def rate_prior(successes: ArrayLike, trials: ArrayLike) -> RatePrior | None:
    """The spread of rates between clients, by the moments of Kleinman (1973), weights n.

    successes: from 0 to `trials`, parts of a success allowed; trials: from 0. ValueError
    otherwise. None without a trial. With one trial per client nothing is known of the spread: the
    weight is inf. The same bits in any order of the clients.

    >>> rate_prior([2, 2, 2, 2], [10, 10, 10, 10])
    RatePrior(mean=0.2, weight=inf)
    """
    k, n = (np.asarray(values, dtype=np.float64) for values in (successes, trials))
    if k.shape != n.shape or not ((k >= 0) & (k <= n)).all():
        raise ValueError("each client needs from 0 to `trials` successes")
    (k, n), clients = _distinct(k, n)
    total = float(clients @ n)
    if not total:
        return None
    mean = float(clients @ k) / total
    if not 0 < mean < 1:
        return RatePrior(min(mean, 1.0), np.inf)
    spread = float(clients @ (n * (k / n - mean) ** 2)) / (mean * (1 - mean))
    chance = float(clients.sum()) - 1
    room = total - float(clients @ n**2) / total - chance
    correlation = (spread - chance) / room if room > 1e-9 * total else 0.0
    if correlation <= 0:
        return RatePrior(mean, np.inf)
    return RatePrior(mean, max(1 / correlation - 1, 0.0))


def _distinct(k: Floats, n: Floats) -> tuple[Floats, Floats]:
    """The distinct pairs with a trial, in order of their values, and how many clients each has."""
    pairs, clients = np.unique(np.stack([k, n], axis=1)[n > 0], axis=0, return_counts=True)
    return pairs.T, clients.astype(np.float64)
