"""Profit per client: what is deducted, at whose prices, and what is never held against a client."""

import random
from typing import Any

import pandas as pd
import pytest

from analyses.audits import AS_OF, audit_of, table_of
from clientaudit.analyses.grid.profit import PARTS, ProfitTable, client_profit, client_years
from clientaudit.errors import AuditError

SALE = ("a", "2025-03-03", 1000, 600)


def profit(sales: list[tuple[Any, ...]], **tables: Any) -> ProfitTable:
    return client_profit(audit_of(sales, **tables))


def row(found: ProfitTable, client: str = "a") -> "pd.Series[Any]":
    return found.frame.set_index("client_id").loc[client]


def rate(activity: str, unit: float | None = None, **more: Any) -> dict[str, Any]:
    return {"activity": activity, "unit_cost": unit, "hours": None, "hourly_rate": None,
            "valid_from": None} | more  # fmt: skip


def incident(day: str, founded: bool | None, kind: str = "quality", **more: Any) -> dict[str, Any]:
    return {"incident_id": day + kind, "client_id": "a", "opened_on": day, "kind": kind,
            "founded": founded, "hours": None} | more  # fmt: skip


def invoice(amount: float, due: str, paid: str | None, **more: Any) -> dict[str, Any]:
    return {"doc_id": due, "client_id": "a", "invoice_date": "2024-01-01", "due_date": due,
            "paid_date": paid, "amount_incl_vat": amount} | more  # fmt: skip


def test_every_activity_is_priced_at_the_firms_own_unit_cost():
    found = profit(
        [SALE, ("a", "2025-04-04", 500, 300), ("a", "2025-05-05", -100, -60)],
        contacts=[
            {"client_id": "a", "date": "2025-02-01", "direction": "out", "channel": channel}
            for channel in ("visit", "meeting", "phone", "email")
        ],
        quotes=[
            {"quote_id": number, "client_id": "a", "date": "2025-02-01", "status": "won"}
            for number in ("Q1", "Q1", "Q2")
        ],
        payments=[invoice(100, "2025-06-01", "2025-06-01", reminders=3)],
        costs=[
            rate("order_line", 2), rate("delivery", 10), rate("visit", 100), rate("call", 5),
            rate("quote", hours=0.5, hourly_rate=40), rate("reminder", 7), rate("credit_note", 30),
        ],
    )  # fmt: skip
    expected = 2 * 2 + 2 * 10 + 2 * 100 + 5 + 2 * 20 + 3 * 7 + 30
    assert found.basis == "profit"
    assert row(found).cost_to_serve == expected
    assert row(found).profit_window == 400 + 200 - 40 - expected
    assert found.uncosted == ()


def test_an_activity_without_a_unit_cost_is_named_and_not_priced():
    found = profit([SALE], costs=[rate("order_line", 2)])
    assert found.uncosted == ("delivery",)
    assert row(found).cost_to_serve == 2


def test_the_rate_is_the_latest_on_or_before_the_event():
    days = ("2025-01-31", "2025-02-01", "2025-06-30", "2025-07-01")
    found = profit(
        [("a", day, 100, 50) for day in days],
        costs=[
            rate("order_line", 1, valid_from="2025-02-01"),
            rate("order_line", 10, valid_from="2025-07-01"),
            rate("delivery", 0),
        ],
    )
    assert row(found).cost_to_serve == 1 + 1 + 10
    assert found.uncosted == ("order_line",)  # nothing is known of January


def test_two_rates_from_one_day_on_are_refused():
    rates = [rate("visit", 80), rate("visit", 90), rate("call", 5), rate("call", 5)]
    with pytest.raises(AuditError, match=r"costs, visit: several rates without a date \(80.0 to"):
        profit([SALE], costs=rates)


def test_deliveries_are_the_days_on_which_something_was_delivered():
    lines = [
        {"client_id": "a", "date": "2025-03-03", "amount_net": 10, "cost_amount": 5,
         "doc_id": doc, "delivered_date": day}
        for doc, day in (("1", "2025-03-04"), ("2", "2025-03-04"), ("3", "2025-03-09"), ("4", None))
    ]  # fmt: skip
    found = profit([], transactions=lines, costs=[rate("delivery", 10)])
    assert row(found).cost_to_serve == 20


