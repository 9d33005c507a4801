"""What a purchase brings: the Gamma-Gamma model of mean spend."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from clientaudit.models.maximum import (
    STEP,
    Floats,
    NotIdentifiable,
    Objective,
    intervals,
    maximise,
)

MIN_CLIENTS = 50
SAMPLE, MOST = 4096, 32  # clients on which starts are compared; at most so many stand for one
SHALLOW = 0.5  # of the shape of a client's level above 2, where its variance is bounded
NAMES = ("p", "q", "gamma")


@dataclass(frozen=True, eq=False)
class Worth:
    """What the next purchases of clients are worth, (clients,) each.

    mean: expected. chance: variance of one purchase around the client's own mean level.
    doubt: variance of that level, given what the client has spent.
    """

    mean: Floats
    chance: Floats
    doubt: Floats


@dataclass(frozen=True, eq=False)
class SpendFit:
    """Spend per purchase: Gamma(p) around each client's own level, levels Gamma(q, gamma).

    theta: p, q, gamma (money). covariance: of their logarithms.
    correlation, correlation_p_value: of purchases with mean spend (Pearson; the p-value allows
        for means of few purchases that vary more). The model takes the two for independent:
        where they are not, it errs, most for the largest clients.
    """

    theta: Floats
    covariance: Floats
    log_likelihood: float
    correlation: float
    correlation_p_value: float

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters by name."""
        return dict(zip(NAMES, self.theta.tolist(), strict=True))

    def intervals(self, *, confidence: float = 0.95) -> dict[str, tuple[float, float]]:
        """Low and high bound of each parameter, on the log scale."""
        return intervals(NAMES, self.theta, self.covariance, confidence)

    @property
    def population_mean(self) -> float | None:
        """Mean spend per purchase over all clients to come; None where q <= 1: it has no mean."""
        p, q, gamma = self.theta.tolist()
        return p * gamma / (q - 1) if q > 1 else None

    def worth(self, purchases: ArrayLike, mean_spend: ArrayLike) -> Worth:
        """Mean and variances of what one purchase of each client is worth (see `expected`).

        The level of a client is p/nu, nu Gamma(q + p x, gamma + spend): its variance is that of an
        inverse gamma, bounded where q + p x is under 2.5 and none exists.
        """
        p, q, _ = self.theta
        mean = self.expected(purchases, mean_spend)
        doubt = mean**2 / np.maximum(p * np.asarray(purchases, float) + q - 2, SHALLOW)
        return Worth(mean, (mean**2 + doubt) / p, doubt)

    def log_variance(
        self, purchases: ArrayLike, mean_spend: ArrayLike, weights: Floats, *, known: float = 0.0
    ) -> float:
        """Variance of log(known + sum of weights times `expected`) that the parameters leave open.

        By the delta method; a parameter whose uncertainty is not known counts for none.
        """

        def total(step: Floats) -> float:
            moved = replace(self, theta=self.theta * np.exp(step))
            return float(np.log(known + weights @ moved.expected(purchases, mean_spend)))

        steps = STEP * np.eye(len(self.theta))
        slope = np.array([(total(step) - total(-step)) / (2 * STEP) for step in steps])
        return float(slope @ np.nan_to_num(self.covariance) @ slope)

    def expected(self, purchases: ArrayLike, mean_spend: ArrayLike) -> Floats:
        """Expected spend of each client's next purchase, drawn from its own mean to the others'.

        purchases: how many the mean is of, from 0; mean_spend: any number where there are none.
        NaN where the model has no mean (0 purchases and q <= 1).
        """
        p, q, gamma = self.theta
        x = np.asarray(purchases, dtype=np.float64)
        total = np.where(x > 0, x * np.asarray(mean_spend, dtype=np.float64), 0.0)
        weight = p * x + q - 1
        return np.where(weight > 0, p * (gamma + total) / np.where(weight > 0, weight, 1.0), np.nan)


