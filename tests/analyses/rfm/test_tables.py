"""Groups add up to the base, and what is said of them keeps to what the scores show."""

import json

import pandas as pd
import pytest

from analyses.sales import summary_of
from clientaudit.analyses.rfm.findings import rfm_caveats, rfm_findings, rfm_key_figures
from clientaudit.analyses.rfm.scores import RfmRules, rfm_table
from clientaudit.analyses.rfm.segments import CREDIT_ONLY, SEGMENTS
from clientaudit.analyses.rfm.tables import (
    cell_rows,
    cut_rows,
    leaders,
    rfm_clients,
    segment_rows,
)
from clientaudit.text import Say

FIVE = RfmRules("quantile", 5)
# Client k buys k times, one day a month, the last time in month 12 - k % 12 of 2025.
LINES = [
    (f"c{k:02}", f"{2025 - m // 12}-{12 - (k + m) % 12:02}-15", 10 * k, 6 * k)
    for k in range(1, 41)
    for m in range(k // 3 + 1)
]
LINES += [("z", "2025-04-01", -7)]


@pytest.fixture(scope="module")
def clients() -> pd.DataFrame:
    return rfm_clients(rfm_table(summary_of(LINES), FIVE))


def test_clients_have_whole_scores_in_order_of_their_values(clients):
    assert clients["recency_days"].dropna().is_monotonic_increasing
    assert clients.set_index("client_id").loc["z", "r_score"] is pd.NA
    assert str(clients["m_score"].dtype) == "Int64"


def test_groups_add_up_to_the_base(clients):
    rows = segment_rows(clients, min_cell=1)
    assert rows["client_count"].sum() == 41
    assert rows["client_share"].sum() == pytest.approx(1)
    assert rows["revenue"].sum() == clients["revenue"].sum()
    order = [SEGMENTS.index(name) for name in rows["rfm_segment"]]
    assert order == sorted(order)


def test_medians_of_small_groups_are_masked(clients):
    rows = segment_rows(clients, min_cell=5).set_index("rfm_segment")
    assert pd.isna(rows.loc[CREDIT_ONLY, "occasion_count"])
    assert rows.loc[CREDIT_ONLY, "revenue"] == -7


def test_tiles_add_up_to_the_clients_with_a_score(clients):
    cells = cell_rows(clients)
    assert cells["client_count"].sum() == 40
    assert not cells.duplicated(["r_score", "f_score"]).any()


def test_equals_of_the_last_place_are_all_listed():
    lines = [(f"c{i}", "2025-06-01", amount) for i, amount in enumerate([9, 5, 5, 1])]
    listed = leaders(rfm_clients(rfm_table(summary_of(lines), FIVE)), per_segment=2)
    assert sorted(listed["revenue"], reverse=True) == [9, 5, 5]


def test_the_cuts_show_the_values_behind_each_score(clients):
    cuts = cut_rows(clients)
    assert cuts.groupby("criterion")["client_count"].sum().eq(40).all()
    money = cuts[cuts["criterion"] == "Revenue"]
    assert (money["highest"].iloc[:-1].to_numpy() < money["lowest"].iloc[1:].to_numpy()).all()


def test_the_drifting_are_those_at_risk_and_those_not_to_lose(clients):
    found = {
        f.key: f
        for f in rfm_findings(clients, FIVE, window_months=12, comparable=True, min_clients=30)
    }
    gone = clients["rfm_segment"].isin(["At risk", "Cannot lose"])
    assert found["rfm.drifting"].values["clients"] == int(gone.sum()) > 0
    assert found["rfm.drifting"].values["share"] == gone.sum() / 40
    assert found["rfm.credit_only"].values == {"clients": 1, "revenue": -7}


def test_what_is_said_of_the_drifting_and_the_best_holds_for_each_of_them(clients):
    drifting, champions, *_ = rfm_findings(
        clients, FIVE, window_months=12, comparable=True, min_clients=30
    )
    gone = clients[clients["rfm_segment"].isin(["At risk", "Cannot lose"])]
    assert gone["occasion_count"].min() == drifting.values["purchases"]
    assert gone["recency_days"].min() == drifting.values["silence"]
    best = clients[clients["rfm_segment"] == "Champions"]
    assert best["occasion_count"].min() == champions.values["purchases"]
    assert best["recency_days"].max() == champions.values["silence"]


def test_without_a_total_no_share_of_it_is_printed(clients):
    poor = clients.assign(revenue=-clients["revenue"].abs())
    for f in rfm_findings(poor, FIVE, window_months=12, comparable=True, min_clients=30):
        assert "–" not in f.say(Say("en"))


def test_a_small_base_is_not_described(clients):
    found = rfm_findings(clients, FIVE, window_months=12, comparable=True, min_clients=50)
    assert [f.verdict for f in found] == ["REFUSE", "REFUSE"]


def test_a_score_that_all_share_is_said():
    lines = [(f"c{i}", "2025-06-01", 10) for i in range(40)]
    found = rfm_findings(
        rfm_clients(rfm_table(summary_of(lines), FIVE)),
        FIVE,
        window_months=12,
        comparable=True,
        min_clients=30,
    )
    assert [f.verdict for f in found[:2]] == ["REFUSE", "REFUSE"]
    flagged = {f.key for f in found if f.verdict == "FLAG"}
    assert flagged == {"rfm.even_r_score", "rfm.even_f_score", "rfm.even_m_score"}


def test_new_by_score_only_is_said():
    # one purchase more than the others is the difference between few and many
    lines = [(f"o{i:02}", "2022-06-01", 10) for i in range(30)]
    lines += [(f"o{i:02}", "2025-12-31", 10) for i in range(30)]
    lines += [(f"f{i}{m}", f"2025-{m:02}-01", 10) for i in range(3) for m in range(1, 13)]
    lines += [(f"f{i}{m}", "2025-01-15", 10) for i in range(3) for m in range(1, 13)]
    lines += [(f"f{i}{m}", "2025-01-20", 10) for i in range(3) for m in range(1, 13)]
    found = rfm_findings(
        rfm_clients(rfm_table(summary_of(lines), FIVE)),
        FIVE,
        window_months=12,
        comparable=True,
        min_clients=30,
    )
    (new,) = [f for f in found if f.key == "rfm.new_by_score"]
    assert (new.values["old"], new.values["clients"]) == (30, 30)


@pytest.mark.parametrize(
    "lines",
    [
        [("a", "2027-01-01", 10)],
        [("a", "2025-01-01", 10)],
        [("a", "2025-01-01", -10)],
        [(f"c{i}", "2025-06-01", -1 if i % 2 else 0) for i in range(80)],
    ],
    ids=["no client", "one client", "credit notes only", "nothing earned"],
)
def test_a_degenerate_base_gives_tables_and_sentences(lines):
    clients = rfm_clients(rfm_table(summary_of(lines), FIVE))
    segment_rows(clients, min_cell=5), cell_rows(clients), leaders(clients), cut_rows(clients)
    findings = [
        *rfm_findings(clients, FIVE, window_months=12, comparable=True, min_clients=30),
        *rfm_caveats(FIVE, window_months=12),
    ]
    json.dumps([f.values for f in findings], allow_nan=False)
    assert all("{" not in f.say(Say("fr")) for f in findings)
    assert all(figure.value == figure.value for figure in rfm_key_figures(clients))


def test_large_clients_asleep_are_not_given_up_by_the_map():
    lines = [(f"c{i:02}", f"2024-{1 + i % 12:02}-01", 10) for i in range(40)]
    lines += [(f"c{i:02}", "2025-06-01", 10) for i in range(20)]
    lines += [("big", "2020-06-01", 9000)]
    clients = rfm_clients(rfm_table(summary_of(lines), FIVE))
    found = rfm_findings(clients, FIVE, window_months=12, comparable=True, min_clients=30)
    (giants,) = [f for f in found if f.key == "rfm.sleeping_giants"]
    assert giants.values == {"clients": 1, "revenue": 9000}


def test_a_period_before_that_the_exports_do_not_cover_is_not_called_zero(clients):
    drifting, *_ = rfm_findings(clients, FIVE, window_months=12, comparable=False, min_clients=30)
    assert "{before:money}" not in drifting.sentence
    assert drifting.stake == drifting.values["window"]
