"""Trends by hand, and how rarely chance passes for one."""

import numpy as np
import pytest

from clientaudit.models.trend import seasonal_slopes


def test_the_slope_is_the_median_between_equal_seasons():
    years = np.array([[[1.0, 10.0], [2.0, 13.0], [4.0, 11.0]]])
    # first season: 1, 2, 1.5; second: 3, -2, 0.5
    slope, low, high = seasonal_slopes(years)
    assert slope[0] == pytest.approx(1.25)
    assert low[0] <= slope[0] <= high[0]


def test_a_season_is_no_trend_and_one_giant_order_none_either():
    season = np.tile([0.0, 10.0, 0.0, 90.0], (1, 4, 1))
    assert [float(part[0]) for part in seasonal_slopes(season)] == [0, 0, 0]
    giant = season.copy()
    giant[0, 3, 2] = 1e6
    assert seasonal_slopes(giant)[0][0] == 0


def test_the_bounds_leave_out_as_many_slopes_as_gilbert_says():
    # 4 seasons of 3 years: 12 slopes, 1.96 x sqrt(44/3) = 7.5, so the second from either end
    rng = np.random.default_rng(1)
    years = rng.normal(size=(1, 3, 4))
    slopes = sorted(
        (years[0, b, s] - years[0, a, s]) / (b - a)
        for s in range(4)
        for a, b in ((0, 1), (0, 2), (1, 2))
    )
    _, low, high = seasonal_slopes(years)
    assert (low[0], high[0]) == (slopes[1], slopes[-2])


@pytest.mark.parametrize("years", [3, 4, 5])
def test_chance_alone_passes_for_growth_in_no_more_than_one_case_in_forty(years):
    rng = np.random.default_rng(years)
    quarters = rng.gamma(rng.poisson(2.0, size=(4000, years, 4)) + 1e-9)
    _, low, _ = seasonal_slopes(quarters)
    assert (low > 0).mean() < 0.025


def test_steady_growth_is_found():
    rng = np.random.default_rng(7)
    growth = np.array([1.0, 1.5, 2.25, 3.4])[:, None]
    _, low, _ = seasonal_slopes(rng.lognormal(0, 0.3, size=(500, 4, 4)) * growth)
    assert (low > 0).mean() > 0.9


def test_two_years_make_no_trend():
    with pytest.raises(ValueError, match="three years"):
        seasonal_slopes(np.zeros((1, 2, 4)))
