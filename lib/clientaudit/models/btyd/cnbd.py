"""Purchases with regular or random timing, until the client drops out after one of them."""

from dataclasses import dataclass

import numpy as np

from clientaudit.models.btyd.histories import Histories
from clientaudit.models.btyd.timing import mixture, silence
from clientaudit.models.maximum import Floats

# Where the series of expected purchases stops: a term against the sum so far.
NEGLIGIBLE = 1e-11


@dataclass(frozen=True)
class Cnbd:
    """Gaps Erlang-k with Gamma(r, alpha) rates; drop-out after a purchase, Beta(a, b) chances.

    k: regularity of the timing: 1 = at random (exponential gaps), 2 and 3 = ever more regular.
    drop_at_first: whether the first purchase can be the last. True is MBG/CNBD-k (Reutterer,
        Platzer and Schröder 2021; k = 1: MBG/NBD, Batislam et al. 2007); False with k = 1 is
        BG/NBD (Fader, Hardie and Lee 2005).

    Parameters in order: r, alpha (a time), a, b. With n = r + k x, z = 1 if `drop_at_first`:
    L(x, t_x, T) = B(a, b+x+z)/B(a, b) Γ(n)/Γ(r) alpha^r [S (alpha+T)^-n + D (alpha+t_x)^-n],
    S as in `Silence`; D = a/(b+x+z-1) for the client who left after the last purchase (0 where
    z = x = 0).
    """

    k: int
    drop_at_first: bool

    @property
    def name(self) -> str:
        """The model's name in the literature."""
        timing = "NBD" if self.k == 1 else f"CNBD-{self.k}"
        return f"{'MBG' if self.drop_at_first else 'BG'}/{timing}"

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters, in order."""
        return ("r", "alpha", "a", "b")

    def scale(self, time: float) -> Floats:
        """Size of one unit of each parameter, given a typical time."""
        return np.array([1.0, time, 1.0, 1.0])

    def starts(self, r: float, alpha: float) -> list[Floats]:
        """Where to look for the maximum, from the fit of `Nbd`."""
        chances = ((0.5, 1.0), (1.0, 9.0), (0.1, 2.0))
        return [np.array([1.3 * r, alpha / 2, a, b]) for a, b in chances]

    def log_likelihood(
        self, theta: Floats, histories: Histories, count: Floats
    ) -> tuple[float, Floats]:
        """Log-likelihood and its gradient in the parameters' logarithms, without `constant`."""
        from scipy.special import betaln, digamma, gammaln

        r, alpha, a, b = theta
        x, place = histories.x_levels
        n, left = r + self.k * x, b + x + self.drop_at_first
        clients, size = np.bincount(place, count, len(x)), float(count.sum())
        still = silence(self.k, r, alpha, histories)
        log_gone, log_t, inverse_t = self._log_gone(theta, histories)
        total, share = mixture(still.log_alive, log_gone)
        alive = count * share
        gone = count - alive
        by_x = betaln(a, left) - betaln(a, b) + gammaln(n) - gammaln(r) + r * np.log(alpha)
        slope_r = clients @ digamma(n) - size * (digamma(r) - np.log(alpha))
        slope_alpha = size * r / alpha + alive @ still.slope_alpha
        rise = digamma(a + b) - digamma(a + left)
        # Nobody can be gone where left = b: the divisor there meets a weight of 0.
        last = np.bincount(place, gone, len(x)) / np.where(left > b, left - 1, 1.0)
        gradient = [
            slope_r + alive @ still.slope_r - gone @ log_t,
            slope_alpha - gone @ (still.shape * inverse_t),
            clients @ rise + gone.sum() / a,
            clients @ (digamma(left) - digamma(b) + rise) - last.sum(),
        ]
        return float(clients @ by_x + count @ total), np.array(gradient) * theta

    def p_alive(self, theta: Floats, histories: Histories) -> Floats:
        """P(still a client at T), one per history."""
        from scipy.special import expit

        still = silence(self.k, theta[0], theta[1], histories)
        return np.asarray(expit(still.log_alive - self._log_gone(theta, histories)[0]))

    def p_active(self, theta: Floats, histories: Histories, horizon: float) -> Floats:
        """P(at least one purchase within `horizon` after T), one per history."""
        h = histories
        later = Histories(h.x, h.t_x, h.T + horizon, h.count)
        r, alpha = theta[:2]
        change = silence(self.k, r, alpha, later).log_alive - silence(self.k, r, alpha, h).log_alive
        return self.p_alive(theta, h) * -np.expm1(change)

    def purchases(
        self, theta: Floats, histories: Histories, horizon: float
    ) -> tuple[Floats, Floats]:
        """Mean and variance of the purchases within `horizon` after T, one per history.

        Exact for every k: from step i of the running gap, j purchases need j k - i steps, whose
        number is negative binomial, and a client who does not drop out after j - 1 of them.
        """
        x, T, place = histories.x_T_levels
        first, second = self._steps(theta, x, T, horizon)
        phases = silence(self.k, theta[0], theta[1], histories).phases
        alive = self.p_alive(theta, histories)
        mean = alive * np.sum(phases * first[:, place], axis=0)
        square = alive * np.sum(phases * second[:, place], axis=0)
        return mean, np.maximum(square - mean**2, 0.0)

    def _steps(self, theta: Floats, x: Floats, T: Floats, horizon: float) -> tuple[Floats, Floats]:
        """First and second moments of the purchases of living clients, (k, histories)."""
        from scipy.special import betainc

        r, alpha, a, b = theta
        step = np.arange(self.k)[:, None]
        shape, soon = r + self.k * x + step, horizon / (alpha + T + horizon)
        left = b + x + self.drop_at_first
        first, second = np.zeros_like(shape), np.zeros_like(shape)
        going, stays, j = np.arange(len(x)), np.ones_like(x), 1
        while going.size:
            reach = stays * betainc(j * self.k - step, shape[:, going], soon[going])
            first[:, going] += reach
            second[:, going] += (2 * j - 1) * reach
            more = ((2 * j - 1) * reach > NEGLIGIBLE * second[:, going]).any(axis=0)
            going = going[more]
            stays = stays[more] * (left[going] + j - 1) / (a + left[going] + j - 1)
            j += 1
        return first, second

    def _log_gone(self, theta: Floats, histories: Histories) -> tuple[Floats, Floats, Floats]:
        """Log of D (alpha + t_x)^-n; log(alpha + t_x) and 1/(alpha + t_x)."""
        r, alpha, a, b = theta
        x, place = histories.x_levels
        times, time_place = histories.t_levels
        log_t = np.log(alpha + times).take(time_place)
        before = b + x + self.drop_at_first - 1
        odds = np.full_like(x, -np.inf)
        can_go = x + self.drop_at_first > 0
        odds[can_go] = np.log(a) - np.log(before[can_go])
        log_gone = odds.take(place) - (r + self.k * histories.x) * log_t
        return log_gone, log_t, (1 / (alpha + times)).take(time_place)
