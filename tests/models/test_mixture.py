"""Priors of any form: weights that the clients decide, and draws from rows of chances."""

import numpy as np
import pytest
from scipy.stats import poisson

from clientaudit.models.mixture import centres, ladder, log_weights


def test_a_ladder_draws_the_columns_of_each_row_by_its_chances():
    chances = np.array([[0.5, 0.5, 0.0], [0.0, 0.2, 0.8]])
    with np.errstate(divide="ignore"):
        steps = ladder(7 + np.log(chances))
    row = np.repeat([1, 0], 20_000)
    column = steps.pick(row, np.random.default_rng(1))
    for place in (0, 1):
        shares = np.bincount(column[row == place], minlength=3) / 20_000
        assert shares == pytest.approx(chances[place], abs=0.015)


def test_parts_cover_the_range_and_one_value_has_one():
    assert centres(3.0, 3.0).tolist() == [3.0]
    found = centres(0.05, 400.0)
    assert found[0] == 0.05
    assert 400 <= found[-1] < 400 * 1.25


def test_two_kinds_of_clients_are_found_in_their_shares():
    """Three quarters of clients of mean 2, the others of mean 30; parts at 2, 8 and 30."""
    counts = np.arange(80.0)
    seen = 0.75 * poisson.pmf(counts, 2) + 0.25 * poisson.pmf(counts, 30)
    likelihood = np.log(poisson.pmf(counts[:, None], [2.0, 8.0, 30.0]))
    weights = np.exp(log_weights(likelihood, 1000 * seen))
    assert weights == pytest.approx([0.75, 0, 0.25], abs=0.01)


def test_without_any_client_parts_weigh_the_same():
    assert np.exp(log_weights(np.zeros((1, 4)), np.zeros(1))) == pytest.approx(np.full(4, 0.25))
