"""Each client's own rhythm: the gap model and its calibration on bases of known truth."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import approx_fprime
from scipy.stats import gamma

from clientaudit.models import rhythm
from clientaudit.models.maximum import NotIdentifiable
from clientaudit.models.rhythm import Rhythm, fit_rhythm, p_gone
from models.bases import GapBase, gap_base

LEVELS = (0.20, 0.10, 0.05)
DAYS = 1460.0


def living(seed: int, shapes: np.ndarray) -> GapBase:
    """Clients of mean gaps around 60 days, each of its own, over four years."""
    rates = np.random.default_rng(seed).gamma(2.5, 1 / 100, len(shapes))
    return gap_base(seed, shapes * np.maximum(rates, 1e-4), shapes, DAYS)


def fitted(base: GapBase) -> Rhythm:
    known = base.completed >= 1
    sums = (base.completed, base.sums(base.gaps), base.sums(np.log(base.gaps)))
    return fit_rhythm(*(values[known] for values in sums))


def opened(base: GapBase, model: Rhythm) -> tuple[np.ndarray, np.ndarray]:
    """P of each whole gap opened before the end after three others, and whose gap it is."""
    order = np.broadcast_to(np.arange(base.gaps.shape[1]), base.gaps.shape)
    of = (order >= 3) & (base.opened <= base.end)
    client = np.broadcast_to(np.arange(len(base.gaps))[:, None], base.gaps.shape)
    return model.p_silence(order[of], base.opened[of], base.gaps[of]), client[of]


@pytest.mark.parametrize("shape", [1.0, 2.0, 4.0], ids=["Poisson", "Erlang-2", "Erlang-4"])
def test_ordinary_gaps_reach_a_level_as_often_as_it_says(shape):
    base = living(1, np.full(1200, shape))
    p, _ = opened(base, fitted(base))
    shares = [np.mean(p < level) for level in LEVELS]
    assert shares == pytest.approx(LEVELS, abs=0.012)


def test_on_a_mixed_base_the_level_holds_for_the_base_and_not_for_each_kind():
    shapes = np.resize([1.0, 2.0, 4.0], 1800)
    base = living(2, shapes)
    p, client = opened(base, fitted(base))
    assert [np.mean(p < level) for level in LEVELS] == pytest.approx(LEVELS, abs=0.025)
    by_kind = [np.mean(p[shapes[client] == shape] < 0.10) for shape in (1, 2, 4)]
    assert by_kind[0] > 0.12 > by_kind[1] > 0.06 > by_kind[2]


def test_p_gone_comes_true_when_clients_leave():
    """15 % a year: each purchase is the last with 1 - .85^(own mean gap/365)."""
    base = living(3, np.full(4000, 2.0))
    mean = base.gaps.mean(axis=1)
    draw = np.random.default_rng(4)
    loss = 1 - 0.85 ** (mean / 365)
    last = draw.geometric(loss) - 1  # the purchase, from 0, after which the client has left
    gone = base.completed >= last
    n = np.minimum(base.completed, last).astype(int)
    watched = n >= 3
    span = base.opened[np.arange(len(n)), n]
    silence = base.end - span
    logs = np.where(np.arange(base.gaps.shape[1]) < n[:, None], np.log(base.gaps), 0).sum(axis=1)
    seen = n >= 1
    model = fit_rhythm(n[seen], span[seen], logs[seen])
    gone, n, span, silence = gone[watched], n[watched], span[watched], silence[watched]
    told = p_gone(model.p_silence(n, span, silence), span / n, yearly_loss=0.15, year=365.0)
    for low, high in ((0, 0.1), (0.1, 0.3), (0.3, 0.7), (0.7, 0.95), (0.95, 1.01)):
        of = (told >= low) & (told < high)
        error = 4 * np.sqrt(np.mean(told[of] * (1 - told[of])) / of.sum()) + 0.03
        assert gone[of].mean() == pytest.approx(told[of].mean(), abs=error)


def test_p_gone_is_not_p_silence():
    """15 % a year and a gap of 90 days: p = .10 is 29 % gone, p = .05 is 45 %."""
    gone = p_gone([0.10, 0.05, 1.0], 90, yearly_loss=0.15, year=365)
    assert gone == pytest.approx([0.29, 0.45, 0.039], abs=5e-3)


def test_the_closed_form_is_the_integral_over_rates():
    model = Rhythm(np.array([2.5, 1.7, 80.0]), np.eye(3), 0.0)
    n, span, silence = 4, 210.0, 130.0
    posterior = gamma(1.7 + n * 2.5, scale=1 / (80 + span))
    tail = quad(lambda rate: gamma.sf(silence, 2.5, scale=1 / rate) * posterior.pdf(rate), 0, 1)
    assert model.p_silence(n, span, silence) == pytest.approx(tail[0], abs=1e-9)


def test_the_truth_lies_in_the_intervals():
    draw = np.random.default_rng(9)
    rates = draw.gamma(2.0, 1 / 100, 1500)
    gaps = draw.gamma(3.0, 1 / rates[:, None], (1500, 6))
    model = fit_rhythm(np.full(1500, 6), gaps.sum(axis=1), np.log(gaps).sum(axis=1))
    for (low, high), truth in zip(
        model.intervals(confidence=0.99).values(), (3, 2, 100), strict=True
    ):
        assert low < truth < high
        assert high / low < 1.5
    assert list(model.parameters) == ["shape", "r", "alpha"]


def test_the_unit_of_time_changes_nothing():
    base = living(5, np.full(300, 2.0))
    known = base.completed >= 1
    n, span = base.completed[known], base.sums(base.gaps)[known]
    logs = base.sums(np.log(base.gaps))[known]
    days, hours = fit_rhythm(n, span, logs), fit_rhythm(n, span * 24, logs + n * np.log(24))
    assert hours.theta == pytest.approx(days.theta * [1, 1, 24], rel=1e-7)
    assert hours.p_silence(n, span * 24, 2400) == pytest.approx(days.p_silence(n, span, 100))


def test_the_gradient_is_that_of_the_likelihood():
    sums = (np.array([1.0, 2, 9]), np.array([30.0, 200, 100]), np.array([3.4, 8.9, 20.0]))
    objective = rhythm._likelihood(*sums)
    at = np.log([2.0, 3.0, 14.0])
    numeric = approx_fprime(at, lambda log_theta: objective(log_theta)[0], 1e-7)
    assert objective(at)[1] == pytest.approx(numeric, rel=1e-4)


def test_clients_of_one_common_rhythm_still_have_their_p():
    base = gap_base(6, np.full(200, 2 / 30), np.full(200, 2.0), 365.0)
    found = fitted(base)
    model = found.limit if isinstance(found, NotIdentifiable) else found
    assert model.parameters["r"] > 50
    silence = np.array([30.0, 60.0])
    truth = gamma.sf(silence, 2.0, scale=15)
    assert model.p_silence([5, 5], [150, 150], silence) == pytest.approx(truth, abs=0.03)


def test_too_few_clients_are_not_identifiable():
    assert fit_rhythm(np.full(29, 3), np.full(29, 90), np.full(29, 10.0)).reason == "too_few"


@pytest.mark.parametrize(("gaps", "span"), [([0], [0]), ([2], [0]), ([2, 3], [50])])
def test_clients_without_a_gap_are_refused(gaps, span):
    with pytest.raises(ValueError, match="at least one gap"):
        fit_rhythm(gaps, span, [1.0])
