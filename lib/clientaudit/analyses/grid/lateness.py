"""Invoices paid after their due date, or not at all: how late, how much, and what that costs."""

import ibis
from ibis.expr.types import Table

from clientaudit.engine.period import Period

YEAR_DAYS = 365
BROKEN_DAYS = 30  # late by so much, the terms are wholly broken; less counts in part [our default]


def late_invoices(payments: Table | None, period: Period) -> Table | None:
    """The invoices that were to be paid in a period, with the days they were late.

    payments: one row per invoice: client_id, invoice_date, due_date, paid_date (null = open),
        amount_incl_vat. None, or without due dates: None.

    Returns one row per invoice due by the end of the period and not paid before it began:
        client_id, amount, late_days (due date to payment, or to the end of the period while
        open), period_days (those of them in the period). Amounts of zero or less are left out:
        nobody owes them. What is paid after the period is still open in it.
    """
    if payments is None or "due_date" not in payments.columns:
        return None
    end = ibis.literal(period.end)
    paid = payments.paid_date if "paid_date" in payments.columns else ibis.null("date")
    known = payments.mutate(settled=ibis.least(paid.fill_null(period.end), end))
    owed = known.filter(
        known.amount_incl_vat > 0,
        known.invoice_date <= end,
        known.due_date <= end,
        (known.due_date > period.start) | (known.settled > period.start),
    )
    begun = ibis.greatest(owed.due_date, ibis.literal(period.start))
    return owed.select(
        "client_id",
        amount=owed.amount_incl_vat,
        late_days=ibis.greatest(owed.settled.delta(owed.due_date, unit="day"), 0),
        period_days=ibis.greatest(owed.settled.delta(begun, unit="day"), 0),
    )


def lateness_table(invoices: Table, *, capital_cost: float) -> Table:
    """How late each client pays, and what the money costs meanwhile.

    invoices: from `late_invoices`. capital_cost: of a year, as a share.

    Returns one row per client: client_id, due_count, late_share (of the amount due), late_days
        (mean days late, weighted by amount; on time counts 0), broken_days (days late, at most 30
        per invoice, added up), late_payment_cost (amount times the days late in the period, over
        365, times `capital_cost`).
    """
    days = invoices.late_days.cast("int64")
    total = invoices.amount.sum().cast("float64")
    carried = (invoices.amount * invoices.period_days.cast("int32")).sum().cast("float64")
    return invoices.group_by("client_id").agg(
        due_count=invoices.count(),
        late_share=invoices.amount.sum(where=days > 0).fill_null(0).cast("float64") / total,
        late_days=(invoices.amount * days.cast("int32")).sum().cast("float64") / total,
        broken_days=ibis.least(days, BROKEN_DAYS).sum().cast("int64"),
        late_payment_cost=carried / YEAR_DAYS * capital_cost,
    )
