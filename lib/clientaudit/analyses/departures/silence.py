"""Each client's own rhythm beside its present silence: who is late, and by how much."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from ibis.expr.types import Table

from clientaudit.engine.open_days import OpenDays
from clientaudit.engine.order import by_values
from clientaudit.engine.summary import client_summary
from clientaudit.intake.quality.active_days import ActiveDays
from clientaudit.models.maximum import Floats, NotIdentifiable
from clientaudit.models.rhythm import Rhythm, fit_rhythm, p_gone
from clientaudit.settings import Thresholds

YEAR_DAYS = 365
WEEK_DAYS = 7
URGENT, ACT, WATCH = 0.05, 0.10, 0.20  # of ordinary gaps: levels of alert [our default], R4
LATE_RATIO = 1.0
OWN, FEW = "own rhythm", "too few purchases"
LEVELS = ("urgent", "act", "watch", "in rhythm")
OPEN = ("open_silence_days", "open_gap_days", "open_span_days")
COLUMNS = (
    "client_id", "first_purchase", "last_purchase", "recency_days", "observed_days",
    "last_order_age_days", "repeat_count", "gap_count", "mean_gap_days", "occasion_count",
    "revenue", "margin", "revenue_window", "margin_window", "is_left_truncated", *OPEN,
)  # fmt: skip
STATES = ("active", "dormant", "lost", "long silence, ordinary for it")


@dataclass(frozen=True)
class Pace:
    """The rhythm of the base, as far as it can be told.

    rhythm: None where fewer than 30 clients have an interval. is_common: one rhythm for all (its
    spread between clients cannot be told); its alerts stand, its parameters may not be printed.
    client_count, gap_count: what it rests on.
    """

    rhythm: Rhythm | None
    is_common: bool
    client_count: int
    gap_count: int


def closures_of(days: ActiveDays) -> OpenDays:
    """The firm's closures: pauses of more than ten days, where it otherwise invoices every week."""
    if days.ordinary_pause_days > WEEK_DAYS:
        return OpenDays()
    years = max((days.last - days.first).days / YEAR_DAYS, 1.0)
    return OpenDays(days.long_pauses, years)


def watched_clients(summary: Table, occasions: Table, *, as_of: dt.date, clock: OpenDays) -> Table:
    """The clients with a purchase, in order of their values (see `by_values`).

    summary: one row per client, from `client_summary` at `as_of`. occasions: the purchase days.
    clock: time in open days, in which silences and intervals are measured.

    Returns one row per client: the columns of `COLUMNS`, of which open_silence_days,
    open_gap_days (mean interval) and open_span_days (first to last purchase) are open days.
    """
    buyers = summary.filter(summary.occasion_count > 0)
    rhythm = {"recency_days": OPEN[0], "mean_gap_days": OPEN[1], "last_order_age_days": OPEN[2]}
    if not clock.closures:
        found = buyers.mutate(**{new: buyers[old] for old, new in rhythm.items()})
        return by_values(found.select(*COLUMNS))
    opened = client_summary(clock.occasions(occasions), as_of=clock.opened(as_of))
    times = opened.select("client_id", **{new: opened[old] for old, new in rhythm.items()})
    return by_values(buyers.inner_join(times, "client_id").select(*COLUMNS))


def pace_of(clients: pd.DataFrame, gaps: pd.DataFrame) -> Pace:
    """The rhythm of a base from its completed intervals (METHODS §1).

    clients: from `watched_clients`. gaps: from `gaps_table` in the same days: gap_days, gap_count.
    """
    known = clients[clients["gap_count"] >= 1]
    n, counted = len(known), int(known["gap_count"].sum())
    if not n:
        return Pace(None, is_common=False, client_count=0, gap_count=0)
    logs = float(gaps["gap_count"] @ np.log(gaps["gap_days"].to_numpy(float)))
    found = fit_rhythm(known["gap_count"], known["open_span_days"], np.full(n, logs / n))
    is_common = isinstance(found, NotIdentifiable)
    rhythm = found.limit if isinstance(found, NotIdentifiable) else found
    return Pace(rhythm, is_common and rhythm is not None, n, counted)


