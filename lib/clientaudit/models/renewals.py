"""What past renewals of contracts say of the next ones: the shifted beta-geometric model."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from clientaudit.models.maximum import Floats, Objective, maximise

STARTS = ((1.0, 1.0), (1.0, 8.0), (8.0, 50.0))


@dataclass(frozen=True, eq=False)
class RenewalFit:
    """Shifted beta-geometric: each client renews with a chance of its own, drawn from a beta.

    covariance: of log alpha and log beta. is_identified: False where a parameter runs away: the
    data show one common chance, or none; alpha and beta may not be printed then.
    """

    alpha: float
    beta: float
    covariance: Floats
    log_likelihood: float
    is_identified: bool

    def chance(self, number: ArrayLike) -> Floats:
        """P(the renewal of that number, from 1, is made by one who made those before it)."""
        return np.asarray(_chance(self.alpha, self.beta, number))

    def survival(self, periods: int) -> Floats:
        """Share still there after each of the first `periods` renewals, (periods,)."""
        return np.asarray(np.cumprod(self.chance(np.arange(1, periods + 1))), dtype=np.float64)

    def chances(self, number: ArrayLike, *, draws: int, seed: int) -> Floats:
        """`chance` with the uncertainty of the parameters, (draws, len(number))."""
        at = np.log([self.alpha, self.beta])
        moved = np.random.default_rng(seed).multivariate_normal(at, self.covariance, draws)
        alpha, beta = np.exp(moved).T[:, :, None]
        return _chance(alpha, beta, number)


def renewal_model(renewed: ArrayLike, lost: ArrayLike) -> RenewalFit:
    """The shifted beta-geometric model of renewals (Fader and Hardie 2007).

    renewed, lost: (renewals,) how many renewed at their first, second... renewal, and how many
    ended. Those whose next renewal has not come count up to their last one; those whose first
    renewals were not seen, from the first one seen. Raises ValueError for fewer than two renewals
    with somebody due, or counts below 0.
    """
    stayed, left = (np.asarray(values, dtype=np.float64) for values in (renewed, lost))
    if stayed.shape != left.shape or (stayed < 0).any() or (left < 0).any():
        raise ValueError("renewals are counts, one made and one lost for each number")
    if (stayed + left > 0).sum() < 2:
        raise ValueError("a chance of its own for each client takes two renewals")
    if not left.any() or not stayed.any():
        return RenewalFit(0.0, 1.0, np.full((2, 2), np.nan), 0.0, is_identified=False)
    found = maximise(_likelihood(stayed, left), [np.array(s) for s in STARTS], np.ones(2))
    alpha, beta = np.exp(found.log_theta).tolist()
    return RenewalFit(alpha, beta, found.covariance, found.value, is_identified=not found.loose)


def common_chances(renewed: ArrayLike, lost: ArrayLike, *, draws: int, seed: int) -> Floats:
    """The chance of a year to come, one for all contracts, (draws,).

    renewed, lost: (years,) counts of past years, at least one renewal in all. Years differ by more
    than chance where the Pearson statistic over its degrees of freedom is above 1: the mean is less
    sure by as much, and the year to come departs from it as past ones did (beta-binomial, moments;
    McCullagh and Nelder 1989). From what the counts leave open otherwise (Jeffreys).
    """
    stayed, left = (np.asarray(values, dtype=np.float64) for values in (renewed, lost))
    due, draw = stayed + left, np.random.default_rng(seed)
    excess = max(1.0, _dispersion(stayed, due))
    mean = draw.beta((stayed.sum() + 0.5) / excess, (left.sum() + 0.5) / excess, draws)
    if excess == 1:
        return np.asarray(mean, dtype=np.float64)
    # Var of a year's rate is p (1 - p) excess / n: a beta of this size adds the part above 1.
    size = max((due.mean() - excess) / (excess - 1), 1.0)
    inside = np.clip(mean, 1e-6, 1 - 1e-6)
    return np.asarray(draw.beta(inside * size, (1 - inside) * size), dtype=np.float64)


def _dispersion(stayed: Floats, due: Floats) -> float:
    """Pearson statistic over its degrees of freedom: 1 where years differ by chance alone."""
    rate = (stayed.sum() + 0.5) / (due.sum() + 1)
    spread = due * rate * (1 - rate)
    return float(((stayed - due * rate) ** 2 / spread).sum()) / max(len(due) - 1, 1)


def _chance(alpha: Floats | float, beta: Floats | float, number: ArrayLike) -> Floats:
    before = np.asarray(number, dtype=np.float64) - 1
    return np.asarray((beta + before) / (alpha + beta + before), dtype=np.float64)


def _likelihood(stayed: Floats, left: Floats) -> Objective:
    before, due = np.arange(len(stayed), dtype=np.float64), stayed + left

    def objective(log_theta: Floats) -> tuple[float, Floats]:
        alpha, beta = np.exp(log_theta)
        both = alpha + beta + before
        value = left.sum() * np.log(alpha) + stayed @ np.log(beta + before) - due @ np.log(both)
        common = (due / both).sum()
        slope = np.array([left.sum() / alpha - common, (stayed / (beta + before)).sum() - common])
        return float(value), slope * np.exp(log_theta)

    return objective
