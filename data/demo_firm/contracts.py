"""Framework agreements: their terms, who ended them, and the deadlines planted."""

import calendar
import datetime as dt
from dataclasses import dataclass

import numpy as np

from demo_firm.clients import Client
from demo_firm.days import AS_OF, stream

CONTRACT_COUNT = 60
DUE_SOON = 6  # contracts whose last day to give notice falls within six weeks of the cut-off
NOTICE_PASSED = 2  # contracts that end within six weeks, too late to give notice
STILL_BUYING = 4  # contracts ended although the client still buys
TERMS_MONTHS = (12, 24, 36)


@dataclass(frozen=True)
class Contract:
    """One term of a framework agreement. Cents a year; blank notice where nobody filled it in."""

    number: str
    client: Client
    start: dt.date
    end: dt.date
    months: int
    notice_days: int | None
    tacit: bool
    cents_year: int
    ended_on: dt.date | None = None
    ended_by: str = ""

    @property
    def status(self) -> str:
        """active, expired or terminated, as of the cut-off date."""
        if self.ended_on:
            return "terminated"
        return "active" if self.end >= AS_OF else "expired"


def contracts(base: list[Client], departures: dict[str, dt.date]) -> list[Contract]:
    """Every term of the agreements, oldest first: a lost client ends its last one."""
    rng = stream("contracts")
    able = [
        c for c in base
        if c.segment.name != "ateliers" and c.rhythm != "one_time" and not c.stops
        and c.since < dt.date(2024, 1, 1)
    ]  # fmt: skip
    chosen = [able[i] for i in sorted(rng.choice(len(able), CONTRACT_COUNT, replace=False))]
    staying = [c for c in chosen if c.code not in departures and "strategic" not in c.roles]
    cast = dict(zip((c.code for c in staying), _parts(), strict=False))
    terms = [
        term
        for client in chosen
        for term in _terms(client, departures.get(client.code), cast.get(client.code, ""), rng)
    ]
    return sorted(terms, key=lambda term: (term.start, term.client.code))


def _parts() -> list[str]:
    return ["due"] * DUE_SOON + ["passed"] * NOTICE_PASSED + ["still_buying"] * STILL_BUYING


def _terms(
    client: Client, left: dt.date | None, part: str, rng: np.random.Generator
) -> list[Contract]:
    """The terms of one agreement, laid back from the end of the one that runs at the cut-off."""
    months = int(rng.choice(TERMS_MONTHS, p=(0.5, 0.3, 0.2)))
    notice = int(rng.choice((30, 60, 90)))
    tacit = bool(rng.random() < 0.7) or bool(part)
    blank = rng.random() < 0.2 and not part
    end = AS_OF + dt.timedelta(_days_to_end(part, notice, months, rng))
    yearly = round(client.list_volume * (1 - client.discount / 1000), -2)
    found: list[Contract] = []
    while end > max(client.since, dt.date(2019, 1, 1)):
        start = _months_before(end, months)
        ended_on, ended_by = _ending(part, start, end, left)
        if not (left and start > left):
            number = f"CC{start:%y}-{client.code}"
            found.append(
                Contract(number, client, start, end, months, None if blank else notice, tacit,
                         int(100 * yearly), ended_on, ended_by)
            )  # fmt: skip
        end = start - dt.timedelta(1)
    return found


def _days_to_end(part: str, notice: int, months: int, rng: np.random.Generator) -> int:
    if part == "due":
        return notice + int(rng.integers(5, 42))
    if part == "passed":
        return int(rng.integers(10, 25))
    return int(rng.integers(140, 140 + 30 * (months - 5)))


def _ending(
    part: str, start: dt.date, end: dt.date, left: dt.date | None
) -> tuple[dt.date | None, str]:
    """When a term was ended before its time, and by whom."""
    if left and start <= left <= end:
        return left, "client"
    if part == "still_buying" and start <= AS_OF <= end:
        return max(start, AS_OF - dt.timedelta(60)), "client"
    return None, ""


def _months_before(end: dt.date, months: int) -> dt.date:
    """First day of a term of `months` that ends on `end`."""
    year, month = divmod(end.year * 12 + end.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(end.day, last)) + dt.timedelta(1)
