"""Clients are followed from a day in the past, by what was known of them then."""

import datetime as dt

import ibis
import numpy as np
import pandas as pd
import pytest

from analyses.sales import AS_OF, START, occasions_of, summary_of
from clientaudit.analyses.departures.attrition import losses_table
from clientaudit.analyses.departures.evidence import retention_findings
from clientaudit.analyses.departures.retention import (
    BANDS,
    DOUBLED,
    FAMILY,
    hazard_table,
    landmark_of,
    landmark_table,
    reasons_table,
    retention_of,
)
from clientaudit.text import Say

LANDMARK = dt.date(2023, 12, 31)
HAZARD = pd.DataFrame({"tenure_year": pd.Series([], dtype=int)})


def landmark(lines, departures=None, lost_days=365) -> pd.DataFrame:
    found = landmark_table(
        summary_of(lines, as_of=LANDMARK),
        losses_table(occasions_of(lines), as_of=AS_OF, lost_days=lost_days),
        departures,
        as_of=AS_OF,
        lost_days=lost_days,
    )
    return found.execute().set_index("client_id").sort_index()


def bought(name, *days, amount=10) -> list[tuple]:
    return [(name, day, amount) for day in days]


def test_the_landmark_lies_two_years_back():
    assert landmark_of(AS_OF) == LANDMARK
    assert landmark_of(dt.date(2024, 2, 29)) == dt.date(2022, 2, 28)


def test_a_client_of_the_landmark_is_followed_to_its_loss_or_to_the_end():
    found = landmark(
        bought("stays", "2023-06-01", "2024-05-01", "2025-04-01")
        + bought("lost", "2023-01-05", amount=70)
        + bought("back", "2023-06-01", "2025-10-01")
        + bought("gone", "2022-12-31")
        + bought("new", "2024-01-01")
    )
    assert found["is_lost"].to_dict() == {"stays": False, "lost": True, "back": True}
    # Silent for 365 days on 5 January and on 31 May 2024: days 5 and 152 after the landmark.
    assert found["duration_days"].to_dict() == {"stays": 731, "lost": 5, "back": 152}
    assert found.loc["lost", "revenue_window"] == 70
    assert found["reason"].to_dict() == {"stays": "", "lost": "unknown", "back": "unknown"}


def test_what_is_bought_after_the_landmark_does_not_change_the_size():
    lines = bought("a", "2023-06-01")
    later = landmark(lines + bought("a", "2024-02-01", amount=9000))
    assert later["revenue_window"].tolist() == landmark(lines)["revenue_window"].tolist() == [10]


def test_a_reason_counts_for_the_lost_only():
    lines = bought("a", "2023-06-01") + bought("b", "2023-06-01", "2024-05-01", "2025-04-01")
    said = pd.DataFrame({"client_id": ["a", "b"], "reason": ["price", "price"]})
    assert landmark(lines, ibis.memtable(said))["reason"].to_dict() == {"a": "price", "b": ""}
    assert landmark(lines, ibis.memtable(said[["client_id"]]))["reason"]["a"] == "unknown"


def followed(revenue, days, reasons) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "client_id": [f"c{n}" for n in range(len(revenue))],
            "revenue_window": np.asarray(revenue, float),
            "family_count": [1 + n % 3 for n in range(len(revenue))],
            "duration_days": days,
            "is_lost": [reason != "" for reason in reasons],
            "reason": reasons,
        }
    )


def test_the_largest_fifth_the_next_third_and_the_others_are_followed_apart():
    clients = followed(
        [100, 90, 50, 50, 50, 9, 8, 7, 6, 5], [400, *[731] * 9], ["price", *[""] * 9]
    )
    found = retention_of(clients, as_of=AS_OF)
    assert found.clients["band"].tolist() == [BANDS[0]] * 2 + [BANDS[1]] * 3 + [BANDS[2]] * 5
    assert {name: curve.n for name, curve in found.curves.items()} == dict(
        zip(BANDS, [2, 3, 5], strict=True)
    )
    assert found.comparison is not None


