"""What was invoiced: purchase dates by rhythm, invoices, their lines and credit notes."""

import datetime as dt
import math
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from demo_firm.catalogue import Product
from demo_firm.clients import Client
from demo_firm.days import (
    DAY_COUNT,
    MONTH_WEIGHT,
    SPRING_WEIGHT,
    clock,
    day,
    fiscal_year,
    next_open,
    number_of,
    stream,
)
from demo_firm.segments import GAP_SHAPE

SPLIT_DAY = 0.04  # share of purchase days with two invoices
CREDIT_NOTE = 0.03  # share of invoices followed by a credit note


@dataclass(frozen=True)
class Line:
    """One line, in cents and tenths of a point; always positive, as the ERP writes it."""

    product: Product
    quantity: int
    list_cents: int
    discount: int
    cost_cents: int  # per unit

    @property
    def amount_cents(self) -> int:
        """Net amount excl. VAT, rounded half up."""
        return (self.list_cents * self.quantity * (1000 - self.discount) + 500) // 1000


@dataclass
class Document:
    """An invoice or a credit note. `number` is given once all documents are in order."""

    client: Client
    date: dt.date
    lines: list[Line]
    source: "Document | None" = None  # the invoice that a credit note corrects
    number: str = ""
    sign: int = field(init=False)

    def __post_init__(self) -> None:
        self.sign = 1 if self.source is None else -1

    @property
    def net_cents(self) -> int:
        """Signed total excl. VAT."""
        return self.sign * sum(line.amount_cents for line in self.lines)


@dataclass(frozen=True)
class History:
    """All documents in order, and the day each departed client made up its mind."""

    documents: list[Document]
    departures: dict[str, dt.date]


def history(base: list[Client], products: list[Product]) -> History:
    """Five years of invoices for the whole client base."""
    clocks = {"seasonal": clock(SPRING_WEIGHT)}
    usual = clock(MONTH_WEIGHT)
    documents, departures = [], {}
    for rank, client in enumerate(base):
        rng = stream("sales", rank)
        dates, left = _purchases(client, clocks.get(client.rhythm, usual), rng)
        if left is not None:
            departures[client.code] = left
        documents += _documents(client, dates, products, rng)
    return History(_numbered(documents), departures)


def _purchases(
    client: Client, time: np.ndarray, rng: np.random.Generator
) -> tuple[list[dt.date], dt.date | None]:
    """Purchase days, and the day of leaving if it falls within the history."""
    start = time[number_of(client.since)] if client.acquired else rng.uniform(0, client.gap_days)
    shape = GAP_SHAPE[client.rhythm]
    gaps = rng.gamma(shape, client.gap_days / shape, int(4 * DAY_COUNT / client.gap_days) + 20)
    due = start + np.concatenate(([0.0], np.cumsum(gaps)))
    days = np.unique(np.searchsorted(time, due[due <= time[-1]]))
    if client.rhythm == "one_time":
        return [day(days[0])], day(days[0])
    leaving = _leaving(client, int(days[0]), rng)
    kept = [day(number) for number in days if number <= leaving]
    return kept, day(leaving) if leaving < DAY_COUNT and not client.stops else None


def _leaving(client: Client, first: int, rng: np.random.Generator) -> int:
    if client.stops:
        return number_of(client.stops)
    if not client.yearly_loss:
        return DAY_COUNT
    return first + 1 + int(rng.exponential(365 / client.yearly_loss))


def _documents(
    client: Client, dates: list[dt.date], products: list[Product], rng: np.random.Generator
) -> list[Document]:
    documents = []
    for date in dates:
        for _ in range(2 if rng.random() < SPLIT_DAY else 1):
            invoice = Document(client, date, _lines(client, date, products, rng))
            documents.append(invoice)
            if rng.random() < CREDIT_NOTE:
                documents += _credit_note(invoice, rng)
    return documents


def _lines(
    client: Client, date: dt.date, products: list[Product], rng: np.random.Generator
) -> list[Line]:
    """Lines that add up to about the client's usual order."""
    offer = [p for p in products if p.family in client.families and p.launched <= date]
    count = min(1 + rng.poisson(client.segment.extra_lines), len(offer))
    order = client.basket * math.exp(rng.normal(0, 0.3))
    shares = rng.dirichlet(np.full(count, 3.0))
    discount = max(0, client.discount + 5 * int(rng.integers(-1, 2)))
    chosen = rng.choice(len(offer), count, replace=False)
    year = fiscal_year(date)
    return [
        _line(offer[index], year, discount, 100 * order * share)
        for index, share in zip(chosen, shares, strict=True)
    ]


def _line(product: Product, year: int, discount: int, target_cents: float) -> Line:
    price = product.list_cents(year)
    quantity = target_cents / (price * (1 - discount / 1000))
    pack = 10 if quantity > 40 else 1
    return Line(
        product,
        max(1, pack * round(quantity / pack)),
        price,
        discount,
        product.cost_cents(year),
    )


def _credit_note(invoice: Document, rng: np.random.Generator) -> list[Document]:
    """Part of one line comes back some weeks later, at the price it was invoiced."""
    number = next_open(number_of(invoice.date) + int(rng.integers(5, 30)))
    if number >= DAY_COUNT:
        return []
    line = invoice.lines[rng.integers(len(invoice.lines))]
    returned = int(rng.integers(1, line.quantity + 1))
    back = Line(line.product, returned, line.list_cents, line.discount, line.cost_cents)
    return [Document(invoice.client, day(number), [back], source=invoice)]


def _numbered(documents: list[Document]) -> list[Document]:
    """Documents by date, numbered in one series of invoices and one of credit notes a year."""
    documents.sort(key=lambda d: (d.date, d.client.code, d.sign))
    counters: dict[str, int] = defaultdict(int)
    for document in documents:
        letter = "F" if document.sign > 0 else "A"
        series = f"{letter}{fiscal_year(document.date) % 100}"
        counters[series] += 1
        document.number = f"{series}{counters[series]:04d}"
    return documents
