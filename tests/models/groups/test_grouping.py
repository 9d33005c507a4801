"""Groups are found where they were planted and nowhere else, whatever the order of the rows."""

import numpy as np
import pytest

from clientaudit.models.groups.grouping import (
    GroupFit,
    Grouping,
    GroupRules,
    NoGroups,
    fit_groups,
    matched,
)
from clientaudit.models.groups.kmeans import (
    canonical_order,
    k_means,
    nearest,
    nested_k_means,
    one_thread,
)
from clientaudit.models.groups.stability import jaccard
from models.grouped import STRUCTURELESS, planted

RULES = GroupRules(most=6, min_rows=30, min_size=5, min_jaccard=0.75, seed=7)
SEEDS = range(30)
ROWS = 200


def fit(values: np.ndarray) -> GroupFit | NoGroups:
    return fit_groups(values, rank_by=values[:, 0], rules=RULES)


def found(values: np.ndarray) -> GroupFit:
    fitted = fit(values)
    assert isinstance(fitted, GroupFit)
    return fitted


def adjusted_rand(labels: np.ndarray, other: np.ndarray) -> float:
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(labels, other))


@pytest.mark.parametrize("kind", STRUCTURELESS)
def test_a_base_without_structure_has_no_clear_groups(kind):
    """30 bases a kind. At a level of 2 %, four or more of 30 would come up once in 300 times."""
    fits = [fit(STRUCTURELESS[kind](seed, ROWS)) for seed in SEEDS]
    assert sum(isinstance(one, GroupFit) for one in fits) <= 3
    assert {one.reason for one in fits if isinstance(one, NoGroups)} <= {
        "none_beyond_chance",
        "none_stable",
    }


@pytest.mark.parametrize("seed", range(5))
def test_three_groups_five_deviations_apart_are_recovered_beside_two_noise_features(seed):
    values, truth = planted(seed, 300, apart=5.0)
    fitted = found(values)
    assert len(fitted.grouping.centres) == 3
    assert adjusted_rand(truth, fitted.labels) >= 0.9


@pytest.mark.parametrize("seed", range(1004, 1009))
def test_three_groups_four_deviations_apart_are_seen_and_told_as_well_as_they_can_be(seed):
    """Whoever knew the groups would reach an adjusted Rand index of .88 on average."""
    values, truth = planted(seed, 300, apart=4.0)
    fitted = found(values)
    assert len(fitted.grouping.centres) == 3
    assert adjusted_rand(truth, fitted.labels) >= 0.8


def test_the_order_of_the_rows_changes_nothing():
    values, _ = planted(1, 300, apart=5.0)
    order = np.random.default_rng(2).permutation(300)
    before, after = found(values), found(values[order])
    np.testing.assert_array_equal(before.labels[order], after.labels)
    for name in ("centres", "mean", "scale", "reach"):
        np.testing.assert_array_equal(getattr(before.grouping, name), getattr(after.grouping, name))
    np.testing.assert_array_equal(before.jaccard, after.jaccard)
    assert before.evidence.reached == after.evidence.reached


def test_a_large_base_is_decided_on_a_sample_in_any_order_and_everybody_has_a_group(monkeypatch):
    monkeypatch.setattr("clientaudit.models.groups.grouping.SAMPLE", 300)
    values, truth = planted(3, 1000, apart=5.0)
    order = np.random.default_rng(4).permutation(len(values))
    before, after = found(values), found(values[order])
    np.testing.assert_array_equal(before.labels[order], after.labels)
    assert adjusted_rand(truth, before.labels) >= 0.9


def test_the_first_group_has_the_highest_mean_of_what_ranks_them():
    values, _ = planted(1, 300, apart=5.0)
    fitted = found(values)
    means = [values[fitted.labels == group, 0].mean() for group in range(3)]
    assert means == sorted(means, reverse=True)


def test_frozen_centres_give_the_same_groups_and_no_row_is_beyond_their_reach():
    values, _ = planted(1, 300, apart=5.0)
    fitted = found(values)
    labels, distances = fitted.grouping.assign(values)
    np.testing.assert_array_equal(labels, fitted.labels)
    assert (distances <= fitted.grouping.reach[labels]).all()


def test_units_change_nothing():
    values, _ = planted(1, 300, apart=5.0)
    np.testing.assert_array_equal(found(values).labels, found(values * 1024).labels)


def test_a_measure_that_all_share_moves_nobody():
    values, _ = planted(1, 300, apart=5.0)
    with_constant = np.column_stack([values, np.full(300, 3.0)])
    np.testing.assert_array_equal(found(values).labels, found(with_constant).labels)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.arange(1.0, 59.0).reshape(29, 2), "too_few"),
        (np.ones((40, 2)), "one_measure"),
        (np.column_stack([np.arange(1.0, 41), np.full(40, 0.1)]), "one_measure"),
        (np.repeat([[1.0, 1.0], [2.0, 8.0]], 20, axis=0), "none_beyond_chance"),
        (np.empty((0, 3)), "too_few"),
    ],
)
def test_what_cannot_be_grouped_is_a_result_with_its_reason(values, reason):
    fitted = fit_groups(values, rank_by=np.ones(len(values)), rules=RULES)
    assert isinstance(fitted, NoGroups)
    assert fitted.reason == reason


def test_the_nearest_centre_and_its_distance_are_those_counted_by_hand():
    grouping = Grouping(
        np.array([[0.0, 0.0], [3.0, 4.0]]), np.zeros(2), np.ones(2), np.array([1.0, 1.0])
    )
    labels, distances = grouping.assign(np.exp([[0.0, 1.0], [3.0, 2.0], [1.5, 2.0]]))
    assert labels.tolist() == [0, 1, 0]  # the last is as near to both: the first counts
    assert distances == pytest.approx([1.0, 2.0, 2.5])


def test_the_similarity_of_groups_is_that_counted_by_hand():
    alike = jaccard(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1]), 2, 2)
    np.testing.assert_allclose(alike, [[2 / 3, 1 / 4], [0, 1 / 2]])


def test_groups_are_matched_to_the_earlier_ones_that_they_share_most_rows_with():
    now, before = np.array([0, 0, 0, 1, 1, 2]), np.array([1, 1, 0, 0, 0, 0])
    assert matched(now, before, 3, 2) == [1, 0, None]


@pytest.mark.parametrize(("seed", "apart"), [(1, 5.0), (1004, 4.0), (1004, 3.0)])
def test_the_quick_fit_finds_what_many_starts_find(seed, apart):
    values, _ = planted(seed, 300, apart=apart)
    points = standardised(values)
    with one_thread():
        best = k_means(points, 3, starts=20, seed=1)
        quick = dict(zip((2, 3), nested_k_means(points, [2, 3]), strict=True))[3][1]
    assert quick == pytest.approx((nearest(points, best)[1] ** 2).sum(), rel=1e-3)


def test_the_quick_fit_of_rows_fewer_than_groups_leaves_nothing_within():
    points = np.repeat([[0.0, 0.0], [1.0, 3.0]], 20, axis=0)
    with one_thread():
        assert [within for _, within in nested_k_means(points, [2, 3, 6])] == [0.0, 0.0, 0.0]


def standardised(values: np.ndarray) -> np.ndarray:
    logs = np.log(values[canonical_order(values)])
    return (logs - logs.mean(axis=0)) / logs.std(axis=0)