def fit_gamma_gamma(
    purchases: ArrayLike, mean_spend: ArrayLike
) -> SpendFit | NotIdentifiable[SpendFit]:
    """The Gamma-Gamma model (Colombo and Jiang 1999; Fader and Hardie 2013).

    purchases, mean_spend: one value per client with at least one purchase; purchases >= 1, spend
    above 0 in any one currency. ValueError otherwise: leave out clients whose mean is not positive.
    Fewer than 50 clients, or parameters that run away, are `NotIdentifiable`.
    """
    x, mean = (np.asarray(values, dtype=np.float64) for values in (purchases, mean_spend))
    if x.shape != mean.shape or x.ndim != 1 or not ((x >= 1) & (mean > 0)).all():
        raise ValueError("each client needs at least one purchase and a mean spend above 0")
    if len(x) < MIN_CLIENTS:
        return NotIdentifiable("too_few")
    typical = float(np.exp(np.log(mean).mean()))
    starts = [np.array([p, q, q * typical / p]) for p, q in ((1.0, 1.5), (5.0, 4.0), (20.0, 2.0))]
    scale = np.array([1.0, 1.0, typical])
    found = maximise(_likelihood(x, mean), starts, scale, sample=_sample(x, mean))
    fit = SpendFit(np.exp(found.log_theta), found.covariance, found.value, *_correlation(x, mean))
    if found.loose:
        return NotIdentifiable("loose_parameters", fit, tuple(NAMES[at] for at in found.loose))
    return fit


def _correlation(x: Floats, mean: Floats) -> tuple[float, float]:
    """Pearson correlation and its two-sided p-value, heteroscedasticity allowed (White 1980).

    Not by ranks: under the model the median, unlike the mean, rises with the purchases.
    """
    from scipy.special import ndtr

    dx, dm = x - x.mean(), mean - mean.mean()
    spread = np.sqrt(np.sum(dx**2) * np.sum(dm**2))
    if spread == 0:
        return 0.0, 1.0
    common = np.sum(dx * dm)
    z = common / np.sqrt(np.sum((dx * dm) ** 2))
    return float(common / spread), float(2 * ndtr(-abs(z)))


def _sample(x: Floats, mean: Floats) -> Objective | None:
    """The same from every so many-th client, in order of their values; None for a small base."""
    every = min(len(x) // SAMPLE, MOST)
    if every < 2:
        return None
    kept = np.lexsort((mean, x))[every // 2 :: every]
    part = _likelihood(x[kept], mean[kept])

    def objective(log_theta: Floats) -> tuple[float, Floats]:
        value, slope = part(log_theta)
        return every * value, every * slope

    return objective


def _likelihood(x: Floats, mean: Floats) -> Objective:
    from scipy.special import digamma, gammaln

    levels, place = np.unique(x, return_inverse=True)
    log_mean = np.log(mean)
    # What holds no parameter but p, summed once.
    logs, total, clients = float(np.sum(x * (np.log(x) + log_mean))), x * mean, len(x)

    def objective(log_theta: Floats) -> tuple[float, Floats]:
        p, q, gamma = np.exp(log_theta)
        shape, log_sum = (p * levels + q)[place], np.log(gamma + total)
        by_x = gammaln(p * levels + q) - gammaln(p * levels)
        rise = digamma(p * levels + q)[place]
        value = by_x[place].sum() + clients * (q * np.log(gamma) - gammaln(q)) + p * logs
        gradient = [
            np.sum(x * (rise - digamma(p * levels)[place] - log_sum)) + logs,
            rise.sum() + clients * (np.log(gamma) - digamma(q)) - log_sum.sum(),
            clients * q / gamma - (shape / (gamma + total)).sum(),
        ]
        return float(value - np.sum(shape * log_sum) - log_mean.sum()), np.array(gradient) * np.exp(
            log_theta
        )

    return objective
