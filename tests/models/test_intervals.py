"""Intervals of rates, and of means and ratios over clients."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import bootstrap

from clientaudit.models.intervals import smooth_interval, wilson


@pytest.mark.parametrize(("successes", "n"), [(3, 30), (0, 10), (50, 500), (7, 7)])
def test_wilson_is_that_of_statsmodels(successes, n):
    from statsmodels.stats.proportion import proportion_confint

    assert wilson(successes, n) == pytest.approx(
        proportion_confint(successes, n, method="wilson"), abs=1e-12
    )


@given(st.integers(1, 10_000), st.data())
def test_the_rate_lies_inside_its_interval(n, data):
    successes = data.draw(st.integers(0, n))
    low, high = wilson(successes, n)
    assert 0 <= low <= successes / n <= high <= 1


@pytest.mark.parametrize(("successes", "n"), [(0, 0), (3, 2), (-1, 5)])
def test_what_is_no_proportion_is_refused(successes, n):
    with pytest.raises(ValueError, match="no proportion"):
        wilson(successes, n)


def ratio(means):
    return means[..., 0] / means[..., 1]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_interval_of_a_ratio_is_close_to_the_bca_bootstrap(seed):
    rng = np.random.default_rng(seed)
    weight = rng.lognormal(0, 1, 150)
    values = np.column_stack([weight * (rng.random(150) < 0.2), weight])
    low, high = smooth_interval(values, ratio)
    reference = bootstrap(
        (values[:, 0], values[:, 1]),
        lambda a, b, axis: a.mean(axis=axis) / b.mean(axis=axis),
        paired=True, method="BCa", n_resamples=4000, rng=np.random.default_rng(0),
    ).confidence_interval  # fmt: skip
    assert low == pytest.approx(reference.low, abs=0.012)
    assert high == pytest.approx(reference.high, abs=0.02)


def test_rates_weighted_by_skewed_amounts_are_covered_better_than_by_percentiles():
    rng = np.random.default_rng(11)
    truth, hits, plain = 0.15, 0, 0
    for _ in range(300):
        weight = rng.lognormal(0, 1.2, 100)
        values = np.column_stack([weight * (rng.random(100) < truth), weight])
        low, high = smooth_interval(values, ratio)
        hits += low <= truth <= high
        sums = rng.multinomial(100, np.full(100, 0.01), 300) @ values
        below, above = np.quantile(ratio(sums), [0.025, 0.975])
        plain += below <= truth <= above
    assert hits > plain
    assert hits / 300 > 0.88


def test_clients_that_are_all_alike_leave_no_doubt():
    assert smooth_interval(np.full((5, 1), 3.0), lambda m: m[..., 0]) == (3.0, 3.0)


def test_the_order_of_clients_does_not_matter():
    values = np.random.default_rng(5).lognormal(0, 1, (80, 2))
    assert smooth_interval(values[::-1], ratio) == pytest.approx(smooth_interval(values, ratio))
