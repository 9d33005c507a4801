"""The prepared tables: codes become clients, the perimeter is applied."""

from decimal import Decimal
from pathlib import Path

import duckdb

from clientaudit.errors import AuditError
from clientaudit.intake.identity import CODES, STAFF, STAFF_COLUMNS
from clientaudit.intake.mapping.table import MappedTable, RuleCount
from clientaudit.intake.sql import copy_sql, identifier, literal
from clientaudit.settings import Engagement

# What tells who a client is, or is free text: no pseudonymised table keeps it.
IDENTIFYING = ("name", "siren", "siret", "postal_code", "strategic_reason", "would_return_if")
ORIGIN = ("_source", "_file", "_row")
CLIENT_COLUMNS = ("client_id", "group_id", "referred_by")


def prepared_path(table: MappedTable, folder: Path) -> Path:
    """Where a table is prepared: lines.parquet for transactions, else under its own name."""
    return folder / f"{'lines' if table.name == 'transactions' else table.name}.parquet"


def write_prepared(
    connection: duckdb.DuckDBPyConnection, engagement: Engagement, table: MappedTable, target: Path
) -> None:
    """Write one prepared table: `client_id` is the client, `account_id` its code in the source.

    Transactions are kept within the perimeter, in no stated order; the other tables keep theirs.
    In mode pseudonyms the identifying columns are left out, and the firm's people have pseudonyms.
    """
    is_lines = table.name == "transactions"
    where = f"where {perimeter_sql(engagement)}" if is_lines and engagement.perimeter else ""
    rows = (
        f"select {_columns(engagement, table)} from read_parquet({literal(str(table.path))}) as t "
        f"{_codes(table)} {_staff(engagement, table)} {where}"
    )
    if not is_lines:
        rows += f" order by {', '.join(ORIGIN)}"
    connection.execute(copy_sql(rows, target))


def perimeter_sql(engagement: Engagement) -> str:
    """The condition that a transaction of the perimeter meets."""
    tests = [
        f"coalesce(t.{identifier(column)} in ({', '.join(literal(v) for v in values)}), false)"
        for column, values in engagement.perimeter.items()
    ]
    return " and ".join(tests) or "true"


def perimeter_rule(
    connection: duckdb.DuckDBPyConnection, engagement: Engagement, table: MappedTable
) -> tuple[RuleCount, ...]:
    """How many lines, and how much revenue per year, the perimeter leaves out.

    Raises AuditError if the perimeter names a column that the transactions do not map.
    """
    if not engagement.perimeter:
        return ()
    missing = [name for name in engagement.perimeter if name not in table.columns]
    if missing:
        raise AuditError(
            f'perimeter: the transactions map no column "{missing[0]}"; they map '
            f"{', '.join(table.columns)}."
        )
    rows = connection.execute(
        "select coalesce(year(date)::varchar, ''), count(*), sum(amount_net) "
        f"from read_parquet({literal(str(table.path))}) t where not ({perimeter_sql(engagement)}) "
        "group by 1 order by 1"
    ).fetchall()
    text = "; ".join(f"{name} in {', '.join(v)}" for name, v in engagement.perimeter.items())
    revenue = {year: Decimal(amount) for year, _, amount in rows}
    count = sum(n for _, n, _ in rows)
    return (RuleCount("transactions", 0, "perimeter", text, "perimeter", count, revenue),)


def write_rejected(
    connection: duckdb.DuckDBPyConnection, engagement: Engagement, work: Path, out: Path
) -> None:
    """Gather the rows that were not kept, with the reason, as rejected_rows.parquet.

    In mode pseudonyms the text of the rows, which tells who they are about, is left out.
    """
    parts = sorted(work.glob("rejected_rows_*.parquet"))
    if not parts:
        return
    files = ", ".join(literal(str(part)) for part in parts)
    hidden = " exclude (row)" if engagement.privacy.mode == "pseudonyms" else ""
    rows = f"select *{hidden} from read_parquet([{files}], union_by_name = true)"
    connection.execute(copy_sql(rows, out / "rejected_rows.parquet"))


def _columns(engagement: Engagement, table: MappedTable) -> str:
    hidden = IDENTIFYING if engagement.privacy.mode == "pseudonyms" else ()
    renamed = _staff_columns(engagement, table)
    selected = []
    for name in (*table.columns, *ORIGIN):
        if name == "client_id":
            selected += ["client_id_code.client_id", "client_id_code.account_name as account_id"]
        elif name in CLIENT_COLUMNS:
            selected.append(f"{name}_code.client_id as {name}")
        elif name in renamed:
            selected.append(f"{name}_staff.name as {name}")
        elif name not in hidden:
            selected.append(f"t.{identifier(name)}")
    return ", ".join(selected)


def _codes(table: MappedTable) -> str:
    """One look-up per column that holds a client's code."""
    return " ".join(
        f"left join {CODES} {name}_code on {name}_code.account_id = t.{name}"
        for name in CLIENT_COLUMNS
        if name in table.columns
    )


def _staff(engagement: Engagement, table: MappedTable) -> str:
    """One look-up per column that holds the code of one of the firm's people."""
    return " ".join(
        f"left join {STAFF} {name}_staff on {name}_staff.code = t.{name}"
        for name in _staff_columns(engagement, table)
    )


def _staff_columns(engagement: Engagement, table: MappedTable) -> list[str]:
    """The columns whose people get pseudonyms."""
    if engagement.privacy.mode != "pseudonyms":
        return []
    return [name for name in STAFF_COLUMNS if name in table.columns]
