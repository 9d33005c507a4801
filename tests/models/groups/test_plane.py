"""The plane shows what sets points apart, and says how much of it."""

import numpy as np
import pytest

from clientaudit.models.groups.plane import DRAWN, plane_of


def test_points_of_two_features_are_shown_whole_and_keep_their_distances():
    points = np.array([[-2.0, 0], [2, 0], [0, 1], [0, -1]])
    plane = plane_of(points, np.array([0, 0, 1, 1]), points[:2], seed=1)
    assert plane.share == pytest.approx(1)
    np.testing.assert_allclose(np.abs(plane.points), np.abs(points), atol=1e-12)
    assert np.linalg.norm(plane.points[0] - plane.points[2]) == pytest.approx(5**0.5)
    assert plane.axes.sum(axis=0).min() >= 0  # more is never to the left or below


def test_a_feature_that_does_not_vary_has_no_arrow():
    points = np.column_stack([np.arange(5.0), np.arange(5.0)[::-1] ** 2, np.zeros(5)])
    assert plane_of(points, np.zeros(5, int), points[:1], seed=1).axes[2].tolist() == [0, 0]


def test_of_many_points_a_sample_is_drawn_and_all_are_counted():
    points = np.random.default_rng(1).normal(size=(DRAWN + 10, 3))
    plane = plane_of(points, np.zeros(len(points), int), points[:1], seed=1)
    assert (len(plane.points), len(plane.labels), plane.count) == (DRAWN, DRAWN, DRAWN + 10)
