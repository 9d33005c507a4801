"""Charts of the groups carry their finding, in both languages; without groups none is drawn."""

import numpy as np
import pandas as pd
import pytest

from clientaudit.figures import groups as figures
from clientaudit.findings import Finding
from clientaudit.models.groups.evidence import Evidence
from clientaudit.models.groups.plane import plane_of
from clientaudit.text import Say

FINDING = Finding("groups.x", "{n:int} clients", {"n": 100})
WORDS = {"title": FINDING, "source": "Source"}
EVIDENCE = Evidence(
    (2, 3), np.array([0.5, 4.0]), np.random.default_rng(1).normal(size=(49, 2)), 0, 199
)
CLIENTS = pd.DataFrame(
    {
        "group": [1, 1, 2, 2],
        "occasion_count": [1, 3, 20, 40],
        "average_value": [90_000.0, 8_000.0, 700.0, 650.0],
        "family_count": [1, 1, 1, 1],
    }
)
ROWS = pd.DataFrame(
    {
        "group": [1, 2],
        "group_name": ["Rare large purchases", "Frequent small purchases"],
        "client_count": [2, 2],
    }
)
POINTS = np.array([[-1.0, 1, 0], [-1, 2, 0], [1, -1, 0], [2, -1, 0]])
PLANE = plane_of(POINTS, np.array([0, 0, 1, 1]), POINTS[[0, 2]], seed=1)


def texts(chart) -> list[str]:
    return [text.get_text() for axes in chart.axes for text in axes.texts]


def test_the_median_client_of_each_group_is_drawn_where_it_stands():
    chart = figures.profile(CLIENTS, ROWS, Say("en"), **WORDS)
    assert len(chart.axes) == 2  # a measure that all clients share is not drawn
    medians = [line.get_xdata()[0] for line in chart.axes[0].lines]
    assert medians == [2, 30]
    labels = [label.get_text() for label in chart.axes[0].get_yticklabels()]
    assert labels == ["1 · Rare large purchases (2)", "2 · Frequent small purchases (2)"]


def test_the_kept_number_of_groups_is_ringed():
    kept = figures.evidence(EVIDENCE, Say("en"), chosen=3, **WORDS)
    rings = [line for line in kept.axes[0].lines if line.get_markerfacecolor() == "none"]
    assert [(ring.get_xdata()[0], ring.get_ydata()[0]) for ring in rings] == [(1, 4.0)]
    none = figures.evidence(EVIDENCE, Say("en"), chosen=None, **WORDS)
    assert [line for line in none.axes[0].lines if line.get_markerfacecolor() == "none"] == []


def test_the_plane_names_groups_and_arrows_in_the_language():
    chart = figures.plane(PLANE, ROWS, Say("fr"), **WORDS)
    assert texts(chart)[:2] == ["1", "2"]
    assert "CA par jour d’achat" in texts(chart)
    assert "Familles" not in texts(chart)  # it does not vary
    legend = [text.get_text() for text in chart.axes[0].get_legend().get_texts()]
    assert legend[0] == "1 · Gros achats espacés (2)"


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "draw",
    [
        lambda say: figures.evidence(EVIDENCE, say, chosen=3, **WORDS),
        lambda say: figures.profile(CLIENTS, ROWS, say, **WORDS),
        lambda say: figures.plane(PLANE, ROWS, say, **WORDS),
    ],
)
def test_every_chart_carries_its_finding_and_draws(language, draw):
    chart = draw(Say(language))
    assert chart.alt == "100 clients"
    assert chart.svg().startswith("<svg")


def test_without_groups_nothing_is_drawn():
    assert figures.evidence(None, Say("en"), chosen=None, **WORDS) is None
    assert figures.profile(CLIENTS.head(0), ROWS.head(0), Say("en"), **WORDS) is None
    assert figures.plane(None, ROWS.head(0), Say("en"), **WORDS) is None
