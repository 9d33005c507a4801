"""Purchase days, on cases that can be checked by hand."""

import datetime as dt
from decimal import Decimal

import ibis
import pandas as pd
import pytest

from clientaudit.engine.occasions import occasions_table

JAN = dt.date(2026, 1, 1)


def lines(*rows: tuple[str | None, int, str | None, float], **columns: list[object]) -> ibis.Table:
    """Invoice lines from (client, day of January, document, amount)."""
    frame = pd.DataFrame(rows, columns=["client_id", "day", "doc_id", "amount_net"])
    frame["date"] = [JAN + dt.timedelta(days=int(day) - 1) for day in frame.day]
    table = ibis.memtable(frame.drop(columns="day").assign(**columns))
    return table.mutate(
        date=table.date.cast("date"),
        amount_net=table.amount_net.cast("decimal(18, 4)"),
        client_id=table.client_id.cast("string"),
        doc_id=table.doc_id.cast("string"),
    )


def days(table: ibis.Table) -> pd.DataFrame:
    return occasions_table(table).execute()


def test_two_invoices_of_one_day_are_one_occasion() -> None:
    found = days(lines(("a", 1, "F1", 10), ("a", 1, "F2", 5), ("a", 9, "F3", 1)))
    assert found.invoice_count.tolist() == [2, 1]
    assert found.revenue.tolist() == [Decimal("15.0000"), Decimal("1.0000")]
    assert found.gap_days.tolist()[1] == 8


def test_the_sign_is_judged_per_document_then_days_are_merged() -> None:
    found = days(lines(("a", 1, "F1", 10), ("a", 1, "F1", -4), ("a", 1, "C1", -30))).iloc[0]
    assert found.is_purchase
    assert (found.invoice_count, found.credit_note_count) == (1, 1)
    assert found.credit_amount == Decimal("-30.0000")
    assert found.revenue == Decimal("-24.0000")


def test_a_credit_note_day_is_no_purchase_and_breaks_no_gap() -> None:
    found = days(lines(("a", 1, "F1", 10), ("a", 3, "C1", -2), ("a", 8, "F2", 10)))
    assert found.is_purchase.tolist() == [True, False, True]
    assert found.gap_days.isna().tolist() == [True, True, False]
    assert found.gap_days.iloc[2] == 7


def test_a_zero_invoice_is_a_purchase() -> None:
    assert days(lines(("a", 1, "F1", 0))).is_purchase.all()


def test_a_document_typed_credit_note_is_one_whatever_its_sign() -> None:
    found = days(lines(("a", 1, "A1", 12), doc_type=["credit_note"])).iloc[0]
    assert not found.is_purchase
    assert found.credit_note_count == 1


def test_a_document_with_two_dates_counts_once_on_its_first() -> None:
    found = days(lines(("a", 1, "F1", 10), ("a", 2, "F1", 10), ("a", 2, "F2", 3)))
    assert found.invoice_count.tolist() == [1, 1]
    assert found.line_count.tolist() == [1, 2]


def test_without_document_numbers_the_day_is_the_document() -> None:
    found = days(lines(("a", 1, None, 10), ("a", 1, None, -4), ("a", 2, None, -1)))
    assert found.is_purchase.tolist() == [True, False]
    assert found.invoice_count.tolist() == [1, 0]


def test_families_are_counted_when_first_bought() -> None:
    table = lines(
        ("a", 1, "F1", 1),
        ("a", 1, "F1", 1),
        ("a", 5, "F2", 1),
        ("a", 5, "F2", 1),
        ("a", 9, "F3", 1),
        product_family=["x", "y", "x", "z", None],
    )
    assert days(table).new_family_count.tolist() == [2, 1, 0]


def test_lines_without_a_client_are_left_out() -> None:
    assert days(lines((None, 1, "F1", 10), ("a", 1, "F2", 1))).client_id.tolist() == ["a"]


def test_cost_is_kept_apart_from_revenue_without_cost() -> None:
    table = lines(("a", 1, "F1", 10), ("a", 1, "F1", 90), cost_amount=[7.5, None])
    table = table.mutate(cost_amount=table.cost_amount.cast("decimal(18, 4)"))
    found = days(table).iloc[0]
    assert (found.cost, found.revenue_with_cost) == (Decimal("7.5000"), Decimal("10.0000"))


@pytest.mark.parametrize("amount", [0.1, 0.0001, 12345678901.2345])
def test_money_is_summed_exactly(amount: float) -> None:
    found = days(lines(*[("a", 1, "F1", amount)] * 10)).revenue.iloc[0]
    assert found == Decimal(str(amount)) * 10
