"""Rows come out of the engine as `execute` gives them, whatever is missing among them."""

import datetime as dt

import pandas as pd

from analyses.sales import AS_OF, START, occasions_of
from clientaudit.engine.frames import frame_of
from clientaudit.engine.order import by_values
from clientaudit.engine.summary import client_summary


def test_values_missing_ones_and_days_are_those_of_execute():
    lines = [("a", "2025-07-01", 10), ("a", "2025-07-11", 10), ("b", "2025-08-25", -10)]
    summary = client_summary(occasions_of(lines), as_of=AS_OF, window_months=12, data_start=START)
    found, expected = frame_of(by_values(summary)), by_values(summary).execute()
    assert found["mean_gap_days"].isna().sum() == 1  # b never bought
    assert found["last_purchase"].dropna().tolist() == [pd.Timestamp(dt.date(2025, 7, 11))]
    assert "object" not in map(str, found.dtypes)
    as_executed = found.astype(expected.dtypes.to_dict())
    pd.testing.assert_frame_equal(as_executed, expected)
