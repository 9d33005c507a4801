"""The factors multiply back to the totals, and the parts of a change add up to it."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientaudit.analyses.portrait.decomposition import (
    contributions,
    decomposition,
    largest_difference,
)


def clients(*rows) -> pd.DataFrame:
    columns = ["revenue", "margin", "costed", "occasion_count"]
    return pd.DataFrame(list(rows), columns=columns).astype(float)


PERIODS = {
    "Period before": clients((100, 40, 100, 2), (60, None, 0, 2)),
    "Period": clients((150, 75, 150, 3), (90, 15, 60, 3), (-20, None, 0, 0)),
}


def test_the_factors_are_those_computed_by_hand():
    before, now = decomposition(PERIODS).to_dict("records")
    assert (before["client_count"], before["occasions_per_client"]) == (2, 2)
    assert (before["average_value"], before["revenue"]) == (40, 160)
    assert (now["client_count"], now["occasions_per_client"]) == (2, 3)  # credit notes buy nothing
    assert now["average_value"] == pytest.approx(220 / 6)
    assert (now["costed_share"], now["margin_rate"]) == (210 / 220, 90 / 210)


ROWS = st.lists(
    st.tuples(
        st.integers(-10_000, 10_000_000).map(lambda c: c / 100),
        st.one_of(st.none(), st.integers(-500, 500).map(float)),
        st.integers(0, 1_000).map(float),
        st.integers(0, 50),
    ),
    max_size=20,
)


@given(ROWS, ROWS)
def test_the_products_give_the_totals_back_to_the_cent(before, now):
    factors = decomposition({"Period before": clients(*before), "Period": clients(*now)})
    assert largest_difference(factors) < 0.005


def test_the_parts_of_the_change_add_up_exactly():
    rows = contributions(decomposition(PERIODS), comparable=True)
    assert rows["revenue_change"].sum() == pytest.approx(60)
    assert rows["ratio"].tolist() == pytest.approx([1, 1.5, 220 / 6 / 40])
    assert rows["revenue_change"].iloc[0] == 0  # as many buyers: nothing goes with their number


def test_a_revenue_that_stays_the_same_has_parts_that_cancel():
    same = {"Period before": clients((80, 0, 0, 2)), "Period": clients((80, 0, 0, 4))}
    rows = contributions(decomposition(same), comparable=True)
    assert rows["revenue_change"].tolist() == pytest.approx(
        [0, 80 * 0.6931471805599453, -80 * 0.6931471805599453]
    )


@pytest.mark.parametrize("now", [clients(), clients((-5, 0, 0, 1))])
def test_what_does_not_exist_in_both_periods_has_no_parts(now):
    factors = decomposition({"Period before": PERIODS["Period before"], "Period": now})
    assert contributions(factors, comparable=True).empty


def test_periods_that_do_not_compare_have_no_parts():
    assert contributions(decomposition(PERIODS), comparable=False).empty


def test_without_cost_there_is_no_margin():
    (row,) = decomposition({"Period": clients((10, None, 0, 1))}).to_dict("records")
    assert pd.isna(row["margin"])
    assert pd.isna(row["margin_rate"])
    assert row["revenue"] == 10
