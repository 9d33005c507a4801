"""What the accounts say: class 70 taken apart, and how long clients take to pay."""

import datetime as dt

import ibis
import numpy as np
import pandas as pd
from ibis.expr.types import Table

from clientaudit.findings import Finding
from clientaudit.intake.facts import IntakeFacts
from clientaudit.models.medians import grouped_median

MATURE_DAYS = 180  # younger invoices may still be paid within this time
DAYS_TO_PAY = (
    "Half of the invoices are paid within {median:int} days (between {low:int} and {high:int} "
    "with 95% confidence), over {n:int} invoices of {clients:int} clients that are at least "
    "{days:int} days old."
)
TOO_LONG = (
    "It is not known within how many days half of the invoices are paid: it may be more than "
    "{days:int}."
)
REASONS = ("cash", "accrued", "opening", "closing", "other", "shared")
LABELS = {
    "start": "Start",
    "end": "End",
    "path": "File",
    "entry_count": "Entries",
    "class_70_amount": "Class 70",
    "clients_amount": "Clients",
    "invoice_year": "Year of invoice",
    "invoices_count": "Invoices",
    "paid_count": "Paid",
    "open_count": "Open",
    "paid_amount": "Amount paid, incl. VAT",
    "open_amount": "Amount open, incl. VAT",
    "median_days": "Median days to pay",
    "cash_amount": "Paid at once",
    "accrued_amount": "Accruals",
    "opening_amount": "Opening entries",
    "closing_amount": "Closing entries",
    "other_amount": "No customer account",
    "shared_amount": "Cents left of shared entries",
}


def class_70_frame(facts: IntakeFacts) -> pd.DataFrame:
    """One row per year of the accounting file: class 70, the clients' part, the rest by reason.

    class_70_amount is the sum of what stands to its right, to the cent; reasons that no year
    has are left out. No row without a FEC.
    """
    years = facts.fec.years if facts.fec else ()
    present = [name for name in REASONS if any(year.set_aside.get(name) for year in years)]
    rows = [
        {
            "path": year.path,
            "start": year.first,
            "end": year.last,
            "entry_count": year.entries,
            "class_70_amount": float(year.class_70),
            "clients_amount": float(year.clients),
        }
        | {f"{name}_amount": float(year.set_aside.get(name, 0)) for name in present}
        for year in years
    ]
    return pd.DataFrame(rows)


def payments_table(payments: Table | None, *, as_of: dt.date) -> Table | None:
    """The invoices up to the cut-off date, with what was known of them on that day.

    payments: one row per invoice: client_id, invoice_date, paid_date (null = open),
        amount_incl_vat; due_date where it is known. None where there are none.

    Returns one row per invoice: client_id, invoice_date, amount_incl_vat, days_to_pay (null =
    open), late_days (after the due date, of what is paid or overdue; null where it is not due).
    """
    if payments is None:
        return None
    day = ibis.literal(as_of)
    known = payments.filter(payments.invoice_date <= day)
    paid = ibis.ifelse(known.paid_date <= day, known.paid_date, ibis.null("date"))
    late = ibis.null("int64")
    if "due_date" in payments.columns:
        late = ibis.ifelse(
            known.due_date <= day, paid.fill_null(day).delta(known.due_date, unit="day"), None
        )
    return known.select(
        "client_id",
        "invoice_date",
        "amount_incl_vat",
        days_to_pay=paid.delta(known.invoice_date, unit="day"),
        late_days=late,
    )


