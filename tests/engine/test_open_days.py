"""Days on which the firm is closed are not silence."""

import datetime as dt

import numpy as np
import pytest

from analyses.sales import occasions_of
from clientaudit.engine.open_days import OpenDays

# Closed from 1 to 23 August: 23 days.
AUGUST = (dt.date(2025, 7, 31), dt.date(2025, 8, 24))
CLOCK = OpenDays((AUGUST,), years=1.0)


def later(day: dt.date, open_days: int) -> dt.date:
    return CLOCK.after(np.array([day], "datetime64[D]"), np.array([open_days]))[0].item()


def test_a_silence_over_the_closure_is_shorter_by_it():
    silence = CLOCK.opened(dt.date(2025, 8, 31)) - CLOCK.opened(dt.date(2025, 7, 30))
    assert silence.days == 32 - 23
    within = CLOCK.opened(dt.date(2025, 8, 10)) - CLOCK.opened(dt.date(2025, 7, 31))
    assert within.days == 0
    assert CLOCK.year_days == 342


def test_intervals_over_the_closure_are_shorter_by_it():
    lines = [("a", "2025-07-01", 10), ("a", "2025-07-11", 10), ("a", "2025-08-25", 10)]
    table = CLOCK.occasions(occasions_of(lines)).order_by("date").execute()
    assert table["gap_days"].tolist()[1:] == [10, 45 - 23]
    assert (table["date"].iloc[2] - table["date"].iloc[0]).days == 10 + 45 - 23


def test_a_firm_open_all_year_keeps_its_dates():
    occasions = occasions_of([("a", "2025-07-01", 10)])
    assert OpenDays().occasions(occasions) is occasions
    assert OpenDays().year_days == 365


@pytest.mark.parametrize(
    ("day", "open_days", "expected"),
    [
        (dt.date(2025, 7, 1), 10, dt.date(2025, 7, 11)),
        (dt.date(2025, 7, 30), 2, dt.date(2025, 8, 24)),
        (dt.date(2026, 7, 30), 2, dt.date(2026, 8, 24)),  # last year's closure again
    ],
)
def test_an_alert_waits_for_the_firm_to_open(day, open_days, expected):
    assert later(day, open_days) == expected


def test_after_undoes_opened():
    for days in range(0, 120, 7):
        end = later(dt.date(2025, 6, 1), days)
        assert (CLOCK.opened(end) - CLOCK.opened(dt.date(2025, 6, 1))).days == days
