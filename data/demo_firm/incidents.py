"""The register of complaints that the quality department has kept since September 2023."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np

from demo_firm.cast import Cast
from demo_firm.clients import Client
from demo_firm.days import AS_OF, day, fiscal_year, next_open, number_of, one_of, stream
from demo_firm.departures import Departure
from demo_firm.sales import Document, History

REGISTER_START = dt.date(2023, 9, 1)
RECENT = dt.date(2024, 9, 1)  # the planted complainers complain since then
CREDITED = 0.7  # share of the credit notes that began with a complaint
ORDINARY = 0.012  # share of the invoices that somebody complains of without a credit note
UNKNOWN = 0.08  # share of those that nobody has judged
RIGHT = 0.6  # share of those judged that are founded
ONE_EXCEPTION = 0.6  # chance that one of the planted complaints is not like the others
KINDS = {  # by what the complaint is
    "credited": {"quality": 0.5, "invoice": 0.3, "late_delivery": 0.12, "service": 0.08},
    "ordinary": {"late_delivery": 0.38, "quality": 0.22, "invoice": 0.16, "service": 0.14,
                 "relation": 0.06, "other": 0.04},
    "unfounded": {"price": 0.34, "invoice": 0.30, "quality": 0.22, "service": 0.14},
    "founded": {"late_delivery": 0.62, "quality": 0.38},
}  # fmt: skip
# A reason to leave that a complaint may have told of before.
WARNINGS = {
    "late_delivery": "late_delivery", "disappointment": "quality", "rep": "relation",
    "misunderstanding": "service",
}  # fmt: skip
DEPARTMENTS = {
    "late_delivery": "Logistique", "quality": "Qualité", "service": "SAV", "invoice": "Facturation",
    "price": "Commercial", "relation": "Commercial", "other": "Qualité",
}  # fmt: skip


@dataclass(frozen=True)
class Incident:
    """A complaint; cents. `founded` None: not judged; `closed` None: still open."""

    client: Client
    opened: dt.date
    closed: dt.date | None
    kind: str
    founded: bool | None
    severity: int
    disputed_cents: int
    credit_cents: int
    hours: float
    promised: dt.date | None = None  # when the firm promised that it would not happen again
    number: str = ""

    @property
    def department(self) -> str:
        """Who handles complaints of that kind."""
        return DEPARTMENTS[self.kind]


def incidents(cast: Cast, history: History, departures: list[Departure]) -> list[Incident]:
    """Every complaint, oldest first, numbered within its fiscal year."""
    rng = stream("incidents")
    found = _credited(history, rng) + _ordinary(history, rng)
    found += _planted(cast, history, rng) + _warnings(history, departures, rng)
    kept = [i for i in found if REGISTER_START <= i.opened <= AS_OF]
    return _numbered(kept)


def _credited(history: History, rng: np.random.Generator) -> list[Incident]:
    """Complaints settled by a credit note: each credit granted is one that was invoiced."""
    found = []
    for note in history.documents:
        if note.source is None or rng.random() > CREDITED:
            continue
        wait = (note.date - note.source.date).days * rng.uniform(0.2, 0.9)
        opened = day(next_open(number_of(note.source.date) + int(wait)))
        incident = _incident(note.source, "credited", True, rng)
        cents = -note.net_cents
        found.append(replace(incident, opened=opened, closed=note.date, promised=None,
                             disputed_cents=cents, credit_cents=cents))  # fmt: skip
    return found


def _ordinary(history: History, rng: np.random.Generator) -> list[Incident]:
    found = []
    for invoice in history.documents:
        if invoice.sign > 0 and rng.random() < ORDINARY:
            judged = rng.random() > UNKNOWN
            founded = bool(rng.random() < RIGHT) if judged else None
            found.append(_incident(invoice, "ordinary", founded, rng))
    return found


def _planted(cast: Cast, history: History, rng: np.random.Generator) -> list[Incident]:
    """Six to ten complaints of each planted complainer, two dozen of the costly client."""
    invoices: dict[str, list[Document]] = defaultdict(list)
    for document in history.documents:
        if document.sign > 0 and document.date >= RECENT:
            invoices[document.client.code].append(document)
    parts = [(client, "unfounded", int(rng.integers(6, 11))) for client in cast.unfounded]
    parts += [(client, "founded", int(rng.integers(6, 11))) for client in cast.founded]
    parts.append((cast.costly, "unfounded", 24))
    found = []
    for client, kind, count in parts:
        own = invoices[client.code]
        ranks = rng.choice(len(own), min(count, len(own)), replace=False).tolist()
        exception = ranks[0] if rng.random() < ONE_EXCEPTION else None
        for rank in sorted(ranks):
            founded = (kind == "founded") == (rank != exception)
            found.append(_incident(own[rank], kind, founded, rng))
    return found


def _warnings(
    history: History, departures: list[Departure], rng: np.random.Generator
) -> list[Incident]:
    """One to three founded complaints in the five months before some departures."""
    found = []
    for departure in departures:
        left = history.departures[departure.client.code]
        own = [d for d in history.documents
               if d.client is departure.client and d.sign > 0
               and left - dt.timedelta(150) <= d.date <= left]  # fmt: skip
        if departure.reason in WARNINGS and own:
            for _ in range(int(rng.integers(1, 4))):
                invoice = own[rng.integers(len(own))]
                incident = _incident(invoice, "founded", True, rng)
                found.append(replace(incident, kind=WARNINGS[departure.reason]))
    return found


def _incident(
    invoice: Document, nature: str, founded: bool | None, rng: np.random.Generator
) -> Incident:
    """A complaint about an invoice, some days after it, without a credit note."""
    opened = day(next_open(number_of(invoice.date) + int(rng.integers(2, 21))))
    closed = day(next_open(number_of(opened) + 1 + round(rng.gamma(2, 8))))
    severity = int(rng.choice((1, 2, 3), p=(0.5, 0.36, 0.14)))
    share = rng.uniform(0.08, 0.5)
    promised = founded and severity > 1 and closed <= AS_OF and bool(rng.random() < 0.5)
    return Incident(
        client=invoice.client,
        opened=opened,
        closed=closed if closed <= AS_OF else None,
        kind=one_of(KINDS[nature], rng),
        founded=founded,
        severity=severity,
        disputed_cents=int(round(invoice.net_cents * share, -2)),
        credit_cents=0,
        hours=round(2 * (0.5 + severity * rng.gamma(2, 0.6))) / 2,
        promised=closed if promised else None,
    )


def _numbered(found: list[Incident]) -> list[Incident]:
    found.sort(key=lambda i: (i.opened, i.client.code, i.kind, i.disputed_cents, i.hours))
    counts: dict[int, int] = defaultdict(int)
    numbered = []
    for incident in found:
        year = fiscal_year(incident.opened) % 100
        counts[year] += 1
        numbered.append(replace(incident, number=f"R{year}-{counts[year]:03d}"))
    return numbered
