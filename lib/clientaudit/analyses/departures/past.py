"""How right the watch would have been on the firm's own past (R79, METHODS §3)."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from ibis.expr.types import Table

from clientaudit.analyses.departures.forecast import Forecast, forecasts_of
from clientaudit.analyses.departures.silence import (
    ACT,
    OWN,
    YEAR_DAYS,
    Pace,
    pace_of,
    watch_table,
    watched_clients,
)
from clientaudit.engine.frames import frame_of
from clientaudit.engine.gaps import gaps_table
from clientaudit.engine.open_days import OpenDays
from clientaudit.models.backtest import Backtest, Origin, backtest, calibrate, log_loss
from clientaudit.models.intervals import Flags, Floats, wilson
from clientaudit.settings import Thresholds

MAJORITY, DAYS = "majority class", "days since the last purchase"
NINETY, RATIO = "days of silence", "alert ratio of the own rhythm"
GAPS, PURCHASES, STACK = "gap model", "purchase model", "stacked"
SILENCE_RULE = "silence rare for the client"
RATES = [
    "rule", "alert_count", "gone_count", "precision_rate", "low_rate", "high_rate", "recall_rate",
    "captured_share",
]  # fmt: skip
RULES = (MAJORITY, DAYS, NINETY, RATIO)
CANDIDATES = (*RULES, PURCHASES, STACK, GAPS)
ORIGINS = 4
MIN_HISTORY = 0.5  # of the horizon, before each date
REGULARITIES = (1, 2, 3)
EDGE = 1e-6


@dataclass(frozen=True)
class PastDay:
    """A date of the past from which the firm is looked at, and how far ahead."""

    day: dt.date
    horizon_days: int

    @property
    def end(self) -> dt.date:
        """Last day of what followed."""
        return self.day + dt.timedelta(days=self.horizon_days)


@dataclass(frozen=True, eq=False)
class Then:
    """The base as it was known on a past day, and what came.

    clients: from `watched_clients`. purchases: (clients,) purchase days within the horizon.
    forecasts: by regularity k; none with too few repeat buyers.
    """

    when: PastDay
    clients: pd.DataFrame
    pace: Pace
    purchases: Floats
    forecasts: dict[int, Forecast]


@dataclass(frozen=True, eq=False)
class Sight:
    """What the candidates saw of the clients of a past day, and what came.

    features: (clients, features) by candidate, but for those that hang on the regularity. active:
    by regularity k, (clients,) chance to buy by the purchase model. repeats: (clients,) purchases
    after the first, log(1 + n). came: (clients,) bought within the horizon.
    """

    features: dict[str, Floats]
    active: dict[int, Floats]
    repeats: Floats
    came: Flags

    def loss(self, k: int) -> float:
        """Hold-out log-loss of the purchase model's own probability."""
        return log_loss(self.active[k], self.came)

    def origin(self, k: int) -> Origin:
        """What every candidate saw, the purchase model being of regularity k."""
        odds = np.log(self.active[k] / (1 - self.active[k]))
        stack = np.column_stack([odds, self.features[DAYS], self.repeats])
        seen = self.features | {PURCHASES: odds[:, None], STACK: stack}
        return Origin({name: seen[name] for name in CANDIDATES if name in seen}, self.came)


@dataclass(frozen=True, eq=False)
class Past:
    """What the past says: the last day looked at, and the judgement of the candidates.

    last: None without a day. k: regularity of the timing with the best hold-out score on all days
    but the last. judged: None with fewer than two days, or where no purchase model could be fitted.
    """

    last: Then | None
    k: int
    judged: Backtest | None

    @property
    def bias(self) -> float | None:
        """Purchases that came over purchases expected, at the last day; None without a model."""
        if self.last is None or self.k not in self.last.forecasts:
            return None
        last = self.last
        expected = float(last.forecasts[self.k].purchases(last.when.horizon_days).sum())
        return float(last.purchases.sum()) / expected if expected else None


