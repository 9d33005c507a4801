"""Contracts are settled by the day on which notice must be given, not by their end."""

import datetime as dt

import ibis
import pandas as pd
import pytest

from clientaudit.analyses.departures.contracts import contract_book
from clientaudit.analyses.departures.deadlines import (
    RENEWS,
    TO_SETTLE,
    deadlines_table,
    running_contracts,
)

AS_OF = dt.date(2025, 12, 31)
START = dt.date(2025, 1, 1)


def contracts(*rows: dict) -> ibis.Table:
    frame = pd.DataFrame([{"contract_id": f"k{i}", "client_id": f"c{i}", "start_date": START} | row
                          for i, row in enumerate(rows)])  # fmt: skip
    for name in ("start_date", "end_date", "terminated_on"):
        if name in frame:
            frame[name] = pd.to_datetime(frame[name])
    table = ibis.memtable(frame)
    dates = [n for n in ("start_date", "end_date", "terminated_on") if n in frame]
    return table.mutate(**{name: table[name].cast("date") for name in dates})


def running(table: ibis.Table, as_of: dt.date = AS_OF) -> pd.DataFrame:
    return running_contracts(contract_book(table, as_of=as_of), as_of=as_of)


def due_soon(table: ibis.Table) -> pd.DataFrame:
    return deadlines_table(contract_book(table, as_of=AS_OF), as_of=AS_OF, weeks=6)


def day(month: int, number: int) -> dt.date:
    return dt.date(2026, month, number)


def test_a_contract_that_renews_by_itself_counts_from_the_notice():
    table = contracts(
        {"end_date": day(3, 1), "tacit_renewal": True, "notice_days": 30},
        {"end_date": day(3, 1), "tacit_renewal": False, "notice_days": 30},
        {"end_date": day(2, 1), "tacit_renewal": True, "notice_days": 60},
        {"end_date": day(2, 1), "tacit_renewal": False, "notice_days": 60},
    )
    due = due_soon(table)
    assert due["contract_id"].tolist() == ["k2", "k0", "k3"]
    assert due["outcome"].tolist() == [RENEWS, TO_SETTLE, TO_SETTLE]
    assert due["days_left"].tolist() == [-28, 30, 32]


def test_a_notice_that_is_not_given_is_ninety_days_and_marked():
    table = contracts({"end_date": day(4, 15), "tacit_renewal": True})
    row = running(table).iloc[0]
    assert row["decide_by"].date() == day(1, 15)
    assert row["is_notice_assumed"]


def test_only_contracts_that_run_at_the_cut_off_date_are_watched():
    table = contracts(
        {"end_date": dt.date(2025, 12, 30)},
        {"end_date": day(1, 10), "start_date": day(1, 1)},
        {"end_date": day(1, 10), "terminated_on": dt.date(2025, 11, 30)},
        {"end_date": None},
        {"end_date": day(1, 10)},
    )
    assert set(running(table)["contract_id"]) == {"k3", "k4"}
    due = due_soon(table)
    assert due["contract_id"].tolist() == ["k4"]


def test_a_file_of_starts_and_ends_alone_is_enough():
    table = contracts({"end_date": day(1, 10)})
    due = due_soon(table)
    assert due[["notice_days", "days_left"]].to_numpy().tolist() == [[90, 10]]
    assert not due["is_notice_assumed"].any()
    assert due["amount_year"].isna().all()


@pytest.mark.parametrize(
    ("end", "months", "as_of", "present"),
    [
        ("2024-03-31", 12, "2025-12-31", "2026-03-31"),
        ("2020-06-14", 24, "2025-12-31", "2026-06-14"),
        ("2025-12-30", 12, "2025-12-31", "2026-12-30"),
        ("2024-12-31", 12, "2025-12-31", "2026-12-31"),  # the term that ends that day is over
        ("2025-12-31", 12, "2025-12-31", "2026-12-31"),
        ("2023-02-28", 12, "2024-01-31", "2024-02-29"),  # terms begin on the first of March
        ("2025-11-15", 1, "2025-12-31", "2026-01-15"),
    ],
)
def test_a_contract_past_its_end_that_renews_by_itself_ends_whole_terms_later(
    end, months, as_of, present
):
    told = {"end_date": dt.date.fromisoformat(end), "tacit_renewal": True, "term_months": months}
    table = contracts(told | {"start_date": dt.date(2019, 1, 1), "notice_days": 30})
    row = running(table, dt.date.fromisoformat(as_of)).iloc[0]
    assert row["end_date"] == pd.Timestamp(present)
    assert row["is_end_reckoned"]
    assert row["decide_by"] == pd.Timestamp(present) - pd.Timedelta(days=30)


def test_the_deadline_of_the_present_term_is_watched_by_hand():
    """Ended on 31 January 2024, terms of a year, sixty days of notice: the last of three is due."""
    past = {"end_date": dt.date(2024, 1, 31), "start_date": dt.date(2023, 2, 1)}
    past |= {"tacit_renewal": True, "term_months": 12}
    table = contracts(
        past | {"notice_days": 20},  # by 11 January 2026
        past | {"notice_days": 60},  # by 2 December 2025: it renews once more
        past | {"notice_days": 20, "term_months": None},
        past | {"notice_days": 20, "tacit_renewal": False},
        past | {"notice_days": 20, "status": "expired"},
        past | {"notice_days": 20, "terminated_on": dt.date(2024, 6, 30)},
    )
    due = due_soon(table)
    assert due["contract_id"].tolist() == ["k1", "k0"]
    assert due["outcome"].tolist() == [RENEWS, TO_SETTLE]
    assert due["days_left"].tolist() == [-29, 11]


def test_a_renewed_term_is_not_reckoned_on_beside_the_one_that_renewed_it():
    first = {"client_id": "c", "start_date": dt.date(2024, 2, 1), "end_date": dt.date(2025, 1, 31)}
    again = {"client_id": "c", "start_date": dt.date(2025, 2, 1), "end_date": dt.date(2026, 1, 31)}
    tacit = {"tacit_renewal": True, "term_months": 12}
    found = running(contracts(first | tacit, again | tacit))
    assert found["contract_id"].tolist() == ["k1"]
    assert not found["is_end_reckoned"].any()


def test_without_a_known_term_no_end_is_made_up():
    told = {"end_date": dt.date(2024, 1, 31), "start_date": dt.date(2023, 2, 1)}
    for months in ({}, {"term_months": 0}):
        row = running(contracts(told | {"tacit_renewal": True} | months)).iloc[0]
        assert pd.isna(row["end_date"])
        assert pd.isna(row["days_left"])
        assert not row["is_end_reckoned"]
