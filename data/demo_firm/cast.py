"""Who plays which part in the registers: chosen once the sales are known, so that none changes."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from demo_firm.clients import Client
from demo_firm.contacts import Contact, unanswered
from demo_firm.days import AS_OF, stream
from demo_firm.sales import History
from demo_firm.segments import GENEROUS_REP

YEAR_AGO = dt.date(AS_OF.year - 1, AS_OF.month, AS_OF.day)
STEADY_DAYS = 150  # a part goes to a client that bought so lately
SMALL, MIDDLE = 2_500_00, (4_000_00, 30_000_00)  # revenue of twelve months, cents
PRIVILEGED_REVENUE = (1_500_00, 9_000_00)
VISITING_REP = "DL"  # calls every month on small workshops near home
COUNTS = {"unfounded": 8, "founded": 8, "privileged": 6, "underused": 10, "overvisited": 8}


@dataclass(frozen=True)
class Year:
    """What a client's last twelve months came to, in cents."""

    revenue: int = 0
    margin: int = 0
    invoices: int = 0


@dataclass(frozen=True)
class Cast:
    """The parts. No client plays two of them, and none of them has left."""

    costly: Client  # large, with a fair gross margin, and yet a loss
    unfounded: list[Client]  # complain often, hardly ever with reason
    founded: list[Client]  # complain as often, and are right
    privileged: list[Client]  # cost more in favours than they bring in margin
    underused: list[Client]  # could buy three to five times as much
    overvisited: list[Client]  # small workshops that see their sales person every month
    years: dict[str, Year]


def cast(base: list[Client], history: History, contacts: list[Contact]) -> Cast:
    """Every part of the registers. Ties are not possible: codes are unique and draws are seeded."""
    rng = stream("cast")
    years = last_year(history)
    steady = _steady(base, history)
    dealers = [
        c for c in steady if c.segment.name == "distributeurs" and years[c.code].invoices > 9
    ]
    costly = max((c for c in steady if c.rep == GENEROUS_REP), key=lambda c: years[c.code].revenue)
    silent = unanswered(contacts, {})
    pools = {
        "unfounded": dealers,
        "founded": dealers,
        "privileged": [c for c in steady if _between(years[c.code], PRIVILEGED_REVENUE)],
        "underused": [c for c in steady if _between(years[c.code], MIDDLE)],
        "overvisited": [
            c for c in steady
            if c.rep == VISITING_REP and c.segment.name == "ateliers"
            and years[c.code].revenue < SMALL and not silent.get(c.code)
        ],
    }  # fmt: skip
    taken, parts = {costly.code}, {}
    for part in reversed(pools):
        free = [c for c in pools[part] if c.code not in taken]
        drawn = sorted(rng.choice(len(free), COUNTS[part], replace=False).tolist())
        parts[part] = [free[i] for i in drawn]
        taken |= {c.code for c in parts[part]}
    return Cast(costly=costly, years=years, **parts)


def last_year(history: History) -> dict[str, Year]:
    """Revenue, margin and invoices of each client over the twelve months to the cut-off."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for document in history.documents:
        if document.date > YEAR_AGO:
            cost = document.sign * sum(line.cost_cents * line.quantity for line in document.lines)
            own = sums[document.client.code]
            own[0] += document.net_cents
            own[1] += document.net_cents - cost
            own[2] += document.sign > 0
    return {code: Year(*own) for code, own in sums.items()}


def _steady(base: list[Client], history: History) -> list[Client]:
    """Clients without a part so far that bought lately and have not left."""
    last: dict[str, dt.date] = {}
    for document in history.documents:
        if document.sign > 0:
            last[document.client.code] = document.date
    return [
        c for c in base
        if not c.roles and not c.stops and c.rhythm != "one_time"
        and c.code not in history.departures and c.since < dt.date(2024, 9, 1)
        and (AS_OF - last[c.code]).days < STEADY_DAYS
    ]  # fmt: skip


def _between(year: Year, limits: tuple[int, int]) -> bool:
    return limits[0] <= year.revenue < limits[1]
