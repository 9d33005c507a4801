"""The past is looked at with what was known then; what came later only judges."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analyses.sales import AS_OF, START, occasions_of
from clientaudit.analyses.departures.past import (
    DAYS,
    GAPS,
    MAJORITY,
    NINETY,
    RATIO,
    RULES,
    SILENCE_RULE,
    STACK,
    Past,
    PastDay,
    Then,
    calibration_table,
    candidates_table,
    past_days,
    past_of,
    rule_rates,
)
from clientaudit.analyses.departures.silence import Pace
from clientaudit.engine.open_days import OpenDays
from clientaudit.engine.summary import client_summary
from clientaudit.models.rhythm import Rhythm
from clientaudit.settings import Thresholds

LIMITS = Thresholds()
OPEN = OpenDays()
HORIZON = 500


def dates(known_days: int, horizon: int = 0) -> list[tuple[int, int]]:
    """(days before the cut-off date, horizon) of each date, for a history of so many days."""
    found = past_days(AS_OF, first_date=AS_OF - dt.timedelta(days=known_days), horizon_days=horizon)
    return [((AS_OF - each.day).days, each.horizon_days) for each in found]


@pytest.mark.parametrize(
    ("known", "horizon", "expected"),
    [
        (3000, 0, [(1460, 365), (1095, 365), (730, 365), (365, 365)]),
        (1643, 0, [(1460, 365), (1095, 365), (730, 365), (365, 365)]),
        (1642, 0, [(1095, 365), (730, 365), (365, 365)]),
        (700, 0, [(600, 200), (400, 200), (200, 200)]),
        (700, 150, [(600, 150), (450, 150), (300, 150), (150, 150)]),
        (700, 400, [(550, 150), (400, 400)]),
        (700, 500, []),
        (0, 0, []),
    ],
)
def test_dates_look_ahead_as_far_as_the_history_allows(known, horizon, expected):
    assert dates(known, horizon) == expected


@pytest.mark.parametrize("known", [30, 400, 547, 548, 1000, 5000])
@pytest.mark.parametrize("horizon", [0, 90, 365])
def test_no_date_looks_at_what_another_tries_to_foresee(known, horizon):
    first = AS_OF - dt.timedelta(days=known)
    found = past_days(AS_OF, first_date=first, horizon_days=horizon)
    ends = [each.end for each in found]
    assert ends == [*(each.day for each in found[1:]), AS_OF][: len(ends)]
    assert all(each.day > first for each in found)


def firm(seed: int = 5) -> list[tuple]:
    """Eighty clients from 2020 on, each with its own pace; half leave on some day."""
    draw = np.random.default_rng(seed)
    lines = []
    for n in range(80):
        pace = draw.uniform(15, 70)
        end = draw.uniform(200, 2191) if n % 2 else 2191
        days = np.unique(np.cumsum(draw.gamma(2.0, pace / 2, 400)).round())
        lines += [(f"c{n:02}", str(START + dt.timedelta(days=d)), 10) for d in days if d <= end]
    return lines


def looked_at(lines, days) -> Past:
    occasions = occasions_of(lines)

    def summary_at(day):
        return client_summary(occasions, as_of=day, window_months=12, data_start=START)

    return past_of(summary_at, occasions, days, clock=OPEN, thresholds=LIMITS)


@pytest.fixture(scope="module")
def past() -> Past:
    return looked_at(firm(), past_days(AS_OF, first_date=START, horizon_days=HORIZON))


def test_purchases_after_a_date_move_nothing_that_was_known_then(past):
    cut = past.last.when
    later = [line for line in firm() if line[1] <= str(cut.day)] + [("c00", str(cut.end), 10)]
    other = looked_at(later, [cut]).last
    pd.testing.assert_frame_equal(other.clients, past.last.clients)
    for k, each in other.forecasts.items():
        said = past.last.forecasts[k].p_active(HORIZON)
        np.testing.assert_array_equal(each.p_active(HORIZON), said)
    assert other.purchases.sum() == 1
    assert other.purchases[(other.clients["client_id"] == "c00").to_numpy()] == [1]


def test_what_came_is_counted_from_the_day_after_to_the_end():
    when = PastDay(dt.date(2025, 3, 1), 10)
    bought = ["2025-02-01", "2025-03-01", "2025-03-02", "2025-03-11", "2025-03-12"]
    lines = [("a", day, 10) for day in bought] + [("a", "2025-03-05", -4), ("b", "2025-03-01", 1)]
    found = looked_at(lines, [when]).last
    assert dict(zip(found.clients["client_id"], found.purchases, strict=True)) == {"a": 2, "b": 0}


def test_the_last_date_is_judged_and_every_candidate_with_it(past):
    assert past.judged.date_count == 2
    rows = candidates_table(past)
    assert set(rows["candidate"]) == {*RULES, GAPS, "purchase model", STACK}
    assert rows["log_loss"].is_monotonic_increasing
    last = past.last
    assert set(rows["client_count"]) == {len(last.clients)}
    assert set(rows["active_count"]) == {int((last.purchases > 0).sum())}
    by_name = rows.set_index("candidate")
    assert by_name.loc[MAJORITY, "auc_rate"] == 0.5
    assert by_name.loc[STACK, "log_loss"] < by_name.loc[MAJORITY, "log_loss"]
    assert by_name.loc[DAYS, "auc_rate"] > 0.8


def test_what_came_and_what_was_expected_are_compared_at_the_last_date(past):
    last = past.last
    expected = last.forecasts[past.k].purchases(HORIZON).sum()
    assert past.bias == pytest.approx(last.purchases.sum() / expected)
    assert 0.7 < past.bias < 1.3


def test_the_calibration_counts_every_client_once(past):
    rows = calibration_table(past)
    assert rows["client_count"].sum() == len(past.last.clients)
    assert rows["predicted_rate"].is_monotonic_increasing
    assert rows["active_rate"].between(rows["low_rate"], rows["high_rate"]).all()


def test_one_date_or_too_few_repeat_buyers_judge_nothing():
    lone = looked_at(firm(), [PastDay(dt.date(2024, 1, 1), 100)])
    two = [PastDay(dt.date(2023, 1, 1), HORIZON), PastDay(dt.date(2024, 5, 15), HORIZON)]
    small = looked_at(firm()[:40], two)
    for found in (lone, small, Past(None, 1, None)):
        assert found.judged is None
        assert candidates_table(found).empty
        assert calibration_table(found).empty
    assert small.bias is None


def test_rules_of_alert_by_hand():
    """Seven clients with an interval of 40 days; silence, purchases that came, revenue before."""
    rows = [
        (10, 2, 100.0), (50, 1, 100.0), (70, 0, 40.0), (95, 1, 100.0), (200, 0, 50.0),
        (20, 0, 10.0), (400, 0, 999.0),
    ]  # fmt: skip
    silence, came, revenue = (np.array(column, float) for column in zip(*rows, strict=True))
    clients = pd.DataFrame(
        {
            "client_id": list("abcdefg"),
            "gap_count": 3,
            "open_span_days": 120.0,
            "open_gap_days": 40.0,
            "open_silence_days": silence,
            "recency_days": silence,
            "last_purchase": pd.Timestamp("2024-01-01"),
            "revenue_window": revenue,
        }
    )
    rhythm = Rhythm(np.array([2.0, 3.0, 60.0]), np.eye(3), 0.0)
    pace = Pace(rhythm, is_common=False, client_count=7, gap_count=21)
    then = Then(PastDay(dt.date(2024, 12, 31), 365), clients, pace, came, {})
    found = rule_rates(then, yearly_loss=0.1, clock=OPEN, thresholds=LIMITS).set_index("rule")
    # g is lost already. Gone: c, e, f, with a revenue of 100. Late from 66.7 days: c, d, e.
    counts = ["alert_count", "gone_count", "precision_rate", "recall_rate", "captured_share"]
    assert found.loc[RATIO, counts].tolist() == pytest.approx([3, 2, 2 / 3, 2 / 3, 0.9])
    assert found.loc[NINETY, counts].tolist() == pytest.approx([2, 1, 1 / 2, 1 / 3, 0.5])
    # P(an interval lasts 95 days) = 10 q^9 - 9 q^10 with q = 180/275: .098; 70 days: .199.
    assert found.loc[SILENCE_RULE, "alert_count"] == 2
    assert (found["low_rate"] < found["precision_rate"]).all()


def test_rules_without_an_alert_have_no_precision():
    clients = pd.DataFrame(
        {
            "client_id": ["a"], "gap_count": [3], "open_span_days": [120.0],
            "open_gap_days": [40.0], "open_silence_days": [1], "recency_days": [1],
            "last_purchase": [pd.Timestamp("2024-12-30")], "revenue_window": [9.0],
        }
    )  # fmt: skip
    pace = Pace(None, is_common=False, client_count=1, gap_count=3)
    then = Then(PastDay(dt.date(2024, 12, 31), 365), clients, pace, np.array([1.0]), {})
    found = rule_rates(then, yearly_loss=None, clock=OPEN, thresholds=LIMITS)
    assert found["alert_count"].tolist() == [0, 0, 0]
    rates = ["precision_rate", "low_rate", "high_rate", "recall_rate", "captured_share"]
    assert found[rates].isna().all(axis=None)
