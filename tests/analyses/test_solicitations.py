"""A solicitation is answered, unanswered, or still open: never counted before its time."""

import ibis
import pandas as pd
import pytest

from analyses.sales import AS_OF, occasions_of
from clientaudit.analyses.solicitations import solicitations_table

OTHER = [("z", "2025-12-31", 10)]


def counted(contacts, lines=()) -> pd.DataFrame:
    frame = pd.DataFrame(contacts, columns=["client_id", "date", "direction", "reaction"])
    table = ibis.memtable(frame.assign(date=pd.to_datetime(frame["date"])))
    table = table.mutate(date=table.date.cast("date"))
    occasions = occasions_of([*lines, *OTHER])
    found = solicitations_table(table, occasions, as_of=AS_OF, window_days=30).execute()
    return found.set_index("client_id").sort_index()


def test_solicitations_count_from_the_last_answer_and_a_reading_is_none():
    row = counted(
        [("a", "2025-01-10", "out", "none"), ("a", "2025-02-10", "out", "replied"),
         ("a", "2025-03-10", "out", "opened"), ("a", "2025-04-10", "out", "none"),
         ("a", "2025-05-10", "out", "none")]
    ).loc["a"]  # fmt: skip
    assert row["unanswered_count"] == 3
    assert row["solicitation_count"] == 5
    assert row["last_answer"] == pd.Timestamp("2025-02-10")


@pytest.mark.parametrize(
    ("bought", "count"),
    [("2025-05-10", 0), ("2025-06-09", 0), ("2025-06-10", 2), ("2025-05-09", 1)],
)
def test_a_purchase_within_thirty_days_is_an_answer(bought, count):
    sent = [("a", "2025-04-10", "out", "none"), ("a", "2025-05-10", "out", "none")]
    assert counted(sent, [("a", bought, 10)]).loc["a", "unanswered_count"] == count


def test_a_credit_note_is_no_answer_and_a_call_is_one():
    sent = [("a", "2025-05-10", "out", "none"), ("b", "2025-05-10", "out", "none"),
            ("b", "2025-05-20", "in", "none")]  # fmt: skip
    found = counted(sent, [("a", "2025-05-12", -10)])
    assert found["unanswered_count"].to_dict() == {"a": 1, "b": 0}


def test_the_last_thirty_days_are_still_open():
    sent = [("a", "2025-12-01", "out", "none"), ("a", "2025-12-02", "out", "none")]
    row = counted(sent).loc["a"]
    assert (row["unanswered_count"], row["open_count"]) == (1, 1)


def test_what_comes_after_the_cut_off_date_is_not_known():
    sent = [("a", "2025-05-10", "out", "none"), ("a", "2026-01-02", "out", "replied")]
    row = counted(sent, [("a", "2026-01-01", 10)]).loc["a"]
    assert (row["solicitation_count"], row["unanswered_count"]) == (1, 1)
    assert pd.isna(row["last_answer"])
