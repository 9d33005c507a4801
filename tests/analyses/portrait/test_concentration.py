"""Concentration counts exactly, whatever the order, and knows what losses undo."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyses.sales import AS_OF, occasions_of
from clientaudit.analyses.portrait.concentration import (
    concentration,
    concentration_by_period,
    lorenz,
    period_lengths,
    period_revenue_table,
    stress,
)

CENTS = st.integers(-10_000, 1_000_000).map(lambda cents: cents / 100)


def test_the_largest_fifth_is_rounded_up_to_whole_clients():
    found = concentration(pd.Series([60.0, 20, 10, 5, 3, 2]))
    assert (found.client_count, found.top20_count, found.top20_share) == (6, 2, 0.8)
    assert found.clients_for_80_share == 2 / 6


def test_equal_clients_are_not_concentrated():
    found = concentration(pd.Series([5.0] * 20))
    assert found.gini == pytest.approx(0)
    assert found.hhi == pytest.approx(1 / 20)
    assert found.top20_share == 0.2
    assert found.first_ten_share == 0.5


def test_one_client_with_everything_has_the_largest_gini_of_four():
    assert concentration(pd.Series([0.0, 0, 0, 8])).gini == pytest.approx(0.75)


def test_with_losses_gini_is_not_defined_and_the_peak_passes_the_total():
    found = concentration(pd.Series([100.0, 50, -50]))
    assert found.gini is None
    assert (found.negative_count, found.total) == (1, 100)
    assert (found.peak_share, found.peak_client_share) == (1.5, 2 / 3)
    assert found.clients_for_80_share == 1 / 3  # the first crossing


@pytest.mark.parametrize("amounts", [[], [0.0, 0.0], [5.0, -9.0]])
def test_without_a_positive_total_there_is_no_concentration(amounts):
    amounts = pd.Series(amounts, dtype=float)
    assert concentration(amounts) is None
    assert lorenz(amounts).empty


@given(st.lists(CENTS, min_size=1, max_size=40), st.randoms(use_true_random=False))
def test_the_order_of_the_clients_changes_nothing(amounts, random):
    shuffled = random.sample(amounts, len(amounts))
    assert concentration(pd.Series(amounts)) == concentration(pd.Series(shuffled))


@given(st.lists(CENTS, min_size=1, max_size=900))
def test_the_curve_runs_from_nothing_to_the_total_and_agrees_with_the_shares(amounts):
    amounts = pd.Series(amounts)
    found, curve = concentration(amounts), lorenz(amounts)
    if found is None:
        return
    ends = curve.iloc[[0, -1]].to_numpy().tolist()
    assert ends == [[0, 0], [1, 1]]
    assert curve["client_share"].is_monotonic_increasing
    at = curve.loc[curve["client_share"] == found.top20_count / len(amounts), "cumulative_share"]
    assert all(at == found.top20_share)


def test_the_loss_of_equal_clients_takes_the_larger_margin_first():
    rows = stress(pd.Series([50.0, 50, 20, 10, 5]), pd.Series([5.0, 30, 2, 1, 0]))
    assert rows["lost_count"].tolist() == [1, 3]  # losing all five is no stress but the end
    assert rows["margin"].tolist() == [30, 37]
    assert rows["revenue_share"].tolist() == [50 / 135, 120 / 135]


def test_the_margin_of_the_lost_is_unknown_without_costs():
    rows = stress(pd.Series([3.0, 2, 1]), pd.Series([None, None, None], dtype=float))
    assert rows["margin_share"].isna().all()
    assert rows["revenue_share"].tolist() == [0.5]


@pytest.mark.parametrize("revenue", [[], [7.0], [5.0, -9.0]])
def test_nothing_is_stressed_without_two_clients_and_a_total(revenue):
    revenue = pd.Series(revenue, dtype=float)
    assert stress(revenue, revenue).empty


def test_periods_of_several_lengths_end_on_the_same_day():
    occasions = occasions_of(
        [("a", "2025-12-31", 10), ("a", "2025-09-30", 5), ("b", "2025-10-01", 7),
         ("c", "2024-12-31", 9), ("c", "2026-01-01", 99)]
    )  # fmt: skip
    table = period_revenue_table(occasions, as_of=AS_OF, months=(3, 12, 13)).execute()
    revenue = table.set_index(["months", "client_id"])["revenue"].to_dict()
    assert revenue == {
        (3, "a"): 10, (3, "b"): 7, (12, "a"): 15, (12, "b"): 7,
        (13, "a"): 15, (13, "b"): 7, (13, "c"): 9,
    }  # fmt: skip


def test_only_periods_that_the_exports_cover_are_compared():
    first = AS_OF.replace(year=2024, month=7, day=1)
    assert period_lengths(first, as_of=AS_OF, window_months=6) == (3, 6, 12, 18)


def test_periods_with_few_clients_are_left_out():
    periods = pd.DataFrame(
        {"months": [3, 12, 12], "client_id": ["a", "a", "b"], "revenue": [1.0, 4, 1]}
    )
    rows = concentration_by_period(periods, min_clients=2)
    assert rows[["months", "client_count", "revenue"]].to_numpy().tolist() == [[12, 2, 5]]


def test_top_fifth_of_online_retail_is_the_published_one(shared_data):
    lines = pd.read_parquet(shared_data / "online_retail" / "online_retail.parquet")
    amounts = (lines["Quantity"] * lines["UnitPrice"]).groupby(lines["CustomerID"]).sum()
    assert round(concentration(amounts).top20_share, 4) == 0.7385


def test_top_fifth_of_cdnow_is_the_published_one(shared_data):
    lines = pd.read_csv(shared_data / "cdnow" / "cdnow_master.csv.gz")
    amounts = lines.groupby("customer_id")["amount"].sum()
    assert round(concentration(amounts).top20_share, 4) == 0.6778


def test_top_fifth_of_northwind_is_the_published_one(shared_data):
    folder = shared_data / "northwind"
    lines = pd.read_csv(folder / "Order_Details.csv").merge(pd.read_csv(folder / "Orders.csv"))
    lines["amount"] = lines["UnitPrice"] * lines["Quantity"] * (1 - lines["Discount"])
    found = concentration(lines.groupby("CustomerID")["amount"].sum())
    assert (found.client_count, found.top20_count) == (89, 18)
    assert round(found.top20_share, 4) == 0.6006
