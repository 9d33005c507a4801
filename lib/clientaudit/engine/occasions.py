"""Purchase days: one row per client and day, made once from the invoice lines."""

import ibis
from ibis.expr.types import Table, Value

ESTIMATED = "revenue_with_estimated_cost"


def occasions_table(lines: Table) -> Table:
    """What each client bought on each day, in order of client and day.

    lines: one row per invoice line: client_id, date, amount_net, and where mapped doc_id,
        doc_type, product_family, cost_amount, is_estimated. Lines without a client are left out.

    Returns one row per client and day: client_id, date, is_purchase, invoice_count,
    credit_note_count, line_count, new_family_count, revenue, credit_amount, revenue_with_cost,
    cost, gap_days; revenue_with_estimated_cost (a part of revenue_with_cost) where is_estimated is
    a column of the lines.

    A document is a credit note if all its lines are typed so or if its total is negative;
    without document numbers the day is the document. A day is a purchase if at least one of its
    documents is not a credit note, even for a zero amount. A document that
    carries several dates is counted on its first. `new_family_count` counts the families never
    bought before, so that its sum up to any date is the number of families bought by then.
    `gap_days` runs from the previous purchase; null on the first and on days of credit only.
    """
    documents = _documents(_complete(lines))
    days = documents.group_by("client_id", "date").agg(
        is_purchase=(~documents.is_credit).any(),
        invoice_count=documents.count(where=~documents.is_credit & documents.is_new),
        credit_note_count=documents.count(where=documents.is_credit & documents.is_new),
        line_count=whole(documents.line_count.sum()),
        revenue=_money(documents.revenue.sum()),
        credit_amount=_money(documents.revenue.sum(where=documents.is_credit)),
        revenue_with_cost=_money(documents.revenue_with_cost.sum()),
        cost=_money(documents.cost.sum()),
        **{name: _money(documents[name].sum()) for name in (ESTIMATED,) if name in documents},
    )
    days = _with_new_families(days, lines)
    return _with_gaps(days).order_by("client_id", "date")


def whole(total: Value) -> Value:
    """A sum of counts below 2 ** 31 as BIGINT: DuckDB gives 128 bits, which Parquet has not."""
    # A cast to int64 alone is dropped by Ibis, for which the sum is one already.
    return total.cast("int32").cast("int64")


def _complete(lines: Table) -> Table:
    """The columns that documents need, null where the export has none, for lines with a client."""
    types = {"doc_id": "string", "doc_type": "string", "cost_amount": "decimal(18, 4)"}
    missing = {n: ibis.null(t) for n, t in types.items() if n not in lines.columns}
    return lines.filter(lines.client_id.notnull()).mutate(**missing)


def _documents(lines: Table) -> Table:
    """One row per client, day and document."""
    priced = lines.cost_amount.notnull()
    documents = lines.group_by("client_id", "date", "doc_id").agg(
        typed_credit=(lines.doc_type.fill_null("") == "credit_note").all(),
        line_count=lines.count(),
        revenue=lines.amount_net.sum(),
        revenue_with_cost=lines.amount_net.sum(where=priced),
        cost=lines.cost_amount.sum(),
        **_estimated(lines),
    )
    named = documents.filter(documents.doc_id.notnull())
    spread = (
        named.group_by("client_id", "doc_id")
        .agg(first_date=named.date.min(), date_count=named.count())
        .filter(lambda t: t.date_count > 1)
        .drop("date_count")
    )
    joined = documents.left_join(spread, ["client_id", "doc_id"])
    return joined.select(
        documents,
        is_credit=documents.typed_credit | (documents.revenue < 0),
        is_new=spread.first_date.isnull() | (spread.first_date == documents.date),
    )


def _estimated(lines: Table) -> dict[str, Value]:
    if "is_estimated" not in lines.columns:
        return {}
    return {ESTIMATED: lines.amount_net.sum(where=lines.is_estimated)}


def _with_new_families(days: Table, lines: Table) -> Table:
    if "product_family" not in lines.columns:
        return days.mutate(new_family_count=ibis.literal(0, "int64"))
    known = lines.filter(lines.client_id.notnull(), lines.product_family.notnull())
    first = known.group_by("client_id", "product_family").agg(date=known.date.min())
    new = first.group_by("client_id", "date").agg(new_family_count=first.count())
    joined = days.left_join(new, ["client_id", "date"])
    return joined.select(days, new_family_count=new.new_family_count.fill_null(0))


def _with_gaps(days: Table) -> Table:
    history = ibis.window(group_by=[days.client_id, days.is_purchase], order_by=days.date)
    gap = days.date.delta(days.date.lag().over(history), unit="day")
    return days.mutate(gap_days=ibis.ifelse(days.is_purchase, gap, ibis.null("int64")))


def _money(total: Value) -> Value:
    return total.cast("decimal(18, 4)")
