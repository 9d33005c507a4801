"""The past judges models and simple rules alike, and never by an origin that chose them."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from clientaudit.models.backtest import Origin, backtest, bands, calibrate, score

RULES = ("majority", "days")


def origin(n: int, seed: int, strength: float = 1.5) -> Origin:
    """Clients whose chance depends on a trait that the model sees, and on days a little."""
    rng = np.random.default_rng(seed)
    trait, days = rng.normal(size=n), rng.normal(size=n)
    active = rng.random(n) < 1 / (1 + np.exp(-strength * trait + 0.5 * days))
    features = {
        "majority": np.empty((n, 0)),
        "days": days[:, None],
        "model": np.column_stack([trait, days]),
    }
    return Origin(features, active)


def test_scores_are_those_of_scikit_learn():
    rng = np.random.default_rng(1)
    p = rng.uniform(0.02, 0.98, 500).round(2)  # with ties
    active = rng.random(500) < p
    found = score("x", p, active)
    assert found.log_loss == pytest.approx(log_loss(active, p))
    assert found.brier == pytest.approx(brier_score_loss(active, p))
    assert found.auc == pytest.approx(roc_auc_score(active, p))
    assert found.auc_interval[0] < found.auc < found.auc_interval[1]
    assert found.log_loss_interval[0] < found.log_loss < found.log_loss_interval[1]


def test_lift_shares_a_tie_at_the_cut():
    active = np.array([True, True] + [False] * 18)
    first = np.array([0.9, 0.8] + [0.1] * 18)
    assert score("x", first, active).lift == pytest.approx(10)
    assert score("x", np.full(20, 0.1), active).lift == pytest.approx(1)


def test_the_calibration_is_a_ridge_regression():
    past = origin(400, 3)
    fit = calibrate(past.features["model"], past.active)
    raw = past.features["model"]
    scaled = (raw - raw.mean(axis=0)) / raw.std(axis=0)
    reference = LogisticRegression(C=1.0, tol=1e-10).fit(scaled, past.active)
    assert fit.coefficients == pytest.approx(
        np.concatenate([reference.intercept_, reference.coef_[0]]), abs=1e-5
    )


def test_no_rule_is_ever_certain():
    flags = np.array([[1.0]] * 10 + [[0.0]] * 10)
    active = flags[:, 0] == 1
    said = calibrate(flags, active).probability(flags)
    assert 0.6 < said[0] < 1
    everybody = calibrate(flags, np.ones(20, bool)).probability(flags)
    assert everybody == pytest.approx(np.full(20, 20.5 / 21))


def test_a_better_model_is_preferred_and_reported_at_the_last_origin_only():
    origins = [origin(1500, seed) for seed in (1, 2, 3, 4)]
    found = backtest(origins, rules=RULES)
    assert found.chosen == "model"
    assert found.rule == "days"
    assert found.is_preferred
    assert found.ranking == "model"
    assert found.date_count == 3
    last = found.scores
    assert found.advantage == pytest.approx(last["days"].log_loss - last["model"].log_loss)
    assert found.advantage_interval[0] > 0


def test_a_model_that_sees_nothing_more_is_not_preferred():
    origins = [origin(300, seed, strength=0.0) for seed in (1, 2, 3)]
    found = backtest(origins, rules=RULES)
    assert not found.is_preferred
    assert found.ranking == found.rule


def test_a_model_behind_at_one_origin_is_not_preferred():
    origins = [origin(1500, seed) for seed in (1, 2, 3, 4)]
    blind = Origin(
        origins[1].features | {"model": -origins[1].features["model"]}, origins[1].active
    )
    found = backtest([origins[0], blind, *origins[2:]], rules=RULES)
    assert not found.is_preferred


def test_two_origins_are_judged_but_choose_nothing_and_one_says_nothing():
    found = backtest([origin(500, 1), origin(500, 2)], rules=RULES)
    assert found.is_short
    assert not found.is_preferred
    assert backtest([origin(500, 1)], rules=RULES) is None


def test_the_order_of_clients_changes_no_score():
    origins = [origin(200, seed) for seed in (1, 2, 3)]
    order = np.random.default_rng(0).permutation(200)
    shuffled = [
        Origin({name: x[order] for name, x in o.features.items()}, o.active[order]) for o in origins
    ]
    first, second = (backtest(each, rules=RULES) for each in (origins, shuffled))
    for name, found in first.scores.items():
        assert second.scores[name].log_loss == pytest.approx(found.log_loss, abs=1e-12)
        assert second.scores[name].auc == pytest.approx(found.auc, abs=1e-12)


def test_bands_hold_every_client_once_and_equal_probabilities_together():
    p = np.repeat([0.1, 0.4, 0.9], [70, 20, 10])
    active = np.arange(100) % 2 == 0
    found = bands(p, active)
    assert [band.n for band in found] == [70, 20, 10]
    assert [band.predicted for band in found] == pytest.approx([0.1, 0.4, 0.9])
    assert sum(band.active_count for band in found) == 50
