"""Totals that stand among the lines: rows labelled so, and invoices that repeat their total."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import duckdb

from clientaudit.intake.quality.check import MATERIAL, Check, check, flag, share
from clientaudit.intake.sql import literal

LABEL = (
    r"((SOUS|GRAND)[ -]?)?(TOTAL|TOTAUX|SUBTOTAL|SOMME|CUMUL)([ :-].*)?"
    r"|(A |TO )?REPORT(ER)?( A NOUVEAU)?|(TO BE )?(CARRIED|BROUGHT) FORWARD|SOLDE|BALANCE"
)
MIN_INVOICES = 10
MANY_INVOICES = 0.5
MANY_LINES = 1_000_000
PART = 16


@dataclass(frozen=True)
class TotalRows:
    """Lines that look like totals.

    labelled_*: lines without an invoice number whose client code says total. unnumbered_*: lines
    without an invoice number in files of which most lines have one. totalled_invoices:
    invoices with a line equal to the sum of their others, in the files where half of the invoices
    of several lines are so; totalled_revenue: what these lines repeat.
    """

    labelled_rows: int = 0
    labelled_revenue: Decimal = Decimal(0)
    totalled_invoices: int = 0
    totalled_revenue: Decimal = Decimal(0)
    unnumbered_rows: int = 0
    unnumbered_revenue: Decimal = Decimal(0)


NO_TOTALS = TotalRows()


def total_rows(
    connection: duckdb.DuckDBPyConnection, lines: Path, columns: Iterable[str]
) -> TotalRows:
    """Count the lines that look like totals. lines: prepared invoice lines; columns: mapped."""
    table = f"read_parquet({literal(str(lines))})"
    has_invoices = "doc_id" in columns
    unnumbered = f"{table} where doc_id is null" if has_invoices else table
    labelled = connection.execute(_LABELLED.format(lines=unnumbered)).fetchall()
    found = TotalRows(*labelled[0])
    if not has_invoices:
        return found
    invoices, repeated = _totalled(connection, table)
    rows, revenue = connection.execute(_UNNUMBERED.format(lines=table)).fetchall()[0]
    return replace(
        found,
        totalled_invoices=invoices,
        totalled_revenue=repeated,
        unnumbered_rows=rows,
        unnumbered_revenue=revenue,
    )


def _totalled(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[int, Decimal]:
    """Invoices with a line equal to the sum of the others, and those lines' sum.

    Of many invoices a part is looked at first: totals stand in one half of them at least, or not.
    """
    rows = connection.execute(f"select count(*) from {table}").fetchall()
    samples = ["true"] if rows[0][0] < MANY_LINES else [f"hash(doc_id) % {PART} = 0", "true"]
    found = (0, Decimal(0))
    for sample in samples:
        found = connection.execute(_TOTALLED.format(lines=table, sample=sample)).fetchall()[0]
        if not found[0]:
            break
    return found


def unnumbered_lines(found: TotalRows, revenue: Decimal) -> Check:
    """Lines without an invoice number where the others have one: totals, balances, entries.

    revenue: of all lines.
    """
    part = share(abs(found.unnumbered_revenue), abs(revenue))
    return check(
        "unnumbered_lines",
        flag(part >= MATERIAL),
        "{rows:int} {rows:plural:line bears|lines bear} no invoice number where most others do, "
        "worth {revenue:money} ({share:pct} of revenue): summaries, balances or entries may stand "
        "among the sales."
        if found.unnumbered_rows
        else "No line lacks the invoice number that the others have.",
        {
            "rows": found.unnumbered_rows,
            "revenue": float(found.unnumbered_revenue),
            "share": part,
        },
        bias="If they sum up others, revenue is too high; if they are sales, purchases are counted "
        "by day instead of by invoice.",
        request="what the lines without an invoice number are",
    )


def total_rows_check(found: TotalRows) -> Check:
    """Totals among the lines, which count the sales below them twice."""
    repeated = found.totalled_invoices > 0
    sentence = "No line looks like a total of others."
    if repeated:
        sentence = (
            "{invoices:int} {invoices:plural:invoice holds|invoices hold} a line equal to the sum "
            "of the others, worth {revenue:money}: totals of invoices seem to stand among them."
        )
    elif found.labelled_rows:
        sentence = (
            "{rows:int} {rows:plural:line bears|lines bear} the word total for a client code, "
            "worth {revenue:money}."
        )
    return check(
        "total_rows",
        flag(repeated or found.labelled_rows > 0),
        sentence,
        {
            "rows": found.labelled_rows,
            "invoices": found.totalled_invoices,
            "revenue": float(found.totalled_revenue if repeated else found.labelled_revenue),
        },
        bias="Sales are counted twice: revenue is too high.",
        request="the invoice lines without their totals, or what marks a total, to drop these rows",
    )


_LABELLED = f"""
select coalesce(sum(lines), 0)::bigint, coalesce(sum(revenue), 0)
from (
    select client_id, count(*) as lines, sum(amount_net) as revenue
    from {{lines}} group by client_id
)
where regexp_full_match(strip_accents(upper(client_id)), {literal(LABEL)})
"""
_UNNUMBERED = """
select coalesce(sum(rows - numbered), 0)::bigint, coalesce(sum(unnumbered), 0) from (
    select count(*) as rows, count(doc_id) as numbered,
        sum(amount_net) filter (doc_id is null) as unnumbered
    from {lines} group by _file
) where 2 * numbered > rows
"""
_TOTALLED = f"""
with invoices as (
    select _file, count(*) as lines, sum(amount_net) as total,
        if(sum(amount_net) < 0, min(amount_net), max(amount_net)) as largest
    from {{lines}} where doc_id is not null and {{sample}}
    group by _file, hash(client_id, doc_id, date)
),
files as (
    select count(*) as invoices, count(*) filter (2 * largest = total) as totalled,
        sum(largest) filter (2 * largest = total) as repeated
    from invoices where lines > 1 and total <> 0 group by _file
)
select coalesce(sum(totalled), 0)::bigint, coalesce(sum(repeated), 0)
from files where totalled >= greatest({MIN_INVOICES}, {MANY_INVOICES} * invoices)
"""