def test_goods_that_come_back_are_returns():
    lines = [
        {"client_id": "a", "date": "2025-03-03", "amount_net": amount, "cost_amount": amount / 2,
         "doc_id": doc, "quantity": quantity}
        for doc, amount, quantity in (("1", 100, 1), ("2", -60, -1), ("2", -6, -1), ("3", -5, None))
    ]  # fmt: skip
    found = profit([], transactions=lines, costs=[rate("return", 40)])
    assert row(found).cost_to_serve == 40


def test_late_payment_costs_its_days_at_the_cost_of_capital():
    payments = [
        invoice(36_500, "2025-03-01", "2025-03-11"),
        invoice(3_650, "2025-12-01", None),  # open: 30 days up to the cut-off
        invoice(3_650, "2025-12-21", "2026-03-01"),  # paid after it: 10 days
        invoice(9_999, "2025-05-01", "2025-04-01"),
        invoice(9_999, "2026-02-01", None),
        invoice(-36_500, "2025-03-01", "2025-09-01"),
    ]
    found = row(profit([SALE], payments=payments))
    assert found.late_payment_cost == pytest.approx(0.08 * (1000 + 300 + 100))
    dearer = row(profit([SALE], payments=payments, thresholds={"capital_cost": 0.16}))
    assert dearer.late_payment_cost == pytest.approx(2 * found.late_payment_cost)


def test_an_invoice_that_stays_open_costs_each_period_its_own_days():
    payments = [invoice(36_500, "2024-06-01", None)]
    assert row(profit([SALE], payments=payments)).late_payment_cost == pytest.approx(
        0.08 * 100 * 365
    )


def test_late_payment_is_not_known_without_due_dates():
    undated = [{key: value for key, value in invoice(100, "2025-03-01", None).items()
                if key != "due_date"}]  # fmt: skip
    for payments in (undated, [invoice(100, "2025-03-01", None) | {"due_date": None}], None):
        tables = {"payments": payments} if payments else {}
        assert pd.isna(row(profit([SALE], **tables)).late_payment_cost)


def test_only_incidents_known_as_unfounded_cost_the_client():
    incidents = [
        incident("2025-02-01", founded=False),
        incident("2025-02-02", founded=False, kind="invoice"),
        incident("2025-02-03", founded=True),
        incident("2025-02-04", founded=True, kind="price"),
        incident("2025-02-05", founded=None, kind="price"),
        incident("2024-02-05", founded=False),  # before the period
    ]
    costs = [rate("complaint", 50), rate("dispute", 70)]
    found = row(profit([SALE], incidents=incidents, costs=costs))
    assert found.incident_cost == 120
    assert found.founded_cost == 120
    assert found.profit_window == 400 - 120


def test_where_nobody_judged_the_incidents_none_is_held_against_a_client():
    unjudged = [{key: value for key, value in incident("2025-02-01", founded=None).items()
                 if key != "founded"}]  # fmt: skip
    found = profit([SALE], incidents=unjudged, costs=[rate("complaint", 50)])
    assert found.basis == "margin"
    assert row(found).profit_window == 400


def test_hours_spent_on_an_incident_replace_its_standard_cost():
    incidents = [
        incident("2025-02-01", founded=False, hours=3.0),
        incident("2025-02-02", founded=False),
    ]
    costs = [rate("complaint", hours=2, hourly_rate=40)]
    found = profit([SALE], incidents=incidents, costs=costs)
    assert row(found).incident_cost == 3 * 40 + 2 * 40
    by_hour = profit([SALE], incidents=incidents, costs=[rate("complaint", hourly_rate=40)])
    assert row(by_hour).incident_cost == 3 * 40
    assert "complaint" in by_hour.uncosted


