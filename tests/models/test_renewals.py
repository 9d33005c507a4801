"""Renewals match the paper, and what nobody saw or nobody can tell is left out."""

import numpy as np
import pytest

from clientaudit.models.renewals import RenewalFit, common_chances, renewal_model


def cohort(remaining) -> RenewalFit:
    """Clients of one cohort: at the start, then after each renewal."""
    left = np.asarray(remaining, float)
    return renewal_model(left[1:], -np.diff(left))


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
    fit = cohort(remaining)
    assert fit.is_identified
    assert fit.alpha == pytest.approx(alpha, abs=2e-4)
    assert fit.beta == pytest.approx(beta, abs=2e-4)
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=1e-3)
    assert fit.survival(1)[0] == pytest.approx(beta / (alpha + beta), abs=1e-4)


@pytest.mark.parametrize("remaining", [[1000, 900, 810, 729, 656], [10, 10, 10]])
def test_one_common_chance_is_not_two_parameters(remaining):
    assert not cohort(remaining).is_identified


def test_renewals_that_nobody_saw_are_left_out():
    """A client seen from its third renewal on says what one seen from the first says of it."""
    rng = np.random.default_rng(3)
    n, last = 40_000, 8
    chance = rng.beta(3.8, 0.7, n)
    stayed = np.cumprod(rng.random((n, last)) < chance[:, None], axis=1).astype(bool)
    there = np.column_stack([np.ones(n, bool), stayed[:, :-1]])
    from_third = np.arange(n) % 2 == 0
    seen = there & ~(from_third[:, None] & (np.arange(last) < 2))
    renewed, lost = (seen & stayed).sum(axis=0), (seen & ~stayed).sum(axis=0)
    fit = renewal_model(renewed, lost)
    assert fit.is_identified
    assert fit.alpha == pytest.approx(0.7, rel=0.1)
    assert fit.beta == pytest.approx(3.8, rel=0.1)


def test_draws_spread_around_the_chance_and_narrow_with_the_clients():
    few, many = (cohort(np.array([1, 0.869, 0.743, 0.653]) * size) for size in (500, 50_000))
    spread = [fit.chances([2], draws=4000, seed=1)[:, 0] for fit in (few, many)]
    assert spread[0].mean() == pytest.approx(few.chance([2])[0], abs=0.02)
    assert spread[1].std() < 0.2 * spread[0].std()


def test_one_common_chance_is_drawn_from_what_the_counts_leave_open():
    drawn = common_chances([9, 9], [1, 1], draws=20_000, seed=1)
    assert drawn.mean() == pytest.approx(18.5 / 21, abs=0.005)


def test_a_year_to_come_may_be_as_unlike_the_mean_as_past_ones_were():
    alike, unlike = ([40] * 6, [10] * 6), ([49, 31] * 3, [1, 19] * 3)
    even, uneven = (common_chances(*counts, draws=20_000, seed=1) for counts in (alike, unlike))
    assert uneven.mean() == pytest.approx(even.mean(), abs=0.02)
    assert even.std() == pytest.approx(0.023, abs=0.003)
    # The rates of the years have a standard deviation of .197, of which chance makes .057.
    assert uneven.std() == pytest.approx(0.2, abs=0.03)


@pytest.mark.parametrize("counts", [([8, 9], [2, -1]), ([8], [2]), ([8, 0], [2, 0])])
def test_renewals_are_counts_of_two_numbers_at_least(counts):
    with pytest.raises(ValueError, match="renewals"):
        renewal_model(*counts)
