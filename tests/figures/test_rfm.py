"""Every chart of the RFM groups carries its finding; tiles are as large as their clients."""

import pandas as pd
import pytest
from matplotlib.patches import Rectangle

from clientaudit.figures import rfm as figures
from clientaudit.findings import Finding
from clientaudit.text import Say

FINDING = Finding("rfm.x", "{n:int} clients", {"n": 100})
WORDS = {"title": FINDING, "source": "Source"}
CELLS = pd.DataFrame(
    [(5, 5, "Champions", 64, 900.0, 400.0), (1, 5, "Cannot lose", 16, 500.0, -20.0),
     (1, 1, "Hibernating", 1, 5.0, None)],
    columns=["r_score", "f_score", "rfm_segment", "client_count", "revenue", "margin"],
)  # fmt: skip
SEGMENTS = pd.DataFrame(
    {
        "rfm_segment": ["Champions", "Credit notes only"],
        "client_count": [80, 20],
        "client_share": [0.8, 0.2],
        "revenue_share": [1.1, -0.1],
    }
)
RATES = pd.DataFrame(
    [("RFM groups", "Champions", 0, 9, 30, 30, 1.0, 0.88, 1.0),
     ("RFM groups", "New", 0, 9, 3, None, None, None, None),
     ("Recency alone", "", 0, 4, 20, 10, 0.5, 0.3, 0.7)],
    columns=["grouping", "group", "recency_from", "recency_to", "client_count",
             "returned_count", "repeat_rate", "low_rate", "high_rate"],
)  # fmt: skip


def tiles(chart) -> list[Rectangle]:
    return [patch for patch in chart.axes[0].patches if isinstance(patch, Rectangle)]


def test_the_area_of_a_tile_is_its_number_of_clients():
    found = tiles(figures.grid(CELLS, Say("en"), bins=5, **WORDS))
    areas = [tile.get_width() * tile.get_height() for tile in found]
    assert [area / areas[0] for area in areas] == pytest.approx([1, 16 / 64, 1 / 64])


def test_names_and_numbers_are_written_in_the_language():
    chart = figures.grid(CELLS, Say("fr"), bins=5, **WORDS)
    written = [text.get_text() for text in chart.axes[0].texts]
    assert "64" in written
    assert "En sommeil" in written


def test_masked_rates_are_not_drawn():
    chart = figures.repeat_rates(RATES, Say("en"), **WORDS)
    labels = [[t.get_text() for t in axes.get_yticklabels()] for axes in chart.axes]
    assert labels == [["Champions (30)"], ["0 to 4 days (20)"]]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    ("draw", "frame"),
    [(figures.segments, SEGMENTS), (figures.repeat_rates, RATES)],
    ids=["segments", "rates"],
)
def test_a_chart_is_drawn_or_said_not_to_be(draw, frame, language):
    for rows in (frame, frame.iloc[:0]):
        chart = draw(rows, Say(language), **WORDS)
        assert chart.alt == "100 clients"
        assert chart.svg() == draw(rows, Say(language), **WORDS).svg()


def test_an_empty_grid_says_why():
    chart = figures.grid(CELLS.iloc[:0], Say("fr"), bins=3, **WORDS)
    assert chart.alt == "100 clients"
    assert tiles(chart) == []
