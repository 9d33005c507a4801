"""Scores come from values alone: never from row order, from a code, or from a credit note."""

import ibis
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyses.sales import summary_of
from clientaudit.analyses.rfm.scores import DAYS, OWN_RHYTHM, RfmRules, rfm_rules, rfm_table
from clientaudit.analyses.rfm.segments import ADVICE, CREDIT_ONLY, SEGMENT_MAPS
from clientaudit.errors import AuditError
from clientaudit.settings import Thresholds

FIVE = RfmRules("quantile", 5)
FIXED = {
    "rfm_recency_limits": [30, 90, 180, 365],
    "rfm_frequency_limits": [2, 4, 8, 16],
    "rfm_money_limits": [100, 500, 1000, 5000],
}


def summary(rows) -> pd.DataFrame:
    """One client a row: recency_days, occasion_count, revenue."""
    frame = pd.DataFrame(rows, columns=["recency_days", "occasion_count", "revenue"])
    return frame.assign(
        client_id=[f"c{i:03}" for i in range(len(frame))],
        revenue=frame["revenue"].astype(float),
        margin=1.0,
        observed_days=frame["recency_days"] + 30 * (frame["occasion_count"] - 1),
        last_order_age_days=30 * (frame["occasion_count"] - 1),
        gap_count=(frame["occasion_count"] - 1).clip(lower=0),
        revenue_window=0.0,
        revenue_prior_window=0.0,
    )


def scores(frame: pd.DataFrame, rules: RfmRules = FIVE) -> pd.DataFrame:
    return rfm_table(ibis.memtable(frame), rules).execute().set_index("client_id").sort_index()


def test_scores_are_those_counted_by_hand():
    money = [100, 90, 80, 70, 60, 50, 40, 30, 20, 10]
    found = scores(summary([(i, 10 - i, m) for i, m in enumerate(money)]))
    # strictly worse clients: 9 8 7 6 5 4 3 2 1 0 of 10, so 1 + floor(5 w / 10), the best 5
    expected = [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]
    for name in ("r_score", "f_score", "m_score"):
        assert found[name].tolist() == expected


