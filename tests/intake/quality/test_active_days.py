import datetime as dt
from decimal import Decimal

import pytest

from clientaudit.intake.quality.active_days import ActiveDays, active_days


def days_with_lines(days: list[dt.date]) -> ActiveDays:
    return active_days([(day, 1, Decimal(10)) for day in days])


def days_from(first: str, count: int, *, every=1, weekdays=range(7)) -> list[dt.date]:
    start = dt.date.fromisoformat(first)
    days = [start + dt.timedelta(days=every * i) for i in range(count)]
    return [day for day in days if day.weekday() in weekdays]


def test_a_few_lines_far_from_all_others_are_stray():
    days = days_from("2023-01-02", 300)
    found = days_with_lines([dt.date(1900, 1, 1), *days, dt.date(2099, 12, 31)])
    assert (found.first, found.last) == (days[0], days[-1])
    assert (found.earliest, found.latest) == (dt.date(1900, 1, 1), dt.date(2099, 12, 31))
    assert (found.stray_rows, found.stray_revenue) == (2, 20)
    assert found.last_complete_month_end == dt.date(2023, 9, 30)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (days_from("2012-01-01", 759), "2013-12-31"),  # every day, to 2014-01-28
        (days_from("2024-01-01", 607, weekdays=range(5)), "2025-08-31"),  # to Friday 29 August
        (days_from("2024-01-01", 606, weekdays=range(5)), "2025-07-31"),  # to Thursday 28 August
        ([dt.date(2013, month, 28) for month in range(1, 12)], "2013-11-30"),  # once a month
        (days_from("2024-03-04", 9), "2024-03-12"),  # no whole month
        ([dt.date(2024, 2, 29)], "2024-02-29"),
    ],
)
def test_the_cut_off_date_is_the_last_complete_month_end(days, expected):
    assert days_with_lines(days).last_complete_month_end.isoformat() == expected


def test_a_long_pause_is_told_by_the_days_around_it():
    days = [*days_from("2024-07-01", 31), *days_from("2024-08-26", 30)]
    around = (dt.date(2024, 7, 31), dt.date(2024, 8, 26))
    assert days_with_lines(days).long_pauses == (around,)
