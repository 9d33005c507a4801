"""Relations older than the exports are never called young."""

import datetime as dt

import pandas as pd
import pytest

from clientaudit.analyses.portrait.tenure import (
    NO_PURCHASE,
    OLDER,
    long_relations,
    tenure_findings,
    tenure_rows,
    with_tenure,
)

AS_OF = dt.date(2025, 12, 31)
CLIENTS = pd.DataFrame(
    [
        ("new", "2025-07-01", None, False, 100.0, 183, 1),
        ("steady", "2018-01-01", None, False, 500.0, 2921, 7),
        ("erratic", "2018-01-01", None, False, 50.0, 2921, 3),
        ("known", "2022-01-05", "2001-01-01", True, 200.0, 1456, 4),
        ("unseen", "2022-01-05", None, True, 300.0, 1456, 4),
        ("credit", None, None, False, -10.0, None, 0),
    ],
    columns=["client_id", "first_purchase", "client_since", "is_left_truncated", "revenue",
             "observed_days", "active_year_count"],
)  # fmt: skip


@pytest.fixture
def aged() -> pd.DataFrame:
    return with_tenure(CLIENTS, as_of=AS_OF)


def test_each_client_has_one_age(aged):
    assert aged.set_index("client_id")["tenure_band"].to_dict() == {
        "new": "Under 1 year", "steady": "5 to 10 years", "erratic": "5 to 10 years",
        "known": "10 years and more", "unseen": OLDER, "credit": NO_PURCHASE,
    }  # fmt: skip


def test_the_date_of_the_client_file_wins_only_where_it_is_earlier():
    later = CLIENTS.assign(client_since="2025-12-01")
    years = with_tenure(later, as_of=AS_OF).set_index("client_id")["tenure_years"]
    assert years["steady"] == pytest.approx(8, abs=0.01)


def test_the_pyramid_adds_up(aged):
    rows = tenure_rows(aged)
    assert rows["client_count"].sum() == 6
    assert rows["revenue"].sum() == 1140
    assert rows["client_share"].sum() == pytest.approx(1)


def test_a_long_relation_is_old_and_bought_in_most_of_its_years(aged):
    long = long_relations(aged, long_tenure_years=5)
    assert aged.loc[long, "client_id"].tolist() == ["steady", "known"]


def test_who_buys_through_all_the_exports_is_at_least_as_old_as_they_are(aged):
    long = long_relations(aged, long_tenure_years=3)
    assert aged.loc[long, "client_id"].tolist() == ["steady", "known", "unseen"]


def test_too_few_known_starts_are_refused(aged):
    (found,) = tenure_findings(aged, long_tenure_years=5, min_cell=5)
    assert (found.verdict, found.values) == ("REFUSE", {"older": 1, "known": 4, "min_cell": 5})
    (none_older,) = tenure_findings(
        aged[aged["tenure_band"] == "Under 1 year"], long_tenure_years=5, min_cell=5
    )
    assert "Ask for" not in none_older.sentence


def test_relations_older_than_the_exports_flag_the_median(aged):
    age, long = tenure_findings(aged, long_tenure_years=5, min_cell=4)
    assert age.verdict == "FLAG"
    assert long.values["count"] == 2
    assert long.values["share"] == 700 / 1140


def test_no_long_relation_is_said_with_what_to_ask_for(aged):
    _, long = tenure_findings(aged, long_tenure_years=50, min_cell=4)
    assert long.values == {"years": 50, "count": 0}
    assert "Ask for" in long.sentence
