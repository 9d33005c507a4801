"""The integral over the moment of drop-out that Pareto/NBD needs, stable at any size."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from clientaudit.models.btyd.histories import Histories, Moments
from clientaudit.models.maximum import Floats

# Gauss-Legendre points for a short stretch of time and for a long one; a stretch is short where
# the integrand falls by less than e^-4 and time grows less than e-fold.
SHORT, LONG = 8, 48
SHORT_FALL, SHORT_GROWTH = 4.0, 1.0
# Where a long exponential tail is cut, e^-45 of its start.
TAIL = 45.0


@dataclass(frozen=True, eq=False)
class Deaths:
    """One value per history, over the moments y between t_x and T.

    log: of s ∫ (alpha+y)^-(r+x) (beta+y)^-(s+1) dy, -inf where T = t_x.
    log_alpha, by_alpha, log_beta, by_beta: means of log(alpha+y), 1/(alpha+y), log(beta+y) and
        1/(beta+y), weighted by that integrand; 0 where it is nothing.
    """

    log: Floats
    log_alpha: Floats
    by_alpha: Floats
    log_beta: Floats
    by_beta: Floats


def deaths(theta: Floats, histories: Histories) -> Deaths:
    """The integral for every history, from stretches that histories of one x share.

    Between neighbouring moments (any t_x or T of that x) each stretch is computed once, and summed
    backwards on the log scale. A history is the difference of two such sums: exact, because its
    likelihood is never less than s times the larger one.
    """
    _, alpha, s, beta = theta
    moments = histories.moments
    sums = _sums_to_the_end(theta, moments)
    early, late = sums[:, moments.of_t_x], sums[:, moments.of_T]
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = early + np.log(-np.expm1(late - early))
        logs = np.where(histories.t_x < histories.T, logs, -np.inf)
        means = np.where(np.isneginf(logs[0]), 0.0, np.exp(logs[1:] - logs[0]))
    # log(alpha + y) was summed as log(1 + y/alpha), which is never negative.
    return Deaths(
        np.log(s) + logs[0], means[0] + np.log(alpha), means[1], means[2] + np.log(beta), means[3]
    )


def _sums_to_the_end(theta: Floats, moments: Moments) -> Floats:
    """Logs of the integral, and of the integrals of the four functions, from each moment on."""
    at = moments.stretches
    times = moments.time[at], moments.time[at + 1]
    near = min(theta[1], theta[3])
    width = np.log((near + times[1]) / (near + times[0]))
    fall = (theta[0] + moments.x[at] + theta[2]) * width
    short = (fall < SHORT_FALL) & (width < SHORT_GROWTH)
    sums = np.full((5, len(moments.x)), -np.inf)
    for of, nodes in ((short, SHORT), (~short, LONG)):
        if of.any():
            sums[:, at[of]] = _stretch(theta, moments.x[at[of]], times[0][of], times[1][of], nodes)
    for start, stop in moments.groups:
        backwards = sums[:, start:stop][:, ::-1]
        sums[:, start:stop] = np.logaddexp.accumulate(backwards, axis=1)[:, ::-1]
    return sums


def _stretch(theta: Floats, x: Floats, start: Floats, stop: Floats, nodes: int) -> Floats:
    """Logs of the five integrals from `start` to `stop`, in w = log((m + y)/(m + start)).

    m is the smaller of alpha and beta: in w no singularity is nearer to the path than π, and the
    integrand falls like an exponential, whose far tail is cut.
    """
    r, alpha, s, beta = theta
    near, far = min(alpha, beta), max(alpha, beta)
    powers = np.array([r + x, np.full_like(x, s + 1)])
    near_power, far_power = powers if alpha <= beta else powers[::-1]
    first, ratio = near + start, (near + start) / (far + start)
    end = _cut(np.log((near + stop) / first), near_power - 1, far_power, ratio)
    points, weights = _legendre(nodes)
    w = end[:, None] * points
    growth = np.expm1(w)
    y = start[:, None] + first[:, None] * growth
    # The integrand times dy/dw, against its value at the start.
    fall = (near_power - 1)[:, None] * w + far_power[:, None] * np.log1p(ratio[:, None] * growth)
    mass = weights * np.exp(-fall)
    scale = np.log(end) + (1 - near_power) * np.log(first) - far_power * np.log(far + start)
    values = (np.log1p(y / alpha), 1 / (alpha + y), np.log1p(y / beta), 1 / (beta + y))
    totals = [mass.sum(axis=1), *(np.sum(mass * value, axis=1) for value in values)]
    return np.asarray(np.log(totals) + scale)


def _cut(end: Floats, near_power: Floats, far_power: Floats, ratio: Floats) -> Floats:
    """The end of the path, or where the integrand has fallen by e^-45 (Newton, from the right)."""
    w = end.copy()
    for _ in range(60):
        grown = ratio * np.expm1(w)
        fall = near_power * w + far_power * np.log1p(grown)
        beyond = fall > TAIL * 1.01
        if not beyond.any():
            break
        slope = near_power + far_power * (grown + ratio) / (1 + grown)
        w = np.where(beyond, w - (fall - TAIL) / slope, w)
    return w


@cache
def _legendre(nodes: int) -> tuple[Floats, Floats]:
    """Points and weights on [0, 1]."""
    points, weights = np.polynomial.legendre.leggauss(nodes)
    return (points + 1) / 2, weights / 2
