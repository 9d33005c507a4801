"""What a client is to the firm: its weight, its age, its owner, whether it may be asked."""

import datetime as dt

import ibis
import pandas as pd
import pytest

from analyses.sales import AS_OF, occasions_of, summary_of
from clientaudit.analyses.standing import standing_table
from clientaudit.settings import Thresholds

LIMITS = Thresholds(strategic_share=0.05, long_tenure_years=3)


def table(rows, **kinds):
    frame = pd.DataFrame(rows, columns=list(kinds))
    return ibis.memtable(frame, schema=kinds)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def standing(lines, clients=None, assignments=None) -> pd.DataFrame:
    found = standing_table(
        summary_of(lines), occasions_of(lines), clients, assignments, as_of=AS_OF, thresholds=LIMITS
    )
    return found.execute().set_index("client_id").sort_index()


def test_a_strategic_client_brings_more_than_its_share_of_the_period():
    lines = [("a", "2025-05-01", 50), ("b", "2025-05-01", 51), ("c", "2025-05-01", 899),
             ("was", "2020-05-01", 9000)]  # fmt: skip
    found = standing(lines)["is_strategic"]
    assert found.to_dict() == {"a": False, "b": True, "c": True, "was": False}


@pytest.mark.parametrize(
    ("years", "is_long"),
    [
        ((2022, 2023, 2024, 2025), True),
        ((2021, 2022, 2023, 2025), True),  # four years of five
        ((2021, 2022, 2025), False),
        ((2023, 2024, 2025), False),  # since 1 June 2023
    ],
)
def test_a_long_relation_is_old_and_alive_in_most_years(years, is_long):
    row = standing([("a", f"{year}-06-01", 10) for year in years]).loc["a"]
    assert row["is_long_standing"] == is_long
    assert row["tenure_years"] == pytest.approx((AS_OF - dt.date(years[0], 6, 1)).days / 365.25)


def test_the_client_file_knows_the_start_before_the_exports():
    file = table(
        [("a", day("2000-01-01"), "R1", True), ("b", None, None, None)],
        client_id="string",
        client_since="date",
        rep_id="string",
        opt_out="boolean",
    )
    found = standing([("a", "2025-06-01", 10), ("b", "2025-06-01", 10)], clients=file)
    assert found["tenure_years"].tolist() == pytest.approx([9496 / 365.25, 213 / 365.25])
    assert found["is_opted_out"].tolist() == [True, False]
    assert found["rep_id"].fillna("").tolist() == ["R1", ""]
    assert found["is_long_standing"].tolist() == [True, False]


def test_the_owner_is_of_the_client_file_else_of_the_portfolio_of_the_day():
    file = table([("a", "FILE"), ("b", None)], client_id="string", rep_id="string")
    portfolio = table(
        [
            ("a", "OLD", day("2020-01-01"), None),
            ("b", "OLD", day("2020-01-01"), day("2025-12-30")),
            ("b", "NOW", day("2025-12-31"), None),
            ("b", "NEXT", day("2026-01-01"), None),
            ("c", "LEFT", day("2020-01-01"), day("2025-12-30")),
            ("d", "ONE", day("2020-01-01"), None),
            ("d", "TWO", day("2021-01-01"), day("2025-12-31")),
        ],
        client_id="string",
        rep_id="string",
        from_date="date",
        to_date="date",
    )
    lines = [(name, "2025-06-01", 10) for name in "abcd"]
    found = standing(lines, file, portfolio)["rep_id"].fillna("").to_dict()
    assert found == {"a": "FILE", "b": "NOW", "c": "", "d": "TWO"}


def test_nothing_is_made_up_where_nothing_is_known():
    row = standing([("a", "2025-06-01", -10)]).loc["a"]
    assert pd.isna(row["tenure_years"])
    assert pd.isna(row["rep_id"])
    flags = row[["is_strategic", "is_long_standing", "is_opted_out"]]
    assert flags.tolist() == [False] * 3
