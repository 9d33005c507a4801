"""Histories and how clients collapse into them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientaudit.models.btyd import Histories, collapse

ONE = np.ones(1)


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(0, 2)), min_size=1),
    st.randoms(use_true_random=False),
)
def test_collapsing_loses_no_client_and_no_order(clients, shuffler):
    x, t_x, wait = (np.array(column, float) for column in zip(*clients, strict=True))
    histories, row = collapse(x, t_x, t_x + wait)
    assert histories.clients == len(clients)
    assert (histories.x[row] == x).all()
    assert (histories.T[row] - histories.t_x[row] == wait).all()
    order = list(range(len(clients)))
    shuffler.shuffle(order)
    again, _ = collapse(x[order], t_x[order], (t_x + wait)[order])
    assert (again.x == histories.x).all()
    assert (again.count == histories.count).all()


def test_equal_histories_are_one():
    histories, row = collapse([0, 2, 0], [0, 5, 0], [9, 9, 9], log_gaps=[0, 1.5, 0])
    assert histories.count.tolist() == [2, 1]
    assert row.tolist() == [0, 1, 0]
    assert histories.log_gaps == 1.5
    assert (histories.clients, histories.repeat_buyers) == (3, 1)


@pytest.mark.parametrize(
    ("x", "t_x", "T"),
    [
        (1, 5, 4),  # the last purchase after the end
        (0, 2, 4),  # time between purchases that were never made
        (2, 0, 4),  # two repeat purchases at the first instant
        (1.5, 2, 4),
        (-1, 0, 4),
        (0, 0, np.inf),
        (np.nan, 0, 4),
    ],
)
def test_impossible_histories_are_refused(x, t_x, T):
    with pytest.raises(ValueError, match="1 histories are impossible"):
        Histories(x * ONE, t_x * ONE, T * ONE, ONE)


def test_a_client_of_unknown_history_is_refused():
    with pytest.raises(ValueError, match="invalid entry"):
        collapse([0, np.nan], [0, 0], [9, 9])


def test_arrays_of_two_lengths_are_refused():
    with pytest.raises(ValueError, match="four arrays of one length"):
        Histories(ONE, ONE, np.ones(2), ONE)


def test_a_sample_stands_for_all_clients_in_the_proportion_of_their_histories():
    counts = np.array([30_000.0, 5, 9_995, 2, 60_000])
    histories = Histories([0, 1, 1, 2, 3], [0, 4, 5, 6, 7], np.full(5, 9.0), counts)
    sample = histories.sample
    shares = {x: sample.count[sample.x == x].sum() / sample.clients for x in (0, 1, 3)}
    assert sample.clients == pytest.approx(100_002, rel=1e-3)
    assert shares == pytest.approx({0: 0.3, 1: 0.1, 3: 0.6}, abs=1e-3)
    assert len(sample.x) < 5


def test_a_small_base_is_its_own_sample():
    histories, _ = collapse([0, 2, 0], [0, 5, 0], [9, 9, 9])
    assert histories.sample is histories


def test_blocks_hold_every_history_once():
    histories, _ = collapse(np.zeros(20_000), np.zeros(20_000), np.arange(20_000))
    places = np.concatenate([np.arange(20_000)[at] for at, _ in histories.blocks])
    assert (places == np.arange(20_000)).all()
    assert np.concatenate([part.T for _, part in histories.blocks]).tolist() == list(range(20_000))
