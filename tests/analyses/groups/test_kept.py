"""The groups of the last audit come first: the same limits say who moved, and if they hold."""

import numpy as np
import pandas as pd
import pytest

from analyses.groups.test_kinds import LIMITS, FakeAudit, firm, grouped
from clientaudit.analyses.groups.kept import grouping_from, model_table, renumbered
from clientaudit.analyses.groups.kinds import Groups, clients_table
from clientaudit.analyses.groups.movements import GONE, NEWCOMER, kept_findings, movements_table
from clientaudit.analyses.groups.names import MEASURES
from clientaudit.models.groups.grouping import Grouping
from clientaudit.settings import Thresholds
from clientaudit.text import Say


def kept_tables(groups: Groups) -> dict[str, pd.DataFrame]:
    return {
        "group_model": model_table(groups.grouping, groups.names, months=12),
        "group_clients": clients_table(groups),
    }


@pytest.fixture(scope="module")
def last_year() -> Groups:
    return grouped(firm())


def test_a_frozen_model_read_back_reproduces_its_groups(last_year, tmp_path):
    model_table(last_year.grouping, last_year.names, months=12).to_parquet(tmp_path / "m")
    grouping, names = grouping_from(pd.read_parquet(tmp_path / "m").sample(frac=1, random_state=1))
    labels, distances = grouping.assign(last_year.clients[list(MEASURES)].to_numpy(float))
    assert names == last_year.names
    np.testing.assert_array_equal(labels + 1, last_year.clients["group"].to_numpy(int))
    np.testing.assert_array_equal(distances, last_year.clients["centre_distance"])
    assert (distances <= grouping.reach[labels]).all()


def test_the_same_clients_a_year_later_have_not_moved_and_the_groups_hold(last_year):
    again = grouped(firm(), kept=kept_tables(last_year))
    assert again.kept.holds
    assert again.kept.alike.tolist() == [1, 1, 1]
    assert not again.kept.beyond.any()
    assert (again.clients["previous_group"] == again.clients["group"]).all()
    found = {f.key: f.values for f in kept_findings(again, thresholds=LIMITS)}
    assert (found["groups.moved"]["moved"], found["groups.moved"]["both"]) == (0, 120)


def test_movements_are_those_made_by_hand(last_year):
    frame = firm()
    mover = frame.index[frame["client_id"] == "K2000"][0]
    frame.loc[mover, [*MEASURES, "revenue"]] = [4, 9000.0, 3, 36000.0]
    frame.loc[frame["client_id"] == "K2001", "client_id"] = "NEW"
    again = grouped(frame, kept=kept_tables(last_year))
    rows = movements_table(again.kept, again.clients)
    moves = {(r.previous_group_name, r.group_name): r.client_count for r in rows.itertuples()}
    one, two, three = last_year.names
    assert moves == {
        (one, one): 40, (two, two): 40, (three, three): 38, (three, one): 1,
        (three, GONE): 1, (NEWCOMER, three): 1,
    }  # fmt: skip
    assert rows["revenue"].sum() == pytest.approx(frame["revenue"].sum())
    texts = [f.say(Say("en")) for f in kept_findings(again, thresholds=LIMITS)]
    assert texts[1].startswith("Since the last audit 1 of 119 clients changed group")


def test_the_old_limits_judge_before_anything_is_made_anew(last_year):
    """Prices doubled: by the old limits clients stand elsewhere, and the model kept is the old."""
    again = grouped(firm(shift=1.3), kept=kept_tables(last_year))
    labels, _ = last_year.grouping.assign(again.clients[list(MEASURES)].to_numpy(float))
    np.testing.assert_array_equal(again.kept.now, labels)


def test_groups_that_are_not_found_again_give_way_and_say_so(last_year):
    frame = firm()
    draw = np.random.default_rng(5)
    frame["average_value"] = np.where(np.arange(120) % 2, 300.0, 9000.0) * np.exp(
        draw.normal(0, 0.1, 120)
    )
    frame["family_count"] = np.where(np.arange(120) % 2, 2, 9)
    frame["occasion_count"] = np.where(np.arange(120) % 2, 40, 3) + draw.integers(0, 3, 120)
    frame["revenue"] = frame["average_value"] * frame["occasion_count"]
    again = grouped(frame, kept=kept_tables(last_year))
    assert not again.kept.holds
    first, *_ = kept_findings(again, thresholds=LIMITS)
    assert first.verdict == "FLAG"
    assert again.grouping is not last_year.grouping


def test_a_period_of_another_length_is_not_compared(last_year):
    audit = FakeAudit(Thresholds(window_months=6), kept=kept_tables(last_year))
    assert grouped(firm(), thresholds=audit.thresholds, kept=audit.kept).kept is None


def test_new_groups_take_the_number_of_the_old_one_that_they_continue():
    centres = np.array([[10.0], [20.0], [30.0]])
    grouping = Grouping(centres, np.zeros(1), np.ones(1), np.array([1.0, 2.0, 3.0]))
    moved, names = renumbered(grouping, ("a", "b", "c"), (2, None, 0))
    assert names == ("c", "b", "a")
    assert moved.centres.ravel().tolist() == [30, 20, 10]
    assert moved.reach.tolist() == [3, 2, 1]
