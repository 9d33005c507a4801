"""The pace of leaving by year of the relation, and what renewals say of those who remain."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clientaudit.models.intervals import Flags, Floats

YEAR_DAYS = 365
LARGEST = 1e4  # a parameter beyond says that all clients leave at one pace


@dataclass(frozen=True)
class TenureHazard:
    """Losses by year of the relation, the first year first.

    entering, lost: (years,) counts of clients; their ratio is the hazard of the year.
    """

    entering: npt.NDArray[np.int64]
    lost: npt.NDArray[np.int64]


@dataclass(frozen=True)
class RenewalFit:
    """Shifted beta-geometric: each client renews with a chance of its own, drawn from a beta.

    is_identified: False where a parameter runs away: the data show one common chance, or none.
    """

    alpha: float
    beta: float
    log_likelihood: float
    is_identified: bool

    def survival(self, periods: int) -> Floats:
        """Share still there after each of the first `periods` renewals, (periods,)."""
        t = np.arange(1.0, periods + 1)
        stay = (self.beta + t - 1) / (self.alpha + self.beta + t - 1)
        return np.asarray(np.cumprod(stay), dtype=np.float64)


def tenure_hazard(
    entry_days: Floats, last_days: Floats, seen_days: Floats, is_lost: Flags, *, lost_days: int
) -> TenureHazard:
    """Losses by year of the relation, dated at the last purchase, without those still unknown.

    All (n,) in days since the relation began. entry_days: when the client came under watch (0, or
    its tenure at the start of the exports). last_days: last purchase. seen_days: the cut-off date.
    is_lost: silent for `lost_days` or more at the cut-off date.

    A client counts in a year of its relation if it was under watch before the year began, still
    bought in it or after, and if the year ended `lost_days` before the cut-off date: else a loss
    in it could not be seen yet, and hazards would seem to fall (METHODS §4).
    """
    first_year = np.ceil(entry_days / YEAR_DAYS).astype(int)
    last_year = np.floor(last_days / YEAR_DAYS).astype(int)
    known_years = np.floor((seen_days - lost_days) / YEAR_DAYS).astype(int)
    end = np.minimum(last_year + 1, known_years)
    years = int(max(end.max(initial=0), 0))
    counted = end > first_year
    entering = np.bincount(first_year[counted], minlength=years + 1)
    leaving = np.bincount(end[counted], minlength=years + 1)
    at_risk = np.cumsum(entering - leaving)[:years]
    lost = counted & is_lost & (last_year < known_years)
    return TenureHazard(at_risk, np.bincount(last_year[lost], minlength=years)[:years])


def renewal_model(remaining: Floats) -> RenewalFit:
    """The shifted beta-geometric model of one cohort (Fader and Hardie 2007).

    remaining: (periods + 1,) clients at the start, then after each renewal; at least two renewals.
    Raises ValueError for fewer, or if clients come back.
    """
    from scipy.optimize import minimize

    lost, left = -np.diff(remaining), float(remaining[-1])
    if len(lost) < 2 or bool((lost < 0).any()):
        raise ValueError("a cohort needs two renewals and never grows")
    if not lost.any():
        return RenewalFit(0.0, 1.0, 0.0, is_identified=False)

    def loss(log_parameters: Floats) -> float:
        alpha, beta = np.exp(log_parameters)
        t = np.arange(1.0, len(lost) + 1)
        stay = np.log((beta + t - 1) / (alpha + beta + t - 1))
        before = np.concatenate(([0.0], np.cumsum(stay)[:-1]))
        leave = np.log(alpha / (alpha + beta + t - 1))
        return -float(lost @ (before + leave) + left * stay.sum())

    bounds = [(-10.0, np.log(LARGEST))] * 2
    starts = ((0.0, 0.0), (0.0, 2.0), (2.0, 4.0))
    fits = [minimize(loss, start, method="L-BFGS-B", bounds=bounds) for start in starts]
    best = min(fits, key=lambda fit: float(fit.fun))
    alpha, beta = np.exp(best.x)
    inside = all(low + 0.1 < x < high - 0.1 for x, (low, high) in zip(best.x, bounds, strict=True))
    return RenewalFit(float(alpha), float(beta), -float(best.fun), is_identified=inside)
