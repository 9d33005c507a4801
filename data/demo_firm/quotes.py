"""The quotes since September 2024: those won became an invoice, the others did not."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np

from demo_firm.clients import Client
from demo_firm.days import AS_OF, day, fiscal_year, next_open, number_of, one_of, stream
from demo_firm.departures import RIVALS
from demo_firm.sales import Document, History
from demo_firm.segments import GENEROUS_REP
from demo_firm.team import rep_on

FIRST_QUOTE = dt.date(2024, 9, 2)
QUOTED = {"projets": 0.55, "distributeurs": 0.05, "ateliers": 0.06}  # share of the invoices
MISSED_A_YEAR = {"projets": 2.2, "distributeurs": 0.45, "ateliers": 0.12}  # not won
OPEN_DAYS = 45  # a quote is open so long, then lost or expired
NOVELTY_DAYS = 365  # a product is new so long
CUT_ASKED = 0.45
CUT_GRANTED = {True: 0.95, False: 0.55}  # by the generous sales person, by the others
LOST_REASONS = {"Prix": 0.45, "Délai": 0.25, "Produit non adapté": 0.15, "Projet abandonné": 0.15}


@dataclass(frozen=True)
class Quote:
    """One quote; cents, and tenths of a point for price cuts."""

    client: Client
    date: dt.date
    first_cents: int
    final_cents: int
    status: str
    family: str  # code of the ERP
    is_new: bool
    rep: str
    asked: int | None = None  # price cut asked
    granted: int | None = None
    claims_rival: bool = False
    proves_it: bool = False
    reason: str = ""
    rival: str = ""
    number: str = ""


def quotes(base: list[Client], history: History) -> list[Quote]:
    """Every quote, oldest first, numbered within its fiscal year."""
    rng = stream("quotes")
    won = [quote for document in history.documents for quote in _won(document, rng)]
    missed = [quote for client in base for quote in _missed(client, history, rng)]
    return _numbered([q for q in won + missed if FIRST_QUOTE <= q.date <= AS_OF])


def _won(invoice: Document, rng: np.random.Generator) -> list[Quote]:
    """The quote that became this invoice: its final amount is the invoice's."""
    if rng.random() > QUOTED[invoice.client.segment.name] or invoice.sign < 0:
        return []
    date = day(next_open(max(number_of(invoice.date) - int(rng.integers(6, 40)), 0)))
    largest = max(invoice.lines, key=lambda line: line.amount_cents)
    new = any((invoice.date - line.product.launched).days < NOVELTY_DAYS for line in invoice.lines)
    net = invoice.net_cents
    quote = Quote(invoice.client, date, net, net, "won", largest.product.code, new,
                  rep_on(invoice.client, date))  # fmt: skip
    quote = _bargained(quote, rng)
    cut = quote.granted or 0
    return [replace(quote, first_cents=round(net * 1000 / (1000 - cut)))]


def _missed(client: Client, history: History, rng: np.random.Generator) -> list[Quote]:
    """Quotes that came to nothing, and those nobody has answered yet."""
    first = max(number_of(FIRST_QUOTE), number_of(client.since))
    until = history.departures.get(client.code) or client.stops or AS_OF
    days = number_of(until) - first
    rate = MISSED_A_YEAR[client.segment.name]
    count = rng.poisson(rate * max(days, 0) / 365) if client.rhythm != "one_time" else 0
    found = []
    for _ in range(count):
        date = day(next_open(first + int(rng.integers(days))))
        cents = int(round(100 * client.basket * np.exp(rng.normal(0.2, 0.4)), -3))
        family = str(rng.choice(("PO", "SE", "CY", "PA", "FP", "BU", "ME", "CO")))
        quote = Quote(client, date, cents, cents, "open", family, bool(rng.random() < 0.25),
                      rep_on(client, date))  # fmt: skip
        quote = _bargained(quote, rng)
        quote = replace(quote, final_cents=round(cents * (1000 - (quote.granted or 0)) / 1000))
        found.append(_settled(quote, rng))
    return found


def _bargained(quote: Quote, rng: np.random.Generator) -> Quote:
    """Whether the client asked for a price cut, and what it was granted."""
    asked = 5 * int(rng.integers(6, 31)) if rng.random() < CUT_ASKED else None
    generous = quote.rep == GENEROUS_REP
    yes, part = rng.random() < CUT_GRANTED[generous], rng.uniform(0.3, 0.7)
    claims, proves = rng.random() < 0.4, rng.random() < 0.3
    if asked is None:
        return quote
    granted = (asked if generous else 5 * round(asked * part / 5)) if yes else 0
    return replace(quote, asked=asked, granted=granted, claims_rival=bool(claims),
                   proves_it=bool(claims and proves))  # fmt: skip


def _settled(quote: Quote, rng: np.random.Generator) -> Quote:
    """Lost or expired, unless the quote is too recent to be either."""
    lost, reason = rng.random() < 0.7, one_of(LOST_REASONS, rng)
    rival = str(rng.choice(RIVALS)) if reason == "Prix" and rng.random() < 0.6 else ""
    if (AS_OF - quote.date).days <= OPEN_DAYS:
        return quote
    if not lost:
        return replace(quote, status="expired")
    return replace(quote, status="lost", reason=reason, rival=rival)


def _numbered(found: list[Quote]) -> list[Quote]:
    found.sort(key=lambda q: (q.date, q.client.code, q.first_cents))
    counts: dict[int, int] = defaultdict(int)
    numbered = []
    for quote in found:
        year = fiscal_year(quote.date) % 100
        counts[year] += 1
        numbered.append(replace(quote, number=f"DV{year}{counts[year]:04d}"))
    return numbered