def test_a_contact_that_carries_its_cost_needs_no_unit_cost():
    contacts = [
        {"client_id": "a", "date": "2025-02-01", "direction": "out", "channel": channel,
         "cost": cost}
        for channel, cost in (("event", 250), ("visit", 90), ("email", None))
    ]  # fmt: skip
    found = profit([SALE], contacts=contacts)
    assert (found.basis, row(found).cost_to_serve) == ("profit", 340)
    assert found.uncosted == ("delivery", "order_line")


def test_costs_kept_by_client_are_added_and_count_as_costed():
    direct = [
        {"client_id": "a", "period": "2025-01-01", "activity": "delivery", "amount": 25},
        {"client_id": "a", "period": "2025-02-01", "activity": "delivery", "amount": 25},
        {"client_id": "a", "period": "2024-12-01", "activity": "order_line", "amount": 999},
    ]
    found = profit([SALE], client_costs=direct)
    assert (found.basis, row(found).cost_to_serve, found.uncosted) == (
        "profit",
        50,
        ("order_line",),
    )


def test_exceptions_are_deducted_unless_revenue_lacks_them_already():
    conceded = [
        {"client_id": "a", "date": "2025-02-01", "kind": kind, "value": value}
        for kind, value in (("free_goods", 40), ("after_sales", 7), ("discount", 900),
                            ("fee_waiver", 900), ("priority", None))
    ]  # fmt: skip
    found = profit([SALE], concessions=conceded, costs=[rate("order_line", 1)])
    assert row(found).concession_cost == 47
    assert row(found).profit_window == 400 - 1 - 47


@pytest.mark.parametrize("costs", [[], [rate("order_line", 0)]])
def test_rebates_paid_beside_the_invoice_are_deducted(costs: list[dict[str, Any]]):
    lines = [
        {"client_id": "a", "date": day, "amount_net": 100, "cost_amount": 60, "doc_id": day,
         "rebate_amount": rebate}
        for day, rebate in (("2025-03-03", 7), ("2025-04-03", None), ("2024-04-03", 9))
    ]  # fmt: skip
    tables = {"costs": costs} if costs else {}
    audit = audit_of([], transactions=lines, **tables)
    found = client_profit(audit)
    assert row(found).rebate_cost == 7
    assert row(found).profit_window == 80 - 7
    assert client_years(audit, found)["yearly_cost"].tolist() == [7]


def test_without_unit_costs_profit_is_the_margin():
    found = profit([SALE], payments=[invoice(36_500, "2025-03-01", None)])
    assert found.basis == "margin"
    assert row(found).profit_window == 400
    assert row(found).late_payment_cost > 0
    assert found.frame["cost_to_serve"].isna().all()


@pytest.mark.parametrize("uncosted_revenue", [1000, 60])
def test_where_too_little_revenue_has_a_cost_no_profit_is_invented(uncosted_revenue: float):
    sales = [SALE, ("b", "2025-03-03", uncosted_revenue)]
    found = profit(sales, costs=[rate("order_line", 1)])
    assert found.basis == "revenue"
    assert found.frame["profit_window"].isna().all()
    assert row(found, "b").revenue_window == uncosted_revenue


def test_a_twentieth_of_revenue_may_lack_its_cost():
    found = profit([SALE, ("b", "2025-03-03", 50), ("c", "2024-03-03", 9, 1)])
    assert found.basis == "margin"
    assert pd.isna(row(found, "b").profit_window)  # its own margin stays unknown
    assert row(found, "c").profit_window == 0  # nothing bought is nothing earned


def test_the_costs_of_a_client_who_bought_nothing_make_a_loss():
    visits = [{"client_id": "b", "date": "2025-02-01", "direction": "out", "channel": "visit"}]
    found = profit([SALE, ("b", "2023-03-03", 90, 50)], contacts=visits, costs=[rate("visit", 60)])
    assert row(found, "b").profit_window == -60


def test_zero_amounts_and_a_base_without_purchases_in_the_period_have_no_loss():
    old = profit([("a", "2020-03-03", 1000, 600)])
    assert (old.basis, row(old).revenue_window) == ("revenue", 0)
    free = profit([("a", "2025-03-03", 0, 0)])
    assert (free.basis, row(free).profit_window) == ("margin", 0)