def payments_frame(payments: Table | None, *, as_of: dt.date) -> pd.DataFrame:
    """One row per calendar year of invoice: how many are paid and open, and in how many days.

    payments: as `payments_table` takes it. The median counts an open invoice as not paid yet:
    it is given where more than half of the year's invoices are paid.
    """
    known = payments_table(payments, as_of=as_of)
    if known is None:
        return pd.DataFrame()
    is_paid = known.days_to_pay.notnull()
    frame: pd.DataFrame = (
        known.group_by(invoice_year=known.invoice_date.year().cast("string"))
        .agg(
            invoices_count=known.count(),
            paid_count=is_paid.sum(),
            open_count=(~is_paid).sum(),
            paid_amount=known.amount_incl_vat.sum(where=is_paid).fill_null(0).cast("float64"),
            open_amount=known.amount_incl_vat.sum(where=~is_paid).fill_null(0).cast("float64"),
            median_days=known.days_to_pay.cast("float64").fill_null(np.inf).median(),
        )
        .order_by("invoice_year")
        .execute()
    )
    frame["median_days"] = frame["median_days"].replace(np.inf, np.nan)
    return frame


def payments_findings(payments: Table | None, *, as_of: dt.date, min_cell: int) -> list[Finding]:
    """How many invoices are paid, in how many days, and how many late, or why that is unknown.

    payments: as `payments_table` takes it. min_cell: clients under which no median is given.
    """
    known = payments_table(payments, as_of=as_of)
    if known is None:
        return [
            Finding(
                "intake.days_to_pay",
                "Days to pay are not computed: there are no payments; ask for the invoices with "
                "their payment dates, or for the accounting file (FEC).",
                verdict="REFUSE",
            )
        ]
    mature = known.filter(known.invoice_date <= as_of - dt.timedelta(MATURE_DAYS))
    days = mature.group_by("client_id", "days_to_pay").agg(n=mature.count()).execute()
    return [_paid(known), _days_to_pay(days, min_cell), _late(known)]


def _paid(known: Table) -> Finding:
    is_paid = known.days_to_pay.notnull()
    row = known.agg(
        paid=is_paid.sum().fill_null(0),
        invoices=known.count(),
        amount=known.amount_incl_vat.sum(where=is_paid).fill_null(0).cast("float64"),
        total=known.amount_incl_vat.sum().fill_null(0).cast("float64"),
    ).execute()
    values = row.iloc[0].to_dict()
    paid, invoices = int(values["paid"]), int(values["invoices"])
    return Finding(
        "intake.invoices_paid",
        "{paid:int} of {invoices:int} invoices are paid, {amount:money} of {total:money} including "
        "VAT; {open:int} {open:plural:is|are} open.",
        values | {"paid": paid, "invoices": invoices, "open": invoices - paid},
        n=invoices,
        evidence="intake_payments",
    )


def _days_to_pay(days: pd.DataFrame, min_cell: int) -> Finding:
    """days: client_id, days_to_pay, n, of the invoices that are old enough."""
    groups, clients = pd.factorize(days["client_id"])
    if len(clients) < min_cell:
        return Finding(
            "intake.days_to_pay",
            "Days to pay are not computed: too few clients have an invoice of {days:int} days or "
            "more.",
            {"days": MATURE_DAYS},
            verdict="REFUSE",
        )
    values = days["days_to_pay"].fillna(np.inf).to_numpy(np.float64)
    found = grouped_median(values, days["n"].to_numpy(), groups)
    known = found.high <= MATURE_DAYS
    said: dict[str, float] = {"n": found.n, "clients": found.groups, "days": MATURE_DAYS}
    if known:
        said |= {"median": found.median, "low": found.low, "high": found.high}
    return Finding(
        "intake.days_to_pay",
        DAYS_TO_PAY if known else TOO_LONG,
        said,
        interval=(found.low, found.high) if known else None,
        n=found.n,
        evidence="intake_payments",
    )


def _late(known: Table) -> Finding:
    row = known.agg(
        due=known.late_days.count(), late=(known.late_days > 0).sum().fill_null(0)
    ).execute()
    due, late = (int(value) for value in row.iloc[0])
    if not due:
        return Finding(
            "intake.late_invoices",
            "Late payment is not computed: no due date is known; ask for the payment terms of "
            "every client, in days.",
            verdict="REFUSE",
        )
    return Finding(
        "intake.late_invoices",
        "{late:int} of the {due:int} invoices due were paid late or are overdue ({share:pct}).",
        {"late": late, "due": due, "share": late / due},
        n=due,
        evidence="intake_payments",
    )
