"""The median of grouped observations, checked by hand and against what it must do."""

import numpy as np
import pytest

from clientaudit.models.medians import grouped_median


def median(values: list[float], groups: list[int], counts: list[int] | None = None):
    return grouped_median(np.array(values), np.array(counts or [1] * len(values)), np.array(groups))


def test_the_median_is_the_first_value_that_half_of_the_observations_do_not_exceed() -> None:
    found = median([30, 10, 20, 40], [0, 1, 2, 3])
    assert (found.median, found.n, found.groups) == (20, 4, 4)


def test_counts_stand_for_repeated_observations() -> None:
    once = median([10, 10, 10, 50, 70], [0, 0, 1, 1, 2])
    counted = median([10, 10, 50, 70], [0, 1, 1, 2], [2, 1, 1, 1])
    assert once == counted


def test_what_is_not_yet_over_counts_as_longer_than_all() -> None:
    assert median([10, 20, np.inf, np.inf, np.inf], [0, 1, 2, 3, 4]).median == np.inf
    assert median([10, 20, 30, np.inf, np.inf], [0, 1, 2, 3, 4]).median == 30


def test_the_interval_of_independent_values_is_woodruffs() -> None:
    # Share below the median of 1..100: 0.5 with a standard error of sqrt(.25 * 100/99 / 100).
    found = median([*range(1, 101)], [*range(100)])
    assert (found.low, found.median, found.high) == (41, 50, 60)


def test_alike_observations_of_one_group_tell_less_than_independent_ones() -> None:
    values = [*range(1, 101)]
    alone = median(values, [*range(100)])
    alike = median(values, [value // 10 for value in range(100)])
    assert alike.high - alike.low > 2 * (alone.high - alone.low)


def test_one_group_says_nothing_of_others_and_nothing_has_no_median() -> None:
    found = median([1, 2, 3], [0, 0, 0])
    assert (found.low, found.median, found.high) == (1, 2, 3)
    with pytest.raises(ValueError, match="nothing"):
        median([], [])


def test_the_interval_covers_the_true_median_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(7)
    groups = np.repeat(np.arange(60), 8)
    hits = 0
    for _ in range(200):
        values = rng.normal(0, 1, 60)[groups] + rng.normal(0, 1, len(groups))
        found = grouped_median(values, np.ones(len(groups), dtype=int), groups)
        hits += found.low <= 0 <= found.high
    assert 0.90 <= hits / 200 <= 0.99
