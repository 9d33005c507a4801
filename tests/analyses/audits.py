"""Small audits for the tests: canonical tables as literal rows, everything else filled in."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import ibis
import pyarrow as pa
from ibis.expr.types import Table

from clientaudit.engine.occasions import occasions_table
from clientaudit.engine.summary import client_summary
from clientaudit.schema import TABLES
from clientaudit.settings import Thresholds

AS_OF = dt.date(2025, 12, 31)
TYPES = {
    "text": pa.string(),
    "enum": pa.string(),
    "date": pa.date32(),
    "money": pa.decimal128(18, 4),
    "decimal": pa.float64(),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
}
Row = dict[str, Any]


def table_of(name: str, rows: Sequence[Row], columns: Sequence[str] = ()) -> Table:
    """A canonical table with the columns that any row names, of their types; or those given."""
    named = columns or list(dict.fromkeys(key for row in rows for key in row))
    kinds = {column: TABLES[name].column(column).kind for column in named}
    arrays = {
        column: pa.array([_value(row.get(column), kind) for row in rows], TYPES[kind])
        for column, kind in kinds.items()
    }
    return ibis.memtable(pa.table(arrays))


def audit_of(
    sales: Sequence[tuple[Any, ...]], *, as_of: dt.date = AS_OF, **tables: Sequence[Row] | Table
) -> Any:
    """An audit of invoice lines (client, day, amount, cost or nothing), one document each.

    tables: further ones, as rows or as tables; transactions replaces the lines.
    """
    thresholds = Thresholds(**tables.pop("thresholds", {}))  # type: ignore[arg-type]
    given = {n: t if isinstance(t, Table) else table_of(n, t) for n, t in tables.items()}
    rows = [
        {"client_id": c, "date": day, "amount_net": amount, "cost_amount": (*cost, None)[0],
         "doc_id": str(place)}
        for place, (c, day, amount, *cost) in enumerate(sales)
    ]  # fmt: skip
    columns = ("client_id", "date", "amount_net", "cost_amount", "doc_id")
    lines = given.pop("transactions", None)
    lines = table_of("transactions", rows, columns) if lines is None else lines
    occasions = occasions_table(lines)
    months = thresholds.window_months
    return SimpleNamespace(
        as_of=as_of,
        thresholds=thresholds,
        engagement=SimpleNamespace(fiscal_year_start=1),
        table=given.get,
        lines=lines,
        occasions=occasions,
        summary=client_summary(occasions, as_of=as_of, window_months=months),
    )


def _value(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "date":
        return dt.date.fromisoformat(value)
    return Decimal(str(value)) if kind == "money" else value
