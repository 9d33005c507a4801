"""A short rule says who is in which group, with round limits, and how often it is right."""

import numpy as np
import pytest

from clientaudit.models.groups.rules import group_rule


def test_a_limit_that_counts_is_a_whole_number_and_the_rule_is_right():
    values = np.array([[1.0], [2], [3], [7], [8], [9]])
    rule = group_rule(values, np.array([0, 0, 0, 1, 1, 1]), seed=1)
    assert [(box.group, box.low, box.high) for box in rule.boxes] == [
        (0, (-np.inf,), (5.0,)),
        (1, (5.0,), (np.inf,)),
    ]
    assert rule.fidelity.tolist() == [1, 1]
    assert rule.overall == 1


def test_an_amount_is_cut_at_two_significant_digits():
    values = np.array([[1010.5], [1020.25], [1871.75], [1900.5]])
    rule = group_rule(values, np.array([1, 1, 0, 0]), seed=1)
    assert [box.low[0] for box in rule.boxes if box.group == 0] == [1400.0]


def test_what_the_rule_misses_is_counted():
    """One of ten stands on the wrong side of any limit."""
    values = np.array([[v] for v in (1.0, 2, 3, 4, 19, 11, 12, 13, 14, 15)])
    labels = np.array([0] * 5 + [1] * 5)
    rule = group_rule(values, labels, seed=1)
    found = rule.assign(values)
    assert rule.overall == pytest.approx((found == labels).mean())
    for group in (0, 1):
        own = labels == group
        assert rule.fidelity[group] == pytest.approx((found[own] == group).mean())


def test_every_row_has_one_group_and_a_small_group_has_its_own_line():
    draw = np.random.default_rng(1)
    values = np.exp(draw.normal(size=(500, 3)))
    labels = np.where(values[:, 0] > np.quantile(values[:, 0], 0.98), 2, 0)
    labels[(values[:, 1] > 1) & (labels == 0)] = 1
    rule = group_rule(values, labels, seed=1)
    inside = [np.all((values >= b.low) & (values < b.high), axis=1) for b in rule.boxes]
    assert np.sum(inside, axis=0).tolist() == [1] * 500
    assert {box.group for box in rule.boxes} == {0, 1, 2}
    assert rule.fidelity.min() >= 0.9


def test_the_order_of_the_rows_changes_nothing():
    draw = np.random.default_rng(2)
    values = np.exp(draw.normal(size=(200, 3)))
    labels = (values.sum(axis=1) > 4).astype(np.int64)
    order = draw.permutation(200)
    before = group_rule(values, labels, seed=1)
    after = group_rule(values[order], labels[order], seed=1)
    assert before.boxes == after.boxes
