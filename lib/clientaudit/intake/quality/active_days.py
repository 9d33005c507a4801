"""On which days the firm invoices: pauses, closures, stray dates, and the last complete month."""

import calendar
import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from clientaudit.errors import AuditError

ORDINARY_SHARE = 0.9
LONG_PAUSE_DAYS = 10
STRAY_PAUSE_DAYS = 366
STRAY_SHARE = 0.01
RECENT_DAYS = 2 * 365

Day = tuple[dt.date, int, Decimal]


@dataclass(frozen=True)
class ActiveDays:
    """The days with invoice lines.

    first, last: first and last of them, stray days left out: under 1 % of the lines, more than a
        year away from all others. earliest, latest: stray days included.
    ordinary_pause_days: nine pauses in ten of the last two years are no longer (days from one
        day with lines to the next, so 1 where every day has some).
    long_pauses: (last day before, first day after) of every pause of more than ten days.
    """

    first: dt.date
    last: dt.date
    earliest: dt.date
    latest: dt.date
    count: int
    ordinary_pause_days: int
    long_pauses: tuple[tuple[dt.date, dt.date], ...]
    stray_rows: int
    stray_revenue: Decimal

    @property
    def last_complete_month_end(self) -> dt.date:
        """The last month-end up to which the lines are complete: the default cut-off date.

        The month of the last line counts as complete if the next line could fall on the first of
        the next month without an unusual pause: a firm that invoices on working days has ordinary
        pauses of three days (a weekend), one that invoices once a month has pauses of a month.
        If no month is complete, the last day itself.
        """
        last = self.last
        month_end = last.replace(day=calendar.monthrange(last.year, last.month)[1])
        if (month_end - last).days < max(self.ordinary_pause_days, 1):
            return month_end
        previous = last.replace(day=1) - dt.timedelta(days=1)
        return previous if previous >= self.first else last


def active_days(days: Sequence[Day]) -> ActiveDays:
    """What the days with lines tell. days: (day, lines, revenue), in order, one per day.

    Raises AuditError if there is none: nothing can be audited.
    """
    if not days:
        raise AuditError(
            "transactions: no line is left. Check keep, drop and perimeter in the engagement file, "
            "and that the exports are not empty."
        )
    start, end = _core(days)
    kept = [day for day, *_ in days[start:end]]
    strays = [*days[:start], *days[end:]]
    return ActiveDays(
        first=kept[0],
        last=kept[-1],
        earliest=days[0][0],
        latest=days[-1][0],
        count=len(kept),
        ordinary_pause_days=_ordinary_pause(kept),
        long_pauses=tuple(
            (before, after)
            for before, after in pairwise(kept)
            if (after - before).days > LONG_PAUSE_DAYS
        ),
        stray_rows=sum(rows for _, rows, _ in strays),
        stray_revenue=sum((revenue for *_, revenue in strays), Decimal(0)),
    )


def _core(days: Sequence[Day]) -> tuple[int, int]:
    """Where the lines proper begin and end in `days`."""
    far = [
        place
        for place in range(1, len(days))
        if (days[place][0] - days[place - 1][0]).days > STRAY_PAUSE_DAYS
    ]
    limit = STRAY_SHARE * sum(rows for _, rows, _ in days)

    def few(part: Sequence[Day]) -> bool:
        return sum(rows for _, rows, _ in part) < limit

    start = max((place for place in far if few(days[:place])), default=0)
    end = min((place for place in far if few(days[place:])), default=len(days))
    return start, end


def _ordinary_pause(days: Sequence[dt.date]) -> int:
    recent = [day for day in days if (days[-1] - day).days <= RECENT_DAYS]
    pauses = sorted((after - before).days for before, after in pairwise(recent))
    return pauses[math.ceil(ORDINARY_SHARE * len(pauses)) - 1] if pauses else 0
