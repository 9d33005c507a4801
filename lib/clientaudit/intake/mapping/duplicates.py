"""Duplicate lines: the first in file order stays, the others are counted and kept aside."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from clientaudit.errors import AuditError
from clientaudit.intake.mapping.plan import SourcePlan
from clientaudit.intake.sql import identifier
from clientaudit.settings.model import nearest

WHOLE_LINE = ["all"]


@dataclass(frozen=True)
class UnlikeDuplicates:
    """Lines set aside by `unique` whose amount is not that of the line that stays.

    rows: how many. kept, other: the amount of the lines that stay, and of those set aside.
    """

    rows: int = 0
    kept: Decimal = Decimal(0)
    other: Decimal = Decimal(0)


ALL_ALIKE = UnlikeDuplicates()


def unlike_duplicates(
    connection: duckdb.DuckDBPyConnection, tables: Iterable[str]
) -> UnlikeDuplicates:
    """What the duplicates of all sources hide. tables: as `write_duplicates` names them."""
    if not (rows := " union all ".join(f"from {table}" for table in tables)):
        return ALL_ALIKE
    found = connection.execute(
        "select count(*), coalesce(sum(first_after), 0), coalesce(sum(after), 0) "
        f"from ({rows}) where after is distinct from first_after"
    ).fetchall()
    return UnlikeDuplicates(*found[0])


def write_duplicates(connection: duckdb.DuckDBPyConnection, plan: SourcePlan) -> str | None:
    """Write the rows that repeat an earlier one, None where the source asks for no `unique`.

    Table: _file, _row of the duplicate, first_file, first_row of the line that stays, year, the
    revenue of the duplicate (after) and of the line that stays (first_after). `all` compares every
    column of the source as it stands; a list compares canonical values, where empty equals empty,
    but a row whose key is wholly empty repeats nothing. The rows whose key is alone are told by a
    64-bit hash in one pass; only the others are compared.
    Raises AuditError if `unique` names a column that is not mapped.
    """
    if plan.source.unique is None:
        return None
    keys = _keys(plan)
    named = ", ".join(keys)
    filled = " or ".join(f"{key} is not null" for key in keys)
    rows = f"select * from ({plan.sql}) where step = 0 and ({filled})"
    base = identifier(f"{plan.raw.relation} repeated")
    table = identifier(f"{plan.raw.relation} duplicates")
    connection.execute(
        f"create or replace temp table {base} as select hash({named}) as h from ({rows}) "
        "group by h having count(*) > 1"
    )
    window = f"over (partition by {named} order by _file, _row)"
    connection.execute(
        f"create or replace temp table {table} as select * from ("
        f"select _file, _row, year, after, first_value(_file) {window} as first_file, "
        f"first_value(_row) {window} as first_row, "
        f"first_value(after) {window} as first_after from ({rows}) "
        f"where hash({named}) in (from {base})) where (_file, _row) <> (first_file, first_row)"
    )
    connection.execute(f"drop table {base}")
    return table


def _keys(plan: SourcePlan) -> list[str]:
    unique = plan.source.unique or []
    if unique == WHOLE_LINE:
        return ["raw_line"]
    unknown = [name for name in unique if name not in plan.query.names]
    if unknown:
        known = [*plan.query.names, "all"]
        raise AuditError(
            f'{plan.query.table}, unique: the column "{unknown[0]}" is not mapped; '
            f"{nearest(unknown[0], known)}"
        )
    return [f"o_{name}" for name in dict.fromkeys(unique)]
