"""Gamma-distributed buying rates with Erlang gaps: the part that all models here share."""

from dataclasses import dataclass
from math import lgamma

import numpy as np

from clientaudit.models.btyd.histories import Histories
from clientaudit.models.maximum import Floats


@dataclass(frozen=True, eq=False)
class Silence:
    """How well the last silence of each history suits a client who is still there.

    shape: of the client's rate after its purchases, n = r + k x.
    log_alive: log of S (alpha + T)^-n, S = Σ_{j<k} (n)_j/j! ((T - t_x)/(alpha + T))^j.
    phases: (k, histories), share of each term of S: how far the next gap has come, in k steps;
        a single 1 where k = 1.
    slope_r, slope_alpha: derivatives of `log_alive`.
    """

    shape: Floats
    log_alive: Floats
    phases: Floats
    slope_r: Floats
    slope_alpha: Floats


def silence(k: int, r: float, alpha: float, histories: Histories) -> Silence:
    """The silence of living clients, whose gaps are Erlang-k with rates Gamma(r, alpha)."""
    levels, place = histories.T_levels
    log_T, inverse_T = np.log(alpha + levels).take(place), (1 / (alpha + levels)).take(place)
    shape = r + k * histories.x
    if k == 1:
        return Silence(shape, -shape * log_T, np.ones((1, 1)), -log_T, -shape * inverse_T)
    terms, slopes, harmonic = [np.ones_like(shape)], [np.zeros_like(shape)], np.zeros_like(shape)
    waited = (histories.T - histories.t_x) * inverse_T
    for j in range(1, k):
        harmonic = harmonic + 1 / (shape + j - 1)
        terms.append(terms[-1] * (shape + j - 1) * waited / j)
        slopes.append(terms[-1] * harmonic)
    total = np.sum(terms, axis=0)
    phases = np.array(terms) / total
    steps = np.arange(k) @ phases
    return Silence(
        shape,
        np.log(total) - shape * log_T,
        phases,
        np.sum(slopes, axis=0) / total - log_T,
        -(shape + steps) * inverse_T,
    )


@dataclass(frozen=True)
class Nbd:
    """Nobody ever drops out: Gamma(r, alpha) rates, Erlang-k gaps (k = 1: NBD, Ehrenberg 1959).

    What the models with drop-out must beat before their drop-out is believed.
    """

    k: int = 1

    @property
    def name(self) -> str:
        """The model's name in the literature."""
        return "NBD" if self.k == 1 else f"CNBD-{self.k}"

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters, in order."""
        return ("r", "alpha")

    def scale(self, time: float) -> Floats:
        """Size of one unit of each parameter, given a typical time."""
        return np.array([1.0, time])

    def log_likelihood(
        self, theta: Floats, histories: Histories, count: Floats
    ) -> tuple[float, Floats]:
        """Log-likelihood and its gradient in the parameters' logarithms, without `constant`."""
        from scipy.special import digamma, gammaln

        r, alpha = theta
        x, place = histories.x_levels
        clients = np.bincount(place, count, len(x))
        n = r + self.k * x
        still = silence(self.k, r, alpha, histories)
        value = clients @ (gammaln(n) - gammaln(r) + r * np.log(alpha)) + count @ still.log_alive
        slope_r = clients @ (digamma(n) - digamma(r) + np.log(alpha)) + count @ still.slope_r
        slope_alpha = clients.sum() * r / alpha + count @ still.slope_alpha
        return float(value), np.array([slope_r * r, slope_alpha * alpha])


def mixture(log_alive: Floats, log_gone: Floats) -> tuple[Floats, Floats]:
    """Log of the sum of two likelihoods (the second may be 0), and the first one's share."""
    gap = log_gone - log_alive
    smaller = np.exp(-np.abs(gap))
    share = 1 / (1 + smaller)
    return np.maximum(log_alive, log_gone) - np.log(share), np.where(gap < 0, share, 1 - share)


def constant(k: int, histories: Histories) -> float:
    """The factors of the log-likelihood of Erlang-k gaps that hold no parameter."""
    if k == 1:
        return 0.0
    purchases = float(np.sum(histories.count * histories.x))
    return (k - 1) * histories.log_gaps - purchases * lgamma(k)
