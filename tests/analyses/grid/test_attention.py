"""More time and less at equal weight: the trend of each client, and the rule that rests on it."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analyses.audits import audit_of
from clientaudit.analyses.grid.actions import ATTENTION, tasks_table
from clientaudit.analyses.grid.attention import (
    LESS,
    MORE,
    attention_finding,
    attention_shown,
    attention_table,
    trend_heading,
)
from clientaudit.analyses.grid.trends import TREND, trends_of
from clientaudit.text import Say

GROWING, FLAT, UNSURE, UNKNOWN = (100.0, 20.0, 180.0), (0.0, -5.0, 5.0), (40.0, -9.0, 90.0), ()


def client(name, trend, potential, *, source="client", revenue=1000.0, loses=False, points=50.0):
    trend = trend or (np.nan, np.nan, np.nan)
    return {
        "client_id": name, "margin_points": points, "potential_amount": potential,
        "potential_gap": max(potential - revenue, 0.0), "source": source,
        "revenue_window": revenue, "profit_window": 100.0, "is_loss_maker": loses,
        "grid_class": "B", **dict(zip(TREND, trend, strict=True)),
    }  # fmt: skip


def attended(*clients):
    frame = pd.DataFrame(clients)
    return attention_table(frame.drop(columns=TREND), frame[TREND])


def attention(*clients):
    return attended(*clients)["attention"].tolist()


def grid(clients, *, source="declared", basis="profit"):
    class Scores:
        pass

    class Grid:
        pass

    found, scores = Grid(), Scores()
    scores.source, scores.basis = source, basis
    found.clients, found.scores = clients, scores
    return found


def test_who_grows_beyond_chance_and_could_buy_more_deserves_more_time():
    assert attention(client("a", GROWING, 2000.0)) == [MORE]
    assert attention(client("a", UNSURE, 2000.0)) == [None]
    assert attention(client("a", GROWING, 1000.0)) == [None]  # it buys all that it could
    assert attention(client("a", GROWING, 2000.0, loses=True)) == [None]


def test_who_buys_nearly_all_and_does_not_grow_can_do_with_less():
    assert attention(client("a", FLAT, 1052.0)) == [LESS]
    assert attention(client("a", FLAT, 1053.0)) == [None]  # 94.97 %
    assert attention(client("a", UNSURE, 1000.0)) == [None]


def test_to_be_among_the_best_tenth_of_the_peers_is_not_to_buy_all():
    assert attention(client("a", FLAT, 1000.0, source="model")) == [None]
    assert attention(client("a", FLAT, 1000.0, source="rep")) == [LESS]


def test_without_three_years_or_a_potential_nothing_is_said():
    assert attention(client("a", UNKNOWN, 2000.0)) == [None]
    assert attention(client("a", GROWING, np.nan)) == [None]
    assert np.isnan(attended(client("a", FLAT, 0.0))["wallet_share"]).all()


def test_clients_are_compared_with_those_that_bring_as_much():
    points = [0.5, 19.9, 20.0, 79.0, 80.0, 99.5]
    found = attended(*(client(str(p), GROWING, 2000.0, points=p) for p in points))
    assert found["fifth"].tolist() == [5, 5, 4, 2, 1, 1]
    chosen = attended(
        client("small", GROWING, 1500.0, points=90.0),
        client("full", FLAT, 1000.0, points=95.0),
        client("large", GROWING, 9000.0, points=85.0),
        client("below", GROWING, 99_000.0, points=10.0),
    )
    shown = attention_shown(chosen, grid(chosen).scores)
    assert shown["client_id"].tolist() == ["large", "small", "full", "below"]


def test_the_finding_names_what_chance_may_have_made():
    many = [client(str(n), UNSURE, 2000.0) for n in range(80)]
    found = attention_finding(grid(attended(client("a", GROWING, 3000.0), *many)))
    assert found.values["chance"] == pytest.approx(81 * 0.025)
    assert found.n == 81
    assert "look before giving more time" in found.say(Say("en"))
    alone = attention_finding(grid(attended(client("a", GROWING, 3000.0))))
    assert "it deserves more time" in alone.say(Say("en"))
    nobody = attention_finding(grid(attended(client("a", FLAT, 1000.0))))
    assert "No client that could buy more grows" in nobody.say(Say("en"))


def test_without_a_potential_or_a_trend_it_is_refused():
    for clients, source in (((client("a", GROWING, 2000.0),), None),
                            ((client("a", UNKNOWN, 2000.0),), "peers")):  # fmt: skip
        found = attention_finding(grid(attended(*clients), source=source))
        assert found.verdict == "REFUSE"


def test_more_time_and_less_become_tasks():
    clients = attended(
        client("a", GROWING, 2000.0), client("b", FLAT, 1000.0), client("c", FLAT, 9.9e4)
    ).assign(grid_class="C", rep_id="R1", next_contact_date=dt.date(2026, 1, 5), is_opted_out=False)
    none = pd.DataFrame(columns=["client_id", "concession_count", "excess_amount",
                                 "payment_terms_days", "rep_id"])  # fmt: skip
    tasks = tasks_table(clients, none, audit_of([("a", "2025-03-03", 100)]))
    assert dict(zip(tasks["client_id"], tasks["action"], strict=True)) == {
        "a": ATTENTION[MORE], "b": ATTENTION[LESS]
    }  # fmt: skip


def quarterly(name, by_year, *, first=2021, cost=40.0):
    days = ("02-15", "05-15", "08-15", "11-15")
    return [
        (name, f"{first + place}-{day}", amount, cost)
        for place, amount in enumerate(by_year)
        for day in days
    ]


def test_the_trend_is_that_of_the_yearly_margin():
    sales = [
        *quarterly("five", [100, 110, 120, 130, 140]),
        *quarterly("three", [500, 100, 100], first=2023),
        *quarterly("two", [100, 200], first=2024),
        ("three", "2022-12-31", 10, 5),
        ("five", "2020-12-30", 10, 5),
    ]
    found = trends_of(audit_of(sales))
    assert found.of_margin
    assert trend_heading(found) == "Change in margin a year"
    # 10 more a quarter each year: 40 a year
    assert found.frame.loc["five"].tolist() == [40, 40, 40]
    assert found.frame.loc["three", "trend_amount"] == pytest.approx(-800)
    assert found.frame.loc["two"].isna().all()


def test_the_years_before_the_first_purchase_are_no_years_of_nothing():
    sales = [*quarterly("new", [100, 100, 100], first=2023), ("new", "2022-12-30", 1, 0)]
    found = trends_of(audit_of(sales)).frame.loc["new"]
    assert found.tolist() == [0, 0, 0]


def test_costs_that_begin_late_make_no_growth():
    old = [(c, d, a, None) for c, d, a, _ in quarterly("a", [100, 100, 100], first=2022)]
    sales = [("a", "2021-12-30", 1, None), *old, *quarterly("a", [100], first=2025)]
    found = trends_of(audit_of(sales))
    assert not found.of_margin
    assert trend_heading(found) == "Change in revenue a year"
    assert found.frame.loc["a"].tolist() == [0, 0, 0]
