"""How right each way of telling who will buy again would have been on the firm's own past."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from clientaudit.models.intervals import Flags, Floats, smooth_interval

MIN_ORIGINS = 3  # one to calibrate, one to choose, one to report
RIDGE = 1.0  # of the calibration, on standardised features: keeps 0/1 rules off certainty
STEPS = 50
FLOOR = 1e-12
BANDS = 10
TOP = 0.1


@dataclass(frozen=True, eq=False)
class Origin:
    """The clients known at one past date, what each candidate saw of them, and what came.

    features: by candidate, (n, f) numbers known at the date; (n, 0) for the majority class, whose
        probability is one for all. Any scale: they are calibrated. active: (n,) bought within the
        horizon.
    """

    features: Mapping[str, Floats]
    active: Flags


@dataclass(frozen=True)
class Score:
    """One candidate judged at one origin; every pair is a 95 % interval over clients.

    log_loss, brier: of the calibrated probability, less is better. auc: chance that of two
    clients, one who bought and one who did not, the first has the higher probability. lift:
    share of buyers in the first tenth over their share in all.
    """

    name: str
    n: int
    active_count: int
    log_loss: float
    log_loss_interval: tuple[float, float]
    brier: float
    auc: float
    auc_interval: tuple[float, float]
    lift: float


@dataclass(frozen=True)
class Band:
    """Clients of neighbouring probabilities: what was said of them, and what came."""

    predicted: float
    active_count: int
    n: int


@dataclass(frozen=True, eq=False)
class Backtest:
    """What the past says of the candidates.

    scores: by candidate, at the last origin, the one to report. date_count: origins that could be
        judged. chosen: best of the models on the origins before the last. rule: best of the simple
        rules there. advantage: of the model over the rule in log-loss at the last origin, with its
        interval. is_preferred: the interval lies above zero and the model is ahead at every
        origin; else the rule ranks. is_short: fewer than three origins, so that nothing was chosen
        before it was judged. bands: calibration of the one that ranks, at the last origin.
    """

    scores: dict[str, Score]
    date_count: int
    chosen: str
    rule: str
    advantage: float
    advantage_interval: tuple[float, float]
    is_preferred: bool
    is_short: bool
    bands: tuple[Band, ...]

    @property
    def ranking(self) -> str:
        """The candidate to rank by: the model where it is preferred, else the simple rule."""
        return self.chosen if self.is_preferred else self.rule


@dataclass(frozen=True, eq=False)
class _Levels:
    """Distinct probabilities, lowest first: clients of each, and how many of them were active."""

    p: Floats
    n: Floats
    active: Floats


@dataclass(frozen=True, eq=False)
class Calibration:
    """A logistic curve over standardised features (ridge, so that no rule is ever certain)."""

    centre: Floats
    spread: Floats
    coefficients: Floats

    def probability(self, features: Floats) -> Floats:
        """(n, f) features -> (n,) probabilities."""
        from scipy.special import expit

        design = _design(features, self.centre, self.spread)
        return np.asarray(expit(design @ self.coefficients), dtype=np.float64)


def backtest(origins: Sequence[Origin], *, rules: Sequence[str]) -> Backtest | None:
    """Judge every candidate on the firm's past; None with fewer than two origins.

    origins: oldest first, all with the same candidates. rules: the names of the simple ones.

    Each candidate becomes a probability by a curve fitted at the origin before; the best model and
    the best rule are chosen on every origin but the last, which alone is reported: the winner's own
    score would be optimistic (METHODS §3).
    """
    if len(origins) < 2:
        return None
    losses: list[dict[str, float]] = []
    for old, new in pairwise(origins):
        said = {name: _said(name, old, new) for name in new.features}
        losses.append({name: log_loss(p, new.active) for name, p in said.items()})
    models = [name for name in said if name not in rules]
    chosen, rule = (_best(losses[:-1] or losses, names) for names in (models, rules))
    active = origins[-1].active
    gain = _losses(said[rule], active) - _losses(said[chosen], active)
    interval = smooth_interval(gain[:, None], _mean)
    is_short = len(origins) < MIN_ORIGINS
    is_ahead = all(found[rule] > found[chosen] for found in losses)
    is_preferred = not is_short and interval[0] > 0 and is_ahead
    return Backtest(
        scores={name: score(name, p, active) for name, p in said.items()},
        date_count=len(losses),
        chosen=chosen,
        rule=rule,
        advantage=float(gain.mean()),
        advantage_interval=interval,
        is_preferred=is_preferred,
        is_short=is_short,
        bands=bands(said[chosen if is_preferred else rule], active),
    )


def calibrate(features: Floats, active: Flags) -> Calibration:
    """The curve that turns features into the probability to be active.

    features: (n, f), f may be 0. active: (n,). Logistic regression by Newton's method.
    """
    from scipy.special import expit

    centre, spread = features.mean(axis=0), features.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    design = _design(features, centre, spread)
    penalty = np.diag([0.0] + [RIDGE] * features.shape[1])
    # Half a client of each kind: an origin where all bought does not say that all always will.
    share = (active.sum() + 0.5) / (len(active) + 1)
    coefficients = np.concatenate(([np.log(share / (1 - share))], np.zeros(features.shape[1])))
    if features.shape[1] == 0 or active.all() or not active.any():
        return Calibration(centre, spread, coefficients)
    for _ in range(STEPS):
        p = expit(design @ coefficients)
        slope = design.T @ (active - p) - penalty @ coefficients
        curve = (design * (p * (1 - p))[:, None]).T @ design + penalty
        step = np.linalg.solve(curve, slope)
        coefficients = coefficients + step
        if np.abs(step).max() < 1e-10:
            break
    return Calibration(centre, spread, coefficients)


def score(name: str, probability: Floats, active: Flags) -> Score:
    """How right a probability was. probability, active: (n,)."""
    losses, levels = _losses(probability, active), _levels(probability, active)
    auc, auc_interval = _auc(levels)
    return Score(
        name=name,
        n=len(active),
        active_count=int(active.sum()),
        log_loss=float(losses.mean()),
        log_loss_interval=smooth_interval(losses[:, None], _mean),
        brier=float(((probability - active) ** 2).mean()),
        auc=auc,
        auc_interval=auc_interval,
        lift=_lift(levels),
    )


def log_loss(probability: Floats, active: Flags) -> float:
    """Mean surprise at what came, less is better. probability, active: (n,)."""
    return float(_losses(probability, active).mean())


def bands(probability: Floats, active: Flags) -> tuple[Band, ...]:
    """Up to ten groups of clients by probability, equal probabilities together, lowest first."""
    levels = _levels(probability, active)
    rank = ((np.cumsum(levels.n) - 1) * BANDS // len(probability)).astype(int)
    sums = [np.bincount(rank, part) for part in (levels.p * levels.n, levels.active, levels.n)]
    return tuple(
        Band(float(total / n), int(hits), int(n)) for total, hits, n in zip(*sums, strict=True) if n
    )


def _said(name: str, old: Origin, new: Origin) -> Floats:
    """The probability of a candidate at an origin, by the curve of the one before."""
    return calibrate(old.features[name], old.active).probability(new.features[name])


def _levels(probability: Floats, active: Flags) -> _Levels:
    import pandas as pd

    place, levels = pd.factorize(probability, sort=True)
    counts = (np.bincount(place, of) for of in (np.ones(len(place)), active.astype(np.float64)))
    n, hits = (np.asarray(count, dtype=np.float64) for count in counts)
    return _Levels(np.asarray(levels), n, hits)


def _design(features: Floats, centre: Floats, spread: Floats) -> Floats:
    return np.column_stack([np.ones(len(features)), (features - centre) / spread])


def _best(losses: Sequence[Mapping[str, float]], names: Sequence[str]) -> str:
    """Lowest mean log-loss; of equals, the first named."""
    return min(names, key=lambda name: sum(found[name] for found in losses))


def _losses(probability: Floats, active: Flags) -> Floats:
    right = np.where(active, probability, 1 - probability)
    return -np.log(np.maximum(right, FLOOR))


def _mean(means: Floats) -> float:
    return float(means[..., 0])


def _auc(levels: _Levels) -> tuple[float, tuple[float, float]]:
    """Area under the ROC curve and its interval (DeLong 1988); half where a class is empty."""
    hit, miss = levels.active, levels.n - levels.active
    hits, misses = hit.sum(), miss.sum()
    if not hits or not misses:
        return 0.5, (0.0, 1.0)
    # Of each level: share of the other kind that it lies above, or under, a tie counted half.
    above = (np.cumsum(miss) - miss / 2) / misses
    under = 1 - (np.cumsum(hit) - hit / 2) / hits
    auc = float(np.sum(hit * above) / hits)
    variance = _variance(above, hit) + _variance(under, miss)
    half = 1.959964 * float(np.sqrt(variance))
    return auc, (max(0.0, auc - half), min(1.0, auc + half))


def _variance(values: Floats, count: Floats) -> float:
    """Of a mean of so many values each; that of the worst case where there is one."""
    n = count.sum()
    if n < 2:
        return 0.25
    mean = np.sum(count * values) / n
    return float(np.sum(count * (values - mean) ** 2) / (n - 1) / n)


def _lift(levels: _Levels) -> float:
    """Buyers in the first tenth over buyers in all; a tie across the cut counts in part."""
    counts, buyers = levels.n[::-1], levels.active[::-1]
    if not buyers.any():
        return 1.0
    size = TOP * counts.sum()
    taken = np.clip(size - (np.cumsum(counts) - counts), 0, counts)
    return float(np.sum(taken / counts * buyers) / size / (buyers.sum() / counts.sum()))
