"""Columns that an export lacks, and tables of clients set side by side."""

from collections.abc import Iterable

import ibis
from ibis.expr.types import Table


def completed(table: Table, **types: str) -> Table:
    """The table with the columns that it lacks, null. types: column and its type."""
    return table.mutate(**{n: ibis.null(kind) for n, kind in types.items() if n not in table})


def beside(base: Table, others: Iterable[Table]) -> Table:
    """`base` with the columns of the others. Each has at most one row per client, `client_id`."""
    for other in others:
        base = base.left_join(other, "client_id").drop("client_id_right")
    return base
