"""Whole orders: a purchase day with the credit notes that follow it."""

import ibis
from ibis.expr.types import Table

from clientaudit.engine.period import Period

SUM = "decimal(38, 8)"  # of squares of DECIMAL(18, 4), exact in any order
WIDE = "decimal(19, 4)"  # DuckDB squares DECIMAL(18, 4) in 64 bits: no order above 100,000


def order_sums(occasions: Table, period: Period, *, of_margin: bool) -> Table:
    """What the orders of a period brought each client's account, one order at a time.

    occasions: from `occasions_table`. of_margin: margin on the lines whose cost is known, else
    revenue.

    Returns one row per client with a line in the period: client_id, order_count, margin_sum,
        gross_sum (of amounts without their sign), margin_square_sum, loss_count (orders below
        zero).

    An order is a purchase day; a day of credit notes only is netted into the order before it, or
    into the first of the period, so that the sums of a client add up to its period. One that has
    credit notes only has no order, and their amount as margin_sum.
    """
    seen = occasions.filter(period.holds(occasions.date))
    cost = ibis.ifelse(of_margin, seen.cost, ibis.null("decimal(18, 4)"))
    base = seen.revenue_with_cost if of_margin else seen.revenue
    dated = ibis.window(group_by=seen.client_id, order_by=seen.date, following=0)
    days = seen.select(
        "client_id",
        "is_purchase",
        number=ibis.greatest(seen.is_purchase.sum().over(dated), 1),
        amount=base.fill_null(0) - cost.fill_null(0),
    )
    orders = days.group_by("client_id", "number").agg(
        is_order=days.is_purchase.any(),
        amount=days.amount.sum().cast("decimal(18, 4)"),
    )
    real = orders.is_order
    wide = orders.amount.cast(WIDE)
    square = wide * wide
    return orders.group_by("client_id").agg(
        order_count=orders.count(where=real),
        margin_sum=orders.amount.sum().cast("float64"),
        gross_sum=orders.amount.abs().sum(where=real).fill_null(0).cast("float64"),
        margin_square_sum=square.sum(where=real).cast(SUM).fill_null(0).cast("float64"),
        loss_count=orders.count(where=real & (orders.amount < 0)),
    )
