"""What a whole portfolio will buy or bring, and how sure that is."""

from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np

from clientaudit.models.btyd import Estimate, Fit, Histories
from clientaudit.models.btyd.histories import Places
from clientaudit.models.maximum import STEP, Floats, normal_quantile


@dataclass(frozen=True, eq=False)
class Part:
    """Clients fitted together, and what one purchase of each is worth.

    row: (clients,) its history among `histories`. worth: (clients,) mean value of a purchase; 1 to
    count purchases. chance: (clients,) variance of one purchase around the client's own mean.
    doubt: (clients,) variance of that mean, as far as it is known. Both 0 to count purchases.
    """

    fit: Fit
    histories: Histories
    row: Places
    worth: Floats
    chance: Floats
    doubt: Floats


def portfolio_total(
    parts: list[Part], horizon: float, *, common: float = 0.0, confidence: float = 0.95
) -> Estimate:
    """Value of the purchases of all clients within `horizon`, with the interval of what will come.

    common: variance of the logarithm of the total that all clients share: of the parameters of
    what a purchase is worth.

    Covers the chance of each client's purchases and of what each is worth, each client's mean as
    far as its purchases show it, and the uncertainty of the parameters; not a shock common to all,
    nor a wrong model. Log-normal around the expected total; both bounds are 0 where nothing is
    expected.
    """
    moments = [_moments(part, horizon) for part in parts]
    expected = sum(mean for mean, _ in moments)
    if expected <= 0:
        return Estimate(0.0, 0.0, 0.0)
    deviation = sqrt(sum(variance for _, variance in moments) / expected**2 + common)
    half = normal_quantile(confidence) * deviation
    return Estimate(expected, expected * exp(-half), expected * exp(half))


def _moments(part: Part, horizon: float) -> tuple[float, float]:
    """Mean and variance of the value of one part."""
    fit, size = part.fit, len(part.histories.x)
    mean, variance = fit.model.purchases(fit.theta, part.histories, horizon)
    worth, square, chance, doubt = (
        np.bincount(part.row, weights, size).astype(np.float64)
        for weights in (part.worth, part.worth**2, part.chance, part.doubt)
    )
    total = float(worth @ mean)
    # Var(N m) of a number and a mean that know nothing of each other, and the chance of each value.
    spread = float(square @ variance + doubt @ (variance + mean**2) + chance @ mean)
    if total <= 0:
        return total, spread
    slope = np.array(
        [
            _log_total(part, worth, STEP, place, horizon)
            - _log_total(part, worth, -STEP, place, horizon)
            for place in range(len(fit.theta))
        ]
    ) / (2 * STEP)
    return total, spread + total**2 * float(slope @ fit.covariance @ slope)


def _log_total(part: Part, worth: Floats, step: float, place: int, horizon: float) -> float:
    theta = part.fit.theta.copy()
    theta[place] *= exp(step)
    return log(float(worth @ part.fit.model.purchases(theta, part.histories, horizon)[0]))
