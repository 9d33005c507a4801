"""Small firms for the tests: invoice lines as (client, day, amount), the rest filled in."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

import ibis
import pyarrow as pa
from ibis.expr.types import Table

from clientaudit.engine.occasions import occasions_table
from clientaudit.engine.summary import client_summary

MONEY = pa.decimal128(18, 4)
AS_OF = dt.date(2025, 12, 31)
START = dt.date(2020, 1, 1)


def occasions_of(lines: Sequence[tuple]) -> Table:
    """One document per line; a negative amount is a credit note. A fourth value is the cost."""
    rows = [(*line, None)[:4] for line in lines]
    table = pa.table(
        {
            "client_id": pa.array([r[0] for r in rows], pa.string()),
            "date": pa.array([dt.date.fromisoformat(r[1]) for r in rows], pa.date32()),
            "doc_id": pa.array([str(i) for i in range(len(rows))], pa.string()),
            "amount_net": pa.array([Decimal(str(r[2])) for r in rows], MONEY),
            "cost_amount": pa.array(
                [None if r[3] is None else Decimal(str(r[3])) for r in rows], MONEY
            ),
        }
    )
    return occasions_table(ibis.memtable(table))


def summary_of(lines: Sequence[tuple], *, as_of: dt.date = AS_OF, window_months: int = 12) -> Table:
    return client_summary(
        occasions_of(lines), as_of=as_of, window_months=window_months, data_start=START
    )
