"""The departure watch of one audit: what the parts need, brought together."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clientaudit.analyses.departures.alerts import (
    alerts_table,
    rep_numbers,
    work_list,
    yearly_value,
)
from clientaudit.analyses.departures.attrition import (
    Year,
    attrition_change,
    attrition_rates,
    attrition_table,
    attrition_years,
    losses_table,
    yearly_loss,
)
from clientaudit.analyses.departures.contracts import ContractBook, contract_book, under_contract
from clientaudit.analyses.departures.deadlines import deadlines_table
from clientaudit.analyses.departures.past import (
    RATES,
    Past,
    past_days,
    past_of,
    rule_rates,
    rule_silence,
)
from clientaudit.analyses.departures.retention import (
    Retention,
    landmark_of,
    landmark_table,
    retention_of,
)
from clientaudit.analyses.departures.silence import (
    ACT,
    Pace,
    closures_of,
    pace_of,
    watch_table,
    watched_clients,
)
from clientaudit.analyses.solicitations import solicitations_table
from clientaudit.analyses.standing import standing_of
from clientaudit.audit import Audit
from clientaudit.engine.frames import frame_of
from clientaudit.engine.gaps import gaps_table
from clientaudit.engine.open_days import OpenDays
from clientaudit.models.alarms import living_alarm_shares
from clientaudit.settings import Thresholds
from clientaudit.text import Say

YEARS = 4
WEEKS = 13
COMPARED_YEARS = 2  # [reference articles], R14
EVERYBODY, WITHOUT, UNDER = (
    "All clients", "Without a contract at the start of the year", "Under contract at its start",
)  # fmt: skip
DEADLINES = (
    "contract_id", "client_id", "end_date", "is_end_reckoned", "notice_days", "is_notice_assumed",
    "amount_year", "decide_by", "days_left", "outcome",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Watch:
    """Every client with a purchase, watched at the cut-off date.

    clients: from `watch_table`, with yearly_value. basis: what that is of: margin, or revenue
    where no cost is known. yearly_loss: see `watch_table`. clock: the firm's open days.
    """

    clients: pd.DataFrame
    pace: Pace
    clock: OpenDays
    yearly_loss: float | None
    basis: str


def attrition_of(audit: Audit) -> list[tuple[Year, pd.DataFrame]]:
    """The last four years whose clients at the start are known, latest first."""
    lost_days = audit.thresholds.lost_days
    years = attrition_years(
        audit.as_of, first_date=audit.facts.lines.first_date, lost_days=lost_days, years=YEARS
    )
    return [
        (year, frame_of(attrition_table(audit.occasions, year, lost_days=lost_days)))
        for year in years
    ]


def attrition_change_of(
    losses: list[tuple[Year, pd.DataFrame]],
) -> tuple[float, tuple[float, float], float] | None:
    """Change in attrition over two years (see `attrition_change`); None where a year is missing."""
    if len(losses) <= COMPARED_YEARS or losses[0][1].empty or losses[COMPARED_YEARS][1].empty:
        return None
    return attrition_change(losses[0][1], losses[COMPARED_YEARS][1])


def watch_of(audit: Audit, losses: list[tuple[Year, pd.DataFrame]]) -> Watch:
    """The watch at the cut-off date. losses: from `attrition_of`."""
    clock = closures_of(audit.facts.lines.days)
    clients = frame_of(
        watched_clients(audit.summary, audit.occasions, as_of=audit.as_of, clock=clock)
    )
    opened = clock.occasions(audit.occasions)
    gaps = frame_of(gaps_table(opened, as_of=clock.opened(audit.as_of)))
    pace, loss = pace_of(clients, gaps), yearly_loss(attrition_rates(losses))
    watch = watch_table(clients, pace, yearly_loss=loss, clock=clock, thresholds=audit.thresholds)
    basis = "margin" if clients["margin"].notna().any() else "revenue"
    return Watch(
        watch.assign(yearly_value=yearly_value(watch, basis=basis)), pace, clock, loss, basis
    )


def solicitations_of(audit: Audit) -> pd.DataFrame:
    """Solicitations and answers by client; empty without contacts."""
    contacts = audit.table("contacts")
    if contacts is None:
        return pd.DataFrame(columns=["client_id", "solicitation_count", "unanswered_count"])
    days = audit.thresholds.reaction_window_days
    return frame_of(
        solicitations_table(contacts, audit.occasions, as_of=audit.as_of, window_days=days)
    )


def book_of(audit: Audit) -> ContractBook | None:
    """The contracts and what became of them; None without contracts."""
    contracts = audit.table("contracts")
    return None if contracts is None else contract_book(contracts, as_of=audit.as_of)


def attrition_shown(
    rates: pd.DataFrame,
    losses: list[tuple[Year, pd.DataFrame]],
    book: ContractBook | None,
    say: Say,
) -> pd.DataFrame:
    """Attrition by year; where there are contracts, of clients with and without one apart (R13).

    rates: from `attrition_rates` of `losses`. book: from `book_of`.
    """
    if book is None or rates.empty:
        return rates
    under = {year: under_contract(book, year.start) for year, _ in losses}
    parts = {say.translate(EVERYBODY): rates}
    for name, inside in ((WITHOUT, False), (UNDER, True)):
        parts[say.translate(name)] = attrition_rates([
            (year, rows[rows["client_id"].isin(under[year]) == inside]) for year, rows in losses
        ])  # fmt: skip
    return pd.concat(parts, names=["scope"]).droplevel(1)


def deadlines_of(audit: Audit, book: ContractBook | None) -> pd.DataFrame:
    """Contracts to settle within the weeks watched; empty without contracts."""
    if book is None:
        return pd.DataFrame(columns=["contract_id", "client_id", "outcome"])
    weeks = audit.thresholds.contract_alert_weeks
    return deadlines_table(book, as_of=audit.as_of, weeks=weeks)


def deadlines_shown(deadlines: pd.DataFrame) -> pd.DataFrame:
    """The columns of `deadlines_of` that a page has room for; without contracts, none.

    Whether an end was reckoned is shown where one was.
    """
    names = [name for name in DEADLINES if name in deadlines]
    if "is_end_reckoned" in names and not deadlines["is_end_reckoned"].any():
        names.remove("is_end_reckoned")
    return deadlines[names]


def alerts_of(
    audit: Audit,
    watch: Watch,
    past: Past,
    *,
    solicitations: pd.DataFrame,
    deadlines: pd.DataFrame,
) -> pd.DataFrame:
    """The work list of the audit (see `alerts_table`), ranked as the past says (METHODS §3).

    solicitations, deadlines: from `solicitations_of` and `deadlines_of`.
    """
    p_rule = rule_silence(past, watch.clients, thresholds=audit.thresholds)
    clients = watch.clients if p_rule is None else watch.clients.assign(p_rule=p_rule)
    return alerts_table(
        clients,
        standing_of(audit),
        solicitations,
        deadlines,
        as_of=audit.as_of,
        thresholds=audit.thresholds,
    )


def work_list_of(audit: Audit, alerts: pd.DataFrame) -> pd.DataFrame:
    """The work list as a page shows it: sales people by number, unless names are asked for."""
    named = audit.engagement.privacy.mode == "names"
    assignments = audit.table("assignments")
    if named or alerts["rep_id"].isna().all():
        return work_list(alerts, audit.say, None)
    known = alerts[["rep_id"]].dropna().assign(from_date=pd.Timestamp(audit.as_of))
    if assignments is not None:
        known = pd.concat([assignments.select("rep_id", "from_date").execute(), known])
    return work_list(alerts, audit.say, rep_numbers(known))


def weeks_table(watch: Watch, *, as_of: dt.date) -> pd.DataFrame:
    """Alerts to fall due in each of the next 13 weeks if nothing is bought.

    Returns week_start, client_count.
    """
    ahead = pd.to_datetime(watch.clients["alert_date"]) - pd.Timestamp(as_of)
    week = (ahead.dt.days - 1) // 7
    counts = [int((week == number).sum()) for number in range(WEEKS)]
    starts = [as_of + dt.timedelta(days=1 + 7 * number) for number in range(WEEKS)]
    return pd.DataFrame({"week_start": starts, "client_count": counts})


def retention_at(audit: Audit) -> Retention | None:
    """Retention from the landmark; None where the exports begin too late, or few were there."""
    lost_days, landmark = audit.thresholds.lost_days, landmark_of(audit.as_of)
    if audit.facts.lines.first_date > landmark - dt.timedelta(days=lost_days - 31):
        return None
    table = landmark_table(
        audit.summary_at(landmark),
        losses_table(audit.occasions, as_of=audit.as_of, lost_days=lost_days),
        audit.table("departures"),
        as_of=audit.as_of,
        lost_days=lost_days,
    )
    clients = frame_of(table)
    enough = len(clients) >= audit.thresholds.min_clients
    return retention_of(clients, as_of=audit.as_of) if enough else None


def past_at(audit: Audit, watch: Watch) -> Past:
    """The watch judged on the firm's own past."""
    days = past_days(
        audit.as_of,
        first_date=audit.facts.lines.first_date,
        horizon_days=audit.thresholds.backtest_days,
    )
    return past_of(
        audit.summary_at, audit.occasions, days, clock=watch.clock, thresholds=audit.thresholds
    )


def rules_past(audit: Audit, watch: Watch, past: Past) -> pd.DataFrame:
    """How right rules of alert were at the last past date (`rule_rates`); no row without one."""
    if past.last is None:
        return pd.DataFrame(columns=RATES)
    return rule_rates(
        past.last,
        yearly_loss=watch.yearly_loss,
        clock=watch.clock,
        thresholds=audit.thresholds,
    )


def living_share(watch: Watch, *, thresholds: Thresholds) -> float | None:
    """Share of the living clients that are in alert on any day, by the fitted rhythm.

    thresholds: min_gaps, seed.
    """
    if watch.pace.rhythm is None or watch.pace.is_common:
        return None
    observed = watch.clients["open_span_days"] + watch.clients["open_silence_days"]
    shares = living_alarm_shares(
        watch.pace.rhythm,
        observed.to_numpy(float),
        levels=[ACT],
        min_gaps=thresholds.min_gaps,
        seed=thresholds.seed,
    )
    return None if np.isnan(shares[0]) else float(shares[0])
