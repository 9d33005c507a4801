"""Every chart of the portrait carries its finding, and says why where there is nothing to draw."""

import datetime as dt

import pandas as pd
import pytest

from clientaudit.analyses.portrait.concentration import lorenz, stress
from clientaudit.analyses.portrait.deciles import decile_rows
from clientaudit.analyses.portrait.tenure import tenure_rows, with_tenure
from clientaudit.figures import portrait as figures
from clientaudit.findings import Finding
from clientaudit.text import Say

FINDING = Finding("portrait.x", "{n:int} clients", {"n": 24})


def clients(revenue, margin=None) -> pd.DataFrame:
    revenue = pd.Series(revenue, dtype=float)
    days = pd.Series([1 + i % 4 for i in range(len(revenue))])
    return pd.DataFrame(
        {
            "revenue": revenue,
            "margin": pd.Series(margin if margin is not None else revenue * 0.4, dtype=float),
            "costed": revenue,
            "occasion_count": days,
            "average_value": revenue / days,
            "first_purchase": pd.Timestamp("2020-05-01"),
            "client_since": pd.NaT,
            "is_left_truncated": False,
        }
    )


MANY = clients([1.5**i for i in range(24)])
BASES = {
    "many": MANY,
    "none": clients([]),
    "one": clients([120.0]),
    "equal": clients([50.0] * 12),
    "losses": clients([100.0, 50, 0, -20], [-5.0, 3, 0, -20]),
    "no margin": clients([100.0, 50, 20], [float("nan")] * 3),
}


def charts(base: pd.DataFrame, say: Say) -> list:
    words = {"title": FINDING, "source": "Source"}
    return [
        figures.spread(base, say, **words),
        figures.concentration({"Revenue of the period": lorenz(base["revenue"])}, say, **words),
        figures.deciles(decile_rows(base, by="revenue", min_cell=1), say, **words),
        figures.stress(stress(base["revenue"], base["margin"]), say, **words),
        figures.tenure(tenure_rows(with_tenure(base, as_of=dt.date(2025, 1, 1))), say, **words),
    ]


@pytest.mark.parametrize("base", BASES.values(), ids=BASES.keys())
def test_any_base_is_drawn_or_said_not_to_be(base):
    for chart in charts(base, Say("fr")):
        assert chart.alt == "24 clients"
        assert chart.svg().startswith("<svg")


def test_the_same_figures_give_the_same_bytes():
    first, second = ([chart.svg() for chart in charts(MANY, Say("en"))] for _ in range(2))
    assert first == second


def test_the_tenths_are_read_from_the_largest_down():
    chart = figures.deciles(
        decile_rows(MANY, by="revenue", min_cell=1), Say("en"), title=FINDING, source="Source"
    )
    assert len(chart.axes) == 4
    assert chart.axes[0].yaxis_inverted()
    widths = [bar.get_width() for bar in chart.axes[0].patches]
    assert widths == sorted(widths, reverse=True)


def test_what_is_not_drawn_is_counted():
    chart = figures.spread(BASES["losses"], Say("en"), title=FINDING, source="Source")
    assert chart.axes[0].get_xlabel() == "2 at zero or below, not drawn"
