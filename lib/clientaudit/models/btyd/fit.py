"""What a fitted buy-till-you-die model says, or why there is none."""

from dataclasses import dataclass, replace
from math import exp, log, sqrt
from typing import Protocol

import numpy as np

from clientaudit.models.btyd.histories import Histories
from clientaudit.models.maximum import STEP, Floats, Objective, climb, intervals, normal_quantile


class HasLikelihood(Protocol):
    """What a search needs; theta = parameters in order."""

    def log_likelihood(
        self, theta: Floats, histories: Histories, count: Floats
    ) -> tuple[float, Floats]:
        """Log-likelihood and its gradient in the parameters' logarithms."""


class Model(HasLikelihood, Protocol):
    """What `Cnbd` and `ParetoNbd` have in common."""

    @property
    def k(self) -> int:
        """Regularity of the timing."""

    @property
    def name(self) -> str:
        """The model's name in the literature."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters, in order."""

    def scale(self, time: float) -> Floats:
        """Size of one unit of each parameter, given a typical time."""

    def starts(self, r: float, alpha: float) -> list[Floats]:
        """Where to look for the maximum, from the fit of `Nbd`."""

    def p_alive(self, theta: Floats, histories: Histories) -> Floats:
        """P(still a client at T)."""

    def p_active(self, theta: Floats, histories: Histories, horizon: float) -> Floats:
        """P(at least one purchase within `horizon` after T)."""

    def purchases(
        self, theta: Floats, histories: Histories, horizon: float
    ) -> tuple[Floats, Floats]:
        """Mean and variance of the purchases within `horizon` after T."""


@dataclass(frozen=True)
class Estimate:
    """A value and the interval in which it should fall."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model: what it says of each history, in the time unit of the histories.

    theta: the parameters, in the order of `model.parameters`.
    covariance: of their logarithms, from the Hessian or from `bootstrap`.
    log_likelihood: in the unit of the histories; comparable between models on the same histories.
    gain: by how much it beats the same model without drop-out.
    """

    model: Model
    theta: Floats
    covariance: Floats
    log_likelihood: float
    gain: float

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters by name."""
        return dict(zip(self.model.parameters, self.theta.tolist(), strict=True))

    def intervals(self, *, confidence: float = 0.95) -> dict[str, tuple[float, float]]:
        """Low and high bound of each parameter, on the log scale."""
        return intervals(self.model.parameters, self.theta, self.covariance, confidence)

    def p_alive(self, histories: Histories) -> Floats:
        """P(still a client at T). Report `p_active`: BG/NBD gives 1 to every one-time buyer."""
        return self.model.p_alive(self.theta, histories)

    def p_active(self, histories: Histories, horizon: float) -> Floats:
        """P(at least one purchase within `horizon` after T), one per history."""
        return self.model.p_active(self.theta, histories, horizon)

    def purchases(self, histories: Histories, horizon: float) -> Floats:
        """Expected purchases within `horizon` after T, one per history."""
        return self.model.purchases(self.theta, histories, horizon)[0]

    def leaving(self, *, confidence: float = 0.95) -> Estimate:
        """Share of purchases that are the client's last, over all clients to come: a/(a + b).

        ValueError for Pareto/NBD, whose clients leave between purchases.
        """
        if self.model.parameters[2:] != ("a", "b"):
            raise ValueError(f"{self.model.name} has no chance to leave per purchase")
        odds = log(self.theta[2]) - log(self.theta[3])
        contrast = np.array([0.0, 0.0, 1.0, -1.0])
        half = normal_quantile(confidence) * sqrt(float(contrast @ self.covariance @ contrast))
        return Estimate(*(1 / (1 + exp(-at)) for at in (odds, odds - half, odds + half)))

    def total(self, histories: Histories, horizon: float, *, confidence: float = 0.95) -> Estimate:
        """Purchases of all clients within `horizon` after T, and the interval of what will be seen.

        Covers the uncertainty of the parameters (delta method, `covariance`) and the chance of
        each client's purchases; not a shock common to all, nor a wrong model. Log-normal.
        """
        mean, variance = self.model.purchases(self.theta, histories, horizon)
        expected = float(np.sum(histories.count * mean))
        moved = [self._moved_total(step, histories, horizon) for step in STEP * np.eye(4)]
        slope = np.log(np.array(moved) / expected) / STEP
        chance = float(np.sum(histories.count * variance)) / expected**2
        half = normal_quantile(confidence) * sqrt(float(slope @ self.covariance @ slope) + chance)
        return Estimate(expected, expected * exp(-half), expected * exp(half))

    def bootstrap(self, histories: Histories, *, replicates: int = 100, seed: int = 0) -> "Fit":
        """The same fit, its covariance from refits on resampled clients (Poisson bootstrap).

        It does not take the model for the truth, and is usually the wider one; it also gives the
        total of a `NotIdentifiable.limit` its interval, which the Hessian cannot. A large base is
        resampled from every so many-th client, each drawn as often as those it stands for: as
        wide, and quicker (bag of little bootstraps; Kleiner et al. 2014).
        """
        draw, at = np.random.default_rng(seed), np.log(self.theta)
        scale, some = self.model.scale(typical_time(histories)), histories.sample
        ends = []
        for _ in range(replicates):
            count = draw.poisson(some.count).astype(np.float64)
            ends.append(climb(objective(self.model, some, count), at, scale))
        return replace(self, covariance=np.cov(np.array(ends), rowvar=False))

    def _moved_total(self, step: Floats, histories: Histories, horizon: float) -> float:
        """The expected total with the parameters' logarithms moved by `step`."""
        mean, _ = self.model.purchases(self.theta * np.exp(step), histories, horizon)
        return float(np.sum(histories.count * mean))


def objective(model: HasLikelihood, histories: Histories, count: Floats | None = None) -> Objective:
    """A model's log-likelihood as a function of its parameters' logarithms; `count` weighs."""
    weights = histories.count if count is None else count

    def sums(log_theta: Floats) -> tuple[float, Floats]:
        theta = np.exp(log_theta)
        parts = [model.log_likelihood(theta, part, weights[at]) for at, part in histories.blocks]
        return sum(value for value, _ in parts), np.sum([slope for _, slope in parts], axis=0)

    return sums


def typical_time(histories: Histories) -> float:
    """Mean observed time, the natural unit of a search."""
    return float(np.sum(histories.count * histories.T)) / histories.clients
