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

    scores: by origin that could be judged, oldest first; the last is the one to report.
    chosen: best of the models on the origins before the last. rule: best of the simple rules
        there. advantage: of the model over the rule in log-loss at the last origin, with its
        interval. is_preferred: the interval lies above zero and the model is ahead at every
        origin. is_short: fewer than three origins, so that nothing was chosen before it was
        judged. bands: by candidate, calibration at the last origin.
    probabilities: by candidate, (n,) at the last origin, in the order of its clients.
    """

    scores: tuple[dict[str, Score], ...]
    chosen: str
    rule: str
    advantage: float
    advantage_interval: tuple[float, float]
    is_preferred: bool
    is_short: bool
    bands: dict[str, tuple[Band, ...]]
    probabilities: dict[str, Floats]

    @property
    def ranking(self) -> str:
        """The candidate to rank by: the model where it is preferred, else the simple rule."""
        return self.chosen if self.is_preferred else self.rule


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
    said = [
        {name: calibrate(old.features[name], old.active).probability(new.features[name])
         for name in new.features}
        for old, new in pairwise(origins)
    ]  # fmt: skip
    active = [origin.active for origin in origins[1:]]
    scores = tuple(
        {name: score(name, p, came) for name, p in probabilities.items()}
        for probabilities, came in zip(said, active, strict=True)
    )
    earlier = scores[:-1] or scores
    models = [name for name in origins[0].features if name not in rules]
    chosen, rule = (_best(earlier, names) for names in (models, rules))
    gains = [_losses(p[rule], y) - _losses(p[chosen], y) for p, y in zip(said, active, strict=True)]
    interval = smooth_interval(gains[-1][:, None], _mean)
    is_short = len(origins) < MIN_ORIGINS
    return Backtest(
        scores=scores,
        chosen=chosen,
        rule=rule,
        advantage=float(gains[-1].mean()),
        advantage_interval=interval,
        is_preferred=not is_short and interval[0] > 0 and all(g.mean() > 0 for g in gains),
        is_short=is_short,
        bands={name: bands(p, active[-1]) for name, p in said[-1].items()},
        probabilities=said[-1],
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
    losses = _losses(probability, active)
    auc, auc_interval = _auc(probability, active)
    return Score(
        name=name,
        n=len(active),
        active_count=int(active.sum()),
        log_loss=float(losses.mean()),
        log_loss_interval=smooth_interval(losses[:, None], _mean),
        brier=float(((probability - active) ** 2).mean()),
        auc=auc,
        auc_interval=auc_interval,
        lift=_lift(probability, active),
    )


def bands(probability: Floats, active: Flags) -> tuple[Band, ...]:
    """Up to ten groups of clients by probability, equal probabilities together, lowest first."""
    from scipy.stats import rankdata

    rank = (rankdata(probability, method="max") - 1) * BANDS // len(probability)
    return tuple(
        Band(
            float(probability[rank == place].mean()),
            int(active[rank == place].sum()),
            int((rank == place).sum()),
        )
        for place in np.unique(rank)
    )


def _design(features: Floats, centre: Floats, spread: Floats) -> Floats:
    return np.column_stack([np.ones(len(features)), (features - centre) / spread])


def _best(scores: Sequence[Mapping[str, Score]], names: Sequence[str]) -> str:
    """Lowest mean log-loss; of equals, the first named."""
    return min(names, key=lambda name: sum(found[name].log_loss for found in scores))


def _losses(probability: Floats, active: Flags) -> Floats:
    right = np.where(active, probability, 1 - probability)
    return -np.log(np.maximum(right, FLOOR))


def _mean(means: Floats) -> float:
    return float(means[..., 0])


def _auc(probability: Floats, active: Flags) -> tuple[float, tuple[float, float]]:
    """Area under the ROC curve and its interval (DeLong 1988); half where a class is empty."""
    from scipy.stats import rankdata

    hit, miss = probability[active], probability[~active]
    if not len(hit) or not len(miss):
        return 0.5, (0.0, 1.0)
    ranks = rankdata(probability)
    above = (ranks[active] - rankdata(hit)) / len(miss)
    below = 1 - (ranks[~active] - rankdata(miss)) / len(hit)
    auc = float(above.mean())
    variance = above.var(ddof=1) / len(hit) if len(hit) > 1 else 0.25
    variance += below.var(ddof=1) / len(miss) if len(miss) > 1 else 0.25
    half = 1.959964 * float(np.sqrt(variance))
    return auc, (max(0.0, auc - half), min(1.0, auc + half))


def _lift(probability: Floats, active: Flags) -> float:
    """Buyers in the first tenth over buyers in all; a tie across the cut counts in part."""
    if not active.any():
        return 1.0
    size = TOP * len(probability)
    order = np.unique(-probability, return_inverse=True)[1]
    counts, buyers = np.bincount(order), np.bincount(order, active)
    taken = np.clip(size - (np.cumsum(counts) - counts), 0, counts)
    return float((taken / counts) @ buyers / size / active.mean())
