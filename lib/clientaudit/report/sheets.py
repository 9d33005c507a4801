"""One sheet of a workbook: a heading, typed cells, filters; text always stays text."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from clientaudit.report.columns import (
    heading,
    is_source_text,
    kind_of,
    written,
)
from clientaudit.text import Say, cleaned

MAX_ROWS = 1_048_575  # rows of a sheet without its heading
MAX_TEXT = 32_767  # characters of a cell
EXCEL_EPOCH = dt.date(1900, 3, 1)  # before, the days of Excel are wrong by one
SAMPLE = 500  # rows that decide how wide a column is
MIN_WIDTH, MAX_WIDTH = 9, 56
COMMENTS, COMMENT_WIDTH = ("comment", "override_reason"), 36  # empty at first, and to be written in
SHEET_WIDTH = 190  # characters that a printed sheet holds and that can still be read
# Built-in formats: the reader's own Excel writes them with its own separators.
NUMBER_FORMATS: dict[str, int | str] = {
    "int": 3,
    "number": 4,
    "money": 4,
    "pct": 10,
    "chance": 10,
    "points": 10,
    "text": 49,
}
DATE_FORMATS = {"fr": "dd/mm/yyyy", "en": "d mmm yyyy"}


@dataclass(frozen=True)
class Sheet:
    """A table to be written as one sheet, or a sentence where there is nothing to list.

    title, labels, nothing: English. frame: one row per line of the sheet.
    choices: what may be chosen from a list in the cells of a column. is_said: every text stands
    as it is to be read. Without `nothing`, an empty table still shows its headings, to be filled.
    """

    title: str
    frame: pd.DataFrame
    nothing: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    is_said: bool = False


class Writer:
    """Writes sheets into one workbook, in one look."""

    def __init__(self, book: Workbook, say: Say) -> None:
        self._book = book
        self._say = say
        base = {"valign": "top"}
        self.plain = book.add_format(base | {"text_wrap": True})
        self.title = book.add_format(base | {"bold": True, "font_size": 16})
        self.bold = book.add_format(base | {"bold": True})
        self._heading = book.add_format(
            base | {"bold": True, "text_wrap": True, "bottom": 2, "bg_color": "#F4F1EA"}
        )
        dates: dict[str, int | str] = {"day": DATE_FORMATS[say.language], "month": "mmm yyyy"}
        self._formats = {
            kind: book.add_format(base | {"num_format": code})
            for kind, code in (NUMBER_FORMATS | dates).items()
        }

    def add(self, title: str) -> Worksheet:
        """An empty sheet under its translated name, set up for printing on A4."""
        sheet = self._book.add_worksheet(self._say(title))
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)  # a wide table takes more, see _write_heading
        sheet.set_footer("&L&A&R&P / &N")
        return sheet

    def write(self, sheet: Sheet) -> None:
        """A whole sheet: frozen heading, filters, numbers as numbers and dates as dates."""
        page = self.add(sheet.title)
        frame = sheet.frame.head(MAX_ROWS).rename(columns=str)
        if frame.empty and sheet.nothing:
            self.text(page, 0, 0, self._say(sheet.nothing), self.plain)
            page.set_column(0, 0, MAX_WIDTH)
            return
        kinds = {name: kind_of(name, frame[name]) for name in map(str, frame)}
        self._write_heading(page, sheet, frame, kinds)
        self._offer_choices(page, sheet)
        ours = [
            kind == "text" and not sheet.is_said and not is_source_text(name)
            for name, kind in kinds.items()
        ]
        looks = list(zip(kinds.values(), ours, strict=True))
        for row, values in enumerate(frame.itertuples(index=False, name=None), 1):
            for column, value in enumerate(values):
                self._cell(page, (row, column), value, *looks[column])

    def _write_heading(
        self, page: Worksheet, sheet: Sheet, frame: pd.DataFrame, kinds: Mapping[str, str]
    ) -> None:
        total = 0.0
        for column, (name, kind) in enumerate(kinds.items()):
            title = heading(name, self._say, sheet.labels)
            style = self._formats.get(kind, self._formats["text"])
            width = self._width(name, frame[name], title, kind)
            total += width
            page.set_column(column, column, width, style)
            self.text(page, 0, column, title, self._heading)
        page.fit_to_pages(math.ceil(total / SHEET_WIDTH), 0)
        page.repeat_columns(0)
        page.set_row(0, 62)
        page.freeze_panes(1, 1)
        page.autofilter(0, 0, max(len(frame), 1), len(kinds) - 1)
        page.repeat_rows(0)
        page.ignore_errors({"number_stored_as_text": f"A1:XFD{MAX_ROWS + 1}"})

    def _offer_choices(self, page: Worksheet, sheet: Sheet) -> None:
        for name, words in sheet.choices.items():
            column = list(map(str, sheet.frame)).index(name)
            listed = {"validate": "list", "source": [*words], "error_type": "warning"}
            page.data_validation(1, column, MAX_ROWS, column, listed)

    def text(self, page: Worksheet, row: int, column: int, text: str, style: Format) -> None:
        """A text as it is: never a formula, a link or a number."""
        page.write_string(row, column, shortened(text), style)

    def _cell(
        self, page: Worksheet, place: tuple[int, int], value: Any, kind: str, ours: bool
    ) -> None:
        if pd.isna(value):
            return
        style = self._formats.get(kind, self._formats["text"])
        if kind in ("day", "month") and _day(value) >= EXCEL_EPOCH:
            page.write_datetime(*place, dt.datetime.combine(_day(value), dt.time()), style)
        elif kind in NUMBER_FORMATS and kind != "text":
            if math.isfinite(value):
                page.write_number(*place, float(value), style)
        else:
            text = written(value, kind, self._say)
            self.text(page, *place, self._say.translate(text) if ours else text, style)

    def _width(self, name: str, values: "pd.Series[Any]", title: str, kind: str) -> float:
        longest_word = max(map(len, title.split()), default=0)
        sample = (written(value, kind, self._say) for value in values.head(SAMPLE))
        longest = max(map(len, sample), default=0)
        least = COMMENT_WIDTH if name in COMMENTS else MIN_WIDTH
        return min(max(longest + 2, longest_word + 4, least), MAX_WIDTH)


def shortened(text: str) -> str:
    """The text without characters that XML forbids, cut at what a cell holds."""
    clean = cleaned(text)
    return clean if len(clean) <= MAX_TEXT else clean[: MAX_TEXT - 1] + "…"


def _day(value: Any) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value
