"""Whole orders: a purchase day with the credit notes that follow it."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyses.audits import audit_of
from clientaudit.engine.orders import order_sums
from clientaudit.engine.period import period_to

AS_OF = dt.date(2025, 12, 31)
YEAR = period_to(AS_OF, 12)
sales = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.integers(-40, 400).map(lambda days: str(AS_OF - dt.timedelta(days=days))),
        st.integers(-500, 900).map(lambda cents: cents / 100),
        st.integers(-500, 900).map(lambda cents: cents / 100),
    ),
    min_size=1,
    max_size=20,
)


@settings(max_examples=25)
@given(sales, st.booleans())
def test_orders_equal_a_plain_computation(rows, of_margin):
    table = order_sums(audit_of(rows).occasions, YEAR, of_margin=of_margin)
    found = table.execute().set_index("client_id")
    frame = pd.DataFrame(rows, columns=["client", "day", "amount", "cost"])
    frame = frame[frame.day.between("2025-01-01", "2025-12-31")]
    frame["worth"] = frame.amount - (frame.cost if of_margin else 0)
    assert set(found.index) == set(frame.client)
    for client, part in frame.groupby("client"):
        orders, loose = [], 0.0
        for _, day in part.groupby("day"):
            if (day.amount >= 0).any():
                orders.append(day.worth.sum() + loose)
                loose = 0.0
            elif orders:
                orders[-1] += day.worth.sum()
            else:
                loose += day.worth.sum()
        row = found.loc[client]
        orders = [round(order, 4) for order in orders]
        assert row.order_count == len(orders)
        assert row.margin_sum == pytest.approx(part.worth.sum(), abs=1e-9)
        assert row.gross_sum == pytest.approx(sum(map(abs, orders)))
        assert row.margin_square_sum == pytest.approx(sum(order**2 for order in orders))
        assert row.loss_count == sum(order < 0 for order in orders)


def test_the_first_day_of_the_period_is_in_it_and_the_last_of_the_one_before_is_not():
    rows = [("a", day, 10) for day in ("2024-12-31", "2025-01-01", "2025-12-31", "2026-01-01")]
    found = order_sums(audit_of(rows).occasions, YEAR, of_margin=False).execute()
    assert found["order_count"].tolist() == [2]


def test_the_square_of_a_large_order_is_exact():
    rows = [("a", "2025-05-05", 100_000.25)]
    found = order_sums(audit_of(rows).occasions, YEAR, of_margin=False).execute()
    assert found["margin_square_sum"].tolist() == [100_000.25**2]
