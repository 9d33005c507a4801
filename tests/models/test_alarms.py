"""What alert levels and the 5/3 rule cost and catch."""

import numpy as np
import pytest

from clientaudit.models.alarms import caught_share, living_alarm_shares, ratio_alarm_share
from clientaudit.models.rhythm import Rhythm


def model(shape: float, r: float = 2.0, mean_gap: float = 60.0) -> Rhythm:
    return Rhythm(np.array([shape, r, mean_gap * max(r - 1, 1) / shape]), np.eye(3), 0.0)


@pytest.mark.parametrize(
    ("gaps", "shape", "share"),
    [(8, 1, 0.220), (3, 1, 0.266), (8, 10, 0.044)],
    ids=["Poisson, 8 gaps", "Poisson, 3 gaps", "Erlang-10, 8 gaps"],
)
def test_five_thirds_of_an_estimated_mean_fires_too_often(gaps, shape, share):
    assert ratio_alarm_share(5 / 3, gaps, shape) == pytest.approx(share, abs=5e-4)


@pytest.mark.parametrize(("shape", "share"), [(1, 0.189), (2, 0.155), (4, 0.101), (10, 0.031)])
def test_five_thirds_of_a_known_mean(shape, share):
    assert ratio_alarm_share(5 / 3, 1e7, shape) == pytest.approx(share, abs=1e-3)


def test_on_one_day_long_gaps_are_met_more_often_than_short_ones():
    """Erlang gaps give fewer alerts on a day than the level; Poisson gaps as many."""
    shares = [
        living_alarm_shares(model(shape), np.full(100, 1460.0), levels=(0.2, 0.1, 0.05))
        for shape in (1.0, 2.0, 4.0)
    ]
    assert shares[0] == pytest.approx([0.20, 0.10, 0.05], abs=0.012)
    assert shares[1][1] == pytest.approx(0.06, abs=0.012)
    assert shares[2][1] == pytest.approx(0.037, abs=0.012)
    for per_level in shares:
        assert (np.diff(per_level) < 0).all()


def test_a_base_with_nobody_to_watch_has_no_share():
    assert np.isnan(living_alarm_shares(model(2.0), [1.0], levels=(0.1,), min_gaps=500)).all()


def test_a_simulation_repeats_itself():
    first, again = (living_alarm_shares(model(2.0), [730.0], levels=(0.1,)) for _ in range(2))
    assert first == again
    assert first != living_alarm_shares(model(2.0), [730.0], levels=(0.1,), seed=1)


@pytest.mark.parametrize(
    ("shape", "caught"), [(1.0, (0.41, 0.55, 0.68)), (4.0, (0.90, 0.99, 1.00))]
)
def test_departures_are_caught_the_better_the_more_gaps_are_known(shape, caught):
    """By 8/3 true gaps, p < .10, and nothing known of the other clients (a very wide prior)."""
    vague = Rhythm(np.array([shape, 0.02, 1.0]), np.eye(3), 0.0)
    found = [caught_share(vague, gaps, after=8 / 3, level=0.10) for gaps in (3, 8, 20)]
    assert found == pytest.approx(caught, abs=0.015)
