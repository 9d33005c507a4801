"""What serving each client took: lines, deliveries, visits, complaints, as the exports show it."""

from collections.abc import Iterator, Mapping

import ibis
from ibis.expr.types import BooleanValue, Table, Value

from clientaudit.engine.tables import completed

SERVICE, UNFOUNDED, FOUNDED = "service", "unfounded", "founded"
DISPUTES = ("invoice", "price")  # kinds of incident that are about money; the others complain
CHANNELS = {"visit": "visit", "meeting": "visit", "phone": "call"}
OTHER = "other"
COLUMNS = {
    "client_id": "string", "date": "date", "activity": "string", "borne_by": "string",
    "event_count": "int64", "hours": "decimal(18, 4)", "amount": "decimal(18, 4)",
}  # fmt: skip


def service_events(tables: Mapping[str, Table]) -> Table:
    """Everything done for a client that may cost something, over all dates.

    tables: by name lines and occasions, and where there are any contacts, incidents, payments,
        quotes; each as prepared.

    Returns one row per client, date and activity, or per incident and priced contact: client_id,
        date, activity (as in the table costs), borne_by, event_count, hours and amount (what it
        took or cost by the export itself, null where that is not said).

    order_line: invoice lines that credit nothing. delivery: days on which something was delivered;
    where no delivery is dated, invoices. credit_note: documents. return: credited documents with
    a negative quantity. visit, call: contacts either way; other: contacts by another channel that
    carry a cost. reminder: on the due date of the invoice. quote: counted once, however many
    versions. dispute: incidents about an invoice or a price; complaint: all others. Incidents are
    borne_by the client only where they are known as unfounded; founded ones are our own fault, and
    those of which it is not known are left out.
    """
    parts = [_lines(tables["lines"]), _deliveries(tables), _credits(tables["occasions"])]
    parts += _returns(tables["lines"])
    makers = {"contacts": _contacts, "incidents": _incidents, "payments": _reminders,
              "quotes": _quotes}  # fmt: skip
    parts += [make(tables[name]) for name, make in makers.items() if name in tables]
    return ibis.union(*parts)


def unfounded(incidents: Table) -> BooleanValue:
    """Incidents known as unfounded. incidents: `completed` with founded."""
    return ~incidents.founded.fill_null(True)


def _event(table: Table, activity: str | Value, count: Value, **known: Value) -> Table:
    given = {"activity": ibis.literal(activity) if isinstance(activity, str) else activity,
             "borne_by": ibis.literal(SERVICE), "event_count": count} | known  # fmt: skip
    full = completed(table.mutate(**given), hours="decimal(18, 4)", amount="decimal(18, 4)")
    return full.select(**{name: full[name].cast(kind) for name, kind in COLUMNS.items()})


def _counted(table: Table, activity: str) -> Table:
    days = table.group_by("client_id", "date").agg(n=lambda t: t.count())
    return _event(days, activity, days.n)


def _sold(lines: Table) -> Table:
    """The lines of clients that credit nothing."""
    known = completed(lines, doc_type="string")
    credit = (known.doc_type.fill_null("") == "credit_note") | (known.amount_net < 0)
    return known.filter(known.client_id.notnull(), ~credit)


def _lines(lines: Table) -> Table:
    return _counted(_sold(lines), "order_line")


def _deliveries(tables: Mapping[str, Table]) -> Table:
    lines = tables["lines"]
    if "delivered_date" in lines.columns:
        sold = _sold(lines).filter(lambda t: t.delivered_date.notnull())
        days = sold.select("client_id", date=sold.delivered_date).distinct()
        return _event(days, "delivery", ibis.literal(1))
    days = tables["occasions"].filter(lambda t: t.invoice_count > 0)
    return _event(days, "delivery", days.invoice_count)


def _credits(occasions: Table) -> Table:
    days = occasions.filter(occasions.credit_note_count > 0)
    return _event(days, "credit_note", days.credit_note_count)


def _returns(lines: Table) -> Iterator[Table]:
    if "quantity" in lines.columns:
        known = completed(lines, doc_id="string")
        back = known.filter(known.client_id.notnull(), known.amount_net < 0, known.quantity < 0)
        yield _counted(back.select("client_id", "date", "doc_id").distinct(), "return")


def _contacts(contacts: Table) -> Table:
    known = completed(contacts, channel="string", cost="decimal(18, 4)")
    activity = known.channel.fill_null("").substitute(CHANNELS, else_=OTHER)
    shown = known.mutate(activity=activity).filter((activity != OTHER) | known.cost.notnull())
    return _event(shown, shown.activity, ibis.literal(1), amount=shown.cost)


def _incidents(incidents: Table) -> Table:
    known = completed(incidents, founded="boolean", hours="float64")
    judged = known.filter(known.founded.notnull()).rename(date="opened_on")
    return _event(
        judged,
        ibis.ifelse(judged.kind.isin(DISPUTES), "dispute", "complaint"),
        ibis.literal(1),
        borne_by=ibis.ifelse(unfounded(judged), UNFOUNDED, FOUNDED),
        hours=judged.hours.try_cast("decimal(18, 4)"),
    )


def _reminders(payments: Table) -> Table:
    known = completed(payments, reminders="int64", due_date="date")
    sent = known.filter(known.reminders > 0)
    dated = sent.mutate(date=ibis.coalesce(sent.due_date, sent.invoice_date))
    days = dated.group_by("client_id", "date").agg(n=dated.reminders.sum())
    return _event(days, "reminder", days.n)


def _quotes(quotes: Table) -> Table:
    once = quotes.group_by("client_id", "quote_id").agg(date=quotes.date.min())
    return _counted(once, "quote")
