"""The search for a highest likelihood."""

import numpy as np
import pytest

from clientaudit.models.maximum import climb, intervals, maximise

ONES = np.ones(2)


def hill(log_theta):
    """Highest (0) where theta = (2, 50); standard errors .1 and .2 of the logarithms."""
    away = (log_theta - np.log([2, 50])) / [0.1, 0.2]
    return -float(away @ away) / 2, -away / [0.1, 0.2]


def slope(log_theta):
    """A peak in the first parameter; the second climbs for ever."""
    away = log_theta[0] - np.log(3)
    fade = np.exp(-log_theta[1])
    return -(away**2) / 2 - fade, np.array([-away, fade])


def test_the_top_and_its_curvature_are_found_from_any_start():
    found = maximise(hill, [ONES, np.array([9.0, 0.1])], ONES)
    assert np.exp(found.log_theta) == pytest.approx([2, 50], rel=1e-9)
    assert found.covariance == pytest.approx(np.diag([0.01, 0.04]), abs=1e-9)
    assert (found.value, found.loose) == (pytest.approx(0, abs=1e-12), ())
    assert climb(hill, np.zeros(2), ONES) == pytest.approx(np.log([2, 50]), abs=1e-4)


def test_a_parameter_that_runs_away_is_loose_and_has_no_variance():
    found = maximise(slope, [ONES], ONES)
    assert found.loose == (1,)
    assert found.log_theta[0] == pytest.approx(np.log(3), abs=1e-5)
    assert found.covariance[0, 0] == pytest.approx(1, abs=1e-6)
    assert np.isnan(found.covariance[1]).all()


def test_a_parameter_that_hardly_moves_the_likelihood_is_loose():
    found = maximise(lambda at: tuple(value * 1e-3 for value in hill(at)), [ONES], ONES)
    assert found.loose == (0, 1)


def test_the_higher_of_two_peaks_is_taken():
    def peaks(log_theta):
        heights = np.array([1.0, 2.0]) * np.exp(-((log_theta[0] - [-3, 3]) ** 2))
        return float(heights.sum()), np.array([(heights * -2 * (log_theta[0] - [-3, 3])).sum()])

    found = maximise(peaks, [np.exp([-2.5]), np.exp([2.5])], np.ones(1))
    assert found.log_theta[0] == pytest.approx(3, abs=1e-6)


def test_intervals_are_normal_on_the_log_scale():
    bounds = intervals(["r"], np.array([2.0]), np.array([[0.04]]), 0.95)
    assert bounds["r"] == pytest.approx([2 * np.exp(-1.95996 * 0.2), 2 * np.exp(1.95996 * 0.2)])
