"""Checks of the dates: the period covered, missing months, closures, the last month."""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from clientaudit.intake.quality.active_days import ActiveDays
from clientaudit.intake.quality.check import Check, check, flag
from clientaudit.intake.quality.line_facts import LineFacts, MonthFacts

MIN_MONTHS = 24
AUGUST = 8
SHOWN_MONTHS = 6
MONTH_DAYS = 28
LATE_DAYS = 31
HALF_MONTH = 15
MIN_MONTHLY_LINES = 10
RHYTHM = ("rfm", "departures", "win_back", "grid")


def calendar_checks(lines: LineFacts, *, as_of: dt.date) -> Iterator[Check]:
    """What is wrong with the dates of the invoice lines."""
    yield same_date(lines)
    yield cut_off(lines.days, as_of)
    yield last_month(lines.days, as_of)
    yield history(lines.days, as_of)
    yield missing_months(lines)
    yield closure(lines.days)
    yield stray_dates(lines.days)


def same_date(lines: LineFacts) -> Check:
    """All lines on one date: a date column that is not one."""
    days = lines.days
    alone = days.earliest == days.latest
    return check(
        "dates",
        "REFUSE" if alone else "PASS",
        "All lines bear the same date, {first:day}."
        if alone
        else "The lines run from {first:day} to {last:day}, over {days:int} days with sales.",
        {"first": str(days.first), "last": str(days.last), "days": days.count},
        bias="Neither rhythm nor recency exists.",
        refuses_run=True,
        request="the invoice lines with the date of each invoice",
    )


def cut_off(days: ActiveDays, as_of: dt.date) -> Check:
    """A cut-off date before the lines, or later than any pause of the firm explains."""
    pauses = [(after - before).days for before, after in days.long_pauses]
    outside = as_of < days.first or (as_of - days.last).days > max([LATE_DAYS, *pauses])
    return check(
        "cut_off",
        "REFUSE" if outside else "PASS",
        "The cut-off date, {as_of:day}, lies outside the data, which run from {first:day} to "
        "{last:day}."
        if outside
        else "The cut-off date, {as_of:day}, lies inside the data.",
        {"as_of": str(as_of), "first": str(days.first), "last": str(days.last)},
        bias="Before the data there is no client; after them every client looks lost.",
        refuses_run=True,
        request="the invoice lines up to {as_of:day}",
    )


def last_month(days: ActiveDays, as_of: dt.date) -> Check:
    """Whether the lines are complete up to the cut-off date."""
    partial = as_of > max(days.last, days.last_complete_month_end)
    return check(
        "last_month",
        flag(partial),
        "The lines stop on {last:day}: the last month before the cut-off date is not complete."
        if partial
        else "The months are complete up to the cut-off date; later lines are left out.",
        {"last": str(days.last), "as_of": str(as_of)},
        bias="Silence is too long and the last period too low: too many clients look asleep.",
        request="the invoice lines up to {as_of:day}",
    )


def history(days: ActiveDays, as_of: dt.date) -> Check:
    """Under two years, a yearly habit cannot be told from a departure.

    A first month that the lines begin in its second half is not counted.
    """
    day_after = as_of + dt.timedelta(days=1)
    months = (day_after.year - days.first.year) * 12 + day_after.month - days.first.month
    months = max(months - (days.first.day > HALF_MONTH), 0)
    return check(
        "history",
        "REFUSE" if months < MIN_MONTHS else "PASS",
        "The lines cover {months:int} {months:plural:month|months} up to the cut-off date; cohorts "
        "and departures need {needed:int}."
        if months < MIN_MONTHS
        else "The lines cover {months:int} months up to the cut-off date.",
        {"months": months, "needed": MIN_MONTHS, "first": str(days.first)},
        bias="Slow buyers look like one-time buyers, and losses are not yet to be seen.",
        affects=("cohorts", "departures"),
        request="the invoice lines of the years before {first:day}",
    )


