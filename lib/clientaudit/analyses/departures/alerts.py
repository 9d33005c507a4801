"""The work list: whom to call, why, by when, and what is at stake."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from clientaudit.analyses.departures.deadlines import TO_SETTLE
from clientaudit.analyses.departures.silence import STATES, WATCH, YEAR_DAYS
from clientaudit.models.intervals import Flags
from clientaudit.settings import Thresholds
from clientaudit.text import Say

CONTRACT, CONTACTS, RHYTHM, SILENCE = "CONTRACT", "CONTACTS", "RHYTHM", "SILENCE"
STEPS = {
    CONTRACT: "make the new offer before the deadline",
    "strategic": "have the director call",
    CONTACTS: "change the person or the channel",
    "urgent": "call this week",
    "": "call this month",
}
CALLED = ("urgent", "act")
AHEAD_DAYS = (30, 60, 90)
SLA_DAYS = 2  # to react to unanswered contacts [our default], R10
LOST_MONTHS = {6: 183, 9: 274, 12: 365, 18: 548, 24: 730}  # months: days
SHOWN = [
    "client_id", "rep_id", "due_date", "reasons", "step", "stake", "open_silence_days", "p_gone",
]  # fmt: skip
STANDING = ("Strategic clients", "Long-standing clients", "Other clients")
WORDS = {
    RHYTHM: "late for its own rhythm",
    SILENCE: "rare silence",
    CONTACTS: "contacts unanswered",
    CONTRACT: "contract to settle",
}
COLUMNS = [
    "client_id", "rep_id", "due_date", "reasons", "step", "stake", "yearly_value", "last_purchase",
    "open_gap_days", "open_silence_days", "silence_ratio", "p_silence", "p_gone", "level",
    "next_purchase", "unanswered_count", "contract_end", "is_strategic", "is_long_standing",
    "is_opted_out", "is_untouched",
]  # fmt: skip


def yearly_value(watch: pd.DataFrame, *, basis: str) -> "pd.Series[float]":
    """What each client brings in a year at its own pace; of the last period without a rhythm.

    watch: from `watch_table`. basis: "margin" or "revenue". Null where nothing is known.
    """
    pace = watch[basis] / watch["occasion_count"] * YEAR_DAYS / watch["mean_gap_days"]
    return pace.where(watch["p_silence"].notna(), watch[f"{basis}_window"])


def alerts_table(
    watch: pd.DataFrame,
    standing: pd.DataFrame,
    solicitations: pd.DataFrame,
    deadlines: pd.DataFrame,
    *,
    as_of: dt.date,
    thresholds: Thresholds,
) -> pd.DataFrame:
    """The clients to act on, strategic and long-standing ones first, then by what is at stake.

    watch: from `watch_table`, with `yearly_value`, and with `p_rule` where a simple rule ranks: its
    probability that the client buys nothing. standing: from `standing_table`.
    solicitations: from `solicitations_table`; deadlines: from `deadlines_table`; either may be
    empty. thresholds: worry_ratio, max_unanswered, untouched_share, seed.

    Returns one row per client that is not lost and has a reason: RHYTHM (silence at `worry_ratio`
    times its own interval or more), SILENCE (p_silence under .10), CONTACTS (`max_unanswered`
    solicitations without an answer), CONTRACT (to be settled soon). The columns of `COLUMNS`:
    `due_date` is the earliest day on which a reason calls, never before the cut-off date; `stake`
    is P(gone) times the yearly value (R5); `is_untouched` marks a random share, to be left alone
    so that next year's rates measure clients and not calls (METHODS §1). Clients equal in all
    that orders the list stand in the order of their codes; the list numbers nobody.
    """
    everybody = watch.merge(_unanswered(solicitations), on="client_id", how="left").merge(
        _contracts(deadlines), on="client_id", how="left"
    )
    called = pd.DataFrame(_flags(everybody, thresholds)).any(axis=1)
    base = everybody[called & (everybody["state"] != STATES[2])].merge(
        standing, on="client_id", how="left"
    )
    flags = _flags(base, thresholds)
    kept = base.assign(
        reasons=pd.Series(
            [
                ", ".join(name for name, called in zip(flags, row, strict=True) if called)
                for row in zip(*flags.values(), strict=True)
            ],
            base.index,
            str,
        ),
        step=_steps(base, flags),
        stake=base["p_gone"] * base["yearly_value"],
        due_date=_due(base, flags, as_of),
    )
    kept = kept.assign(priority=_priority(kept))
    order = [
        "is_strategic", "is_long_standing", "priority", "yearly_value", "revenue", "recency_days",
        "client_id",
    ]  # fmt: skip
    ranked = kept.sort_values(order, ascending=[False] * 6 + [True], na_position="last")
    ranked["is_untouched"] = _untouched(ranked, thresholds)
    ranked["unanswered_count"] = ranked["unanswered_count"].astype("Int64")
    return ranked[COLUMNS].reset_index(drop=True)


def work_list(alerts: pd.DataFrame, say: Say, reps: Mapping[str, int] | None) -> pd.DataFrame:
    """The columns of the work list that a page has room for, the reasons in words.

    The rows stand under the kind of client, in the order of the list.
    alerts: from `alerts_table`. reps: number of each sales person, who stands under it on the
    page; None = under the code.
    """
    words = {code: say.translate(text) for code, text in WORDS.items()}
    reasons = [", ".join(words[code] for code in codes.split(", ")) for codes in alerts["reasons"]]
    kinds = np.select([alerts["is_strategic"], alerts["is_long_standing"]], [0, 1], default=2)
    shown = alerts[SHOWN].assign(reasons=reasons)
    shown.index = pd.Index([say.translate(STANDING[kind]) for kind in kinds], name="standing")
    return shown if reps is None else shown.assign(rep_id=shown["rep_id"].map(reps))


def rep_numbers(assignments: pd.DataFrame) -> dict[str, int]:
    """Sales people numbered by the day of their first portfolio, so that the years agree (R83).

    assignments: rep_id, from_date.
    """
    ordered = assignments.sort_values(["from_date", "rep_id"])["rep_id"].drop_duplicates()
    return {str(rep): number for number, rep in enumerate(ordered, 1)}


def upcoming_table(watch: pd.DataFrame, *, as_of: dt.date) -> pd.DataFrame:
    """The alerts that will fall due if nothing is bought, over the next 30, 60 and 90 days.

    watch: from `watch_table`, with `yearly_value`.

    Returns day_count, client_count (whose alert date lies within), yearly_value (theirs).
    """
    dates = pd.to_datetime(watch["alert_date"])
    rows = []
    for days in AHEAD_DAYS:
        within = (dates > pd.Timestamp(as_of)) & (
            dates <= pd.Timestamp(as_of + dt.timedelta(days=days))
        )
        rows.append((days, int(within.sum()), float(watch.loc[within, "yearly_value"].sum())))
    return pd.DataFrame(rows, columns=["day_count", "client_count", "yearly_value"])


def sensitivity_table(watch: pd.DataFrame) -> pd.DataFrame:
    """How many clients would be called lost after other silences than the usual one (R9).

    watch: from `watch_table`, with `yearly_value`.

    Returns months, client_count (silent for as long or longer), client_share, explained_count
    (of these, whose own rhythm explains it), yearly_value (of the others).
    """
    rows = []
    for months, days in LOST_MONTHS.items():
        silent = watch["recency_days"] >= days
        ordinary = silent & (watch["p_silence"] >= WATCH)
        value = float(watch.loc[silent & ~ordinary, "yearly_value"].sum())
        count = int(silent.sum())
        rows.append((months, count, count / max(len(watch), 1), int(ordinary.sum()), value))
    names = ["months", "client_count", "client_share", "explained_count", "yearly_value"]
    return pd.DataFrame(rows, columns=names)


def _unanswered(solicitations: pd.DataFrame) -> pd.DataFrame:
    return solicitations.reindex(columns=["client_id", "unanswered_count", "last_contact"])


def _contracts(deadlines: pd.DataFrame) -> pd.DataFrame:
    """The contract of each client that must be settled first."""
    due = deadlines[deadlines["outcome"] == TO_SETTLE] if len(deadlines) else deadlines
    found = due.reindex(columns=["client_id", "end_date", "decide_by"])
    return found.rename(columns={"end_date": "contract_end"}).drop_duplicates("client_id")


def _flags(base: pd.DataFrame, thresholds: Thresholds) -> dict[str, "pd.Series[bool]"]:
    """Whether each reason calls for each client."""
    return {
        CONTRACT: base["decide_by"].notna(),
        CONTACTS: base["unanswered_count"] >= thresholds.max_unanswered,
        RHYTHM: base["silence_ratio"] >= thresholds.worry_ratio,
        SILENCE: base["level"].isin(CALLED),
    }


def _steps(base: pd.DataFrame, flags: dict[str, "pd.Series[bool]"]) -> "pd.Series[str]":
    conditions = [
        flags[CONTRACT],
        base["is_strategic"].fillna(False).astype(bool),
        flags[CONTACTS],
        base["level"] == "urgent",
    ]
    steps = [STEPS[name] for name in (CONTRACT, "strategic", CONTACTS, "urgent")]
    return pd.Series(np.select(conditions, steps, default=STEPS[""]), base.index)


def _due(
    base: pd.DataFrame, flags: dict[str, "pd.Series[bool]"], as_of: dt.date
) -> "pd.Series[Any]":
    """The earliest day on which a reason calls: a deadline, an alert, two days for contacts."""
    today = pd.Timestamp(as_of)
    soon = today + pd.Timedelta(days=SLA_DAYS)
    late = flags[RHYTHM] | flags[SILENCE]
    dates = pd.DataFrame(
        {
            CONTRACT: pd.to_datetime(base["decide_by"]),
            CONTACTS: pd.Series(soon, base.index).where(flags[CONTACTS]),
            RHYTHM: pd.Series(today, base.index).where(late),
        }
    )
    first = dates.min(axis=1)
    days: pd.Series[Any] = first.where(first >= today, today).dt.date
    return days


def _priority(kept: pd.DataFrame) -> "pd.Series[float]":
    """What ranks the list: the stake, or what the simple rule would put at stake."""
    return kept["p_rule"] * kept["yearly_value"] if "p_rule" in kept else kept["stake"]


def _untouched(ranked: pd.DataFrame, thresholds: Thresholds) -> Flags:
    """A random share of the list; never a strategic client, nor one with a deadline."""
    draw = np.random.default_rng(thresholds.seed).random(len(ranked))
    protected = ranked["is_strategic"].astype(bool) | ranked["contract_end"].notna()
    return np.asarray((draw < thresholds.untouched_share) & ~protected.to_numpy())
