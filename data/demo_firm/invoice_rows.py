"""The sales export, row by row: true invoices, and the rubbish that such exports always hold."""

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np

from demo_firm.days import YEARS, day, fiscal_year, next_open, stream
from demo_firm.sales import Document, History, Line
from demo_firm.team import rep_on

COUNTER_SALES = 36  # lines a year on the accounts DIVERS and COMPTANT
NO_CLIENT = 14  # carriage lines a year without any client
PROFORMAS = {2024: 9, 2025: 11}  # pro-forma invoices, never booked
DUPLICATES = {2024: 14}  # lines that the export wrote twice
DIRTY_YEARS = (2022, 2023)  # client codes were still typed by hand
DIRTY_SHARE = 0.05
REMARK_SHARE = 0.006
REMARKS = ("Livraison chantier", "Franco de port", "Reliquat", "Client prévenu", "Teinte spéciale")
HOSTILE = (
    '=HYPERLINK("x")',
    "<b>Urgent</b>",
    'Poser le modèle "Mistral"; pas le "Tramontane"',
    "Livrer quai 3\nDemander Léon",
    "+33 à rappeler",
    "<script>alert(1)</script>",
)


@dataclass(frozen=True)
class Row:
    """One row of an export: cents, and tenths of a point. `fate` is the rule that drops it."""

    date: dt.date
    doc: str
    line_no: int
    kind: str  # invoice, credit_note or proforma
    client: str
    ref: str
    quantity: int
    list_cents: int
    discount: int
    amount_cents: int
    cost_cents: int
    rep: str = ""
    source: str = ""
    remark: str = ""
    fate: str = "kept"

    @property
    def signed_cents(self) -> int:
        """Net amount as the canonical table has it: a credit note counts against revenue."""
        return -self.amount_cents if self.kind == "credit_note" else self.amount_cents

    @property
    def signed_cost_cents(self) -> int:
        """Cost of the line, turned with the amount."""
        cost = self.cost_cents * self.quantity
        return -cost if self.kind == "credit_note" else cost


def rows_by_year(history: History) -> dict[int, list[Row]]:
    """Rows of each fiscal year's export, in the order of the file (without its TOTAL row)."""
    rng = stream("invoice_rows")
    files: dict[int, list[Row]] = {year: [] for year in YEARS}
    for document in history.documents:
        year = fiscal_year(document.date)
        code = document.client.code
        if year in DIRTY_YEARS and rng.random() < DIRTY_SHARE:
            code = _mistyped(code, rng)
        files[year] += _true_rows(document, code)
    for year, rows in files.items():
        rows += _counter_sales(year, rows, rng) + _no_client(year, rng) + _proformas(rows, year)
        rows.sort(key=lambda row: (row.date, row.doc, row.line_no))
        files[year] = _twice(_remarked(rows, year, rng), year, rng)
    return files


def _true_rows(document: Document, code: str) -> list[Row]:
    kind = "invoice" if document.sign > 0 else "credit_note"
    source = document.source.number if document.source else ""
    return [
        _row(document.date, document.number, rank, line, kind=kind, client=code,
             rep=rep_on(document.client, document.date), source=source)
        for rank, line in enumerate(document.lines, start=1)
    ]  # fmt: skip


def _row(date: dt.date, doc: str, line_no: int, line: Line, **others: str) -> Row:
    return Row(
        date=date,
        doc=doc,
        line_no=line_no,
        ref=line.product.ref,
        quantity=line.quantity,
        list_cents=line.list_cents,
        discount=line.discount,
        amount_cents=line.amount_cents,
        cost_cents=line.cost_cents,
        **others,
    )


def _mistyped(code: str, rng: np.random.Generator) -> str:
    """The same code as a hurried person types it: no leading zeros, lower case, dash or spaces."""
    number, letter = code[:-1], code[-1]
    ways = (
        f"{int(number)}{letter}",
        code.lower(),
        f"{number}-{letter}",
        f"{number[:2]} {number[2:]}{letter}",
        f"  {code} ",
        f"{int(number)}-{letter.lower()}",
    )
    return str(rng.choice(ways))


def _open_date(year: int, rng: np.random.Generator) -> dt.date:
    return day(next_open((year - YEARS[0]) * 365 + int(rng.integers(0, 355))))


def _counter_sales(year: int, rows: list[Row], rng: np.random.Generator) -> list[Row]:
    """Cash sales at the factory shop, all under two accounts that are no clients."""
    like = [rows[index] for index in rng.choice(len(rows), COUNTER_SALES, replace=False)]
    return [
        Row(
            date=_open_date(year, rng),
            doc=f"C{year % 100}{rank:03d}",
            line_no=1,
            kind="invoice",
            client=str(rng.choice(("DIVERS", "COMPTANT"))),
            ref=row.ref,
            quantity=1,
            list_cents=row.list_cents,
            discount=0,
            amount_cents=row.list_cents,
            cost_cents=row.cost_cents,
            fate="counter_sale",
        )
        for rank, row in enumerate(like, start=1)
    ]


def _no_client(year: int, rng: np.random.Generator) -> list[Row]:
    """Carriage charged on, typed without a client."""
    return [
        Row(
            date=_open_date(year, rng),
            doc=f"D{year % 100}{rank:03d}",
            line_no=1,
            kind="invoice",
            client="",
            ref="PORT",
            quantity=1,
            list_cents=cents,
            discount=0,
            amount_cents=cents,
            cost_cents=0,
            fate="no_client",
        )
        for rank, cents in enumerate(rng.integers(900, 4500, NO_CLIENT).tolist(), start=1)
    ]


def _proformas(rows: list[Row], year: int) -> list[Row]:
    """Pro-forma copies of some first lines, in a series of their own."""
    first = [row for row in rows if row.kind == "invoice" and row.line_no == 1]
    step = len(first) // (PROFORMAS.get(year, 0) + 1)
    return [
        replace(
            first[rank * step], doc=f"P{year % 100}{rank:03d}", kind="proforma", fate="proforma"
        )
        for rank in range(1, PROFORMAS.get(year, 0) + 1)
    ]


def _remarked(rows: list[Row], year: int, rng: np.random.Generator) -> list[Row]:
    """Free text on a few lines; the two last years also hold every hostile remark."""
    remarks = {int(i): str(rng.choice(REMARKS)) for i in np.flatnonzero(
        rng.random(len(rows)) < REMARK_SHARE)}  # fmt: skip
    if year in YEARS[-2:]:
        remarks |= {501 * (rank + 1): text for rank, text in enumerate(HOSTILE)}
    return [
        replace(row, remark=remarks[i]) if i in remarks and row.fate == "kept" else row
        for i, row in enumerate(rows)
    ]


def _twice(rows: list[Row], year: int, rng: np.random.Generator) -> list[Row]:
    """Some kept lines a second time, right after the first."""
    kept = [i for i, row in enumerate(rows) if row.fate == "kept"]
    again = set(rng.choice(kept, DUPLICATES.get(year, 0), replace=False).tolist())
    return [
        copy
        for i, row in enumerate(rows)
        for copy in ((row, replace(row, fate="duplicate")) if i in again else (row,))
    ]
