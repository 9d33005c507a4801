"""Fits: what changes nothing, what cannot be told, and intervals that hold."""

import os
import subprocess
import sys

import numpy as np
import pytest

from clientaudit.models.btyd import (
    Fit,
    Histories,
    NotIdentifiable,
    collapse,
    fit_bg_nbd,
    fit_mbg_cnbd,
    fit_pareto_nbd,
)
from clientaudit.models.btyd.fit import objective
from models.bases import BuyerBase, buyer_base

TRUTH = (0.8, 42.0, 0.6, 2.0)  # days


def base_of(seed: int, clients: int, *, k: int = 1, truth=TRUTH, horizon: float = 182) -> BuyerBase:
    T = np.random.default_rng(1000 + seed).integers(182, 546, clients).astype(float)
    return buyer_base(seed, k, truth, T, horizon)


def in_unit(base: BuyerBase, unit: float) -> Histories:
    log_gaps = base.log_gaps - base.x * np.log(unit)
    return collapse(base.x, base.t_x / unit, base.T / unit, log_gaps=log_gaps)[0]


@pytest.fixture(scope="module")
def base() -> BuyerBase:
    return base_of(3, 900)


@pytest.mark.parametrize("fit", [fit_mbg_cnbd, fit_bg_nbd, fit_pareto_nbd])
@pytest.mark.parametrize("unit", [1 / 24, 7], ids=["hours", "weeks"])
def test_the_unit_of_time_changes_nothing(base, fit, unit):
    days, other = fit(in_unit(base, 1)), fit(in_unit(base, unit))
    scale = days.model.scale(unit)
    assert other.theta == pytest.approx(days.theta / scale, rel=1e-7)
    assert other.covariance == pytest.approx(days.covariance, rel=1e-5)
    assert other.gain == pytest.approx(days.gain, abs=1e-6)
    for name, bounds in days.intervals().items():
        at = days.model.parameters.index(name)
        assert other.intervals()[name] == pytest.approx(np.array(bounds) / scale[at], rel=1e-5)
    assert other.p_active(in_unit(base, unit), 91 / unit) == pytest.approx(
        days.p_active(in_unit(base, 1), 91), rel=1e-7
    )
    assert other.total(in_unit(base, unit), 91 / unit).high == pytest.approx(
        days.total(in_unit(base, 1), 91).high, rel=1e-6
    )


def test_models_compare_alike_in_any_unit(base):
    """The log-likelihoods move by one constant, Σ x log 7, so that their differences stay."""
    found = {
        (k, unit): fit_mbg_cnbd(in_unit(base, unit), k=k).log_likelihood
        for k in (1, 2, 3)
        for unit in (1, 7)
    }
    moved = [found[k, 7] - found[k, 1] for k in (1, 2, 3)]
    assert moved == pytest.approx([base.x.sum() * np.log(7)] * 3, abs=1e-6)
    assert found[1, 7] > found[2, 7] > found[3, 7]  # the base buys at random


@pytest.mark.parametrize("k", [2, 3])
def test_the_likelihood_finds_the_regularity(k):
    histories = in_unit(base_of(k, 900, k=k), 1)
    fits = [fit_mbg_cnbd(histories, k=tried) for tried in (1, 2, 3)]
    found = [
        fit.log_likelihood if isinstance(fit, Fit) else fit.limit.log_likelihood for fit in fits
    ]
    assert np.argmax(found) == k - 1


def test_regular_buyers_read_as_random_ones_hide_those_who_leave():
    histories = in_unit(base_of(3, 900, k=3), 1)
    assert fit_mbg_cnbd(histories, k=1).reason == "no_drop_out"
    assert fit_mbg_cnbd(histories, k=3).gain > 20


@pytest.mark.parametrize("fit", [fit_mbg_cnbd, fit_bg_nbd, fit_pareto_nbd])
def test_the_search_ends_at_a_peak(base, fit):
    histories = in_unit(base, 1)
    found = fit(histories)
    at = objective(found.model, histories)
    value, gradient = at(np.log(found.theta))
    assert np.abs(gradient).max() < 1e-6 * histories.clients
    assert (found.covariance == found.covariance.T).all()
    assert np.linalg.eigvalsh(found.covariance).min() > 0
    for step in 0.05 * np.vstack([np.eye(4), -np.eye(4)]):
        assert at(np.log(found.theta) + step)[0] < value


def test_the_truth_lies_in_the_intervals_of_a_large_base():
    found = fit_mbg_cnbd(in_unit(base_of(11, 8000), 1))
    for (low, high), truth in zip(found.intervals(confidence=0.99).values(), TRUTH, strict=True):
        assert low < truth < high
        assert high / low < 2.5


def test_clients_counted_together_fit_as_clients_listed(base):
    listed = Histories(base.x, base.t_x.round(), base.T, np.ones(len(base.x)), 0.0)
    counted, _ = collapse(base.x, base.t_x.round(), base.T)
    assert len(counted.x) < len(listed.x)
    assert fit_mbg_cnbd(counted).theta == pytest.approx(fit_mbg_cnbd(listed).theta, rel=1e-8)


def test_one_cohort_is_enough():
    base = buyer_base(5, 1, TRUTH, np.full(900, 365.0), 182)
    assert isinstance(fit_mbg_cnbd(in_unit(base, 1)), Fit)


def same(count: int, x: float, t_x: float, T: float) -> Histories:
    return Histories([x], [t_x], [T], [count])


