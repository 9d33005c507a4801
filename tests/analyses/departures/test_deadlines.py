"""Contracts are settled by the day on which notice must be given, not by their end."""

import datetime as dt

import ibis
import pandas as pd

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


def day(month: int, number: int) -> dt.date:
    return dt.date(2026, month, number)


def test_a_contract_that_renews_by_itself_counts_from_the_notice():
    table = contracts(
        {"end_date": day(3, 1), "tacit_renewal": True, "notice_days": 30},
        {"end_date": day(3, 1), "tacit_renewal": False, "notice_days": 30},
        {"end_date": day(2, 1), "tacit_renewal": True, "notice_days": 60},
        {"end_date": day(2, 1), "tacit_renewal": False, "notice_days": 60},
    )
    due = deadlines_table(table, as_of=AS_OF, weeks=6).execute()
    assert due["contract_id"].tolist() == ["k2", "k0", "k3"]
    assert due["outcome"].tolist() == [RENEWS, TO_SETTLE, TO_SETTLE]
    assert due["days_left"].tolist() == [-28, 30, 32]


def test_a_notice_that_is_not_given_is_ninety_days_and_marked():
    table = contracts({"end_date": day(4, 15), "tacit_renewal": True})
    row = running_contracts(table, as_of=AS_OF).execute().iloc[0]
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
    assert running_contracts(table, as_of=AS_OF).execute()["contract_id"].tolist() == ["k3", "k4"]
    due = deadlines_table(table, as_of=AS_OF, weeks=6).execute()
    assert due["contract_id"].tolist() == ["k4"]


def test_a_file_of_starts_and_ends_alone_is_enough():
    table = contracts({"end_date": day(1, 10)})
    due = deadlines_table(table, as_of=AS_OF, weeks=6).execute()
    assert due[["notice_days", "days_left"]].to_numpy().tolist() == [[90, 10]]
    assert not due["is_notice_assumed"].any()
    assert due["amount_year"].isna().all()
