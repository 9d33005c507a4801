"""What the firm depends on is said with its limits."""

import pandas as pd
import pytest

from clientaudit.analyses.portrait.concentration import stress
from clientaudit.analyses.portrait.dependence import (
    concentration_findings,
    period_length_findings,
    strategic_clients,
    strategic_findings,
    stress_findings,
    whole_history_finding,
)

ENOUGH = {"min_cell": 5, "min_clients": 30}


def clients(revenue, margin=None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "client_id": [f"c{i}" for i in range(len(revenue))],
            "revenue": revenue,
            "margin": [None] * len(revenue) if margin is None else margin,
            "occasion_count": 1,
            "first_purchase": pd.Timestamp("2025-01-01"),
            "last_purchase": pd.Timestamp("2025-06-01"),
        }
    ).astype({"revenue": float, "margin": float})


def by_key(findings) -> dict:
    return {f.key.removeprefix("portrait.window_"): f for f in findings}


def test_shares_carry_their_number_of_clients_and_no_interval():
    found = by_key(concentration_findings(clients([80, 10, 5, 3, 2]), window_months=6, **ENOUGH))
    top = found["top20_share"]
    assert (top.values["value"], top.values["months"], top.n, top.interval) == (0.8, 6, 5, None)
    assert found["margin_top20_share"].verdict == "REFUSE"
    assert "Gini" in found["eighty"].sentence


def test_a_loss_silences_the_gini_index():
    found = by_key(concentration_findings(clients([80, 10, 5, 3, -2]), window_months=12, **ENOUGH))
    assert found["eighty"].sentence.startswith("With {negative_count:int}")
    assert found["eighty"].values["gini"] is None


def test_clients_who_lose_money_give_margin_back():
    base = clients([80, 10, 5, 3, 2], [40, 5, 5, -4, -6])
    found = by_key(concentration_findings(base, window_months=12, **ENOUGH))
    margin = found["margin_top20_share"].values
    assert margin["negative_count"] == 2
    assert margin["given_back"] == pytest.approx(10)


def test_a_base_that_loses_money_is_said_to():
    base = clients([80, 10, 5, 3, 2], [5, 5, -10, -20, 0])
    margin = by_key(concentration_findings(base, window_months=12, **ENOUGH))["margin_top20_share"]
    assert margin.verdict == "FLAG"
    assert margin.values == {"value": None, "losing": 2, "clients": 5, "loss": 30, "total": -20}


def test_few_clients_have_no_concentration():
    (found,) = concentration_findings(clients([5, 4]), window_months=12, **ENOUGH)
    assert found.verdict == "REFUSE"


def test_a_client_exactly_at_the_share_is_not_strategic():
    base = clients([5, 6, 89])
    strategic = strategic_clients(base, strategic_share=0.05)
    assert strategic["client_id"].tolist() == ["c2", "c1"]
    (found,) = strategic_findings(strategic, base, strategic_share=0.05)
    assert (found.values["count"], found.stake) == (2, 95)


def test_a_strategic_client_that_loses_money_is_named_as_such():
    base = clients([60, 40], [-7, 9])
    _, loss = strategic_findings(
        strategic_clients(base, strategic_share=0.05), base, strategic_share=0.05
    )
    assert loss.values == {"count": 1, "revenue": 60, "margin": -7}


@pytest.mark.parametrize("revenue", [[], [5.0, -9.0]])
def test_without_a_total_nobody_is_strategic(revenue):
    assert strategic_clients(clients(revenue), strategic_share=0.05).empty


def test_the_stake_of_the_stress_is_the_revenue_of_the_first_clients():
    base = clients([40, 30, 10, 8, 7, 5], [4, 3, 1, 1, 1, 0])
    (found,) = stress_findings(stress(base["revenue"], base["margin"]))
    assert (found.values["count"], found.values["share"], found.stake) == (5, 0.95, 95)


def test_one_length_of_period_compares_with_nothing():
    rows = pd.DataFrame({"months": [12], "top20_share": [0.5]})
    assert period_length_findings(rows) == []


def test_the_shortest_and_the_longest_period_are_set_side_by_side():
    rows = pd.DataFrame({"months": [3, 12, 60], "top20_share": [0.4, 0.5, 0.6]})
    (found,) = period_length_findings(rows)
    assert (found.values["short"], found.values["long_share"]) == (3, 0.6)


@pytest.mark.parametrize(("count", "words"), [(30, "The largest {top:pct}"), (29, "{top20_count")])
def test_a_fifth_is_only_called_so_where_it_is_one(count, words):
    first, *_ = concentration_findings(clients([5] * count), window_months=12, **ENOUGH)
    assert first.sentence.startswith(words)


@pytest.mark.parametrize(
    ("revenue", "verdict", "words"),
    [([5] * 30, "PASS", "largest {top:pct}"), ([5] * 7, "PASS", "{count:int} of the {clients"),
     ([5], "REFUSE", "it takes {min_cell:int}"), ([-5] * 9, "REFUSE", "a positive revenue")],
)  # fmt: skip
def test_the_whole_history_is_described_as_far_as_it_goes(revenue, verdict, words):
    found = whole_history_finding(clients(revenue), **ENOUGH)
    assert found.verdict == verdict
    assert words in found.sentence


def test_ten_of_ten_clients_are_not_said_to_bring_it_all():
    found = by_key(concentration_findings(clients([5] * 9), window_months=12, **ENOUGH))
    assert found["hhi"].sentence.startswith("The base is as concentrated")
    assert found["hhi"].values["equals"] == pytest.approx(9)


def test_one_client_to_lose_is_not_also_the_first_several():
    base = clients([40, 30])
    (found,) = stress_findings(stress(base["revenue"], base["margin"]))
    assert "{count:int}" not in found.sentence


def test_the_margin_lost_is_not_said_where_a_lost_client_has_no_cost():
    rows = stress(pd.Series([50.0, 30, 20]), pd.Series([5.0, None, 3]))
    assert rows["lost_count"].tolist() == [1]
    assert rows["margin_share"].tolist() == [5 / 8]
    rows = stress(pd.Series([50.0, 30, 20, 10]), pd.Series([5.0, None, 3, 1]))
    assert rows["margin"].isna().tolist() == [False, True]


def test_no_client_is_called_harmless_in_a_total_that_is_not_positive():
    base = clients([5.0, -9.0])
    strategic = strategic_clients(base, strategic_share=0.05)
    (found,) = strategic_findings(strategic, base, strategic_share=0.05)
    assert found.verdict == "REFUSE"


@pytest.mark.parametrize(("count", "plan"), [(19, False), (20, True)])
def test_passing_an_equal_share_calls_for_no_protection(count, plan):
    base = clients([20, *[10] * (count - 1)])
    strategic = strategic_clients(base, strategic_share=0.05)
    found, *_ = strategic_findings(strategic, base, strategic_share=0.05)
    assert ("protection plan" in found.sentence) == plan