def test_the_best_value_scores_highest_even_when_most_share_it():
    found = scores(summary([(0, 1, 1)] * 7 + [(30, 2, 2)] * 2 + [(60, 3, 3)]))
    assert found["r_score"].tolist() == [5] * 7 + [1 + 5 * 1 // 10] * 2 + [1]


def test_a_value_that_all_share_scores_the_middle():
    found = scores(summary([(10, 1, 50)] * 6))
    assert found[["r_score", "m_score"]].to_numpy().tolist() == [[3, 3]] * 6


def test_who_bought_once_never_bought_often():
    assert scores(summary([(i, 1, 50) for i in range(6)]))["f_score"].eq(1).all()
    assert scores(summary([(i, 2, 50) for i in range(6)]))["f_score"].eq(3).all()


def test_a_base_of_one_time_buyers_is_segmented():
    rows = [(i, 1, 10 + i) for i in range(85)] + [(i, 2 + i % 4, 500) for i in range(15)]
    found = scores(summary(rows))
    assert (found["f_score"].iloc[:85] == 1).all()
    assert set(found["rfm_segment"]) <= set(ADVICE)
    assert found["f_score"].max() == 5


def test_a_credit_note_never_raises_frequency_and_alone_stands_outside():
    bought = [("a", "2025-01-01", 100), ("b", "2025-02-01", 50), ("b", "2025-03-01", 50)]
    credited = [
        *bought,
        ("a", "2025-04-01", -10),
        ("a", "2025-05-01", -10),
        ("z", "2025-01-05", -9),
    ]
    before, after = (
        rfm_table(summary_of(lines), FIVE).execute().set_index("client_id")
        for lines in (bought, credited)
    )
    for name in ("r_score", "f_score"):
        assert after.loc[["a", "b"], name].tolist() == before.loc[["a", "b"], name].tolist()
    assert after.loc["z", "rfm_segment"] == CREDIT_ONLY
    assert after.loc["z", ["r_score", "f_score", "m_score"]].isna().all()


CLIENT = st.tuples(st.integers(0, 900), st.integers(1, 12), st.integers(-5_000, 50_000))


@settings(max_examples=20)
@given(st.lists(CLIENT, min_size=2, max_size=40))
def test_more_never_scores_less_and_equals_score_the_same(rows):
    found = scores(summary(rows))
    for value, score in (
        (-found["recency_days"], "r_score"), (found["occasion_count"], "f_score"),
        (found["revenue"], "m_score"),
    ):  # fmt: skip
        ranked = found.groupby(value)[score].agg(["min", "max"])
        assert (ranked["min"] == ranked["max"]).all()
        assert ranked["min"].is_monotonic_increasing
        assert found[score].between(1, 5).all()


@settings(max_examples=10)
@given(st.lists(CLIENT, min_size=2, max_size=40), st.randoms(use_true_random=False))
def test_shuffling_rows_and_renaming_clients_changes_nothing(rows, random):
    frame = summary(rows)
    order = random.sample(range(len(frame)), len(frame))
    renamed = frame.iloc[order].assign(client_id=[f"r{i:03}" for i in range(len(frame))])
    found, other = scores(frame), scores(renamed)
    columns = ["r_score", "f_score", "m_score", "rfm_segment"]
    assert other[columns].to_numpy().tolist() == found[columns].iloc[order].to_numpy().tolist()


@pytest.mark.parametrize("bins", [3, 5])
def test_the_map_names_every_pair_of_scores_once(bins):
    pairs = {(r, f) for r in range(1, bins + 1) for f in range(1, bins + 1)}
    assert set(SEGMENT_MAPS[bins]) == pairs
    assert set(SEGMENT_MAPS[bins].values()) <= set(ADVICE)


def test_the_map_of_five_is_the_one_in_wide_use():
    named = SEGMENT_MAPS[5]
    assert named[5, 5] == "Champions"
    assert named[1, 5] == "Cannot lose"
    assert named[2, 3] == "At risk"
    assert named[5, 1] == "New"
    assert named[1, 1] == "Hibernating"


@pytest.mark.parametrize(("clients", "bins"), [(199, 3), (200, 5)])
def test_a_small_base_is_scored_to_three(clients, bins):
    assert rfm_rules(Thresholds(), client_count=clients).bins == bins


def test_fixed_limits_score_by_the_limits_alone():
    rules = rfm_rules(Thresholds(rfm_mode="fixed", **FIXED), client_count=50)
    found = scores(summary([(30, 1, 99), (31, 2, 100), (366, 16, 5000)]), rules)
    assert found[["r_score", "f_score", "m_score"]].to_numpy().tolist() == [
        [5, 1, 1], [4, 2, 2], [1, 5, 5],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"rfm_money_limits": []}, "rfm_money_limits needs 4 limits .*found: none"),
        ({"rfm_recency_limits": [30, 90, 90, 365]}, "rfm_recency_limits must increase"),
        ({"rfm_frequency_limits": [2, 4]}, "rfm_frequency_limits needs 4 limits .*found: 2, 4"),
        ({"rfm_recency_limits": []}, "rfm_recency_limits needs 2 limits"),
        ({"rfm_bins": 3}, "rfm_recency_limits needs 2 limits"),
    ],
)
def test_limits_that_do_not_fit_are_refused(changed, said):
    with pytest.raises(AuditError, match=said):
        rfm_rules(Thresholds(rfm_mode="fixed", **(FIXED | changed)), client_count=50)


@pytest.mark.parametrize("bins", [1, 2, 4])
def test_a_number_of_scores_without_a_map_is_refused(bins):
    with pytest.raises(AuditError, match=f"rfm_bins is {bins}; segments are defined for 3 and 5"):
        rfm_rules(Thresholds(rfm_bins=bins), client_count=500)


def test_own_rhythm_scores_silence_over_own_interval():
    # silent 60 days at one purchase a month; 40 days with two purchases only
    rules = RfmRules("own_rhythm", 5, min_gaps=3)
    rows = [(60, 9, 1), (90, 9, 1), (30, 4, 1), (40, 2, 1), (10, 1, 1)]
    found = scores(summary(rows), rules)
    assert found["silence_ratio"].iloc[:3].tolist() == [2, 3, 1]
    assert found["recency_basis"].tolist() == [OWN_RHYTHM] * 3 + [DAYS] * 2
    assert found["r_score"].iloc[:3].tolist() == [2, 1, 5]
    by_days = scores(summary(rows))["r_score"]
    assert found["r_score"].iloc[3:].tolist() == by_days.iloc[3:].tolist()


def test_equal_ratios_of_different_rhythms_score_the_same():
    rules = RfmRules("own_rhythm", 5, min_gaps=3)
    frame = summary([(10, 4, 1), (20, 4, 1), (50, 4, 1), (7, 4, 1)])
    frame["last_order_age_days"] = [30, 60, 90, 300]  # ratios 1, 1, 5/3, 7/100
    found = scores(frame, rules)
    assert found["r_score"].iloc[0] == found["r_score"].iloc[1]


def test_every_client_of_the_summary_has_one_row():
    found = rfm_table(summary_of([("a", "2025-01-01", 5), ("b", "2025-01-02", -5)]), FIVE)
    assert sorted(found.execute()["client_id"]) == ["a", "b"]
