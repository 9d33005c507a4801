"""The interval of what a portfolio will bring holds what it brings; its total is a sum."""

import numpy as np
import pytest

from clientaudit.models.btyd import Histories, collapse, fit_mbg_cnbd
from clientaudit.models.portfolio import Part, portfolio_total
from models.bases import BuyerBase, buyer_base

THETA = (1.5, 60.0, 0.4, 2.5)
HORIZON, YEARS = 365.0, 900.0
SPREAD = 0.5  # of what one purchase is worth, over its mean


def base(seed: int, size: int = 400) -> BuyerBase:
    return buyer_base(seed, 1, THETA, np.linspace(200, YEARS, size), HORIZON)


def part(found: BuyerBase, worth: np.ndarray | float = 1.0, spread: float = 0.0) -> Part:
    collapsed, row = collapse(found.x, found.t_x, found.T)
    fit = fit_mbg_cnbd(collapsed)
    size = len(found.x)
    worth = np.broadcast_to(np.asarray(worth, float), size)
    return Part(fit, collapsed, row, worth, (spread * worth) ** 2, np.zeros(size))


def test_counting_purchases_is_the_total_of_the_fit_itself():
    one = part(base(1))
    found, own = portfolio_total([one], HORIZON), one.fit.total(one.histories, HORIZON)
    expected = one.fit.purchases(one.histories, HORIZON)[one.row].sum()
    assert found.value == pytest.approx(expected, rel=1e-12)
    assert (found.low, found.high) == pytest.approx((own.low, own.high), rel=1e-4)


def test_parts_add_up_and_are_surer_together_than_alone():
    parts = [part(base(1)), part(base(2), worth=3.0)]
    each = [portfolio_total([one], HORIZON) for one in parts]
    both = portfolio_total(parts, HORIZON)
    assert both.value == pytest.approx(each[0].value + each[1].value, rel=1e-12)
    # Variances of independent parts add: on the log scale, half-widths times totals.
    half = [np.log(e.high / e.value) * e.value for e in (*each, both)]
    assert half[2] == pytest.approx(np.hypot(half[0], half[1]), rel=1e-9)


def test_the_unit_of_money_changes_nothing_but_the_unit():
    worth = np.linspace(1, 9, 400)
    euros, cents = part(base(3), worth, 0.5), part(base(3), 100 * worth, 0.5)
    one, other = portfolio_total([euros], HORIZON), portfolio_total([cents], HORIZON)
    scaled = (100 * one.value, 100 * one.low, 100 * one.high)
    assert (other.value, other.low, other.high) == pytest.approx(scaled, rel=1e-9)


def test_nothing_expected_is_nothing():
    found = portfolio_total([part(base(1), worth=0.0)], HORIZON)
    assert (found.value, found.low, found.high) == (0, 0, 0)
    assert portfolio_total([], HORIZON).value == 0


def test_nineteen_intervals_in_twenty_hold_the_value_that_comes():
    held, draw = 0, np.random.default_rng(0)
    for seed in range(25):
        found = base(seed, 500)
        worth = draw.lognormal(3.0, 0.5, 500)
        shape = 1 / SPREAD**2
        came = sum(
            draw.gamma(shape * n, w / shape) for n, w in zip(found.later, worth, strict=True) if n
        )
        total = portfolio_total([part(found, worth, SPREAD)], HORIZON)
        held += total.low <= came <= total.high
    assert held >= 21  # of 25 at 95 %: fewer than 21 less than once in 100


def test_a_history_shared_by_clients_of_unlike_worth_counts_each():
    histories = Histories([3.0], [90.0], [100.0], [2.0])
    fit = part(base(1)).fit
    rows = np.array([0, 0])
    two = Part(fit, histories, rows, np.array([1.0, 5.0]), np.zeros(2), np.zeros(2))
    mean = float(fit.purchases(histories, HORIZON)[0])
    assert portfolio_total([two], HORIZON).value == pytest.approx(6 * mean)