def test_an_empty_base_has_an_empty_table():
    rows = table_of("transactions", [], ("client_id", "date", "amount_net", "cost_amount"))
    audit = audit_of([], transactions=rows)
    found = client_profit(audit)
    assert found.frame.empty
    assert client_years(audit, found).empty


def sales_of_many(names: list[str]) -> list[tuple[Any, ...]]:
    draw = random.Random(5)
    return [
        (name, f"2025-{1 + draw.randrange(12):02}-{1 + draw.randrange(28):02}",
         draw.randrange(-2_000, 90_000) / 100, draw.randrange(0, 60_000) / 100)
        for name in names for _ in range(4)
    ]  # fmt: skip


def test_order_of_rows_and_names_of_clients_change_nothing():
    names = [f"c{place:02}" for place in range(12)]
    other = dict(zip(names, reversed(names), strict=True))
    sales = sales_of_many(names)
    payments = [invoice(100.37, f"2025-0{1 + place % 9}-01", None) | {"client_id": name}
                for place, name in enumerate(names)]  # fmt: skip
    costs = [rate("order_line", 1.37), rate("delivery", 11.13)]
    plain = profit(sales, payments=payments, costs=costs).frame
    again = profit(
        [(other[client], *rest) for client, *rest in reversed(sales)],
        payments=[row | {"client_id": other[row["client_id"]]} for row in reversed(payments)],
        costs=costs[::-1],
    ).frame
    again["client_id"] = again["client_id"].map(other)
    again = again.sort_values("client_id", ignore_index=True)
    pd.testing.assert_frame_equal(plain, again, check_exact=True)
    assert (plain[list(PARTS[1:3])] > 0).all(axis=None)


def test_equal_clients_get_equal_values():
    sales = [(client, "2025-03-03", 10.1, 3.3) for client in "ab"]
    found = profit(sales, costs=[rate("order_line", 0.7)]).frame.drop(columns="client_id")
    assert found.iloc[0].equals(found.iloc[1])


def test_a_credit_note_is_netted_into_the_order_before_it():
    audit = audit_of(
        [
            ("a", "2024-12-20", 500, 100),  # before the period, its credit note within
            ("a", "2025-01-05", -50, -10),
            ("a", "2025-02-01", 100, 60),
            ("a", "2025-03-01", -30, -10),
            ("a", "2025-04-01", 10, 30),
            ("b", "2025-04-01", -7, -3),
        ]
    )
    years = client_years(audit, client_profit(audit)).set_index("client_id")
    orders = [100 - 60 - 50 + 10 - 30 + 10, 10 - 30]
    assert years.loc["a"].to_dict() == {
        "order_count": 2,
        "margin_sum": sum(orders),
        "gross_sum": sum(map(abs, orders)),
        "margin_square_sum": sum(order**2 for order in orders),
        "loss_count": 2,
        "yearly_cost": 0,
    }
    assert years.loc["b", ["order_count", "margin_sum", "gross_sum"]].tolist() == [0, -4, 0]


def test_orders_and_yearly_costs_make_the_profit():
    audit = audit_of(sales_of_many(["a", "b", "c"]), costs=[rate("order_line", 3)])
    found = client_profit(audit)
    years = client_years(audit, found)
    profits = years["margin_sum"] - years["yearly_cost"]
    assert profits.tolist() == pytest.approx(found.frame["profit_window"].tolist())


def test_without_costs_the_orders_are_revenue():
    audit = audit_of([("a", "2025-03-03", 100), ("a", "2025-04-03", 50)])
    years = client_years(audit, client_profit(audit)).iloc[0]
    assert (years.order_count, years.margin_sum, years.margin_square_sum) == (2, 150, 12_500)


def test_nothing_after_the_cut_off_is_known():
    late = "2026-01-05"
    found = profit(
        [SALE, ("a", late, 900, 100)],
        contacts=[{"client_id": "a", "date": late, "direction": "out", "channel": "visit"}],
        incidents=[incident(late, founded=False)],
        costs=[rate("order_line", 1), rate("visit", 50), rate("complaint", 50)],
    )
    assert str(AS_OF) < late
    assert row(found).profit_window == 399
