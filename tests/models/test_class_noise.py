"""P(class) and class changes by chance alone, on bases whose truth is known."""

import numpy as np
import pandas as pd
import pytest

from clientaudit.models.class_noise import class_noise, detectable_share
from clientaudit.models.classes import class_of
from clientaudit.models.order_margin import Orders
from clientaudit.models.year_model import fit_years
from models.bases import order_base


def by_margin(margins):
    return class_of(margins, is_loss=margins < 0)


def lived(seed, clients, *, draws=100, **options):
    """A base, its classes today and what the model says of them."""
    base = order_base(seed, clients, **options)
    year = base.year(seed + 1)
    classes = by_margin(year.margin)
    shape = float(np.mean(options.get("regularity", (1.0,))))
    model = fit_years(year, None, regularity=shape)
    return base, classes, model, class_noise(model, by_margin, classes, draws=draws, seed=9)


@pytest.mark.parametrize(
    "options",
    [{"regularity": (0.6,)}, {}, {"regularity": (4.0,)}, {"giants": 1.4}],
    ids=["clustered", "at random", "regular", "giants"],
)
def test_without_any_change_clients_move_as_much_as_expected(options):
    base, classes, _, noise = lived(1, 4000, **options)
    again = np.array([by_margin(base.year(100 + year).margin) for year in range(20)])
    assert noise.changed == pytest.approx((again != classes).mean(), abs=0.02)
    left = [(again[:, classes == place] != place).mean() for place in range(4)]
    assert noise.left[:3] == pytest.approx(left[:3], abs=0.03)
    assert noise.left[3] == pytest.approx(left[3], abs=0.05)  # many there have no order at all


def test_p_class_comes_true():
    """Of the clients said to be in a class with p, that share is, year after year."""
    base, _, _, noise = lived(2, 4000)
    again = np.array([by_margin(base.year(200 + year).margin) for year in range(20)])
    for place in range(4):
        p, hit = noise.probabilities[:, place], (again == place).mean(axis=0)
        for low, high in ((0.05, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.01)):
            of = (p >= low) & (p < high)
            if of.sum() > 100:
                assert hit[of].mean() == pytest.approx(p[of].mean(), abs=0.06)


def test_probabilities_sum_to_one_and_migrations_to_the_clients():
    _, classes, _, noise = lived(3, 200, draws=30)
    assert noise.probabilities.sum(axis=1) == pytest.approx(np.ones(200))
    assert noise.migration.sum(axis=1) == pytest.approx(np.bincount(classes, minlength=4))
    expected = [noise.probabilities[classes == place].sum(axis=0) for place in range(4)]
    assert noise.migration == pytest.approx(np.array(expected))


def test_rows_in_another_order_and_equal_clients_change_no_probability():
    year = order_base(4, 60).year(5)
    year = year.rows(np.concatenate([np.arange(60), np.arange(20)]))
    classes = by_margin(year.margin)
    noise = class_noise(fit_years(year, None), by_margin, classes, draws=40, seed=1)
    assert (noise.probabilities[:20] == noise.probabilities[60:]).all()
    mixed = np.random.default_rng(6).permutation(80)
    model = fit_years(year.rows(mixed), None)
    other = class_noise(model, by_margin, classes[mixed], draws=40, seed=1)
    assert (other.probabilities == noise.probabilities[mixed]).all()
    assert (other.migrations == noise.migrations).all()


def test_among_10_000_clients_a_fifth_who_change_threefold_are_found_and_nobody_else():
    base, classes, _, noise = lived(7, 10_000, draws=40)
    random = np.random.default_rng(8)
    found, alarms = [], []
    for year in range(10):
        changes = random.random(10_000) < 0.2
        change = np.where(changes, np.where(random.random(10_000) < 0.5, 3.0, 1 / 3), 1.0)
        moved = by_margin(base.year(300 + year, change).margin) != classes
        found.append(moved.mean() > noise.threshold)
        alarms.append((by_margin(base.year(300 + year).margin) != classes).mean() > noise.threshold)
    assert sum(found) >= 9
    assert sum(alarms) <= 1


def test_a_large_base_shows_smaller_changes_than_a_small_one():
    shares = []
    for clients in (400, 4000):
        _, _, model, noise = lived(9, clients, regularity=(4.0,))
        shares.append(detectable_share(model, by_margin, noise, seed=1))
    assert 0.4 < shares[0] <= 1
    assert 0.1 < shares[1] < 0.4
    assert shares[1] > detectable_share(model, by_margin, noise, factor=4, seed=1)


def test_a_factor_of_one_is_no_change_to_be_found():
    _, _, model, noise = lived(10, 100, draws=30)
    assert detectable_share(model, by_margin, noise, factor=1.0, seed=1) is None


@pytest.mark.parametrize("clients", [0, 1, 10])
def test_few_clients_have_probabilities_too_and_none_have_no_share(clients):
    year = order_base(11, 10).year(12).rows(np.arange(clients))
    classes, model = by_margin(year.margin), fit_years(year, None)
    noise = class_noise(model, by_margin, classes, draws=20, seed=9)
    assert noise.probabilities.sum(axis=1) == pytest.approx(np.ones(clients))
    assert np.isnan(noise.changed) == (clients == 0)
    if clients < 10:
        assert detectable_share(model, by_margin, noise, seed=1) is None


def test_clients_of_a_wholesaler_move_from_one_fortnight_to_the_next_as_much_as_expected(
    shared_data,
):
    """Odd fortnights of a year beside its even ones: the same clients, and no time to change."""
    rows = pd.read_parquet(shared_data / "online_retail/online_retail.parquet")
    rows["revenue"] = rows.Quantity * rows.UnitPrice.astype(float)
    rows["fortnight"] = (rows.InvoiceDate - rows.InvoiceDate.min().normalize()).dt.days // 14
    days = rows.groupby(["CustomerID", "fortnight", rows.InvoiceDate.dt.date]).revenue.sum()
    days = days[days != 0].reset_index()
    even, odd = (days[days.fortnight % 2 == half] for half in (0, 1))
    clients = pd.Index(even.CustomerID.unique()).sort_values()
    seen, again = (
        half.assign(
            count=1, gross=half.revenue.abs(), squares=half.revenue**2, losses=half.revenue < 0
        )
        .groupby("CustomerID")[["count", "revenue", "gross", "squares", "losses"]]
        .sum()
        .reindex(clients, fill_value=0)
        for half in (even, odd)
    )
    classes = by_margin(seen.revenue.to_numpy())
    model = fit_years(Orders(*seen.to_numpy(dtype=float).T), None)
    noise = class_noise(model, by_margin, classes, draws=60, seed=1)
    moved = by_margin(again.revenue.to_numpy()) != classes
    assert noise.changed == pytest.approx(moved.mean(), abs=0.025)
    assert moved.mean() < noise.threshold
