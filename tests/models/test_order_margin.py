"""What orders bring: shape and levels of a base, gains and losses, another year's margins."""

import numpy as np
import pytest

from clientaudit.models.order_margin import Orders, fit_order_margin
from models.bases import order_base


def orders(*clients):
    """Orders from the margins of each client's orders."""
    values = [np.array(margins, dtype=float) for margins in clients]
    return Orders(
        [v.size for v in values],
        [v.sum() for v in values],
        [np.abs(v).sum() for v in values],
        [(v**2).sum() for v in values],
        [(v < 0).sum() for v in values],
    )


def draws(base, count, n=4000, seed=1):
    """(n, clients) margins of `count` orders of each client."""
    model, random = fit_order_margin(base), np.random.default_rng(seed)
    counts = np.full(len(base.count), count)
    return np.array([model.draw(counts, random) for _ in range(n)])


def test_exponential_and_regular_sizes_are_told_apart():
    random = np.random.default_rng(1)
    levels = np.exp(random.normal(4, 1, 2000))
    for shape in (1.0, 9.0):
        base = orders(*(level * random.gamma(shape, 1 / shape, 5) for level in levels))
        assert fit_order_margin(base).shape == pytest.approx(shape, rel=0.06)


def test_a_client_of_many_orders_keeps_its_mean_and_one_of_a_single_order_is_drawn_to_the_others():
    random = np.random.default_rng(2)
    others = [random.gamma(2, 50, 5) for _ in range(300)]
    found = draws(orders([300.0], [1000.0, 800, 1200, 1000] * 50, *others), 1).mean(axis=0)
    assert 100 < found[0] < 200
    assert found[1] == pytest.approx(1000, rel=0.06)


def test_a_giant_among_small_clients_keeps_its_size():
    random = np.random.default_rng(2)
    others = [random.gamma(2, 50, 5) for _ in range(300)]
    found = draws(orders(random.gamma(2, 50_000, 12), *others), 1)[:, 0].mean()
    assert found == pytest.approx(100_000, rel=0.3)


def test_one_large_loss_among_small_gains_keeps_the_mean_of_the_client():
    random = np.random.default_rng(3)
    others = [random.gamma(2, 50, 5) for _ in range(300)]
    found = draws(orders(([10.0] * 9 + [-50.0]) * 20, *others), 10).mean(axis=0)
    assert found[0] == pytest.approx(40, abs=12)


def test_a_client_who_always_loses_goes_on_losing_and_one_who_never_did_seldom_does():
    random = np.random.default_rng(4)
    gains = [random.gamma(2, 50, 8) for _ in range(270)]
    losses = [-random.gamma(2, 50, 8) for _ in range(30)]
    found = draws(orders(*gains, *losses), 8, n=300) < 0
    assert found[:, :270].mean() < 0.01
    assert found[:, 270:].mean() > 0.95


def test_a_base_without_losses_draws_none():
    random = np.random.default_rng(5)
    base = orders(*(random.gamma(2, 50, 4) for _ in range(100)))
    assert (draws(base, 3, n=50) > 0).all()


def test_as_many_orders_again_bring_a_base_the_same_spread_of_margins():
    base = order_base(6, 8000, orders=8)
    first, second = base.year(7), base.year(8)
    model = fit_order_margin(first)
    drawn = model.draw(second.count.astype(int), np.random.default_rng(9))
    levels = [0.02, 0.1, 0.25, 0.5, 0.75, 0.9]
    expected = np.quantile(second.margin, levels)
    assert np.quantile(drawn, levels) == pytest.approx(expected, rel=0.1, abs=30)


def test_no_order_no_margin():
    base = orders([], [5.0, 7.0], [3.0])
    model = fit_order_margin(base)
    assert model.draw(np.zeros(3, dtype=int), np.random.default_rng(1)).tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    "base",
    [
        orders(),
        orders([]),
        orders([5.0]),
        orders([-5.0]),
        orders([0.0], [0.0, 0.0]),
        orders(*[[10.0, 10.0, 10.0]] * 10),
        orders(*[[-10.0, -10.0]] * 10),
        orders(*[[10.0, -10.0]] * 10),
        orders([1e-3], [1e9, 1e9]),
    ],
    ids=["none", "no order", "one", "one loss", "zeros", "equal", "losses", "even", "far apart"],
)
def test_odd_bases_still_bring_finite_margins(base):
    assert np.isfinite(draws(base, 3, n=50)).all()


def test_clients_all_equal_and_orders_all_equal_repeat_themselves():
    found = draws(orders(*[[10.0, 10.0, 10.0]] * 10), 3, n=50)
    assert found == pytest.approx(np.full((50, 10), 30), rel=0.1)


def test_another_currency_unit_changes_nothing_but_the_unit():
    random = np.random.default_rng(10)
    values = [random.normal(20, 30, 6) for _ in range(200)]
    cents = orders(*(100 * v for v in values))
    assert draws(cents, 4, n=20) == pytest.approx(100 * draws(orders(*values), 4, n=20), rel=1e-3)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"margin": [11.0]}, "signs"),
        ({"losses": [3.0]}, "whole"),
        ({"count": [1.5]}, "whole"),
        ({"squares": [np.nan]}, "missing"),
        ({"gross": [1.0, 2.0]}, "one value per client"),
    ],
)
def test_impossible_sums_are_refused(change, fault):
    sums = {"count": [2.0], "margin": [10.0], "gross": [10.0], "squares": [50.0], "losses": [0.0]}
    with pytest.raises(ValueError, match=fault):
        Orders(**(sums | change))
