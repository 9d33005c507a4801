"""What a spreadsheet did to its cells that no cell shows: merged, half turned, on other sheets."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from clientaudit.intake.reading.parts import heading_key

LAST_MONTH = 12
MIN_DATES = 3
DATE_TEXT = re.compile(r"\s*(\d{1,2})[/.-]\d{1,2}[/.-]\d{2,4}")


class DateColumns:
    """Columns that hold dates, some as dates and some as text.

    A spreadsheet of another language reads 03/04/2024 the wrong way round and leaves 23/04/2024,
    which it cannot read so, as text. Then every date has a day up to 12 and every text one above.
    """

    def __init__(self) -> None:
        self._dates: dict[int, int] = {}
        self._texts: dict[int, int] = {}
        self._sound: set[int] = set()

    def watched(self, rows: Iterable[list[Any]]) -> Iterator[list[Any]]:
        """The same rows; the cells that look like dates are counted on the way."""
        for cells in rows:
            for i, cell in enumerate(cells):
                if isinstance(cell, dt.date):
                    self._count(self._dates, i, sound=cell.day > LAST_MONTH)
                elif isinstance(cell, str) and (found := DATE_TEXT.match(cell)):
                    self._count(self._texts, i, sound=int(found[1]) <= LAST_MONTH)
            yield cells

    @property
    def turned(self) -> list[int]:
        """Positions of the columns whose days and months have been exchanged in part."""
        both = self._dates.keys() & self._texts.keys() - self._sound
        return sorted(i for i in both if min(self._dates[i], self._texts[i]) >= MIN_DATES)

    def _count(self, counts: dict[int, int], position: int, *, sound: bool) -> None:
        counts[position] = counts.get(position, 0) + 1
        if sound:
            self._sound.add(position)


def cell_doubts(
    sheet: CalamineSheet, heading: Sequence[str], rows: tuple[int, int], dates: DateColumns
) -> dict[str, str]:
    """Heading to what speaks against the cells below it. rows: first and last of the table, from 1.

    Raises nothing: only a mapping that uses the column has to care.
    """
    doubts = {
        heading[i]: "its dates were turned by a spreadsheet: day and month are exchanged up to the "
        "12th, and the others are text. Ask for the export as the software writes it."
        for i in dates.turned
        if i < len(heading)
    }
    left = sheet.start[1] if sheet.start else 0
    for (top, column), (bottom, _) in sheet.merged_cell_ranges or ():
        if bottom > top and rows[0] <= top + 1 <= rows[1] and 0 <= column - left < len(heading):
            doubts[heading[column - left]] = (
                f"its cells in rows {top + 1} to {bottom + 1} are merged, so that only the first "
                "holds the value. Unmerge them and fill in the others."
            )
    return doubts


def sheets_alike(
    book: CalamineWorkbook, sheet: str, heading: Sequence[str], header_row: int
) -> tuple[str, ...]:
    """The other visible sheets under the same headings: parts of the table, perhaps."""
    wanted = [heading_key(cell) for cell in heading]
    others = [
        m.name
        for m in book.sheets_metadata
        if m.name != sheet
        and m.typ == SheetTypeEnum.WorkSheet
        and m.visible == SheetVisibleEnum.Visible
    ]
    return tuple(name for name in others if _heading(book, name, header_row) == wanted)


def _heading(book: CalamineWorkbook, name: str, header_row: int) -> list[str]:
    rows = book.get_sheet_by_name(name).iter_rows()
    return [heading_key(str(cell)) for cell in next(islice(rows, header_row - 1, None), [])]
