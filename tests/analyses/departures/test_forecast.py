"""Groups are fitted apart where both are large enough, and their forecasts add up."""

import numpy as np
import pandas as pd
import pytest

from clientaudit.analyses.departures.forecast import ALL, OLDER, SEEN, forecast_of
from clientaudit.models.spend import Worth
from models.bases import buyer_base

THETA = (1.5, 60.0, 0.4, 2.5)
HORIZON = 365.0
SPLIT = 120  # clients older than the exports, in the bases below


def clients_of(seed=1, size=300, older=SPLIT) -> pd.DataFrame:
    """A base of clients seen since day 0; the first `older` are taken for older than that."""
    T = np.linspace(400, 900, size).round()
    found = buyer_base(seed, 1, THETA, T, HORIZON)
    last = np.where(found.x > 0, np.maximum(found.t_x.round(), found.x), 0)
    return pd.DataFrame(
        {
            "repeat_count": found.x.astype(int),
            "gap_count": found.x.astype(int),
            "last_order_age_days": last,
            "observed_days": np.maximum(T, last),
            "is_left_truncated": np.arange(size) < older,
        }
    )


def gaps_of(clients) -> pd.DataFrame:
    return pd.DataFrame({"gap_days": [30], "gap_count": [int(clients["gap_count"].sum())]})


def forecast(clients, k=1):
    return forecast_of(clients, gaps_of(clients), k=k)


def with_repeat_buyers(older: int, seen: int) -> pd.DataFrame:
    """So many repeat buyers of each group, and thirty one-time buyers beside them."""
    clients = clients_of(size=500, older=0)
    again, once = (
        np.flatnonzero(part) for part in (clients.repeat_count > 0, clients.gap_count < 1)
    )
    kept = clients.iloc[np.concatenate([again[: older + seen], once[:30]])].reset_index(drop=True)
    return kept.assign(is_left_truncated=np.arange(len(kept)) < older)


@pytest.mark.parametrize(
    ("older", "seen", "names"),
    [(50, 50, [SEEN, OLDER]), (49, 60, [ALL]), (60, 49, [ALL]), (0, 80, [ALL])],
)
def test_both_groups_need_fifty_repeat_buyers_to_be_fitted_apart(older, seen, names):
    clients = with_repeat_buyers(older, seen)
    found = forecast(clients)
    assert [group.name for group in found.groups] == names
    rows = np.concatenate([group.rows for group in found.groups])
    assert sorted(rows) == list(range(len(clients)))


def test_fewer_than_fifty_repeat_buyers_in_all_give_no_forecast():
    assert forecast(with_repeat_buyers(20, 29)) is None


def test_the_total_is_the_sum_of_the_clients_and_of_the_groups():
    found = forecast(clients_of())
    assert [group.name for group in found.groups] == [SEEN, OLDER]
    total = found.total(HORIZON)
    assert total.value == pytest.approx(found.purchases(HORIZON).sum(), rel=1e-9)
    each = [group.sure_fit.total(group.histories, HORIZON).value for group in found.groups]
    assert total.value == pytest.approx(sum(each), rel=1e-9)
    assert total.low < total.value < total.high
    assert found.log_likelihood == sum(group.fit.log_likelihood for group in found.groups)


def test_each_client_keeps_its_own_forecast_in_any_order():
    clients = clients_of()
    one = forecast(clients)
    other = forecast(clients.iloc[::-1].reset_index(drop=True))
    np.testing.assert_array_equal(one.p_active(90.0), other.p_active(90.0)[::-1])


def test_worth_weighs_each_client():
    found = forecast(clients_of())
    worth, none = np.where(np.arange(300) < SPLIT, 5.0, 0.0), np.zeros(300)
    expected = 5 * found.purchases(HORIZON)[:SPLIT].sum()
    sure = found.total(HORIZON, worth=Worth(worth, none, none))
    assert sure.value == pytest.approx(expected, rel=1e-9)
    noisy = found.total(HORIZON, worth=Worth(worth, worth**2, none))
    doubtful = found.total(HORIZON, worth=Worth(worth, worth**2, worth**2))
    shared = found.total(HORIZON, worth=Worth(worth, worth**2, worth**2), common=0.01)
    assert sure.high < noisy.high < doubtful.high < shared.high


def test_a_base_that_nobody_leaves_still_gets_an_interval():
    """Its departures cannot be told; what it will buy can."""
    draw = np.random.default_rng(3)
    gaps = draw.gamma(1.0, 1 / draw.gamma(4.0, 1 / 200.0, 150)[:, None], (150, 200)).round() + 1
    days = np.cumsum(gaps, axis=1)
    x = (days <= 800).sum(axis=1)
    last = np.where(x > 0, days[np.arange(150), np.maximum(x - 1, 0)], 0)
    clients = pd.DataFrame(
        {
            "repeat_count": x,
            "gap_count": x,
            "last_order_age_days": last,
            "observed_days": 800.0,
            "is_left_truncated": False,
        }
    )
    found = forecast(clients)
    assert [group.problem for group in found.groups] == ["no_drop_out"]
    total = found.total(400.0)
    later = ((days > 800) & (days <= 1200)).sum()
    assert total.low < later < total.high
    assert total.high < 1.5 * total.low
