import datetime as dt

import pandas as pd
import pytest

from clientaudit.figures import intake as figures
from clientaudit.findings import Finding
from clientaudit.text import Say

SAY = Say("fr")
TITLE = Finding("intake.verdict", "These files bear the audit without reservation.")
MONTHS = pd.DataFrame(
    {
        "sales_month": [dt.date(2024, 1, 1), dt.date(2024, 2, 1), dt.date(2024, 3, 1)],
        "path": ["a.csv", "a.csv", "b.csv"],
        "line_count": [10, 0, 12],
        "revenue": [100.0, 0.0, -5.0],
        "is_missing": [False, True, False],
    }
)
YEARS = pd.DataFrame(
    {
        "fiscal_year": [2023, 2024],
        "files_revenue": [100.0, 50.0],
        "accounts_revenue": [100.0, 120.0],
        "gap_share": [-0.004, None],
    }
)
BOARD = pd.DataFrame(
    {"check": ["Dates", "Dates"], "report": ["RFM", "Grid"], "verdict": ["REFUSE", "PASS"]}
)
EMPTY = pd.DataFrame(
    {"column": ["Canal", "Canal"], "part": ["2023", "2024"], "empty_share": [0.0, 0.8]}
)
DRAWN = {
    figures.months: MONTHS,
    figures.accounts: YEARS,
    figures.board: BOARD,
    figures.empty_cells: EMPTY,
}


@pytest.mark.parametrize("draw", DRAWN, ids=lambda draw: draw.__name__)
def test_a_chart_is_drawn_with_its_finding_and_the_same_bytes(draw):
    charts = [draw(DRAWN[draw], SAY, title=TITLE, source="s") for _ in range(2)]
    assert charts[0].alt == TITLE.say(SAY)
    assert charts[0].svg() == charts[1].svg()


@pytest.mark.parametrize("draw", DRAWN, ids=lambda draw: draw.__name__)
def test_nothing_to_draw_leaves_the_finding_alone(draw):
    chart = draw(DRAWN[draw].head(0), SAY, title=TITLE, source="s")
    assert chart.alt == TITLE.say(SAY)


def test_a_month_without_lines_is_marked():
    chart = figures.months(MONTHS, SAY, title=TITLE, source="s")
    labels = {text.get_text() for text in chart.axes[0].texts}
    assert "manquant" in labels


def test_only_years_wholly_covered_bear_a_difference():
    axes = figures.accounts(YEARS, SAY, title=TITLE, source="s").axes[0]
    assert [text.get_text() for text in axes.texts] == ["-0,4\u00a0%", ""]


def test_the_board_marks_refusals_and_leaves_the_rest_empty():
    axes = figures.board(BOARD, SAY, title=TITLE, source="s").axes[0]
    assert [text.get_text() for text in axes.texts] == ["×"]
    assert len(axes.get_xticklabels()) == 2


def test_each_cell_of_the_matrix_bears_its_share():
    axes = figures.empty_cells(EMPTY, SAY, title=TITLE, source="s").axes[0]
    assert [text.get_text() for text in axes.texts] == ["0", "80\u00a0%"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["2023", "2024"]


def test_one_column_with_empty_cells_is_drawn_with_its_shares():
    rows = pd.DataFrame(
        {"column": ["Cost"] * 2, "part": ["a.csv, 2024", "a.csv, 2025"], "empty_share": [0.5, 0.0]}
    )
    drawn = figures.empty_cells(rows, Say("en", "EUR"), title="T", source="S")
    axes = drawn.axes[0]
    low, high = sorted(axes.get_ylim())
    assert (low, high) == (-0.5, 0.5)
    assert [text.get_text() for text in axes.texts] == ["50%", "0"]