def test_clients_of_equal_size_are_one_group():
    found = retention_of(followed([10] * 6, [100, *[731] * 5], ["price", *[""] * 5]), as_of=AS_OF)
    assert list(found.curves) == [BANDS[0]]
    assert found.comparison is None
    assert found.curves[BANDS[0]].at(731)[0] == pytest.approx(5 / 6)


def test_no_chart_is_titled_with_a_difference_that_chance_explains():
    days = [400, *[731] * 4, 400, *[731] * 4]
    clients = followed(range(10, 20), days, ["price" if day == 400 else "" for day in days])
    title = retention_findings(retention_of(clients, as_of=AS_OF), HAZARD, min_clients=5)[0]
    assert title.say(Say("en")).startswith("80% of 10 clients were still there after two years")


def test_the_shares_of_the_reasons_add_up_and_what_nobody_asked_stands_on_top():
    reasons = ["price", "price", "unknown", "rep", "closed", *[""] * 5]
    days = [10, 20, 30, 40, 50, *[731] * 5]
    rows = reasons_table(retention_of(followed(range(10, 20), days, reasons), as_of=AS_OF))
    assert rows["reason"].tolist() == [
        "nobody asked", "cheaper elsewhere", "closed or merged", "trouble with the sales person"
    ]  # fmt: skip
    assert rows["lost_count"].tolist() == [1, 2, 1, 1]
    assert rows["loss_rate"].tolist() == pytest.approx([0.1, 0.2, 0.1, 0.1])
    assert rows["loss_rate"].between(rows["low_rate"], rows["high_rate"]).all()


def test_nobody_lost_has_no_reason():
    found = retention_of(followed([1, 2], [731, 731], ["", ""]), as_of=AS_OF)
    assert reasons_table(found).empty
    assert found.comparison is None
    assert reasons_table(None).empty


def test_effects_name_only_what_differs_between_the_clients():
    draw = np.random.default_rng(4)
    revenue = 2.0 ** draw.integers(4, 12, 200)
    days = np.minimum(draw.exponential(300 * np.log2(revenue) / 6).round() + 1, 731)
    reasons = np.where(days < 731, "unknown", "")
    clients = followed(revenue, days, reasons)
    assert retention_of(clients, as_of=AS_OF).effects.names == (DOUBLED, FAMILY)
    alike = retention_of(clients.assign(family_count=1), as_of=AS_OF).effects
    assert alike.names == (DOUBLED,)
    assert alike.high[0] < 0  # twice the revenue goes with staying, as it was drawn


def test_a_year_of_the_relation_counts_who_entered_it_and_who_left_in_it():
    lines = [
        *bought("one", "2023-03-01"),
        *bought("two", "2022-03-01", "2023-02-15", "2023-06-01"),
        *bought("old", "2020-01-02", "2020-06-01"),
        *[
            ("stays", f"{year}-{month:02}-01", 10)
            for year in range(2022, 2026)
            for month in (3, 12)
        ],
    ]
    found = hazard_table(
        None, summary_of(lines), as_of=AS_OF, first_date=START, lost_days=365
    ).set_index("tenure_year")
    # `old` was there when the exports begin: its tenure is not known.
    assert found.loc[1, "client_count"] == 3
    assert found["lost_count"].sum() == 2
    assert (found["loss_rate"] == found["lost_count"] / found["client_count"]).all()
    assert found["loss_rate"].between(found["low_rate"], found["high_rate"]).all()


def test_the_client_file_gives_the_age_of_the_oldest():
    lines = bought("old", "2020-01-02", "2021-06-01")
    file = pd.DataFrame({"client_id": ["old"], "client_since": [dt.date(2017, 7, 5)]})
    known = {"as_of": AS_OF, "first_date": START, "lost_days": 365}
    table = ibis.memtable(file, schema={"client_id": "string", "client_since": "date"})
    found = hazard_table(table, summary_of(lines), **known)
    assert hazard_table(None, summary_of(lines), **known).empty
    # Under watch in the middle of its third year, lost in its fourth: counted from the fourth on.
    columns = ["tenure_year", "client_count", "lost_count", "loss_rate"]
    assert found[columns].to_numpy().tolist() == [[4, 1, 1, 1.0]]
