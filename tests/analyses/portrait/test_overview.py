"""The portrait counts every client once, names its perimeter, and refuses in words."""

import datetime as dt
import json

import ibis
import pandas as pd
import pytest

from analyses.sales import AS_OF, occasions_of, summary_of
from clientaudit.analyses.portrait.concentration import stress
from clientaudit.analyses.portrait.deciles import decile_findings, decile_rows
from clientaudit.analyses.portrait.dependence import (
    concentration_findings,
    strategic_clients,
    strategic_findings,
    stress_findings,
    whole_history_finding,
)
from clientaudit.analyses.portrait.overview import (
    ANSWER,
    activity_findings,
    base_findings,
    coverage_findings,
    has_previous_period,
    key_figures,
    period_clients,
    period_factors,
    portrait_caveats,
    portrait_table,
)
from clientaudit.analyses.portrait.spread import habit_findings, spread_findings, spread_rows
from clientaudit.analyses.portrait.tenure import tenure_findings, tenure_rows, with_tenure
from clientaudit.findings import split_findings
from clientaudit.text import Say

LINES = [
    ("a", "2023-05-10", 50, 20),
    ("a", "2024-03-01", 100, 60),
    ("a", "2025-03-01", 200, 120),
    ("a", "2025-06-01", 100, 50),
    ("b", "2024-05-01", 80, 40),
    ("b", "2025-02-01", -30, -10),
    ("c", "2025-12-31", "10.01"),
    ("d", "2026-01-01", 999),
    ("e", "2025-07-01", -5),
]


def portrait(lines, clients=None) -> pd.DataFrame:
    return portrait_table(
        summary_of(lines), occasions_of(lines), clients, as_of=AS_OF, window_months=12
    ).execute()


@pytest.fixture(scope="module")
def base() -> pd.DataFrame:
    return portrait(LINES)


def all_findings(base: pd.DataFrame) -> list:
    """What the notebook concludes, in its order of computation."""
    factors, clients = period_factors(base), period_clients(base)
    aged = with_tenure(clients, as_of=AS_OF)
    strategic = strategic_clients(clients, strategic_share=0.05)
    tenths = decile_rows(clients, by="revenue", min_cell=5)
    return [
        *base_findings(base, as_of=AS_OF),
        *activity_findings(factors, as_of=AS_OF, window_months=12, comparable=True),
        *spread_findings(clients, min_cell=5),
        *habit_findings(clients, min_cell=5),
        *decile_findings(tenths, min_cell=5),
        *concentration_findings(clients, window_months=12, min_cell=5, min_clients=30),
        whole_history_finding(base, min_cell=5, min_clients=30),
        *stress_findings(stress(clients["revenue"], clients["margin"])),
        *strategic_findings(strategic, clients, strategic_share=0.05),
        *tenure_findings(aged, long_tenure_years=5, min_cell=5),
        *portrait_caveats(clients, factors),
    ]


def test_every_client_with_a_line_counts_and_the_revenue_is_exact(base):
    values = {f.key: f.values["value"] for f in base_findings(base, as_of=AS_OF)}
    assert values["portrait.client_count"] == 4  # the line of 2026 comes after the cut-off
    assert values["portrait.revenue_total"] == 505.01
    share = whole_history_finding(base, min_cell=4, min_clients=30)
    assert share.values["value"] == pytest.approx(450 / 505.01)


def test_the_sentences_name_their_perimeter(base):
    said = [f.say(Say("en")) for f in base_findings(base, as_of=AS_OF)]
    assert said[0].startswith("From 10 May 2023 to 31 Dec 2025, 4 clients have")
    assert "€505.01" in said[1]
    share = whole_history_finding(base, min_cell=4, min_clients=30).say(Say("en"))
    assert share.startswith("Over the whole history, 1 of the 4 clients brings 89%")


def test_a_client_with_a_credit_note_belongs_to_the_period_but_did_not_buy(base):
    clients = period_clients(base).set_index("client_id")
    assert clients["revenue"].to_dict() == {"a": 300, "b": -30, "c": 10.01, "e": -5}
    assert clients["occasion_count"].to_dict() == {"a": 2, "b": 0, "c": 1, "e": 0}
    assert clients["average_value"].dropna().to_dict() == {"a": 150, "c": 10.01}
    assert clients["costed"].to_dict() == {"a": 300, "b": -30, "c": 0, "e": 0}


