"""A sheet of the consultant's, found by its name and its headings in either language."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from clientaudit.errors import Fault
from clientaudit.intake.reading.excel import error_problem, refuse_sparse
from clientaudit.intake.reading.excel_errors import cell_errors, column_letters
from clientaudit.intake.reading.parts import heading_key
from clientaudit.schema import LABELS
from clientaudit.text import LANGUAGES, Say

HEADING_ROWS = 20  # a title or two may have been put above the headings


@dataclass(frozen=True)
class SheetRows:
    """The rows below the headings of one sheet, with where they stand.

    where: file and sheet. language: that of its headings. left: columns to the left of the first.
    places: position of each column that we know, by name; extra: of the others, by heading.
    rows: number of the row on the sheet, and its cells. Rows without any value are left out.
    """

    where: str
    language: str
    left: int
    places: dict[str, int]
    extra: dict[str, int]
    rows: list[tuple[int, list[Any]]]

    def cell(self, row: int, position: int) -> str:
        """Where a cell stands, for a fault."""
        return f"{self.where}, cell {column_letters(self.left + position)}{row}"

    def heading(self, name: str) -> str:
        """The heading of a column, as this sheet writes it."""
        return f'"{Say(self.language).translate(LABELS[name])}"'

    def missing(self, name: str) -> str:
        """What is wrong where a column is not there."""
        return f"the column {' or '.join(_headings(name))} is missing. Give it its heading back."


def sheet_rows(
    path: Path, book: CalamineWorkbook, title: str, columns: Sequence[str], faults: list[Fault]
) -> SheetRows | None:
    """The rows of the sheet `title` of an open workbook, None where there is none.

    columns: names of the columns to find, and `name`. faults: told of a missing sheet, of cells in
    error, of a heading that stands twice and of values without a heading.
    """
    wanted = {heading_key(Say(language).translate(title)) for language in LANGUAGES}
    found = [name for name in book.sheet_names if heading_key(name) in wanted]
    if not found:
        shown = ", ".join(f'"{name}"' for name in book.sheet_names)
        names = " or ".join(dict.fromkeys(f'"{Say(code).translate(title)}"' for code in LANGUAGES))
        faults.append(Fault(path.name, f"there is no sheet {names}; it has {shown}."))
        return None
    refuse_sparse(path, path.name, found[0])
    sheet = book.get_sheet_by_name(found[0])
    where = f'{path.name}, sheet "{found[0]}"'
    rows = [list(cells) for cells in sheet.iter_rows()]
    top = _heading_row(rows, columns)
    left = sheet.start[1] if sheet.start else 0
    below = [
        (number, cells)
        for number, cells in enumerate(rows[top + 1 :], top + 2)
        if any(value != "" for value in cells)
    ]
    heading = rows[top] if rows else []
    places, extra = _places(heading, columns, below, (where, left), faults)
    if zipfile.is_zipfile(path):
        faults += [
            Fault(f"{where}, cell {error.column}{error.row}", error_problem(error))
            for error in sorted(set(cell_errors(path, found[0])))
            if error.row > top + 1
        ]
    return SheetRows(where, _language(heading, columns), left, places, extra, below)


def _headings(name: str) -> list[str]:
    """How a column may be headed."""
    return list(dict.fromkeys(f'"{Say(code).translate(LABELS[name])}"' for code in LANGUAGES))


def _known(columns: Sequence[str]) -> dict[str, str]:
    """The name of each column by the headings that it may have."""
    names = (*columns, "name")
    said = {heading_key(Say(c).translate(LABELS[n])): n for n in names for c in LANGUAGES}
    return said | {heading_key(name): name for name in names}


def _heading_row(rows: Sequence[Sequence[Any]], columns: Sequence[str]) -> int:
    """Position of the row with most of the headings, the first of equals."""
    known = _known(columns)
    counts = [
        len({known.get(heading_key(str(cell))) for cell in cells} - {None})
        for cells in rows[:HEADING_ROWS]
    ]
    return counts.index(max(counts)) if counts else 0


def _language(heading: Sequence[Any], columns: Sequence[str]) -> str:
    """The language of most headings."""
    keys = {heading_key(str(cell)) for cell in heading}
    counts = {
        code: sum(heading_key(Say(code).translate(LABELS[name])) in keys for name in columns)
        for code in LANGUAGES
    }
    return max(LANGUAGES, key=lambda code: counts[code])


def _places(
    heading: Sequence[Any],
    columns: Sequence[str],
    rows: Sequence[tuple[int, Sequence[Any]]],
    stands: tuple[str, int],
    faults: list[Fault],
) -> tuple[dict[str, int], dict[str, int]]:
    """Where each column stands: those that we know by name, the others by heading."""
    known = _known(columns)
    places: dict[str, int] = {}
    extra: dict[str, int] = {}
    for at, cell in enumerate(heading):
        text = " ".join(str(cell).split())
        name = known.get(heading_key(text))
        where = f"{stands[0]}, column {column_letters(stands[1] + at)}"
        if name and name not in places:
            places[name] = at
        elif not text:
            if any(values[at] != "" for _, values in rows):
                faults.append(Fault(where, "holds values under no heading. Give it a heading."))
        elif name or text in extra:
            faults.append(Fault(where, f'the heading "{text}" stands twice. Rename one of them.'))
        else:
            extra[text] = at
    return places, extra
