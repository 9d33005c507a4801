"""What is not in the files: empty cells, and the defects that no file can show."""

from collections.abc import Callable

import pandas as pd

from clientaudit.analyses.intake.rules import TABLES
from clientaudit.findings import Finding
from clientaudit.intake.facts import IntakeFacts
from clientaudit.intake.quality.empty_cells import EmptyCells
from clientaudit.intake.quality.undetectable import accounts_given, undetectable
from clientaudit.schema import LABELS as COLUMN_LABELS
from clientaudit.settings import Engagement
from clientaudit.text import Say

MAX_PARTS = 12
LINES = "transactions"
LABELS = {
    "column": "Column",
    "part": "File and year",
    "empty_count": "Empty cells",
    "empty_share": "Share of empty cells",
    "defect": "What cannot be seen",
    "remedy": "What would show it",
}


def empty_matrix_frame(facts: IntakeFacts, say: Say) -> pd.DataFrame:
    """Share of empty cells of the invoice lines: one row per column that has any, and part.

    part: file and calendar year; the year alone where there are more than twelve parts.

    Returns column, part, row_count, empty_count, empty_share.
    """
    parts = {(entry.file, entry.year) for entry in facts.empty if entry.table == LINES}

    def part(entry: EmptyCells) -> str:
        year = str(entry.year)
        return year if len(parts) > MAX_PARTS else f"{facts.line_files[entry.file]}, {year}"

    counts = _counts(facts, lambda entry: (entry.table, entry.column, part(entry)))
    cells = [
        (say(COLUMN_LABELS[column]), place, rows, empty, empty / rows)
        for (table, column, place), (rows, empty) in counts.items()
        if table == LINES
    ]
    columns = ["column", "part", "row_count", "empty_count", "empty_share"]
    return pd.DataFrame(cells, columns=columns)


def empty_cells_frame(facts: IntakeFacts, say: Say) -> pd.DataFrame:
    """The columns with empty cells under their table, all files together."""
    counts = _counts(facts, lambda entry: (entry.table, entry.column))
    cells = [
        (say(TABLES[table]), say(COLUMN_LABELS[column]), rows, empty, empty / rows)
        for (table, column), (rows, empty) in counts.items()
    ]
    columns = ["table", "column", "row_count", "empty_count", "empty_share"]
    return pd.DataFrame(cells, columns=columns).set_index("table")


def empty_finding(facts: IntakeFacts) -> Finding:
    """How many columns of the invoice lines have empty cells, and the emptiest of them."""
    counts = _counts(facts, lambda entry: (entry.table, entry.column))
    shares = [empty / rows for (table, _), (rows, empty) in counts.items() if table == LINES]
    return Finding(
        "intake.empty_cells",
        "{columns:int} of the {all:int} columns of the invoice lines "
        "{columns:plural:has|have} empty cells; the emptiest lacks {share:pct} of its values."
        if shares
        else "No cell of the invoice lines is empty.",
        {
            "columns": len(shares),
            "all": len(facts.columns[LINES]),
            "share": max(shares, default=0.0),
        },
        evidence="intake_empty_matrix",
    )


def blind_spots_frame(facts: IntakeFacts, engagement: Engagement, say: Say) -> pd.DataFrame:
    """What these files cannot show, and what would. engagement: whose accounts may close some."""
    found = undetectable(facts, accounts=accounts_given(facts, engagement))
    spots = [(say(spot.defect), say(spot.remedy)) for spot in found]
    return pd.DataFrame(spots, columns=["defect", "remedy"])


def _counts(
    facts: IntakeFacts, key: Callable[[EmptyCells], tuple[str, ...]]
) -> dict[tuple[str, ...], tuple[int, int]]:
    """Rows and empty cells by key, in the order in which the keys first come."""
    counts: dict[tuple[str, ...], tuple[int, int]] = {}
    for entry in facts.empty:
        rows, empty = counts.get(key(entry), (0, 0))
        counts[key(entry)] = (rows + entry.rows, empty + entry.empty)
    return counts
