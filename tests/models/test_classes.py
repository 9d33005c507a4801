"""Classes A to D: ceilings, ties, the gate against losses, incumbents, distance, weights."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientaudit.models.classes import (
    class_of,
    distance_to_next,
    orders_by_class,
    weight_sensitivity,
)

A, B, C, D = range(4)
PROFIT = np.zeros(10, dtype=bool)
TEN = np.arange(100.0, 0.0, -10.0)


def letters(points, is_loss=None, **options):
    loss = np.zeros(len(points), dtype=bool) if is_loss is None else is_loss
    return "".join("ABCD"[place] for place in class_of(points, is_loss=loss, **options))


@st.composite
def bases(draw):
    n = draw(st.integers(0, 40))
    points = draw(st.lists(st.integers(0, 12), min_size=n, max_size=n))
    loss = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    incumbent = draw(st.lists(st.integers(-1, 3), min_size=n, max_size=n))
    return np.array(points, dtype=float), np.array(loss, dtype=bool), np.array(incumbent, dtype=int)


def test_ten_clients_of_ten_points_fill_the_four_classes():
    assert letters(TEN) == "AABBBCCCDD"


def test_a_tied_block_over_a_ceiling_goes_down_whole():
    assert letters([90, 80, 80, 70, 60, 50, 40, 30, 20, 10]) == "ABBBCCCDDD"


def test_a_block_too_large_for_a_b_and_c_is_d_and_nobody_below_it_rises():
    assert letters([90, 80, 80, 80, 80, 80, 30, 20, 10, 5]) == "ADDDDDDDDD"


def test_clients_all_equal_are_all_d():
    assert letters([50.0] * 10) == "DDDDDDDDDD"


def test_a_sum_that_differs_by_rounding_alone_is_a_tie():
    assert letters([0.9, 0.1 + 0.2, 0.3, 0, 0, 0, 0, 0, 0, 0]) == "ABBDDDDDDD"


def test_a_loss_maker_of_many_points_is_c_at_best():
    loss = PROFIT.copy()
    loss[[0, 9]] = True
    assert letters(TEN, loss) == "CAABBBCCDD"


def test_places_that_losses_leave_empty_are_not_filled():
    loss = np.arange(10) >= 4
    assert letters(TEN, loss) == "AABBCCCDDD"


def test_a_ceiling_is_not_lost_to_binary_fractions():
    points = np.arange(100.0)
    shares = (0.29, 0.28, 0.07)
    found = class_of(points, is_loss=np.zeros(100, dtype=bool), shares=shares)
    assert np.bincount(found).tolist() == [29, 28, 7, 36]


def test_an_incumbent_just_below_the_cut_keeps_a_and_a_newcomer_waits():
    incumbent = np.array([0, -1, 0, 1, 2, 2, 2, 3, 3, 3])
    assert letters(TEN, incumbent=incumbent, hysteresis=0.1) == "ABABBCCCDD"
    assert letters(TEN, incumbent=incumbent, hysteresis=0.0) == "AABBBCCCDD"


def test_an_incumbent_below_the_band_has_no_privilege():
    incumbent = np.array([0, -1, -1, 0, 0, 2, 2, 3, 3, 3])
    assert letters(TEN, incumbent=incumbent, hysteresis=0.1) == "AABBBCCCDD"


def test_an_incumbent_with_a_loss_leaves_a():
    loss = PROFIT.copy()
    loss[0] = True
    assert letters(TEN, loss, incumbent=np.zeros(10, dtype=int), hysteresis=0.1)[0] == "C"


def test_no_clients_have_no_classes():
    assert class_of([], is_loss=[]).shape == (0,)
    assert distance_to_next([], class_of([], is_loss=[]), is_loss=[]).shape == (0,)


def test_one_client_is_d_because_no_class_has_room_for_one():
    assert letters([50.0]) == "D"


def test_points_that_are_missing_are_refused():
    with pytest.raises(ValueError, match="points"):
        class_of([1.0, np.nan], is_loss=[False, False])


@given(bases(), st.sampled_from([0.0, 0.02, 0.1, 0.3]))
def test_no_ceiling_is_passed_and_no_loss_maker_is_a_or_b(base, hysteresis):
    points, loss, incumbent = base
    found = class_of(points, is_loss=loss, incumbent=incumbent, hysteresis=hysteresis)
    counts, n = np.bincount(found, minlength=4), len(points)
    assert (counts[:3] <= np.array([0.2, 0.3, 0.3]) * n + 1e-9).all()
    assert not (loss & (found <= B)).any()


@given(bases())
def test_more_points_never_mean_a_lower_class_and_equal_points_an_equal_one(base):
    points, loss, _ = base
    found = class_of(points, is_loss=loss)
    for kind in (loss, ~loss):
        frame = pd.DataFrame({"points": points[kind], "place": found[kind]})
        places = frame.groupby("points").place.agg(["min", "max"])
        assert (places["min"] == places["max"]).all()
        assert places["max"].is_monotonic_decreasing


@given(bases(), st.randoms(use_true_random=False))
def test_rows_in_another_order_change_no_class(base, random):
    points, loss, incumbent = base
    order = list(range(len(points)))
    random.shuffle(order)
    found = class_of(points, is_loss=loss, incumbent=incumbent, hysteresis=0.1)
    mixed = class_of(points[order], is_loss=loss[order], incumbent=incumbent[order], hysteresis=0.1)
    assert mixed.tolist() == found[order].tolist()


@given(bases())
def test_incumbents_without_a_band_change_nothing(base):
    points, loss, incumbent = base
    plain = class_of(points, is_loss=loss)
    assert class_of(points, is_loss=loss, incumbent=incumbent).tolist() == plain.tolist()


def test_the_distance_is_to_the_points_of_the_last_client_above():
    classes = class_of(TEN, is_loss=PROFIT)
    distance = distance_to_next(TEN, classes, is_loss=PROFIT)
    assert np.isnan(distance[:2]).all()
    assert distance[2:].tolist() == [10, 20, 30, 10, 20, 30, 10, 20]


def test_a_loss_maker_in_c_lacks_no_points_and_one_in_d_does():
    loss = PROFIT.copy()
    loss[[5, 9]] = True
    distance = distance_to_next(TEN, class_of(TEN, is_loss=loss), is_loss=loss)
    assert np.isnan(distance[5])
    assert distance[9] == 20


def test_nobody_above_is_no_distance_and_an_incumbent_with_fewer_points_is_none_to_make_up():
    assert np.isnan(
        distance_to_next([50.0] * 10, class_of([50.0] * 10, is_loss=PROFIT), is_loss=PROFIT)
    ).all()
    incumbent = np.array([0, -1, 0, 1, 2, 2, 2, 3, 3, 3])
    classes = class_of(TEN, is_loss=PROFIT, incumbent=incumbent, hysteresis=0.1)
    assert distance_to_next(TEN, classes, is_loss=PROFIT)[1] == 0


def test_orders_are_counted_by_class():
    assert orders_by_class([30, 5, 6, 0], np.array([0, 1, 1, 3])).tolist() == [30, 11, 0, 0]


def grid(criteria):
    return lambda weights: class_of(criteria @ weights, is_loss=np.zeros(len(criteria), dtype=bool))


def test_weights_do_not_matter_where_the_criteria_agree():
    criteria = np.column_stack([TEN, TEN, TEN])
    found = weight_sensitivity([0.5, 0.25, 0.25], grid(criteria), draws=50, seed=1)
    assert (found.low, found.median, found.high) == (1.0, 1.0, 1.0)
    assert found.in_a.tolist() == [1, 1] + [0] * 8


def test_two_clients_of_opposite_merits_share_a_by_the_weights():
    """Client 0 leads while w1 > w2: from weights 1 : 1, half of the draws."""
    criteria = np.array([[100.0, 0.0], [0.0, 100.0], [0, 0], [0, 0], [0, 0]])
    found = weight_sensitivity([1, 1.0001], grid(criteria), draws=2000, seed=2)
    assert found.in_a[:2] == pytest.approx([0.5, 0.5], abs=0.05)
    assert found.in_a.sum() == pytest.approx(1)
    assert (found.low, found.high) == (0.0, 1.0)


def test_an_empty_class_a_has_no_share_that_stays():
    found = weight_sensitivity([1.0], grid(np.ones((10, 1))), draws=3, seed=1)
    assert np.isnan(found.median)


def test_adventureworks_has_127_resellers_in_a_and_173_at_most_in_b(shared_data):
    """635 resellers, of whom 300 bring a profit; ranked by their margin."""
    folder = shared_data / "adventureworks"
    sales = pd.read_parquet(folder / "FactResellerSales.parquet")
    sales["margin"] = sales.SalesAmount.astype(float) - sales.TotalProductCost.astype(float)
    margin = sales.groupby("ResellerKey").margin.sum().to_numpy()
    counts = np.bincount(class_of(margin, is_loss=margin < 0), minlength=4)
    assert (len(margin), (margin >= 0).sum()) == (635, 300)
    assert counts[0] == 127
    assert counts[1] == 173
