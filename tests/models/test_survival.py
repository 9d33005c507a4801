"""Survival curves against R's survival 3.5.3, and small bases counted by hand."""

import numpy as np
import pandas as pd
import pytest

from clientaudit.models.survival import cumulative_incidence, kaplan_meier, log_rank


def arrays(frame: pd.DataFrame, time: str, lost: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    return frame[time].to_numpy(float), lost.to_numpy(bool)


def test_a_curve_counted_by_hand():
    curve = kaplan_meier(np.array([1.0, 2, 2, 3, 4]), np.array([True, True, False, False, True]))
    assert curve.times.tolist() == [1, 2, 4]
    assert curve.at_risk.tolist() == [5, 4, 1]
    assert curve.survival == pytest.approx([4 / 5, 3 / 5, 0])
    assert curve.at(0.5) == (1.0, 1.0, 1.0)
    assert curve.at(3)[0] == pytest.approx(3 / 5)
    assert curve.median == 4
    assert curve.censored.tolist() == [2, 3]
    assert [curve.watched(time) for time in (0, 1, 2, 3.5, 5)] == [5, 5, 4, 1, 0]


def test_a_client_under_watch_from_its_third_month_is_at_risk_after_it_only():
    durations, lost = np.array([1.0, 4, 5]), np.array([True, True, False])
    curve = kaplan_meier(durations, lost, entries=np.array([0.0, 0, 3]))
    assert curve.at_risk.tolist() == [2, 2]
    assert curve.survival == pytest.approx([1 / 2, 1 / 4])
    assert [curve.watched(time) for time in (1, 2, 4, 5)] == [2, 1, 2, 1]
    with pytest.raises(ValueError, match="under watch"):
        kaplan_meier(durations, lost, entries=np.array([0.0, 4, 3]))


def test_half_is_never_reached_where_most_stay():
    curve = kaplan_meier(np.array([1.0, 2, 3]), np.array([True, False, False]))
    assert curve.median is None
    with pytest.raises(ValueError, match="0 durations"):
        kaplan_meier(np.array([]), np.array([], bool))


def test_medians_and_log_rank_of_waltons(shared_data):
    frame = pd.read_csv(shared_data / "survival" / "waltons_dataset.csv")
    medians = {
        name: kaplan_meier(*arrays(part, "T", part["E"])) for name, part in frame.groupby("group")
    }
    assert medians["control"].median == 58
    assert medians["control"].median_interval == (56, 60)
    assert medians["miR-137"].median == 26
    assert medians["miR-137"].median_interval == (22, 29)
    found = log_rank(*arrays(frame, "T", frame["E"]), pd.factorize(frame["group"])[0])
    assert found.statistic == pytest.approx(122.2491, abs=1e-4)
    assert found.p_value == pytest.approx(2.04e-28, rel=1e-2)


def test_medians_and_bounds_of_lung(shared_data):
    frame = pd.read_csv(shared_data / "survival" / "lung.csv")
    dead = frame["status"] == frame["status"].max()
    everybody = kaplan_meier(*arrays(frame, "time", dead))
    assert everybody.event_count == 165
    assert (everybody.median, *everybody.median_interval) == (310, 285, 363)
    assert everybody.at(365) == pytest.approx((0.4092, 0.34472, 0.4858), abs=1e-4)
    assert everybody.at(730) == pytest.approx((0.1157, 0.07163, 0.1869), abs=1e-4)
    for sex, median in ((1, (270, 212, 310)), (2, (426, 348, 550))):
        curve = kaplan_meier(*arrays(frame[frame["sex"] == sex], "time", dead[frame["sex"] == sex]))
        assert (curve.median, *curve.median_interval) == median
    test = log_rank(*arrays(frame, "time", dead), frame["sex"].to_numpy())
    assert test.statistic == pytest.approx(10.32674, abs=1e-5)
    assert test.p_value == pytest.approx(0.0013112, rel=1e-4)


def test_contracts_of_telco(shared_data):
    frame = pd.read_csv(shared_data / "telco" / "Telco-Customer-Churn.csv.gz")
    churned = frame["Churn"] == "Yes"
    expected = {
        "Month-to-month": (0.7031, 0.5859, 0.4911, 0.3973, 0.2972, 0.1290),
        "One year": (0.9908, 0.9783, 0.9593, 0.9165, 0.8318, 0.5681),
        "Two year": (1, 1, 0.9987, 0.9957, 0.9862, 0.9357),
    }
    for contract, shares in expected.items():
        own = frame["Contract"] == contract
        curve = kaplan_meier(*arrays(frame[own], "tenure", churned[own]))
        found = [curve.at(months)[0] for months in (12, 24, 36, 48, 60, 72)]
        assert found == pytest.approx(shares, abs=5e-5)
        if contract == "Month-to-month":
            assert (curve.median, *curve.median_interval) == (35, 32, 38)
    groups = pd.factorize(frame["Contract"])[0]
    test = log_rank(*arrays(frame, "tenure", churned), groups)
    assert test.statistic == pytest.approx(2353, abs=0.5)
    assert test.degrees == 2


def test_reasons_compete_and_add_up_to_all_losses():
    durations = np.array([1.0, 2, 2, 3, 4, 5])
    reasons = np.array([1, 2, 1, 0, 2, 0])
    shares = cumulative_incidence(durations, reasons)
    everything = kaplan_meier(durations, reasons > 0)
    total = sum(found.share for found in shares.values())
    assert set(shares) == {1, 2}
    assert total[-1] == pytest.approx(1 - everything.survival[-1])
    # By hand: 1/6, then 5/6 x 1/5.
    assert shares[1].share[:2] == pytest.approx([1 / 6, 1 / 6 + 5 / 6 / 5])


def test_the_order_of_tied_losses_does_not_matter():
    durations, reasons = np.array([2.0, 2, 2, 2, 3]), np.array([1, 2, 0, 1, 0])
    order = np.array([3, 1, 4, 0, 2])
    first, second = (
        cumulative_incidence(durations[rows], reasons[rows]) for rows in (np.arange(5), order)
    )
    assert first[1].share.tolist() == second[1].share.tolist()


def test_codes_of_reasons_are_kept():
    shares = cumulative_incidence(np.array([1.0, 2, 3]), np.array([7, 0, 3]))
    assert list(shares) == [3, 7]


def test_one_group_is_no_comparison():
    with pytest.raises(ValueError, match="two groups"):
        log_rank(np.array([1.0, 2]), np.array([True, True]), np.array([0, 0]))


def test_the_bounds_of_a_share_once_somebody_left_are_above_none():
    """One of forty left for a reason: the share is not nought, whatever the chance."""
    reasons = np.zeros(40, int)
    reasons[0] = 1
    (found,) = cumulative_incidence(np.linspace(1, 40, 40), reasons).values()
    assert found.share[-1] == pytest.approx(1 / 40)
    assert 0 < found.low[-1] < 1 / 40 < found.high[-1] < 0.2


def test_those_who_enter_late_are_not_under_watch_before():
    curve = kaplan_meier(
        np.array([5.0, 6, 7]), np.array([True, True, False]), entries=np.array([0.0, 2, 4])
    )
    assert [curve.watched(time) for time in (0, 1, 3, 5, 6)] == [1, 1, 2, 3, 2]
