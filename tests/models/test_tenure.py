"""Hazards by tenure are flat where clients leave at one pace."""

import numpy as np
import pytest

from clientaudit.models.tenure import tenure_hazard

LOST_DAYS = 365


def hazard(rows):
    entry, last, seen, lost = (np.array(column) for column in zip(*rows, strict=True))
    return tenure_hazard(
        entry * 1.0, last * 1.0, seen * 1.0, lost.astype(bool), lost_days=LOST_DAYS
    )


def test_a_year_counts_only_once_its_losses_can_be_seen():
    found = hazard([
        (0, 400, 1200, True),  # two whole years are known: lost in the second
        (0, 1100, 1200, False),  # there through both
        (0, 100, 700, True),  # one day short of two years less 365: nothing known
        (0, 100, 730, True),  # the first year is known
    ])  # fmt: skip
    assert found.entering.tolist() == [3, 2]
    assert found.lost.tolist() == [1, 1]


def test_a_client_older_than_the_exports_enters_at_its_tenure():
    found = hazard([(500, 900, 2000, True), (0, 1500, 2000, False)])
    assert found.entering.tolist() == [1, 1, 2, 1]
    assert found.lost.tolist() == [0, 0, 1, 0]


def test_a_client_lost_in_the_year_it_came_under_watch_is_not_counted():
    found = hazard([(500, 600, 2000, True)])
    assert found.entering.sum() == found.lost.sum() == 0


def test_a_constant_pace_shows_as_constant():
    rng = np.random.default_rng(7)
    n, yearly = 40_000, 0.15
    seen = rng.uniform(365, 6 * 365, n)
    end = rng.exponential(-365 / np.log(1 - yearly), n)
    gap = 40.0  # days between purchases while the relation lasts
    last = np.floor(np.minimum(end, seen) / gap) * gap
    found = tenure_hazard(np.zeros(n), last, seen, seen - last >= LOST_DAYS, lost_days=LOST_DAYS)
    rates = found.lost[:4] / found.entering[:4]
    assert rates == pytest.approx(np.full(4, yearly), abs=0.02)
    naive = [
        ((seen - last >= LOST_DAYS) & (last // 365 == year)).sum() / (seen >= 365 * year).sum()
        for year in range(4)
    ]
    assert naive[3] < 0.6 * naive[0]  # what counting up to the cut-off date manufactures
