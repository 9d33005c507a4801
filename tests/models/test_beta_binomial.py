"""Rates of few trials, drawn towards the rate of all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientaudit.models.beta_binomial import RatePrior, rate_prior

counts = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=30).map(
    lambda pairs: [(min(pair), max(pair)) for pair in pairs]
)


@pytest.mark.parametrize(("mean", "weight"), [(0.2, 4.0), (0.6, 12.0), (0.05, 3.0)])
def test_the_spread_of_a_simulated_base_is_found(mean, weight):
    draw = np.random.default_rng(7)
    trials = draw.integers(1, 25, 8000)
    rates = draw.beta(mean * weight, (1 - mean) * weight, 8000)
    found = rate_prior(draw.binomial(trials, rates), trials)
    assert found.mean == pytest.approx(mean, rel=0.06)
    assert found.weight == pytest.approx(weight, rel=0.15)


def test_shrinking_beats_both_the_own_rate_and_the_common_one():
    draw = np.random.default_rng(11)
    trials = draw.integers(1, 15, 3000)
    rates = draw.beta(2, 6, 3000)
    answers = draw.binomial(trials, rates)
    prior = rate_prior(answers, trials)
    errors = {
        name: np.mean((guess - rates) ** 2)
        for name, guess in (("own", answers / trials), ("all", prior.mean),
                            ("shrunk", prior.shrunk(answers, trials)))
    }  # fmt: skip
    assert errors["shrunk"] < 0.6 * min(errors["own"], errors["all"])


def test_kleinmans_moments_by_hand():
    # mean 1/2, sum of n (p - mean)^2 over pq = 4 x 2 x .25 / .25 = 8, K - 1 = 3,
    # room = 8 - 16/8 - 3 = 3: correlation 5/3, more than all the spread there can be.
    assert rate_prior([0, 0, 2, 2], [2, 2, 2, 2]) == RatePrior(0.5, 0.0)
    # rates 1/4 and 3/4, twice: spread 4 x 4 x .0625 / .25 = 4, room = 16 - 4 - 3 = 9: 1/9.
    assert rate_prior([1, 1, 3, 3], [4, 4, 4, 4]) == RatePrior(0.5, pytest.approx(8.0))


@pytest.mark.parametrize(
    ("successes", "trials", "mean"),
    [([0, 0], [5, 3], 0.0), ([5, 3], [5, 3], 1.0), ([1, 0, 0], [1, 1, 1], 1 / 3), ([1], [4], 0.25)],
)
def test_where_nothing_tells_clients_apart_all_get_the_mean(successes, trials, mean):
    prior = rate_prior(successes, trials)
    assert prior.weight == np.inf
    assert prior.shrunk(successes, trials).tolist() == [pytest.approx(mean)] * len(trials)


def test_without_a_trial_there_is_no_rate():
    assert rate_prior([0, 0], [0, 0]) is None
    assert rate_prior([], []) is None


def test_more_successes_than_trials_are_refused():
    with pytest.raises(ValueError, match="successes"):
        rate_prior([3], [2])


@given(counts)
def test_rates_stay_rates_and_rise_with_the_successes(pairs):
    k, n = np.array(pairs).T
    prior = rate_prior(k, n)
    if prior is not None:
        found = prior.shrunk(k, n)
        assert ((found >= 0) & (found <= 1)).all()
        assert (prior.shrunk(np.minimum(k + 1, n), n) >= found).all()
        assert (found[n == 0] == prior.mean).all()


@given(counts)
def test_the_order_of_clients_changes_no_bit(pairs):
    k, n = np.array(pairs).T
    assert rate_prior(k, n) == rate_prior(k[::-1], n[::-1])
