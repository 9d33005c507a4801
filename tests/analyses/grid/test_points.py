"""Points from ranks, weights that move to what is measured, and nothing that rests on order."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientaudit.analyses.grid.points import chosen_weights, rank_points, weighed, weights_of
from clientaudit.settings import Thresholds

DEFAULTS = Thresholds()


def weights(points: list[float], source: str | None, thresholds: Thresholds = DEFAULTS) -> list:
    row = np.array([points])
    found = weights_of(row, pd.Series([source]), chosen_weights(thresholds), thresholds)
    return found[0].tolist()


def test_points_are_the_share_that_does_worse_with_equals_for_half():
    assert rank_points(np.array([5.0, 1.0, 5.0, 9.0])).tolist() == [50.0, 12.5, 50.0, 87.5]


def test_what_is_not_measured_has_no_points_and_counts_for_nobody():
    points = rank_points(np.array([np.nan, 1.0, 2.0]))
    assert np.isnan(points[0])
    assert points[1:].tolist() == [25.0, 75.0]


def test_the_weights_are_those_of_the_engagement():
    assert weights([1.0, 1.0, 1.0], "client") == [0.5, 0.25, 0.25]


def test_the_weight_of_what_is_missing_goes_to_the_others_in_proportion():
    assert weights([1.0, np.nan, 1.0], None) == pytest.approx([2 / 3, 0, 1 / 3])
    assert weights([1.0, np.nan, np.nan], None) == [1.0, 0.0, 0.0]
    assert weights([np.nan] * 3, None) == [0.0, 0.0, 0.0]


def test_the_word_of_a_sales_person_weighs_no_more_than_agreed():
    assert weights([1.0, 1.0, 1.0], "rep") == pytest.approx([0.85 * 2 / 3, 0.15, 0.85 / 3])
    assert weights([1.0, 1.0, np.nan], "rep") == pytest.approx([0.85, 0.15, 0.0])
    assert weights([np.nan, 1.0, np.nan], "rep") == [0.0, 1.0, 0.0]  # nothing else is known
    light = Thresholds(w_potential=0.1, w_margin=0.5, w_relation=0.4)
    assert weights([1.0, 1.0, 1.0], "rep", light) == pytest.approx([0.5, 0.1, 0.4])


values = st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(float("nan"))), min_size=1, max_size=30)


@given(values, st.randoms())
def test_the_order_of_the_clients_changes_no_points(found, random):
    order = list(range(len(found)))
    random.shuffle(order)
    one, other = rank_points(np.array(found)), rank_points(np.array(found)[order])
    np.testing.assert_array_equal(one[order], other)


@given(values)
def test_more_is_never_worse_and_points_lie_between_0_and_100(found):
    points = rank_points(np.array(found))
    known = [(v, p) for v, p in zip(found, points, strict=True) if not np.isnan(v)]
    assert all(0 < p < 100 for _, p in known)
    assert all(p <= q for (v, p) in known for (w, q) in known if v <= w)


@given(st.lists(st.tuples(*[st.sampled_from([0.0, 50.0, np.nan])] * 3), min_size=1, max_size=20))
def test_weights_add_up_to_one_and_points_stay_within_100(rows):
    points = np.array(rows)
    source = pd.Series(["rep", "client", None] * len(rows)).head(len(rows))
    found = weights_of(points, source, chosen_weights(DEFAULTS), DEFAULTS)
    known = ~np.isnan(points).all(axis=1)
    np.testing.assert_allclose(found.sum(axis=1), known.astype(float))
    assert ((weighed(points, found) >= 0) & (weighed(points, found) <= 100)).all()
