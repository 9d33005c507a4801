"""When invoices were paid; the accounting software only goes back to September 2023."""

import calendar
import datetime as dt
from dataclasses import dataclass

from demo_firm.clients import Client
from demo_firm.days import AS_OF, day, next_open, number_of, stream
from demo_firm.sales import Document, History

FIRST_PAYMENT_YEAR = dt.date(2023, 9, 1)
VAT = 20  # %
SPREAD_DAYS = 5.0


@dataclass(frozen=True)
class Payment:
    """One invoice incl. VAT, and the day it was settled (None: still open)."""

    invoice: Document
    due: dt.date
    paid: dt.date | None
    cents: int
    reminders: int


def payments(history: History) -> list[Payment]:
    """One payment per invoice, in the order of the invoices."""
    rng = stream("payments")
    return [
        payment_of(document, rng.normal(document.client.days_late, SPREAD_DAYS))
        for document in history.documents
        if document.sign > 0 and document.date >= FIRST_PAYMENT_YEAR
    ]


def payment_of(invoice: Document, late: float) -> Payment:
    """How an invoice is paid, `late` days after it is due."""
    due = due_date(invoice.date, invoice.client)
    number = next_open(max(number_of(due) + round(late), number_of(invoice.date) + 1))
    paid = day(number) if day(number) <= AS_OF else None
    overdue = ((paid or AS_OF) - due).days
    return Payment(
        invoice, due, paid, (invoice.net_cents * (100 + VAT) + 50) // 100, max(0, overdue // 20)
    )


def due_date(date: dt.date, client: Client) -> dt.date:
    """Due date under the client's terms: some days net, or those days then the end of the month."""
    due = date + dt.timedelta(client.terms_days)
    if client.terms_mode == "FDM":
        due = due.replace(day=calendar.monthrange(due.year, due.month)[1])
    return due