def watch_table(
    clients: pd.DataFrame,
    pace: Pace,
    *,
    yearly_loss: float | None,
    clock: OpenDays,
    thresholds: Thresholds,
) -> pd.DataFrame:
    """Silence, rhythm and what follows from them, one row per client in the order of `clients`.

    clients: from `watched_clients`. yearly_loss: share of the clients lost in a year, None where
    the history cannot tell. clock: the open days of `clients`. thresholds: min_gaps, worry_ratio,
    dormant_days, lost_days.

    Returns the columns of `clients` and
        method: own rhythm, or too few purchases (fewer than `min_gaps` intervals),
        silence_ratio: silence over own mean interval, in open days (R2); null where too few,
        p_silence: share of the ordinary intervals of such a client that last as long (R4),
        p_gone: probability that it has left, by Bayes from p_silence and the yearly loss (R5),
        level: urgent, act, watch (p_silence under .05, .10, .20) or in rhythm,
        next_purchase, alert_date: last purchase and the mean interval, or `worry_ratio` times it,
        state: active, dormant, lost, or a long silence that is ordinary for the client: a silence
        that its own rhythm explains is never a loss (R8, R9).
    """
    silence = clients["open_silence_days"].to_numpy(float)
    own = (clients["gap_count"] >= thresholds.min_gaps).to_numpy()
    gap = np.where(own, clients["open_gap_days"].to_numpy(float), np.nan)
    ratio = silence / np.where(gap > 0, gap, np.nan)
    p = np.where(own, _p_silence(clients, pace.rhythm), np.nan)
    gone = np.full_like(p, np.nan)
    if yearly_loss is not None:
        gone = p_gone(p, gap, yearly_loss=yearly_loss, year=clock.year_days)
    return clients.assign(
        method=np.where(own, OWN, FEW),
        silence_ratio=ratio,
        p_silence=p,
        p_gone=gone,
        level=_level(p),
        next_purchase=_after(clients["last_purchase"], gap, clock),
        alert_date=_after(clients["last_purchase"], gap * thresholds.worry_ratio, clock),
        state=_state(clients["recency_days"].to_numpy(float), ratio, p, thresholds),
    )


def _p_silence(clients: pd.DataFrame, rhythm: Rhythm | None) -> Floats:
    if rhythm is None:
        return np.full(len(clients), np.nan)
    columns = ("gap_count", "open_span_days", "open_silence_days")
    return rhythm.p_silence(*(clients[name].to_numpy(float) for name in columns))


def _level(p: Floats) -> "pd.Series[str]":
    conditions = [p < URGENT, p < ACT, p < WATCH, ~np.isnan(p)]
    return pd.Series(np.select(conditions, LEVELS, default=""), dtype="str")


def _state(silence: Floats, ratio: Floats, p: Floats, thresholds: Thresholds) -> Floats:
    ordinary = p >= WATCH
    late = ~(ratio <= LATE_RATIO)  # without a rhythm of its own, days alone decide
    lost = silence >= thresholds.lost_days
    dormant = (silence >= thresholds.dormant_days) & late
    conditions = [lost & ordinary, lost, dormant & ~ordinary]
    return np.select(conditions, [STATES[3], STATES[2], STATES[1]], default=STATES[0])


def _after(last: "pd.Series[Any]", days: Floats, clock: OpenDays) -> "pd.Series[Any]":
    """The day that comes so many open days after each purchase; null where they are not known."""
    known = ~np.isnan(days)
    found = np.full(len(days), np.datetime64("NaT"), "datetime64[s]")
    start = last.to_numpy("datetime64[D]")[known]
    found[known] = clock.after(start, np.ceil(days[known]).astype(np.int64))
    return pd.Series(found, last.index)