def past_days(as_of: dt.date, *, first_date: dt.date, horizon_days: int) -> list[PastDay]:
    """Up to four dates from which the firm's past is judged, oldest first.

    horizon_days: how far each looks ahead; 0 = a year, or the longest that leaves three dates.
    Each date has half of that behind it, and none looks at what another tries to foresee. Where
    only one date fits, half of what it has behind it makes an earlier one that looks less far:
    without it nothing could be calibrated.
    """
    known = (as_of - first_date).days
    horizon = horizon_days or min(YEAR_DAYS, int(known / (3 + MIN_HISTORY)))
    days = [as_of - dt.timedelta(days=horizon * n) for n in range(1, ORIGINS + 1)]
    kept = [day for day in days if (day - first_date).days >= MIN_HISTORY * horizon]
    if horizon == 0 or not kept:
        return []
    if len(kept) == 1:
        half = (kept[0] - first_date).days // 2
        return [PastDay(kept[0] - dt.timedelta(days=half), half), PastDay(kept[0], horizon)]
    return [PastDay(day, horizon) for day in reversed(kept)]


def past_of(
    summary_at: Callable[[dt.date], Table],
    occasions: Table,
    days: list[PastDay],
    *,
    clock: OpenDays,
    thresholds: Thresholds,
) -> Past:
    """Look at the firm from each date with what was known then, and judge every candidate.

    summary_at: the client summary of a day. occasions: client_id, date, gap_days, is_purchase.
    days: from `past_days`. clock: the firm's open days. thresholds: min_gaps, dormant_days,
    worry_ratio.
    """
    sights, last = [], None
    for when in days:
        last = _then(summary_at(when.day), occasions, when, clock)
        sights.append(_sight(last, thresholds))
    if len(sights) < 2 or not all(sight.active for sight in sights):
        return Past(last, REGULARITIES[0], None)
    k = min(REGULARITIES, key=lambda k: sum(sight.loss(k) for sight in sights[:-1]))
    return Past(last, k, backtest([sight.origin(k) for sight in sights], rules=RULES))


def rule_rates(
    then: Then, *, yearly_loss: float | None, clock: OpenDays, thresholds: Thresholds
) -> pd.DataFrame:
    """How right three rules of alert were at a past day, on the clients that have a rhythm (R79).

    thresholds: min_gaps, worry_ratio, dormant_days, lost_days. Clients silent for `lost_days`
    already are left out: nobody needs an alert for them.

    Returns one row per rule: rule, alert_count, gone_count (of these, without a purchase within
    the horizon), precision, low_rate, high_rate (Wilson), recall (of all who bought no more),
    captured_share (of the revenue that those had brought in the period before).
    """
    watch = watch_table(
        then.clients, then.pace, yearly_loss=yearly_loss, clock=clock, thresholds=thresholds
    )
    watched = ((watch["method"] == OWN) & (watch["recency_days"] < thresholds.lost_days)).to_numpy()
    gone = watched & (then.purchases == 0)
    value = watch["revenue_window"].to_numpy(float)
    flags = {
        SILENCE_RULE: watch["p_silence"].to_numpy() < ACT,
        RATIO: watch["silence_ratio"].to_numpy() >= thresholds.worry_ratio,
        NINETY: watch["recency_days"].to_numpy() >= thresholds.dormant_days,
    }
    rows = []
    for rule, flag in flags.items():
        alerts, right = int((watched & flag).sum()), int((gone & flag).sum())
        rate = (right / alerts, *wilson(right, alerts)) if alerts else (np.nan, np.nan, np.nan)
        all_gone, lost = int(gone.sum()), float(value[gone].sum())
        recall = right / all_gone if all_gone else np.nan
        captured = float(value[gone & flag].sum()) / lost if lost > 0 else np.nan
        rows.append((rule, alerts, right, *rate, recall, captured))
    return pd.DataFrame(rows, columns=RATES)


def simple_rules(clients: pd.DataFrame, *, thresholds: Thresholds) -> dict[str, Floats]:
    """What the simple rules see of clients: (clients, features) by name.

    clients: from `watched_clients`. thresholds: min_gaps, worry_ratio, dormant_days.
    """
    silence = clients["recency_days"].to_numpy(float)
    own = (clients["gap_count"] >= thresholds.min_gaps).to_numpy()
    gap = clients["open_gap_days"].fillna(np.inf).to_numpy(float)
    late = own & (clients["open_silence_days"].to_numpy(float) >= thresholds.worry_ratio * gap)
    return {
        MAJORITY: np.empty((len(clients), 0)),
        DAYS: np.log1p(silence)[:, None],
        NINETY: (silence >= thresholds.dormant_days)[:, None].astype(float),
        RATIO: np.column_stack([late, own]).astype(float),
    }


