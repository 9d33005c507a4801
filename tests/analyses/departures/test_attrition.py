"""A client is lost on the day its silence reaches the limit, even if it comes back later."""

import datetime as dt

import pandas as pd
import pytest

from analyses.sales import AS_OF, occasions_of
from clientaudit.analyses.departures.attrition import (
    Year,
    attrition_table,
    attrition_years,
    losses_table,
    yearly_loss,
)

YEAR = Year(dt.date(2024, 12, 31), AS_OF)


def losses(lines, lost_days=100):
    table = losses_table(occasions_of(lines), as_of=AS_OF, lost_days=lost_days)
    found = table.order_by("client_id", "lost_on").execute()
    found["lost_on"] = found["lost_on"].astype(str).str[:10]
    return found[["client_id", "lost_on", "is_back"]].to_numpy().tolist()


def test_a_silence_is_a_loss_on_the_day_it_reaches_the_limit():
    lines = [("a", "2025-01-01", 10), ("a", "2025-04-11", 10), ("a", "2025-09-22", 10)]
    # 100 days after 1 January is 11 April: the purchase of that day ends the silence.
    assert losses(lines) == [["a", "2025-07-20", True], ["a", "2025-12-31", False]]


def test_a_loss_after_the_cut_off_date_is_not_known_yet():
    assert losses([("a", "2025-09-23", 10)]) == []


def test_attrition_counts_the_clients_of_the_start_and_weighs_them_by_the_year_before():
    lines = [
        ("stays", "2024-06-01", 100, 60), ("stays", "2025-06-01", 5, 1),
        ("lost", "2024-03-01", 40, 10), ("lost", "2024-04-01", -10, -2),
        ("old", "2023-06-01", 999, 1), ("new", "2025-02-01", 7, 1),
    ]  # fmt: skip
    found = attrition_table(occasions_of(lines), YEAR, lost_days=365).execute()
    rows = found.set_index("client_id").sort_index()
    assert rows["is_lost"].to_dict() == {"lost": True, "stays": False}
    assert rows["revenue"].to_dict() == {"lost": 30.0, "stays": 100.0}
    assert rows["margin"].to_dict() == {"lost": 22.0, "stays": 40.0}


def test_nobody_lost_so_far_is_no_proof_that_nobody_leaves():
    known = pd.DataFrame({"client_count": [30, 19], "lost_count": [0, 0]})
    assert yearly_loss(known) == 0.01
    assert yearly_loss(known.assign(lost_count=[7, 0])) == 7 / 49
    assert yearly_loss(known.iloc[:0]) is None


def test_a_client_who_comes_back_was_lost_all_the_same():
    lines = [("a", "2024-03-01", 10), ("a", "2025-11-01", 10)]
    assert attrition_table(occasions_of(lines), YEAR, lost_days=365).execute()["is_lost"].all()


@pytest.mark.parametrize(
    ("first", "count"),
    [(dt.date(2020, 1, 1), 3), (dt.date(2023, 1, 1), 2), (dt.date(2025, 1, 1), 0)],
)
def test_a_year_is_known_only_if_the_exports_reach_before_its_start(first, count):
    years = attrition_years(AS_OF, first_date=first, lost_days=365, years=3)
    assert len(years) == count
    if count:
        assert years[0] == YEAR
