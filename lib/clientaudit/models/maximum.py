"""Maximum likelihood over positive parameters: search, curvature, what the data do not hold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Generic, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Objective = Callable[[Floats], tuple[float, Floats]]
Reason = Literal["too_few", "no_silence", "no_drop_out", "loose_parameters"]
FitT = TypeVar("FitT")

# The search box, as logarithms: wider than any parameter that data can tell (1/60,000 to 60,000).
EDGE = 11.0
# A standard error of a logarithm beyond which the 95 % interval goes from 1/50 to 50 times.
FLAT = 2.0
STEP = 1e-4
# Newton steps, the step that counts as none, and how large one may be beside the one before.
NEWTON_STEPS, CLOSE, SHRINK = 25, 1e-9, 0.5


@dataclass(frozen=True, eq=False)
class Maximum:
    """Where a likelihood is highest, and what its curvature says.

    log_theta: logarithms of the parameters. value: the log-likelihood there.
    covariance: of `log_theta`, from the Hessian; NaN where the curvature is not that of a peak.
    loose: positions of the parameters that the data do not hold (on the edge of the search box,
        or with a standard error of the logarithm above 2, or not at a peak).
    """

    log_theta: Floats
    value: float
    covariance: Floats
    loose: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class NotIdentifiable(Generic[FitT]):
    """The data cannot tell: a result of its own, to be said and not computed away.

    reason: `too_few` clients; `no_silence` (every client bought at the last moment);
        `no_drop_out` (no better than the model in which nobody leaves); `loose_parameters` (one
        runs away, or its interval spans orders of magnitude).
    limit: where the search ended; None where there was none. Its parameters may not be printed,
        nor what hangs on them alone, such as P(alive); what it expects of purchases may stand.
    loose: names of the loose parameters.
    """

    reason: Reason
    limit: FitT | None = None
    loose: tuple[str, ...] = ()


def maximise(
    objective: Objective,
    starts: Sequence[Floats],
    scale: Floats,
    *,
    sample: Objective | None = None,
) -> Maximum:
    """The highest point of a log-likelihood, whatever the units of its parameters.

    objective: logarithms of the parameters -> log-likelihood and its gradient in them.
    starts: parameters (not logarithms) to start from; the best end counts.
    scale: size of one unit of each parameter (a typical time for a time, 1 for a pure number);
        the search runs on log(parameter / scale), so that hours and weeks end alike.
    sample: an estimate of the same from a part of the data; the starts are compared on it, which
        saves time.

    L-BFGS-B from every start, then Newton steps on all data with the curvature found there; where
    they do not get to a peak, L-BFGS-B on all data and once more Newton steps. A parameter that
    runs away is left where L-BFGS-B left it.
    """
    rough = sample or objective
    ends = [climb(rough, np.log(start), scale) for start in starts]
    best = polish(objective, max(ends, key=lambda end: rough(end)[0]), scale, rough)
    curvature = _hessian(objective, best)
    finer = _newton(objective, best, curvature)
    if finer is not None and _inside(finer, scale).all() and np.abs(finer - best).max() > CLOSE:
        best, curvature = finer, _hessian(objective, finer)
    covariance = _covariance(curvature, _inside(best, scale))
    deviations = np.sqrt(np.diag(covariance))
    loose = np.flatnonzero(~(deviations < FLAT))
    return Maximum(best, objective(best)[0], covariance, tuple(int(place) for place in loose))


def polish(objective: Objective, near: Floats, scale: Floats, rough: Objective) -> Floats:
    """The top of all data from that of `rough`, an estimate of the same from a part of them.

    Newton steps with the curvature of `rough`; where they do not get to a peak, L-BFGS-B.
    """
    best = _newton(objective, near, _hessian(rough, near))
    if best is None or not _inside(best, scale).all():
        return climb(objective, near, scale)
    return best


def climb(objective: Objective, log_theta: Floats, scale: Floats) -> Floats:
    """Logarithms of the parameters at the top of the slope that `log_theta` stands on."""
    from scipy.optimize import minimize

    unit = np.log(scale)
    size = max(abs(objective(log_theta)[0]), 1.0)

    def loss(phi: Floats) -> tuple[float, Floats]:
        value, gradient = objective(phi + unit)
        return -value / size, -gradient / size

    end = minimize(
        loss,
        np.clip(log_theta - unit, -EDGE, EDGE),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-EDGE, EDGE)] * len(unit),
        options={"ftol": 1e-10, "gtol": 1e-8, "maxiter": 500},
    )
    return np.asarray(end.x, dtype=np.float64) + unit


def intervals(
    names: Sequence[str], theta: Floats, covariance: Floats, confidence: float
) -> dict[str, tuple[float, float]]:
    """Low and high bound of each parameter; covariance: of their logarithms, taken for normal."""
    half = normal_quantile(confidence) * np.sqrt(np.diag(covariance))
    bounds = zip((theta * np.exp(-half)).tolist(), (theta * np.exp(half)).tolist(), strict=True)
    return dict(zip(names, bounds, strict=True))


def normal_quantile(confidence: float) -> float:
    """How many standard errors to each side give an interval of that confidence."""
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def _hessian(objective: Objective, at: Floats) -> Floats:
    columns = [
        (objective(at + step)[1] - objective(at - step)[1]) / (2 * STEP)
        for step in STEP * np.eye(len(at))
    ]
    return (np.array(columns) + np.array(columns).T) / 2


def _newton(objective: Objective, at: Floats, curvature: Floats) -> Floats | None:
    """The top, by steps of one and the same curvature; None where they do not get there."""
    if not _is_peak(curvature):
        return None
    value, allowed = -np.inf, 1.0
    for _ in range(NEWTON_STEPS):
        new_value, gradient = objective(at)
        step = -np.linalg.solve(curvature, gradient)
        size = float(np.abs(step).max())
        if new_value < value - 1e-9 * abs(value) or not size <= allowed:
            return None
        at, value, allowed = at + step, new_value, max(SHRINK * size, CLOSE)
        if size < CLOSE:
            return at
    return None


def _inside(log_theta: Floats, scale: Floats) -> NDArray[np.bool_]:
    """Which parameters lie within the search box."""
    return np.asarray(np.abs(log_theta - np.log(scale)) < EDGE - 1e-6)


def _covariance(hessian: Floats, held: NDArray[np.bool_]) -> Floats:
    """Inverse of the negative Hessian; NaN for parameters on the edge, or without a peak."""
    covariance = np.full_like(hessian, np.nan)
    free = np.flatnonzero(held)
    inner = hessian[np.ix_(free, free)]
    if _is_peak(inner):
        inverse = np.linalg.inv(-inner)
        covariance[np.ix_(free, free)] = (inverse + inverse.T) / 2
    return covariance


def _is_peak(hessian: Floats) -> bool:
    return bool(hessian.size) and bool(np.linalg.eigvalsh(-hessian).min() > 0)