def missing_months(lines: LineFacts) -> Check:
    """Months without a line inside the period of a file, or between files."""
    gaps = month_gaps(lines)
    months = sorted({month for _, month, _ in gaps})
    lost = sum(revenue for _, _, revenue in gaps)
    yearly = 12 * lines.revenue / max(len({entry.month for entry in lines.months}), 1)
    return check(
        "missing_months",
        flag(bool(gaps)),
        "{months:int} {months:plural:month has|months have} no line where there should be some "
        "({list:text}): about {share:pct} of a year's revenue is missing."
        if gaps
        else "No month is missing from the files.",
        {
            "months": len(months),
            "list": ", ".join(f"{month:%Y-%m}" for month in months[:SHOWN_MONTHS])
            + (", …" if len(months) > SHOWN_MONTHS else ""),
            "share": float(lost / yearly) if yearly else 0.0,
        },
        bias="Silence is too long around the gap, and the revenue of the year too low.",
        request="the invoice lines of {list:text}",
        evidence="intake_months",
    )


def month_gaps(lines: LineFacts) -> list[tuple[int, dt.date, Decimal]]:
    """(file, month, revenue to expect) of each month without a line inside a file's period, and
    of each month that falls between two files (file -1).

    The revenue to expect is the average of the other months. A month that no year has (August,
    where the firm closes) is not missing, nor is anything from a firm that does not invoice every
    month, or from a file of a few lines a month.
    """
    if lines.days.ordinary_pause_days >= MONTH_DAYS:
        return []
    by_file = sorted(lines.months, key=lambda entry: entry.file)
    found = [
        (file, month, revenue)
        for file, entries in groupby(by_file, key=lambda entry: entry.file)
        for month, revenue in _gaps(list(entries), lines.days)
    ]
    told = {month for _, month, _ in found}
    between = [(-1, month, revenue) for month, revenue in _gaps(lines.months, lines.days)]
    usual = {entry.month.month for entry in lines.months}
    years = lines.days.last.year - lines.days.first.year
    return [
        gap
        for gap in found + [gap for gap in between if gap[1] not in told]
        if years < 2 or gap[1].month in usual
    ]


def _gaps(entries: Sequence[MonthFacts], days: ActiveDays) -> list[tuple[dt.date, Decimal]]:
    first = days.first.replace(day=1)
    entries = [entry for entry in entries if first <= entry.month <= days.last]
    present = {entry.month for entry in entries}
    if sum(entry.rows for entry in entries) < MIN_MONTHLY_LINES * max(len(present), 1):
        return []
    expected = sum((entry.revenue for entry in entries), Decimal(0)) / len(present)
    month, missing = min(present), []
    while month < max(present):
        if month not in present:
            missing.append((month, expected))
        month = (month + dt.timedelta(days=31)).replace(day=1)
    return missing


def closure(days: ActiveDays) -> Check:
    """A yearly closure in August: a long pause that touches it in half of the years or more."""
    august = [
        (after - before).days - 1
        for before, after in days.long_pauses
        if _touches_august(before, after)
    ]
    years = days.last.year - days.first.year
    closed = 2 * len(august) > years > 0 and days.ordinary_pause_days < MONTH_DAYS
    return check(
        "closure",
        flag(closed),
        "The firm stops invoicing in August, for {days:int} days at most."
        if closed
        else "The firm invoices all year round.",
        {"days": max(august, default=0), "years": len(august)},
        bias="Silence grows while the firm is closed: at the end of August clients look more "
        "silent than they are. Departures are counted in open days and not concerned.",
        affects=("rfm", "win_back"),
    )


def stray_dates(days: ActiveDays) -> Check:
    """A few lines more than a year away from all others: mistyped years."""
    return check(
        "stray_dates",
        flag(days.stray_rows > 0),
        "{rows:int} {rows:plural:line bears a date|lines bear dates} more than a year away from "
        "all others (the dates run from {earliest:day} to {latest:day}), worth {revenue:money}."
        if days.stray_rows
        else "No line bears a date far away from all others.",
        {
            "rows": days.stray_rows,
            "earliest": str(days.earliest),
            "latest": str(days.latest),
            "revenue": float(days.stray_revenue),
        },
        bias="Tenure is too long or recency too short for the clients of these lines.",
        request="the true date of the {rows:int} {rows:plural:line|lines} of a distant year",
    )


def _touches_august(before: dt.date, after: dt.date) -> bool:
    days = (before + dt.timedelta(days=n) for n in range(1, (after - before).days))
    return any(day.month == AUGUST for day in days)
