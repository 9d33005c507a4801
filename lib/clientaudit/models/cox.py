"""What goes with leaving early: Cox's regression, and whether its assumption holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from clientaudit.models.intervals import Flags, Floats
from clientaudit.models.survival import kaplan_meier

EVENTS_PER_COEFFICIENT = 10


@dataclass(frozen=True)
class CoxFit:
    """Effects of the characteristics on the pace of leaving: exp(coefficient) multiplies it.

    coefficients, low, high, p_values: (k,) on the log scale, in order of `names`. proportionality:
    (k,) p-values of the check that each effect is the same at every tenure. A small value is
    advice: the effect changes with tenure, and the coefficient is its average.
    """

    names: tuple[str, ...]
    coefficients: Floats
    low: Floats
    high: Floats
    p_values: Floats
    event_count: int
    proportionality: Floats


@dataclass(frozen=True)
class NotFitted:
    """No regression: too few losses for the characteristics, or two of them say the same."""

    event_count: int
    needed: int


def cox_model(
    durations: Floats,
    is_lost: Flags,
    covariates: Floats,
    *,
    names: Sequence[str],
    entries: Floats | None = None,
) -> CoxFit | NotFitted:
    """Cox's proportional hazards with Efron's treatment of ties.

    durations, is_lost, entries: as for `kaplan_meier`. covariates: (n, k), one column per name.
    At least 10 losses per coefficient and no column that others explain, else NotFitted.
    Cox (1972), Efron (1977).
    """
    from scipy.stats import norm
    from statsmodels.duration.hazard_regression import PHReg

    needed = EVENTS_PER_COEFFICIENT * covariates.shape[1]
    distinct = np.linalg.matrix_rank(covariates - covariates.mean(axis=0))
    if int(is_lost.sum()) < needed or not 0 < covariates.shape[1] == distinct:
        return NotFitted(int(is_lost.sum()), needed)
    model = PHReg(durations, covariates, status=is_lost.astype(int), entry=entries, ties="efron")
    fit = model.fit(disp=0)
    coefficients, errors = np.asarray(fit.params, float), np.asarray(fit.bse, float)
    z = float(norm.ppf(0.975))
    return CoxFit(
        names=tuple(names),
        coefficients=coefficients,
        low=coefficients - z * errors,
        high=coefficients + z * errors,
        p_values=2 * norm.sf(np.abs(coefficients / errors)),
        event_count=int(is_lost.sum()),
        proportionality=_proportionality(durations, is_lost, covariates, coefficients, entries),
    )


def _proportionality(
    durations: Floats, is_lost: Flags, covariates: Floats, beta: Floats, entries: Floats | None
) -> Floats:
    """P-values of the score tests that no effect varies with time.

    Grambsch and Therneau (1994), as R's cox.zph computes them: covariate x (1 - Kaplan-Meier just
    before the time) is added, and its score tested at the fitted coefficients.
    """
    from scipy.stats import chi2

    curve = kaplan_meier(durations, is_lost, entries=entries)
    clock = 1 - np.concatenate(([1.0], curve.survival[:-1]))
    clock = clock - np.average(clock, weights=curve.events)
    k = covariates.shape[1]
    score, plain, mixed, squared = np.zeros(k), *(np.zeros((k, k)) for _ in range(3))
    moments = _moments(durations, is_lost, covariates, beta, entries, curve.times)
    for g, surprise, variance in zip(clock, *moments, strict=True):
        score += g * surprise
        plain += variance
        mixed += g * variance
        squared += g * g * variance
    variance = squared - mixed @ np.linalg.solve(plain, mixed)
    return np.asarray(chi2.sf(score**2 / np.diag(variance), 1), float)


def _moments(
    durations: Floats,
    is_lost: Flags,
    covariates: Floats,
    beta: Floats,
    entries: Floats | None,
    times: Floats,
) -> tuple[Floats, Floats]:
    """For each time of loss: losses less expected, (m, k), and variance expected, (m, k, k)."""
    centred = covariates - covariates.mean(axis=0)
    weight = np.exp(centred @ beta)
    lost = np.flatnonzero(is_lost)
    at = np.searchsorted(times, durations[lost])
    m, k = len(times), centred.shape[1]
    seen = np.zeros((m, k))
    np.add.at(seen, at, centred[lost])
    ties = np.bincount(at, minlength=m)
    columns = list(_products(centred, weight))
    risk = np.stack([_at_risk(c, durations, entries, times) for c in columns], axis=1)
    tied = np.stack([np.bincount(at, c[lost], m) for c in columns], axis=1)
    expected, variance = np.zeros((m, k)), np.zeros((m, k, k))
    for rank in range(int(ties.max(initial=0))):
        there = np.flatnonzero(ties > rank)
        # Efron: of the tied losses, the first `rank` have left in part.
        sums = risk[there] - (rank / ties[there])[:, None] * tied[there]
        mean = sums[:, 1 : k + 1] / sums[:, :1]
        second = sums[:, k + 1 :].reshape(-1, k, k) / sums[:, :1, None]
        expected[there] += mean
        variance[there] += second - mean[:, :, None] * mean[:, None, :]
    return seen - expected, variance


def _products(centred: Floats, weight: Floats) -> Iterator[Floats]:
    """The columns whose sums over those at risk give weight, mean and second moments."""
    yield weight
    for column in centred.T:
        yield weight * column
    for one in centred.T:
        for other in centred.T:
            yield weight * one * other


def _at_risk(column: Floats, durations: Floats, entries: Floats | None, times: Floats) -> Floats:
    """Sum of a column over the clients at risk at each time."""
    after = _sum_after(column, durations, times)
    # A client is at risk after its entry only.
    return after if entries is None else after - _sum_after(column, entries, times)


def _sum_after(column: Floats, days: Floats, times: Floats) -> Floats:
    """For each time, the sum of a column over the clients whose day is not before it."""
    passed = np.searchsorted(times, days, side="right")
    total: Floats = column.sum() - np.cumsum(np.bincount(passed, column, len(times) + 1))
    return total[: len(times)]
