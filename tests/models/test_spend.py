"""The Gamma-Gamma model of mean spend."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from clientaudit.models import spend
from clientaudit.models.maximum import NotIdentifiable
from clientaudit.models.spend import SpendFit, fit_gamma_gamma
from models.real import cdnow_days

SMALL = (np.array([1.0, 2, 2, 7, 30]), np.array([12.0, 3.5, 80, 41, 22]))


def means(seed: int, p: float, q: float, gamma: float, clients: int):
    """Purchases and mean spend of clients drawn from the model's story, purchase by purchase."""
    draw = np.random.default_rng(seed)
    purchases = draw.integers(1, 12, clients)
    level = draw.gamma(q, 1 / gamma, clients)
    amounts = draw.gamma(p, 1 / level[:, None], (clients, 11))
    bought = np.arange(11) < purchases[:, None]
    return purchases, (amounts * bought).sum(axis=1) / purchases


@pytest.fixture(scope="module")
def cdnow(shared_data):
    """Repeat purchase days to 1997-09-30 of the 1/10 sample, and their mean amount."""
    days = cdnow_days(shared_data, sample=True)
    days = days[days.day <= "1997-09-30"]
    repeats = days[days.groupby("client").cumcount() > 0]
    found = repeats.groupby("client").amount.agg(["size", "mean"])
    return found[found["mean"] > 0]


def test_cdnow_gives_the_published_parameters(cdnow):
    """BTYD 2.4.3: p 6.24935 q 3.74426 gamma 15.44431, LL -4055.9177 (CLVTools too)."""
    fit = fit_gamma_gamma(cdnow["size"], cdnow["mean"])
    assert fit.theta == pytest.approx([6.24935, 3.74426, 15.44431], rel=2e-4)
    assert fit.log_likelihood == pytest.approx(-4055.9177, abs=1e-3)


def test_cdnow_gives_the_published_expectations(cdnow):
    """Fader and Hardie's note 25: the first ten clients, four of them with no repeat purchase."""
    fit = fit_gamma_gamma(cdnow["size"], cdnow["mean"])
    first = cdnow.reindex(range(1, 11)).fillna(0)
    expected = fit.expected(first["size"], first["mean"])
    published = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
    assert expected == pytest.approx(published, abs=0.01)
    assert fit.population_mean == pytest.approx(35.17, abs=0.01)


def test_the_gradient_is_that_of_the_likelihood():
    objective = spend._likelihood(*SMALL)
    at = np.log([2.0, 3.0, 14.0])
    numeric = approx_fprime(at, lambda log_theta: objective(log_theta)[0], 1e-7)
    assert objective(at)[1] == pytest.approx(numeric, rel=1e-4)


def test_a_sample_to_start_from_leads_to_the_same_peak(monkeypatch):
    base = means(1, 4.0, 3.0, 60.0, 9000)
    short = fit_gamma_gamma(*base)
    monkeypatch.setattr(spend, "SAMPLE", 10_000)
    assert spend._sample(*base) is None
    assert short.theta == pytest.approx(fit_gamma_gamma(*base).theta, rel=1e-8)


def test_the_truth_lies_in_the_intervals():
    fit = fit_gamma_gamma(*means(1, 4.0, 3.0, 60.0, 4000))
    for (low, high), truth in zip(fit.intervals(confidence=0.99).values(), (4, 3, 60), strict=True):
        assert low < truth < high
    assert fit.population_mean == pytest.approx(4 * 60 / 2, rel=0.05)
    assert list(fit.parameters) == ["p", "q", "gamma"]
    assert fit.correlation_p_value > 0.01


def test_the_currency_changes_nothing():
    purchases, mean = means(2, 4.0, 3.0, 60.0, 500)
    euros, cents = fit_gamma_gamma(purchases, mean), fit_gamma_gamma(purchases, mean * 100)
    assert cents.theta == pytest.approx(euros.theta * [1, 1, 100], rel=1e-7)
    assert cents.covariance == pytest.approx(euros.covariance, rel=1e-5)
    assert cents.expected(purchases, mean * 100) == pytest.approx(
        100 * euros.expected(purchases, mean), rel=1e-8
    )


def test_a_client_alone_is_drawn_towards_the_others():
    fit = SpendFit(np.array([4.0, 3.0, 60.0]), np.eye(3), 0.0, 0.0, 1.0)
    once, often = fit.expected([1, 50], [300, 300])
    assert 120 < once < often < 300
    assert fit.expected([0], [np.nan]) == fit.population_mean == 120


def test_a_population_without_a_mean_gets_none():
    """Other packages print p gamma / (q - 1), here -450."""
    fit = SpendFit(np.array([3.0, 0.9, 15.0]), np.eye(3), 0.0, 0.0, 1.0)
    assert fit.population_mean is None
    expected = fit.expected([0, 1], [0.0, 20.0])
    assert np.isnan(expected[0])
    assert expected[1] == pytest.approx(3 * 35 / 2.9)


def test_spend_that_grows_with_frequency_is_told():
    purchases, mean = means(3, 4.0, 3.0, 60.0, 800)
    fit = fit_gamma_gamma(purchases, mean * purchases)
    assert fit.correlation > 0.3
    assert fit.correlation_p_value < 1e-6


def test_too_few_clients_and_equal_spend_are_not_identifiable():
    purchases, mean = means(4, 4.0, 3.0, 60.0, 200)
    assert fit_gamma_gamma(purchases[:49], mean[:49]).reason == "too_few"
    same = fit_gamma_gamma(np.full(200, 3), np.full(200, 25.0))
    assert isinstance(same, NotIdentifiable)
    assert same.reason == "loose_parameters"


@pytest.mark.parametrize(
    ("purchases", "mean"), [([0], [5]), ([2], [0]), ([2], [-3]), ([1, 2], [5])]
)
def test_clients_without_a_positive_mean_are_refused(purchases, mean):
    with pytest.raises(ValueError, match="at least one purchase"):
        fit_gamma_gamma(purchases, mean)


def test_what_is_unsure_of_a_client_is_what_its_purchases_leave_open():
    """Levels drawn from the model: the mean of those who spent alike spreads as is said."""
    draw, (p, q, gamma), n = np.random.default_rng(5), (4.0, 5.0, 60.0), 200_000
    level = p * gamma / draw.gamma(q, 1, n)
    spend = draw.gamma(3 * p, level / p) / 3
    fit = fit_gamma_gamma(np.full(n, 3), spend)
    alike = (spend > 55) & (spend < 65)
    said = fit.worth(np.full(alike.sum(), 3), spend[alike])
    assert level[alike].mean() == pytest.approx(said.mean.mean(), rel=0.01)
    assert level[alike].var() == pytest.approx(said.doubt.mean() + said.mean.var(), rel=0.05)
    later = draw.gamma(p, level[alike] / p)
    whole = said.doubt.mean() + said.chance.mean() + said.mean.var()
    assert later.var() == pytest.approx(whole, rel=0.05)


def test_the_parameters_leave_less_open_in_a_larger_base():
    draw = np.random.default_rng(6)

    def log_variance(n: int) -> float:
        x = draw.integers(1, 6, n)
        spend = draw.gamma(4.0 * x, 15 / draw.gamma(4.0, 1, n)) / x
        return fit_gamma_gamma(x, spend).log_variance(x, spend, np.ones(n))

    small, large = log_variance(200), log_variance(20_000)
    assert 0 < large < small / 20