def test_the_period_before_has_its_own_clients(base):
    before = period_clients(base, "prior_window").set_index("client_id")
    assert before["revenue"].to_dict() == {"a": 100, "b": 80}
    assert before["margin"].to_dict() == {"a": 40, "b": 40}


def test_the_factors_give_both_periods(base):
    before, now = period_factors(base).to_dict("records")
    assert (before["client_count"], before["revenue"]) == (2, 180)
    assert (now["client_count"], now["occasions_per_client"]) == (2, 1.5)
    assert now["revenue"] == 275.01


def test_years_of_activity_are_counted_back_from_the_cut_off(base):
    active = base.set_index("client_id")["active_year_count"]
    assert active.to_dict() == {"a": 3, "b": 1, "c": 1, "e": 0}


def test_the_client_file_gives_the_start_of_a_relation():
    since = ibis.memtable({"client_id": ["a", "b"], "client_since": [dt.date(2001, 1, 1), None]})
    found = portrait(LINES, since).set_index("client_id")["client_since"]
    assert found["a"] == pd.Timestamp("2001-01-01")
    assert found.drop("a").isna().all()


@pytest.mark.parametrize(
    ("first", "expected"), [("2023-12-15", True), ("2024-01-31", True), ("2024-02-15", False)]
)
def test_the_period_before_compares_only_if_the_exports_cover_it(first, expected):
    first = dt.date.fromisoformat(first)
    assert has_previous_period(first, as_of=AS_OF, window_months=12) is expected


@pytest.mark.parametrize(("first", "said"), [("2025-01-31", 0), ("2025-05-01", 1)])
def test_a_period_that_the_exports_do_not_fill_is_flagged(first, said):
    found = coverage_findings(dt.date.fromisoformat(first), as_of=AS_OF, window_months=12)
    assert [f.verdict for f in found] == ["FLAG"] * said


def test_without_the_period_before_no_change_is_stated(base):
    findings = activity_findings(
        period_factors(base), as_of=AS_OF, window_months=12, comparable=False
    )
    assert [f.verdict for f in findings] == ["PASS", "REFUSE"]
    clients = period_clients(base)
    strip = key_figures(
        period_factors(base), clients, clients, window_months=12, comparable=False, min_clients=1
    )
    assert {figure.previous for figure in strip} == {None}


def test_the_strip_holds_the_period_before(base):
    strip = key_figures(
        period_factors(base), period_clients(base), period_clients(base, "prior_window"),
        window_months=12, comparable=True, min_clients=30,
    )  # fmt: skip
    figures = {figure.label: (figure.value, figure.previous) for figure in strip}
    assert figures["Revenue"] == (275.01, 180)
    assert figures["Clients who bought"] == (2, 2)
    assert figures["Margin rate"] == (pytest.approx(110 / 270), 80 / 180)
    assert "Share of the largest fifth" not in figures  # four clients have no fifth


def test_half_a_year_before_is_not_called_a_year_earlier(base):
    clients = period_clients(base)
    strip = key_figures(
        period_factors(base), clients, clients, window_months=6, comparable=True, min_clients=1
    )
    assert {figure.previous for figure in strip} == {None}


def test_missing_costs_and_credit_only_clients_are_said(base):
    caveats = portrait_caveats(period_clients(base), period_factors(base))
    values = {f.key: f.values for f in caveats}
    assert values["portrait.window_credit_only"] == {"clients": 2, "revenue": -35}
    assert values["portrait.window_cost_coverage"]["share"] == pytest.approx(270 / 275.01)


def test_masked_under_the_minimum_cell(base):
    verdicts = {f.verdict for f in spread_findings(period_clients(base), min_cell=5)}
    assert verdicts == {"REFUSE"}


def test_spread_says_how_far_the_mean_is_from_the_ordinary_client():
    lines = [(str(i), "2025-06-01", amount) for i, amount in enumerate([10] * 9 + [910])]
    clients = period_clients(portrait(lines))
    found = {f.key: f for f in spread_findings(clients, min_cell=5)}
    assert found["portrait.window_spread_revenue"].values == {
        "median": 10, "mean": 100, "below": 0.9, "negative": 0,
    }  # fmt: skip
    assert found["portrait.window_spread_margin"].verdict == "REFUSE"  # no cost anywhere
    means = spread_rows(clients).set_index("statistic").loc["Mean"]
    assert (means["revenue"], means["occasion_count"]) == (100, 1)


