"""The charts of the grid: drawn with every class, and titled alone where there is nothing."""

import numpy as np
import pandas as pd
import pytest

from clientaudit.analyses.grid.treatment import KINDS
from clientaudit.figures import grid as figures
from clientaudit.text import Say

SAY = Say("fr")
ROWS = pd.DataFrame(
    {
        "grid_class": list("ABCD"),
        "client_count": [20, 30, 30, 20],
        "client_share": [0.2, 0.3, 0.3, 0.2],
        "revenue_share": [0.5, 0.3, 0.1, 0.1],
        "profit_share": [0.7, 0.3, 0.1, -0.1],
        "points": [80.0, 60.0, 40.0, 20.0],
        "profit_part": [40.0, 30.0, 20.0, 10.0],
        "potential_part": [20.0, 15.0, 10.0, 5.0],
        "relation_part": [20.0, 15.0, 10.0, 5.0],
    }
)
SURE = pd.DataFrame(
    {"grid_class": ["A"], "client_count": [20], "sure_share": [0.5], "likely_share": [0.3],
     "grey_share": [0.2]}
)  # fmt: skip
MOVES = pd.DataFrame(
    [["A", 8, 2, 0, 0, 1], ["B", 2, 8, 0, 0, 0], ["C", 0, 0, 9, 1, 0], ["D", 0, 0, 0, 0, 0]]
)
RATES = pd.DataFrame(
    [("contacts", "A", 9, 6.0, 5.0, 7.0), ("contacts", "D", 9, 3.0, 2.0, 4.0),
     ("discount", "A", 9, 0.1, 0.05, 0.15)],
    columns=["measure", "grid_class", "client_count", "value", "low", "high"],
)  # fmt: skip


def drawn():
    noise = np.full((4, 4), 2.5)
    title = {"title": "Titre", "source": "Source"}
    return {
        "classes": lambda rows: figures.classes(rows, SAY, **title),
        "composition": lambda rows: figures.composition(rows, SAY, **title),
        "sureness": lambda rows: figures.sureness(rows, SAY, **title),
        "moves": lambda rows: figures.moves(rows, noise, SAY, **title),
        "treatment": lambda rows: figures.treatment(rows, SAY, kinds=KINDS, **title),
    }


@pytest.mark.parametrize(
    ("name", "rows"),
    [("classes", ROWS), ("composition", ROWS), ("sureness", SURE), ("moves", MOVES),
     ("treatment", RATES)],
)  # fmt: skip
def test_each_chart_shows_its_rows_under_its_title(name, rows):
    figure = drawn()[name](rows)
    assert figure.alt == "Titre"
    assert any(axes.patches or axes.lines or axes.collections for axes in figure.axes)
    assert figure.svg() == drawn()[name](rows).svg()


@pytest.mark.parametrize(
    ("name", "rows"),
    [("classes", ROWS.assign(client_count=0)), ("composition", ROWS.head(0)),
     ("sureness", SURE.head(0)), ("moves", MOVES.head(0)), ("treatment", RATES.head(0))],
)  # fmt: skip
def test_without_rows_only_the_title_stands(name, rows):
    figure = drawn()[name](rows)
    assert figure.alt == "Titre"
    assert not any(axes.patches or axes.collections for axes in figure.axes)


def test_without_a_known_profit_there_is_no_panel_of_it():
    rows = ROWS.assign(profit_share=np.nan)
    assert len(figures.classes(rows, SAY, title="T", source="S").axes) == 2


def test_a_firm_that_knows_its_margin_sees_its_margin():
    rows = ROWS.rename(columns={"profit_share": "margin_share", "profit_part": "margin_part"})
    panels = figures.classes(rows, SAY, title="T", source="S").axes
    assert panels[2].get_title(loc="left") == "De la marge"
    made = figures.composition(rows, SAY, title="T", source="S").axes[0]
    labels = [text.get_text() for text in made.get_legend().get_texts()]
    assert labels == ["Marge annuelle", "Potentiel inexploité", "Qualité de la relation"]


def test_points_of_one_criterion_are_not_drawn_as_a_composition():
    alone = ROWS.assign(potential_part=0.0, relation_part=0.0)
    figure = figures.composition(alone, SAY, title="T", source="S")
    assert not any(axes.patches for axes in figure.axes)


def test_without_a_noise_only_table_the_moves_stand_alone():
    assert len(figures.moves(MOVES, None, SAY, title="T", source="S").axes) == 1
