"""An order of rows that neither the engine's threads nor a client's code decides."""

from ibis.expr.types import Table


def by_values(table: Table) -> Table:
    """The clients in order of their values, then of their codes.

    table: one row per client, with client_id. Sums of floats over its rows are the same bits from
    run to run and when clients are renamed: only equal rows can change places.
    """
    return table.order_by([name for name in table.columns if name != "client_id"] + ["client_id"])
