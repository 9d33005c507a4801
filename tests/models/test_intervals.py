"""Intervals of rates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientaudit.models.intervals import wilson


@pytest.mark.parametrize(("successes", "n"), [(3, 30), (0, 10), (50, 500), (7, 7)])
def test_wilson_is_that_of_statsmodels(successes, n):
    from statsmodels.stats.proportion import proportion_confint

    assert wilson(successes, n) == pytest.approx(
        proportion_confint(successes, n, method="wilson"), abs=1e-12
    )


@given(st.integers(1, 10_000), st.data())
def test_the_rate_lies_inside_its_interval(n, data):
    successes = data.draw(st.integers(0, n))
    low, high = wilson(successes, n)
    assert 0 <= low <= successes / n <= high <= 1


@pytest.mark.parametrize(("successes", "n"), [(0, 0), (3, 2), (-1, 5)])
def test_what_is_no_proportion_is_refused(successes, n):
    with pytest.raises(ValueError, match="no proportion"):
        wilson(successes, n)
