"""The favours granted outside invoices since September 2024, as the sales office lists them."""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from demo_firm.cast import Cast
from demo_firm.clients import Client
from demo_firm.days import AS_OF, day, next_open, number_of, one_of, stream
from demo_firm.segments import GENEROUS_REP
from demo_firm.team import rep_on

FIRST_CONCESSION = dt.date(2024, 9, 2)
YEARS = 2
A_YEAR = {"projets": 0.5, "distributeurs": 0.3, "ateliers": 0.04}
GENEROUS_TIMES = 3  # how much more often the generous sales person gives
KINDS = {"free_goods": 0.28, "fee_waiver": 0.24, "terms": 0.14, "discount": 0.12,
         "after_sales": 0.12, "priority": 0.07, "other": 0.03}  # fmt: skip
COUNTERPARTS = {"none": 0.42, "volume": 0.24, "term": 0.10, "payment": 0.08, "range": 0.08,
                "reference": 0.05, "after_sales": 0.03}  # fmt: skip
NOTHING_IN_RETURN = 0.94  # of the generous sales person, and of the planted favours
COSTLY = {"free_goods": 0.5, "after_sales": 0.35, "priority": 0.15}  # none is a lower price
COSTLY_A_YEAR = (16, 24_000_00)  # favours a year, and their cents, of the costly client
PRIVILEGED_A_YEAR = 4
PRIVILEGED_TIMES = (1.3, 2.0)  # favours of the privileged over their yearly gross margin
DEPARTMENTS = {"terms": "Comptabilité", "after_sales": "SAV", "priority": "Logistique",
               "fee_waiver": "Logistique"}  # fmt: skip
MANAGER_CENTS = 500_00  # above it the management signs


@dataclass(frozen=True)
class Concession:
    """One favour; cents. None stands on an invoice: all are costs beside the price."""

    client: Client
    date: dt.date
    kind: str
    cents: int
    rep: str
    counterpart: str
    hours: float

    @property
    def approved_by(self) -> str:
        """Who signed: the sales person alone, the head of sales, or the management."""
        if self.cents >= MANAGER_CENTS:
            return "Direction"
        return "" if self.rep == GENEROUS_REP else "Chef des ventes"

    @property
    def department(self) -> str:
        """Who bears it."""
        return DEPARTMENTS.get(self.kind, "Commercial")


def concessions(base: list[Client], cast: Cast, departures: dict[str, dt.date]) -> list[Concession]:
    """Every favour, oldest first."""
    rng = stream("concessions")
    found = [favour for client in base for favour in _ordinary(client, departures, rng)]
    for year in range(YEARS):
        found += _yearly(cast.costly, year, *COSTLY_A_YEAR, rng)
        for client in cast.privileged:
            cents = round(cast.years[client.code].margin * rng.uniform(*PRIVILEGED_TIMES))
            found += _yearly(client, year, PRIVILEGED_A_YEAR, cents, rng)
    found = [favour for favour in found if favour.date <= AS_OF]
    return sorted(found, key=lambda f: (f.date, f.client.code, f.cents))


def _ordinary(
    client: Client, departures: dict[str, dt.date], rng: np.random.Generator
) -> list[Concession]:
    """The favours of an ordinary client, while it buys."""
    first = max(number_of(FIRST_CONCESSION), number_of(client.since))
    days = number_of(departures.get(client.code) or client.stops or AS_OF) - first
    rate = A_YEAR[client.segment.name] * (GENEROUS_TIMES if client.rep == GENEROUS_REP else 1)
    found = []
    for _ in range(rng.poisson(rate * max(days, 0) / 365)):
        date = day(next_open(first + int(rng.integers(days))))
        cents = int(round(100 * client.basket * rng.uniform(0.03, 0.15), -2)) + 1000
        found.append(_concession(client, date, one_of(KINDS, rng), cents, rng))
    return found


def _yearly(
    client: Client, year: int, count: int, cents: int, rng: np.random.Generator
) -> list[Concession]:
    """Favours of one fiscal year that add up to about `cents`, nothing asked in return."""
    found = []
    for share in rng.dirichlet(np.full(count, 4.0)):
        date = day(next_open(number_of(FIRST_CONCESSION) + 365 * year + int(rng.integers(330))))
        part = max(500, int(round(cents * share, -2)))
        found.append(_concession(client, date, one_of(COSTLY, rng), part, rng))
    return found


def _concession(
    client: Client, date: dt.date, kind: str, cents: int, rng: np.random.Generator
) -> Concession:
    planted = client.rep == GENEROUS_REP or cents >= MANAGER_CENTS
    counterpart, free = one_of(COUNTERPARTS, rng), rng.random() < NOTHING_IN_RETURN
    hours = round(2 * rng.gamma(1.5, 0.8)) / 2
    return Concession(client, date, kind, cents, rep_on(client, date),
                      "none" if planted and free else counterpart, hours)  # fmt: skip
