"""BG/NBD and MBG/CNBD-k against the story that they tell."""

from math import comb, factorial

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import approx_fprime
from scipy.stats import beta, gamma

from clientaudit.models.btyd import Histories, collapse
from clientaudit.models.btyd.cnbd import Cnbd
from clientaudit.models.btyd.timing import Nbd, constant
from models.bases import buyer_base

THETA = np.array([0.8, 6.0, 0.6, 2.0])
MODELS = [Cnbd(1, False), Cnbd(1, True), Cnbd(2, True), Cnbd(3, True)]
CASES = [(0, 0, 10), (1, 3, 10), (1, 10, 10), (4, 20, 31), (12, 30, 33)]


def told(model: Cnbd, x: int, t_x: float, T: float) -> float:
    """The likelihood as the story goes, by integrals over the client's rate and drop-out chance.

    The gaps enter by their product, as `constant` leaves them out: rate^(k x) exp(-rate t_x).
    """
    r, alpha, a, b = THETA
    k, chances = model.k, x + model.drop_at_first

    def still(rate: float) -> float:
        silence = rate * (T - t_x)
        return np.exp(-silence) * sum(silence**j / factorial(j) for j in range(k))

    def over_rates(function) -> float:
        return quad(
            lambda rate: (
                function(rate)
                * rate ** (k * x)
                * np.exp(-rate * t_x)
                * gamma.pdf(rate, r, scale=1 / alpha)
            ),
            0,
            np.inf,
            epsabs=0,
            epsrel=1e-11,
            limit=500,
        )[0]

    def over_chances(stay: int, leave: int) -> float:
        pdf = beta(a, b)
        return pdf.expect(lambda p: (1 - p) ** stay * p**leave)

    alive = over_rates(still) * over_chances(chances, 0)
    gone = over_rates(np.ones_like) * over_chances(chances - 1, 1) if chances else 0.0
    return float(np.log(alive + gone))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@pytest.mark.parametrize("case", CASES)
def test_the_likelihood_is_that_of_the_story(model, case):
    histories, _ = collapse(*([value] for value in case))
    value, _ = model.log_likelihood(THETA, histories, histories.count)
    assert value == pytest.approx(told(model, *case), abs=1e-6)


@pytest.mark.parametrize("model", [*MODELS, Nbd(1), Nbd(3)], ids=lambda model: model.name)
def test_the_gradient_is_that_of_the_likelihood(model):
    histories, _ = collapse(*zip(*CASES, strict=True))
    log_theta = np.log(THETA[: len(model.parameters)])

    def value(at):
        return model.log_likelihood(np.exp(at), histories, histories.count)

    numeric = approx_fprime(log_theta, lambda at: value(at)[0], 1e-6)
    assert value(log_theta)[1] == pytest.approx(numeric, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_probabilities_and_purchases_come_true_in_a_simulated_base(k):
    T = np.random.default_rng(0).uniform(20, 60, 60_000).round()
    base = buyer_base(1, k, tuple(THETA), T, 26)
    histories, row = collapse(base.x, base.t_x, base.T)
    model = Cnbd(k, True)
    mean, variance = (values[row] for values in model.purchases(THETA, histories, 26))
    alive = model.p_alive(THETA, histories)[row]
    active = model.p_active(THETA, histories, 26)[row]
    for low, high in ((0, 0), (1, 1), (2, 4), (5, 9)):
        of = (low <= base.x) & (base.x <= high)
        error = 4 / np.sqrt(of.sum())
        assert alive[of].mean() == pytest.approx(base.alive[of].mean(), abs=error / 2)
        assert active[of].mean() == pytest.approx((base.later[of] > 0).mean(), abs=error / 2)
        deviation = np.sqrt(variance[of].mean())
        assert mean[of].mean() == pytest.approx(base.later[of].mean(), abs=error * deviation)
        squares = ((base.later - mean)[of] ** 2).mean()
        assert variance[of].mean() == pytest.approx(squares, rel=0.15)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_more_silence_and_a_shorter_horizon_leave_less_to_expect(model):
    histories, _ = collapse([3, 3, 3, 3], [20, 20, 20, 20], [20, 25, 35, 60])
    for values in (
        model.p_alive(THETA, histories),
        model.p_active(THETA, histories, 10),
        model.p_active(THETA, histories, 40) - model.p_active(THETA, histories, 10),
    ):
        assert (values > 0).all()
    assert (np.diff(model.p_alive(THETA, histories)) < 0).all()
    # From one mean gap of silence on: just before, a regular buyer is the more expected.
    assert (np.diff(model.purchases(THETA, histories, 10)[0][1:]) < 0).all()
    assert (model.purchases(THETA, histories, 0)[0] == 0).all()


def test_one_time_buyers_of_bg_nbd_never_leave():
    histories, _ = collapse([0], [0], [500])
    assert Cnbd(1, False).p_alive(THETA, histories) == [1.0]
    assert Cnbd(1, True).p_alive(THETA, histories)[0] < 0.1


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_thousands_of_purchases_stay_finite(model):
    x = np.array([160, 221, 254, 2700, 2700, 2700])
    t_x = np.array([2, 103.4, 97.1, 300, 300, 1])
    T = np.array([51, 103.5, 97.2, 300.1, 900, 900])
    histories = Histories(x, t_x, T, np.ones(6))
    value, gradient = model.log_likelihood(THETA, histories, histories.count)
    assert np.isfinite([value, *gradient]).all()
    alive = model.p_alive(THETA, histories)
    assert ((alive >= 0) & (alive <= 1)).all()
    mean, variance = model.purchases(THETA, histories, 52)
    assert np.isfinite([mean, variance]).all()
    # 2,700 purchases in 300 weeks, the last one just now: nine a week, if she stays.
    assert 300 < mean[3] < 9 * 52
    assert mean[4] < 1e-6


def test_the_rate_of_regular_gaps_counts_their_steps():
    """log(k-1)! and the gaps' own lengths: the density of two Erlang-2 gaps of 1 and 3."""
    histories, _ = collapse([2], [4], [4], log_gaps=[np.log(1) + np.log(3)])
    rate = 0.7
    density = np.prod([rate**2 * gap * np.exp(-rate * gap) for gap in (1, 3)])
    kernel = rate**4 * np.exp(-rate * 4)
    assert np.log(density / kernel) == pytest.approx(constant(2, histories))
    assert constant(3, histories) == pytest.approx(2 * np.log(3) - 2 * np.log(comb(2, 1)))
