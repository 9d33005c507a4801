"""Purchases at random, until a drop-out that may come at any moment."""

from dataclasses import dataclass

import numpy as np

from clientaudit.models.btyd.death import deaths
from clientaudit.models.btyd.histories import Histories
from clientaudit.models.btyd.timing import mixture
from clientaudit.models.maximum import Floats


@dataclass(frozen=True)
class ParetoNbd:
    """Poisson purchases at Gamma(r, alpha) rates, exponential lives at Gamma(s, beta) rates.

    Parameters in order: r, alpha (a time), s, beta (a time). Schmittlein, Morrison and Colombo
    (1987). With n = r + x:
    L(x, t_x, T) = Γ(n)/Γ(r) alpha^r beta^s [(alpha+T)^-n (beta+T)^-s + s I],
    I = ∫ from t_x to T of (alpha+y)^-n (beta+y)^-(s+1) dy: a positive integral where the usual
    difference of two hypergeometric functions loses every digit at some hundred purchases.
    """

    k = 1

    @property
    def name(self) -> str:
        """The model's name in the literature."""
        return "Pareto/NBD"

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters, in order."""
        return ("r", "alpha", "s", "beta")

    def scale(self, time: float) -> Floats:
        """Size of one unit of each parameter, given a typical time."""
        return np.array([1.0, time, 1.0, time])

    def starts(self, r: float, alpha: float) -> list[Floats]:
        """Where to look for the maximum, from the fit of `Nbd`."""
        lives = ((0.5, 1.0), (0.2, 4.0), (2.0, 8.0))
        return [np.array([1.3 * r, alpha, s, beta * alpha]) for s, beta in lives]

    def log_likelihood(
        self, theta: Floats, histories: Histories, count: Floats
    ) -> tuple[float, Floats]:
        """Log-likelihood and its gradient in the parameters' logarithms."""
        from scipy.special import digamma, gammaln

        r, alpha, s, beta = theta
        x, place = histories.x_levels
        clients = np.bincount(place, count, len(x))
        n, T = r + histories.x, histories.T
        log_alive, death = self._alive(theta, histories), deaths(theta, histories)
        total, share = mixture(log_alive, death.log)
        alive = count * share
        gone = count - alive
        by_x = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
        size = clients.sum()
        gradient = [
            clients @ (digamma(r + x) - digamma(r))
            + size * np.log(alpha)
            - alive @ np.log(alpha + T)
            - gone @ death.log_alpha,
            size * r / alpha - (alive * n) @ (1 / (alpha + T)) - (gone * n) @ death.by_alpha,
            size * np.log(beta) - alive @ np.log(beta + T) - gone @ (death.log_beta - 1 / s),
            size * s / beta - s * alive @ (1 / (beta + T)) - (s + 1) * gone @ death.by_beta,
        ]
        return float(clients @ by_x + count @ total), np.array(gradient) * theta

    def p_alive(self, theta: Floats, histories: Histories) -> Floats:
        """P(still a client at T), one per history."""
        from scipy.special import expit

        return np.asarray(expit(self._alive(theta, histories) - deaths(theta, histories).log))

    def p_active(self, theta: Floats, histories: Histories, horizon: float) -> Floats:
        """P(at least one purchase within `horizon` after T), one per history."""
        h = histories
        later = Histories(h.x, h.t_x, h.T + horizon, h.count)
        return np.asarray(-np.expm1(self._silence(theta, later) - self._silence(theta, h)))

    def purchases(
        self, theta: Floats, histories: Histories, horizon: float
    ) -> tuple[Floats, Floats]:
        """Mean and variance of the purchases within `horizon` after T, one per history."""
        r, alpha, s, beta = theta
        rate, age = (r + histories.x) / (alpha + histories.T), beta + histories.T
        passed = np.log1p(horizon / age)
        # First and second moments of the time that a living client still stays, up to horizon.
        stay = age * _power_integral(1 - s, passed)
        stay_2 = 2 * age**2 * (_power_integral(2 - s, passed) - _power_integral(1 - s, passed))
        alive = self.p_alive(theta, histories)
        mean = alive * rate * stay
        square = alive * (rate * stay + rate * (rate + 1 / (alpha + histories.T)) * stay_2)
        return mean, square - mean**2

    def _alive(self, theta: Floats, histories: Histories) -> Floats:
        r, alpha, s, beta = theta
        T = histories.T
        return np.asarray(-(r + histories.x) * np.log(alpha + T) - s * np.log(beta + T))

    def _silence(self, theta: Floats, histories: Histories) -> Floats:
        return np.logaddexp(self._alive(theta, histories), deaths(theta, histories).log)


def _power_integral(power: float, log_end: Floats) -> Floats:
    """∫ from 1 to exp(log_end) of v^(power - 1) dv, also where the power is 0."""
    from scipy.special import exprel

    return np.asarray(log_end * exprel(power * log_end))
