"""Years lived again: equal clients, row order, seeds; and few clients or none."""

import numpy as np
import pytest

from clientaudit.models.order_margin import Orders
from clientaudit.models.year_model import fit_years
from models.bases import order_base

YEAR = order_base(1, 300).year(2)


def test_years_do_not_depend_on_the_order_of_rows():
    """Clients without an order are equal to each other, and may swap their years."""
    order = np.random.default_rng(3).permutation(300)
    years = fit_years(YEAR, None).draw(5, seed=4)[:, order]
    mixed = fit_years(YEAR.rows(order), None).draw(5, seed=4)
    bought = YEAR.count[order] > 0
    assert (mixed[:, bought] == years[:, bought]).all()
    assert (np.sort(mixed[:, ~bought]) == np.sort(years[:, ~bought])).all()


def test_the_seed_alone_decides_and_more_draws_begin_with_the_same_years():
    model = fit_years(YEAR, None)
    years = model.draw(5, seed=4)
    assert (model.draw(8, seed=4)[:5] == years).all()
    assert (model.draw(5, seed=5) != years).any()


def test_clients_equal_in_orders_are_alike_unless_something_else_parts_them():
    twice = YEAR.rows(np.array([7, 8, 7, 8, 7]))
    assert fit_years(twice, None).alike.tolist() in ([0, 1, 0, 1, 0], [1, 0, 1, 0, 1])
    others = [[1.0, np.nan], [1, 1], [1, np.nan], [1, 1], [2, np.nan]]
    alike = fit_years(twice, others).alike
    assert alike[0] == alike[2] != alike[4]
    assert alike[1] == alike[3]
    assert len(set(alike)) == 3


def test_others_need_a_row_for_each_client():
    with pytest.raises(ValueError, match="one row per client"):
        fit_years(YEAR, [[1.0]])


@pytest.mark.parametrize("clients", [0, 1, 2, 10])
def test_few_clients_or_none_live_a_year(clients):
    years = fit_years(YEAR.rows(np.arange(clients)), None).draw(7, seed=1)
    assert years.shape == (7, clients)
    assert np.isfinite(years).all()


def test_a_base_without_any_order_brings_nothing():
    nothing = Orders(*np.zeros((5, 4)))
    assert (fit_years(nothing, None).draw(3, seed=1) == 0).all()


def test_the_mean_of_many_years_is_the_year_seen_drawn_to_the_middle():
    """Summed over the base it stays; the best tenth comes back lower, the last tenth higher."""
    base = order_base(5, 3000)
    seen, again = base.year(6).margin, base.year(7).margin
    expected = np.mean(list(fit_years(base.year(6), None).years(40, seed=8)), axis=0)
    assert expected.sum() == pytest.approx(seen.sum(), rel=0.05)
    best = seen >= np.quantile(seen, 0.9)
    assert expected[best].mean() < 0.95 * seen[best].mean()
    assert expected[best].mean() == pytest.approx(again[best].mean(), rel=0.08)