def rule_silence(past: Past, clients: pd.DataFrame, *, thresholds: Thresholds) -> Floats | None:
    """P(buys nothing) by the best simple rule, where no model is preferred to it; else None.

    clients: today's, from `watched_clients`. Calibrated at the last past date.
    """
    if past.judged is None or past.judged.is_preferred:
        return None
    assert past.last is not None
    last, rule = past.last, past.judged.rule
    then = simple_rules(last.clients, thresholds=thresholds)[rule]
    curve = calibrate(then, last.purchases > 0)
    return 1 - curve.probability(simple_rules(clients, thresholds=thresholds)[rule])


def _then(summary: Table, occasions: Table, when: PastDay, clock: OpenDays) -> Then:
    clients = frame_of(watched_clients(summary, occasions, as_of=when.day, clock=clock))
    gaps = open_gaps = frame_of(gaps_table(occasions, as_of=when.day))
    if clock.closures:
        opened = clock.occasions(occasions)
        open_gaps = frame_of(gaps_table(opened, as_of=clock.opened(when.day)))
    came = occasions.filter(
        occasions.is_purchase, occasions.date > when.day, occasions.date <= when.end
    )
    counts = frame_of(came.group_by("client_id").agg(n=came.count())).set_index("client_id")["n"]
    purchases = counts.reindex(clients["client_id"], fill_value=0).to_numpy(float)
    fits = forecasts_of(clients, gaps, REGULARITIES) if len(clients) else {}
    return Then(when, clients, pace_of(clients, open_gaps), purchases, fits)


def _sight(then: Then, thresholds: Thresholds) -> Sight:
    clients, horizon = then.clients, then.when.horizon_days
    features = simple_rules(clients, thresholds=thresholds)
    repeats = np.log1p(clients["repeat_count"].to_numpy(float))
    if then.pace.rhythm is not None:
        columns = ("gap_count", "open_span_days", "open_silence_days")
        p = then.pace.rhythm.p_silence(*(clients[name].to_numpy(float) for name in columns))
        features[GAPS] = np.column_stack([np.log(np.maximum(p, EDGE)), repeats])
    fits = then.forecasts.items()
    active = {k: np.clip(fit.p_active(horizon), EDGE, 1 - EDGE) for k, fit in fits}
    return Sight(features, active, repeats, then.purchases > 0)


def candidates_table(past: Past) -> pd.DataFrame:
    """How right each candidate was at the last past date, the most right first.

    Returns candidate, client_count, active_count (who bought), auc_rate with low_rate and
    high_rate, log_loss with low_loss and high_loss, brier, lift (buyers in the first tenth over
    buyers in all).
    """
    names = [
        "candidate", "client_count", "active_count", "auc_rate", "low_rate", "high_rate",
        "log_loss", "low_loss", "high_loss", "brier", "lift",
    ]  # fmt: skip
    scores = past.judged.scores.values() if past.judged else ()
    rows = [
        (
            s.name, s.n, s.active_count, s.auc, *s.auc_interval, s.log_loss,
            *s.log_loss_interval, s.brier, s.lift,
        )
        for s in sorted(scores, key=lambda score: score.log_loss)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def calibration_table(past: Past) -> pd.DataFrame:
    """What the chosen candidate said of groups of clients, and what came, at the last past date.

    Returns predicted_rate, client_count, active_count, active_rate, low_rate, high_rate (Wilson).
    """
    names = [
        "predicted_rate", "client_count", "active_count", "active_rate", "low_rate", "high_rate"
    ]  # fmt: skip
    if past.judged is None:
        return pd.DataFrame(columns=names)
    rows = [
        (
            band.predicted, band.n, band.active_count, band.active_count / band.n,
            *wilson(band.active_count, band.n),
        )
        for band in past.judged.bands
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=names)