@pytest.mark.parametrize("fit", [fit_mbg_cnbd, fit_bg_nbd, fit_pareto_nbd])
@pytest.mark.parametrize(
    ("histories", "reason"),
    [
        (same(5000, 0, 0, 365), "too_few"),
        (same(49, 3, 200, 365), "too_few"),
        (same(5000, 3, 365, 365), "no_silence"),
    ],
    ids=["no repeat buyer", "49 repeat buyers", "all bought on the last day"],
)
def test_what_cannot_be_told_is_said(fit, histories, reason):
    found = fit(histories)
    assert isinstance(found, NotIdentifiable)
    assert (found.reason, found.limit) == (reason, None)


@pytest.mark.parametrize("fit", [fit_mbg_cnbd, fit_bg_nbd, fit_pareto_nbd])
def test_a_base_that_nobody_leaves_shows_no_drop_out(fit):
    base = base_of(2, 600, truth=(0.8, 42.0, 1e-9, 2.0))
    histories = in_unit(base, 1)
    found = fit(histories)
    assert isinstance(found, NotIdentifiable)
    assert found.reason == "no_drop_out"
    assert np.isnan(found.limit.total(histories, 182).low)
    total = found.limit.bootstrap(histories, replicates=20).total(histories, 182)
    assert total.value == pytest.approx(base.later.sum(), rel=0.1)
    assert total.low < base.later.sum() < total.high


def test_clients_who_all_leave_alike_make_the_drop_out_parameters_run_away():
    base = base_of(4, 3000, truth=(0.8, 42.0, 2e5, 8e5))
    found = fit_mbg_cnbd(in_unit(base, 1))
    assert isinstance(found, NotIdentifiable)
    assert found.reason == "loose_parameters"
    assert found.loose == ("a", "b")
    a, b = found.limit.theta[2:]
    assert a / (a + b) == pytest.approx(0.2, abs=0.03)


def test_clients_with_one_and_the_same_history_are_no_ground_for_a_fit():
    assert isinstance(fit_mbg_cnbd(same(500, 3, 200, 365)), NotIdentifiable)


def test_nine_intervals_in_ten_hold_what_the_portfolio_then_buys():
    held = []
    for seed in range(60):
        base = base_of(seed, 400)
        histories = in_unit(base, 1)
        total = fit_mbg_cnbd(histories).total(histories, 182, confidence=0.9)
        held.append(total.low <= base.later.sum() <= total.high)
    assert 49 <= sum(held) <= 59


def test_the_bootstrap_repeats_itself_and_is_of_the_size_of_the_hessian(base):
    histories = in_unit(base, 1)
    fit = fit_mbg_cnbd(histories)
    wide = fit.bootstrap(histories, replicates=60, seed=1)
    again = fit.bootstrap(histories, replicates=60, seed=1)
    assert (wide.covariance == again.covariance).all()
    assert (wide.theta == fit.theta).all()
    ratio = np.sqrt(np.diag(wide.covariance) / np.diag(fit.covariance))
    assert ((ratio > 0.75) & (ratio < 2)).all()


def test_a_large_base_is_resampled_from_some_of_its_clients_and_as_sure_as_all():
    T = np.random.default_rng(3).uniform(26, 79, 20_000)
    base = buyer_base(1, 1, (0.8, 6.0, 0.6, 2.0), T, 26.0)
    histories, _ = collapse(base.x, base.t_x, base.T)
    assert len(histories.sample.x) < len(histories.x) / 4
    fit = fit_mbg_cnbd(histories)
    wide = fit.bootstrap(histories, replicates=60)
    ratio = np.sqrt(np.diag(wide.covariance) / np.diag(fit.covariance))
    assert ((ratio > 0.75) & (ratio < 1.4)).all()


def test_more_confidence_is_a_wider_interval(base):
    histories = in_unit(base, 1)
    fit = fit_mbg_cnbd(histories)
    half, most = (fit.total(histories, 91, confidence=level) for level in (0.5, 0.95))
    assert most.low < half.low < half.value == most.value < half.high < most.high
    assert fit.parameters["r"] == fit.theta[0]
    assert fit.intervals()["r"][0] < fit.theta[0] < fit.intervals()["r"][1]


def test_the_share_of_last_purchases_is_that_of_the_truth():
    """Beta(.6, 2): 23 % of purchases are the last."""
    leaving = fit_mbg_cnbd(in_unit(base_of(11, 8000), 1)).leaving()
    assert leaving.low < 0.6 / 2.6 < leaving.high
    assert leaving.value == pytest.approx(0.6 / 2.6, abs=0.02)
    assert leaving.high - leaving.low < 0.05


def test_pareto_nbd_has_no_last_purchase_of_its_own(base):
    with pytest.raises(ValueError, match="no chance to leave per purchase"):
        fit_pareto_nbd(in_unit(base, 1)).leaving()


PRINT_FIT = """
import numpy as np
from clientaudit.models.btyd import collapse, fit_mbg_cnbd
draw = np.random.default_rng(0)
T = draw.integers(100, 1000, 20_000)
life = np.minimum(T, draw.exponential(500, 20_000))
x = draw.poisson(draw.gamma(0.8, 1 / 40, 20_000) * life)
t_x = np.where(x > 0, np.ceil(life * draw.random(20_000) ** (1 / np.maximum(x, 1))), 0)
histories, _ = collapse(x, t_x, T)
assert len(histories.x) > 9_000
fit = fit_mbg_cnbd(histories)
print([value.hex() for value in fit.theta], fit.total(histories, 90).high.hex())
"""


def test_the_number_of_threads_changes_no_bit():
    found = {
        subprocess.run(
            [sys.executable, "-c", PRINT_FIT],
            env=os.environ | {"OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    }
    assert len(found) == 1
