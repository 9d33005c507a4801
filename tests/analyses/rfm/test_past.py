"""The groups of a year ago are judged on what was known then."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analyses.sales import AS_OF, occasions_of, summary_of
from clientaudit.analyses.rfm.past import (
    BY_RECENCY,
    BY_SEGMENT,
    past_day,
    past_findings,
    past_table,
    repeat_rates,
    separation,
)
from clientaudit.analyses.rfm.scores import RfmRules
from clientaudit.analyses.rfm.segments import SEGMENTS
from clientaudit.settings import Thresholds

FIVE = RfmRules("quantile", 5)
EARLY = dt.date(2020, 1, 1)


def past_of(lines, first_date=EARLY) -> pd.DataFrame:
    then = summary_of(lines, as_of=past_day(AS_OF))
    table = past_table(then, occasions_of(lines), FIVE, as_of=AS_OF, first_date=first_date)
    return table.execute().sort_values("client_id", ignore_index=True)


def findings_of(past, first_date=EARLY, **thresholds):
    return past_findings(
        past, as_of=AS_OF, first_date=first_date, thresholds=Thresholds(**thresholds)
    )


def test_only_what_was_known_then_counts_and_a_credit_note_is_no_return():
    past = past_of(
        [("a", "2024-12-31", 10), ("a", "2025-01-01", 10), ("b", "2024-06-01", 10),
         ("b", "2025-06-01", -10), ("c", "2025-03-01", 10), ("d", "2024-01-01", 10),
         ("d", "2026-01-01", 10)]
    )  # fmt: skip
    assert past["client_id"].tolist() == ["a", "b", "d"]  # c was not known then
    assert past["came_back"].tolist() == [True, False, False]
    assert past["recency_days"].tolist() == [0, 213, 365]


def test_rates_are_those_counted_by_hand_and_small_groups_are_masked():
    past = pd.DataFrame(
        {
            "rfm_segment": ["Champions"] * 6 + ["New"] * 2,
            "recency_group": [10] * 6 + [1] * 2,
            "recency_days": [1, 2, 3, 4, 5, 6, 80, 90],
            "came_back": [True] * 3 + [False] * 5,
        }
    )
    rates = repeat_rates(past, min_cell=5)
    assert rates["grouping"].tolist() == [BY_SEGMENT, BY_SEGMENT, BY_RECENCY, BY_RECENCY]
    assert rates["repeat_rate"].iloc[0] == 0.5
    assert rates[["recency_from", "recency_to"]].iloc[2].tolist() == [1, 6]
    assert rates.loc[1, ["returned_count", "repeat_rate", "low_rate"]].isna().all()
    assert rates["client_count"].tolist() == [6, 2, 6, 2]


def two_kinds(segment_tells: bool) -> pd.DataFrame:
    """400 clients; the group, or else only recency, tells who came back."""
    came_back = [i % 2 == 0 for i in range(400)]
    good = ["Champions" if back else "Hibernating" for back in came_back]
    blind = ["Champions" if i % 4 < 2 else "Hibernating" for i in range(400)]
    return pd.DataFrame(
        {
            "client_id": range(400),
            "rfm_segment": good if segment_tells else blind,
            "recency_group": [i % 4 // 2 for i in range(400)] if segment_tells
            else [int(back) for back in came_back],
            "recency_days": range(400),
            "came_back": came_back,
        }
    )  # fmt: skip


def test_separation_is_that_of_perfect_and_of_blind_groups():
    found = separation(two_kinds(segment_tells=True), seed=1)
    assert found.segments == 1
    assert found.recency == pytest.approx(0.5)
    assert found.interval[0] > 0
    assert found.p_value < 0.01


def test_the_better_grouping_is_named_only_beyond_chance():
    groups, _ = findings_of(two_kinds(segment_tells=True))
    assert "better than recency alone" in groups.sentence
    recency, *_ = findings_of(two_kinds(segment_tells=False))
    assert recency.sentence.startswith("Scored on {day:day}, recency alone tells")
    same = two_kinds(segment_tells=True)
    same["recency_group"] = same["rfm_segment"].map({"Champions": 1, "Hibernating": 0})
    even, *_ = findings_of(same)
    assert "neither the groups nor recency" in even.sentence


def test_recency_groups_rank_by_recency_even_where_the_recent_come_back_less():
    past = two_kinds(segment_tells=False).assign(
        recency_group=lambda t: 1 - t["came_back"].astype(int)
    )
    assert separation(past, seed=1).recency == 0


def test_groups_that_tell_nothing_gain_nothing_by_being_ranked_on_their_own_result():
    draw = np.random.default_rng(5)
    found = [
        separation(
            pd.DataFrame(
                {
                    "rfm_segment": draw.choice(list("abcdefghij"), 200),
                    "recency_group": 1,
                    "came_back": draw.random(200) < 0.5,
                }
            ),
            seed=1,
        )
        for _ in range(20)
    ]
    # Ranked by their own repeat rate and judged by it, ten blind groups would show .62.
    assert abs(sum(f.segments for f in found) / 20 - 0.5) < 0.03
    assert all(f.gain == f.segments - 0.5 for f in found)


def test_the_extremes_are_told_apart_only_beyond_the_best_of_many_pairs():
    def worded(rates) -> str:
        past = pd.DataFrame(
            [
                {"client_id": f"{group}{i}", "rfm_segment": SEGMENTS[group], "recency_days": i,
                 "recency_group": 1 + i % 3, "came_back": i < rate}
                for group, rate in enumerate(rates) for i in range(40)
            ]
        )  # fmt: skip
        return findings_of(past)[1].sentence

    # 12 and 26 of 40: Fisher's p is .003, and of the extremes of 45 pairs .15.
    assert worded([12, 26]).startswith("Of the")
    assert worded([12, 26, *[19] * 8]).startswith("The highest and")
    assert worded([4, 36, *[19] * 8]).startswith("Of the")


def test_separation_depends_on_the_seed_alone():
    past = two_kinds(segment_tells=True).sample(frac=1, random_state=3)
    assert separation(past, seed=7) == separation(past.iloc[::-1], seed=7)


def test_a_short_history_is_refused_with_what_to_ask_for():
    first = dt.date(2024, 3, 1)
    past = past_of([("a", "2024-03-01", 10), ("a", "2025-03-01", 10)], first)
    assert past.empty
    (found,) = findings_of(past, first)
    assert found.verdict == "REFUSE"
    assert found.values["first"] == "2024-03-01"
    assert repeat_rates(past, min_cell=5).empty


@pytest.mark.parametrize("count", [29, 40])
def test_too_few_clients_or_returns_are_refused(count):
    past = past_of([(f"c{i}", "2024-05-01", 10) for i in range(count)])  # nobody came back
    (found,) = findings_of(past)
    assert (found.verdict, found.values["back"]) == ("REFUSE", 0)
