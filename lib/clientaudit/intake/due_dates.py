"""When invoices fall due, where the payments do not say it and the client file gives terms."""

from dataclasses import replace

import duckdb

from clientaudit.intake.mapping.table import MappedTable
from clientaudit.intake.sql import literal
from clientaudit.schema import TABLES

TERMS = "payment_terms_days"
DUE = """
copy (
    with terms as (
        select client_id, any_value(payment_terms_days) as days, any_value({mode}) as mode
        from read_parquet({clients}) where payment_terms_days is not null
        group by client_id having count(distinct (payment_terms_days, {mode})) = 1
    ),
    due as (
        select p.*, mode, cast(invoice_date + to_days(cast(days as integer)) as date) as due
        from read_parquet({payments}) p left join terms using (client_id)
    )
    select * exclude (mode, due), case when mode = 'eom' then last_day(due) else due end as due_date
    from due order by _source, _file, _row
) to {target} (format parquet)
"""


def with_due_dates(
    connection: duckdb.DuckDBPyConnection, mapped: dict[str, MappedTable]
) -> dict[str, MappedTable]:
    """The tables, payments without `due_date` getting it from the terms of their client.

    A due date is the invoice's plus `payment_terms_days`, at the end of that month where
    `terms_mode` is eom; NULL for a client without terms, or with several.
    """
    payments, clients = mapped.get("payments"), mapped.get("clients")
    if (
        not payments
        or not clients
        or "due_date" in payments.columns
        or TERMS not in clients.columns
    ):
        return mapped
    mode = "terms_mode" if "terms_mode" in clients.columns else "NULL"
    path = payments.path.with_name("payments_due.parquet")
    connection.execute(
        DUE.format(
            clients=literal(str(clients.path)),
            payments=literal(str(payments.path)),
            target=literal(str(path)),
            mode=mode,
        )
    )
    path.replace(payments.path)
    known = {*payments.columns, "due_date"}
    columns = tuple(c.name for c in TABLES["payments"].columns if c.name in known)
    return mapped | {"payments": replace(payments, columns=columns)}
