"""Costs by margin rates, on lines that can be checked by hand."""

from decimal import Decimal

import ibis
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientaudit.engine.costs import with_estimated_costs

RATES = {
    "product_id": ["P1", "P2", "P3", "P4", "P4", "P5"],
    "family": ["locks", "locks", "keys", "keys", "keys", "bolts"],
    "margin_rate": [0.4, None, 0.5, 0.2, 0.3, None],
}


def products(**columns: list[object]) -> ibis.Table:
    frame = pd.DataFrame(RATES | columns)
    return ibis.memtable(frame.astype({"margin_rate": "float64"}))


def lines(*rows: tuple[str | None, float, float | None], families: list[str] | None = None):
    """Invoice lines from (product, amount, cost)."""
    frame = pd.DataFrame(rows, columns=["product_id", "amount_net", "cost_amount"])
    table = ibis.memtable(frame.assign(product_family=families) if families else frame)
    money = {name: table[name].cast("decimal(18, 4)") for name in ("amount_net", "cost_amount")}
    return table.mutate(product_id=table.product_id.cast("string"), **money)


def costs(table: ibis.Table, rates: ibis.Table) -> list[tuple[Decimal | None, bool]]:
    found = with_estimated_costs(table, rates).execute().sort_values(["amount_net", "product_id"])
    return [
        (None if pd.isna(cost) else cost, bool(is_estimated))
        for cost, is_estimated in zip(found.cost_amount, found.is_estimated, strict=True)
    ]


def test_a_declared_cost_is_kept_and_a_missing_one_estimated():
    found = costs(lines(("P1", 10, 7), ("P1", 20, None)), products())
    assert found == [(Decimal("7.0000"), False), (Decimal("12.0000"), True)]


def test_a_credit_note_takes_its_cost_back():
    assert costs(lines(("P1", -20, None)), products()) == [(Decimal("-12.0000"), True)]


def test_a_product_without_a_rate_has_the_one_rate_of_its_family():
    assert costs(lines(("P2", 10, None)), products()) == [(Decimal("6.0000"), True)]


@pytest.mark.parametrize("product", ["P4", "P5", "P9", None])
def test_several_rates_or_none_are_no_cost(product):
    # P4 has two rates, as its family has; no bolt has one; nobody knows P9.
    assert costs(lines((product, 10, None)), products()) == [(None, False)]


def test_the_family_on_the_line_stands_in_for_an_unknown_product():
    table = lines(("P9", 10, None), (None, 20, None), families=["locks", "keys"])
    assert costs(table, products()) == [(Decimal("6.0000"), True), (None, False)]


def test_lines_without_a_cost_column_are_estimated_too():
    table = lines(("P1", 10, None)).drop("cost_amount")
    assert costs(table, products()) == [(Decimal("6.0000"), True)]


def test_nothing_is_added_where_no_rate_is_known():
    table = lines(("P1", 10, None))
    for rates in (None, products().drop("margin_rate")):
        assert with_estimated_costs(table, rates) is table


@settings(deadline=None, max_examples=15)
@given(st.permutations(range(6)), st.integers(-10_000, 10_000))
def test_neither_order_nor_repeated_rows_of_products_change_a_cost(order, cents):
    table = lines(*((f"P{n}", cents / 100 + n, None) for n in range(1, 6)))
    again = [*order, *order]
    other = products(**{name: [values[i] for i in again] for name, values in RATES.items()})
    assert costs(table, other) == costs(table, products())
