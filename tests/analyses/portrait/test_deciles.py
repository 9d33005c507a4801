"""Tenths add up, and equal clients stay together."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientaudit.analyses.portrait.deciles import (
    amount_deciles,
    client_deciles,
    decile_findings,
    decile_rows,
)
from clientaudit.engine.money import exact_total

AMOUNTS = st.lists(st.integers(-500, 5_000).map(float), min_size=1, max_size=60)


def clients(amounts) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "revenue": amounts,
            "margin": [a / 2 for a in amounts],
            "costed": amounts,
            "occasion_count": [1 + i % 3 for i in range(len(amounts))],
        }
    ).astype({"revenue": float, "margin": float, "costed": float})


def test_twenty_different_clients_stand_two_by_two():
    groups = client_deciles(pd.Series(range(20), dtype=float))
    assert groups.tolist() == [10 - i // 2 for i in range(20)]


def test_equal_clients_are_never_parted():
    groups = client_deciles(pd.Series([9.0] + [5.0] * 18 + [1.0]))
    assert groups.tolist() == [1] + [1] * 18 + [10]


def test_a_client_with_more_than_a_tenth_leaves_the_next_tenth_empty():
    assert amount_deciles(pd.Series([25.0] + [5.0] * 5 + [10.0] * 5)).tolist() == (
        [1] + [8] * 5 + [3] * 5
    )


def test_clients_with_a_loss_stand_in_the_last_tenth():
    assert amount_deciles(pd.Series([60.0, 60, -20, 0])).tolist() == [1, 1, 10, 10]


@given(AMOUNTS)
def test_tenths_of_clients_add_up_to_the_totals(amounts):
    base = clients(amounts)
    rows = decile_rows(base, by="revenue", min_cell=1)
    assert rows["client_count"].sum() == len(base)
    assert exact_total(rows["revenue"]) == exact_total(base["revenue"])
    assert exact_total(rows["margin"]) == exact_total(base["margin"])


@given(AMOUNTS)
def test_tenths_of_amounts_add_up_where_there_is_a_total(amounts):
    base = clients(amounts)
    rows = decile_rows(base, by="revenue", split="amount", min_cell=1)
    if exact_total(base["revenue"]) <= 0:
        assert rows.empty
    else:
        assert rows["client_count"].sum() == len(base)
        assert rows["revenue_share"].sum() == pytest.approx(1)


@given(AMOUNTS)
def test_more_never_stands_in_a_later_tenth(amounts):
    base = pd.Series(amounts)
    for groups in [client_deciles(base)] + ([amount_deciles(base)] if base.sum() > 0 else []):
        ranked = groups.groupby(base).agg(["min", "max"]).sort_index(ascending=False)
        assert (ranked["min"] == ranked["max"]).all()
        assert ranked["min"].is_monotonic_increasing
        assert groups.between(1, 10).all()


def test_averages_of_few_clients_are_masked_and_sums_stay():
    rows = decile_rows(clients([100.0, 50, 20, 10]), by="revenue", min_cell=2)
    assert rows["average_value"].isna().all()
    assert rows["revenue"].tolist() == [100, 50, 20, 10]


def test_tenths_of_margin_leave_out_clients_without_a_cost():
    base = clients([100.0, 50, 20])
    base.loc[0, "margin"] = None
    assert decile_rows(base, by="margin", min_cell=1)["client_count"].sum() == 2


def test_small_tenths_are_not_described():
    rows = decile_rows(clients([100.0, 50, 20, 10]), by="revenue", min_cell=5)
    assert [f.verdict for f in decile_findings(rows, min_cell=5)] == ["REFUSE"]


@pytest.mark.parametrize("equal", [9.0, 0.5], ids=["the largest", "the smallest"])
def test_a_tenth_swollen_by_equal_clients_is_not_called_one(equal):
    rows = decile_rows(
        clients([equal] * 30 + [1 + i / 100 for i in range(20)]), by="revenue", min_cell=2
    )
    assert rows["client_count"].max() == 30
    assert [f.verdict for f in decile_findings(rows, min_cell=2)] == ["REFUSE"]


def test_the_first_tenth_is_set_against_the_last():
    rows = decile_rows(clients([float(i) for i in range(1, 51)]), by="revenue", min_cell=5)
    (found,) = decile_findings(rows, min_cell=5)
    assert found.values["clients"] == 5
    assert found.values["share"] == pytest.approx((46 + 47 + 48 + 49 + 50) / 1275)