def test_one_time_buyers_are_counted_over_the_period_and_over_history():
    lines = [(str(i), "2025-06-01", 10) for i in range(8)]
    lines += [(str(i), "2023-06-01", 10) for i in range(6)]
    (found,) = habit_findings(period_clients(portrait(lines)), min_cell=5)
    assert found.values == {"share": 1.0, "ever": 0.25}


DEGENERATE = {
    "no client": [("x", "2026-06-01", 10)],
    "one client": [("a", "2025-06-01", 10, 4)],
    "nobody in the period": [("a", "2022-06-01", 10, 4), ("b", "2022-07-01", 5, 4)],
    "credit notes only": [("a", "2025-06-01", -10), ("b", "2025-07-01", -5)],
    "all bought once": [(str(i), "2025-06-01", 10, 4) for i in range(40)],
    "net negative": [("a", "2025-06-01", 10), ("b", "2025-07-01", -500)],
    "free goods": [(str(i), "2025-06-01", 0, 4) for i in range(12)],
}


@pytest.mark.parametrize("lines", DEGENERATE.values(), ids=DEGENERATE.keys())
def test_a_degenerate_base_is_described_or_refused_in_words(lines):
    findings = all_findings(portrait(lines))
    values = json.dumps([f.values for f in findings], allow_nan=False)
    assert "numpy" not in values
    for language in ("fr", "en"):
        said = [f.say(Say(language)) for f in findings]
        assert all("nan" not in sentence and "{" not in sentence for sentence in said)
    assert len({f.key for f in findings}) == len(findings)


def test_a_period_before_that_earned_nothing_is_not_called_uncovered():
    lines = [("a", "2025-06-01", 10), ("a", "2024-06-01", -5), ("b", "2024-07-01", 5)]
    _, change = activity_findings(
        period_factors(portrait(lines)), as_of=AS_OF, window_months=12, comparable=True
    )
    assert (change.verdict, "exports" in change.sentence) == ("REFUSE", False)


def test_a_loss_is_only_spoken_of_where_there_is_one():
    lines = [(str(i), "2025-06-01", 10, 4) for i in range(8)]
    for cost, words in ((4, "none loses money"), (40, "{negative:plural:loses|lose} money")):
        clients = period_clients(portrait([*lines, ("z", "2025-06-01", 10, cost)]))
        (margin,) = [f for f in spread_findings(clients, min_cell=5) if "margin" in f.key]
        assert words in margin.sentence


def test_credit_notes_above_sales_have_no_factors():
    lines = [("a", "2025-06-01", -100), ("a", "2025-06-02", 5), ("a", "2024-06-01", 50)]
    _, change = activity_findings(
        period_factors(portrait(lines)), as_of=AS_OF, window_months=12, comparable=True
    )
    assert change.say(Say("en")) == "Revenue went from €50 to -€95: credit notes outweigh sales."


def test_the_answer_is_short_and_begins_with_what_is_known():
    lines = [(str(i), "2025-06-01", 10 + i) for i in range(40)]
    answer, details = split_findings(all_findings(portrait(lines)), ANSWER)
    assert answer[0].key == "portrait.window_top20_share"
    assert len(answer) <= 8 < len(details)
    verdicts = [f.verdict == "REFUSE" for f in answer]
    assert verdicts == sorted(verdicts)


def test_an_empty_period_is_refused():
    findings = all_findings(portrait(DEGENERATE["nobody in the period"]))
    verdicts = {f.key: f.verdict for f in findings}
    assert verdicts["portrait.window_activity"] == "REFUSE"
    assert verdicts["portrait.window_top20_share"] == "REFUSE"
    assert verdicts["portrait.client_count"] == "PASS"


def test_tenure_rows_add_up_to_the_period(base):
    clients = with_tenure(period_clients(base), as_of=AS_OF)
    rows = tenure_rows(clients)
    assert rows["client_count"].sum() == len(clients)
    assert rows["revenue"].sum() == pytest.approx(275.01)
