"""Orders of a year lived again: their distribution, and the rates of a base."""

import numpy as np
import pytest
from scipy.stats import nbinom

from clientaudit.models import order_rate
from clientaudit.models.mixture import PART_SHAPE
from clientaudit.models.order_rate import fit_order_rate
from models.bases import order_base

SHAPES = [0.4, 1.0, 2.0, 2.5, 4.0]


def fitted(counts, regularity):
    levels, level, clients = np.unique(counts, return_inverse=True, return_counts=True)
    return fit_order_rate(levels, clients.astype(float), regularity), level


@pytest.mark.parametrize("shape", SHAPES)
def test_the_shares_of_events_that_make_n_orders_sum_to_one(shape):
    """Over all n, for each number of events, wherever the year begins."""
    steps, log_share = order_rate._events(np.arange(200.0), shape)
    total = np.bincount(steps.astype(int).ravel(), np.exp(log_share).ravel())
    assert total[:20] == pytest.approx(np.ones(20), abs=1e-9)


def test_at_random_the_counts_of_a_part_are_negative_binomial():
    levels, alpha = np.arange(6.0), np.array([4.0, 40.0])
    log_p = order_rate._log_p(*order_rate._events(levels, 1.0), alpha, 1.0)
    expected = nbinom.pmf(levels[:, None], PART_SHAPE, alpha / (alpha + 1))
    assert np.exp(order_rate._log_sum(log_p))[:, 0] == pytest.approx(expected)


@pytest.mark.parametrize("known", [0, 1], ids=["all", "buyers"])
@pytest.mark.parametrize("shape", [0.6, 1.0, 4.0])
def test_another_year_repeats_the_counts_of_the_base_and_of_its_clients(shape, known):
    """Distribution of all counts, and the next year of those who had three; also where only
    clients of at least one order are known."""
    base = order_base(3, 20_000, regularity=(shape,))
    first, second = base.year(4).count, base.year(5).count
    first, second = first[first >= known], second[first >= known]
    rate, level = fitted(first, shape)
    drawn = rate.draw(level, np.random.default_rng(6))
    cells = [np.bincount(np.minimum(c, 20).astype(int), minlength=21) for c in (drawn, second)]
    assert cells[0] / len(first) == pytest.approx(cells[1] / len(first), abs=0.015)
    three = first == 3
    near = 0.2 if shape >= 1 else 0.4  # clusters stand in for gaps of a shape below 1
    assert drawn[three].mean() == pytest.approx(second[three].mean(), abs=near)
    assert drawn[three].std() == pytest.approx(second[three].std(), abs=near)


def test_a_giant_among_small_clients_keeps_its_orders():
    """A gamma distribution of rates would draw 200 orders to 150: it takes the tail for chance."""
    counts = np.concatenate([np.random.default_rng(1).poisson(2.0, 2000), [200]])
    rate, level = fitted(counts.astype(float), 1.0)
    drawn = [rate.draw(level, np.random.default_rng(seed))[-1] for seed in range(300)]
    assert np.mean(drawn) == pytest.approx(200, abs=10)


def test_regular_buyers_repeat_their_number_of_orders_more_closely():
    """Six orders each. Of one rate, counts would vary by 3.4, 2.4 and 1.3: the parts add some."""
    counts = np.full(2000, 6.0)
    rates = [fitted(counts, shape)[0] for shape in (0.5, 1.0, 4.0)]
    level = np.zeros(4000, dtype=int)
    spreads = [rate.draw(level, np.random.default_rng(1)).std() for rate in rates]
    assert spreads == pytest.approx([3.6, 2.6, 1.5], abs=0.2)


@pytest.mark.parametrize("counts", [[0], [1], [0, 0, 0], [1, 1, 1, 1], [7, 7, 7], [366], [9000, 1]])
@pytest.mark.parametrize("shape", [0.3, 1.0, 200.0])
def test_odd_bases_still_live_a_year(counts, shape):
    rate, level = fitted(np.array(counts, dtype=float), shape)
    drawn = np.array([rate.draw(level, np.random.default_rng(seed)) for seed in range(20)])
    assert (drawn >= 0).all()
    assert drawn.max() <= 3 * max(counts) + 20
