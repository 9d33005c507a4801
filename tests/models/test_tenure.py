"""Hazards by tenure are flat where clients leave at one pace, and renewals match the paper."""

import numpy as np
import pytest

from clientaudit.models.tenure import renewal_model, tenure_hazard

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


@pytest.mark.parametrize(
    ("remaining", "alpha", "beta", "log_likelihood"),
    [
        ([1000, 869, 743, 653, 593, 551, 517, 491], 0.6681, 3.8061, -1611.158),
        ([1000, 631, 468, 382, 326, 289, 262, 241], 0.7041, 1.1820, -1680.265),
        ([1000, 869, 743, 653, 593], 1.2810, 7.7904, -1225.135),
        ([1000, 631, 468, 382, 326], 0.7637, 1.2958, -1401.559),
    ],
)
def test_renewals_of_fader_and_hardie(remaining, alpha, beta, log_likelihood):
    fit = renewal_model(np.array(remaining, float))
    assert fit.is_identified
    assert fit.alpha == pytest.approx(alpha, abs=2e-4)
    assert fit.beta == pytest.approx(beta, abs=2e-4)
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=1e-3)
    assert fit.survival(1)[0] == pytest.approx(beta / (alpha + beta), abs=1e-4)


@pytest.mark.parametrize("remaining", [[1000, 900, 810, 729, 656], [10, 10, 10]])
def test_one_common_chance_is_not_two_parameters(remaining):
    assert not renewal_model(np.array(remaining, float)).is_identified


def test_a_cohort_never_grows():
    with pytest.raises(ValueError, match="never grows"):
        renewal_model(np.array([10.0, 8, 9]))
