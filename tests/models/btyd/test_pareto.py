"""Pareto/NBD against exact arithmetic and against a simulation."""

from decimal import Decimal, getcontext

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from clientaudit.models.btyd import Histories, collapse
from clientaudit.models.btyd.pareto import ParetoNbd

THETA = np.array([0.55, 10.6, 0.61, 11.7])
MODEL = ParetoNbd()


def exact(r: int, alpha: str, s: int, beta: str, history: tuple[int, str, str]) -> float:
    """log L of whole r and s, by partial fractions in 800-digit arithmetic.

    J(n, m) = ∫ (alpha+y)^-n (beta+y)^-m dy obeys J(n, m) = (J(n, m-1) - J(n-1, m))/(beta-alpha)
    with the sign that (beta+y) - (alpha+y) gives.
    """
    getcontext().prec = 800
    x, t, T = history[0], Decimal(history[1]), Decimal(history[2])
    a, b = Decimal(alpha), Decimal(beta)
    n, d = r + x, b - a

    def power(shift: Decimal, m: int) -> Decimal:
        if m == 1:
            return ((shift + T) / (shift + t)).ln()
        return ((shift + t) ** (1 - m) - (shift + T) ** (1 - m)) / (m - 1)

    row = [T - t] + [power(b, m) for m in range(1, s + 2)]
    for i in range(1, n + 1):
        new = [power(a, i)]
        for m in range(1, s + 2):
            new.append((row[m] * -1 + new[m - 1]) / d)
        row = new
    inside = (a + T) ** -n * (b + T) ** -s + s * row[s + 1]
    rising = Decimal(1)
    for i in range(x):
        rising *= r + i
    return float((rising * a**r * b**s * inside).ln())


@pytest.mark.parametrize(
    ("r", "alpha", "s", "beta", "history"),
    [
        (1, "10", 1, "12", (0, "0", "0.14")),
        (1, "1.5", 2, "0.01", (0, "0", "300")),
        (4, "0.02", 1, "900", (0, "0", "300")),
        (2, "400", 3, "0.01", (0, "0", "300")),
        (1, "0.02", 3, "3", (1, "0.1", "300")),
        (3, "10", 2, "3", (3, "30", "38.86")),
        (2, "10", 1, "12", (26, "30.86", "31")),
        (1, "400", 1, "0.01", (60, "5", "300")),
        (1, "0.02", 2, "900", (60, "5", "300")),
        (1, "3", 1, "14", (221, "103.42857", "103.57143")),
        (2, "1.5", 3, "3", (161, "94.71429", "98")),
    ],
)
def test_the_likelihood_is_exact_to_eleven_digits(r, alpha, s, beta, history):
    theta = np.array([r, float(alpha), s, float(beta)])
    histories, _ = collapse(*([float(value)] for value in history))
    value, _ = MODEL.log_likelihood(theta, histories, histories.count)
    assert value == pytest.approx(exact(r, alpha, s, beta, history), rel=1e-11, abs=1e-10)


def test_the_gradient_is_that_of_the_likelihood():
    histories, _ = collapse([0, 1, 1, 4, 30], [0, 3, 10, 20, 31], [10, 10, 10, 31, 40])
    for theta in (THETA, THETA[::-1], np.array([0.3, 3, 3, 0.05])):

        def value(at):
            return MODEL.log_likelihood(np.exp(at), histories, histories.count)

        numeric = approx_fprime(np.log(theta), lambda at: value(at)[0], 1e-6)
        assert value(np.log(theta))[1] == pytest.approx(numeric, rel=1e-4, abs=1e-4)


def test_the_clients_that_break_other_packages_are_finite():
    """The four clients of the lifetimes test suite, whose hypergeometric form overflows."""
    theta = np.array([0.5143, 2.8845, 0.2856, 14.1087])
    x = [221, 254, 161, 204]
    t_x = [103.42857, 97.14286, 94.71429, 98.57143]
    T = [103.57143, 97.28571, 98, 99.42857]
    histories = Histories(x, t_x, T, np.ones(4))
    value, gradient = MODEL.log_likelihood(theta, histories, histories.count)
    assert np.isfinite([value, *gradient]).all()
    alive = MODEL.p_alive(theta, histories)
    assert ((alive > 0.7) & (alive < 1)).all()


def test_thousands_of_purchases_stay_finite():
    histories = Histories([2700, 2700, 160], [300, 1, 2], [300.5, 900, 51], np.ones(3))
    value, gradient = MODEL.log_likelihood(THETA, histories, histories.count)
    assert np.isfinite([value, *gradient]).all()
    mean, variance = MODEL.purchases(THETA, histories, 52)
    assert np.isfinite([mean, variance]).all()
    assert 300 < mean[0] < 9 * 52
    assert mean[1] < 1e-6


@pytest.mark.parametrize("s", [0.61, 1.0, 2.0])
def test_purchases_come_true_in_a_simulated_base(s):
    """Clients drawn from the story: rate, life, Poisson purchases before and after T = 40."""
    r, alpha, beta, T, horizon, size = 0.9, 8.0, 12.0, 40.0, 26.0, 60_000
    draw = np.random.default_rng(3)
    rate, death = (
        draw.gamma(r, 1 / alpha, size),
        draw.exponential(1 / draw.gamma(s, 1 / beta, size)),
    )
    seen = np.minimum(T, death)
    x = draw.poisson(rate * seen)
    # The last of x uniform moments.
    t_x = np.where(x > 0, seen * draw.random(size) ** (1 / np.maximum(x, 1)), 0)
    later = draw.poisson(rate * np.clip(death - T, 0, horizon))
    theta = np.array([r, alpha, s, beta])
    histories = Histories(x, t_x, np.full(size, T), np.ones(size))
    mean, variance = MODEL.purchases(theta, histories, horizon)
    active = MODEL.p_active(theta, histories, horizon)
    alive = MODEL.p_alive(theta, histories)
    for low, high in ((0, 0), (1, 3), (4, 10)):
        of = (low <= x) & (x <= high)
        error = 4 / np.sqrt(of.sum())
        deviation = np.sqrt(variance[of].mean())
        assert mean[of].mean() == pytest.approx(later[of].mean(), abs=error * deviation)
        assert active[of].mean() == pytest.approx((later[of] > 0).mean(), abs=error / 2)
        assert alive[of].mean() == pytest.approx((death[of] > T).mean(), abs=error / 2)
        assert variance[of].mean() == pytest.approx(((later - mean)[of] ** 2).mean(), rel=0.15)
