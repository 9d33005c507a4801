"""What levels of alert cost."""

import numpy as np
import pytest

from clientaudit.models.alarms import living_alarm_shares
from clientaudit.models.rhythm import Rhythm


def model(shape: float, r: float = 2.0, mean_gap: float = 60.0) -> Rhythm:
    return Rhythm(np.array([shape, r, mean_gap * max(r - 1, 1) / shape]), np.eye(3), 0.0)


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
