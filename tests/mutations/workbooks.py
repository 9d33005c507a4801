"""What a spreadsheet does to an export: typed cells, formulas, errors, merged and hidden cells."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from mutations.corpus import exact, files, flagged, mutation, refused
from mutations.firm import (
    AMOUNT,
    CLIENT,
    DATE,
    DISCOUNT,
    HEADING,
    LABEL,
    NUMBERS,
    PRICE,
    QUANTITY,
    Exports,
    File,
    day,
    number,
)

BOTH = ("one", "all")
COLUMN = {name: place for place, name in enumerate(HEADING, start=1)}


def typed(column: str, text: str) -> Any:
    """The cell as a spreadsheet holds it: numbers and dates are not text."""
    if column in NUMBERS:
        return float(number(text))
    return day(text) if column == DATE else text


def workbook(file: File) -> openpyxl.Workbook:
    """The export as a workbook of one sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Ventes"
    sheet.append(file.heading)
    for row in file.rows:
        sheet.append([typed(name, row[name]) for name in file.heading])
    return book


def save(file: File, book: openpyxl.Workbook) -> None:
    out = io.BytesIO()
    book.save(out)
    file.name, file.raw = file.name.replace(".csv", ".xlsx"), out.getvalue()


def edit(file: File, change: Callable[[Worksheet], None]) -> None:
    """Save the file as a workbook whose sheet was changed."""
    book = workbook(file)
    change(book.active)
    save(file, book)


@mutation("workbooks", exact(), where=BOTH)
def a_workbook(exports: Exports, where: str) -> None:
    """The export as a workbook, cells typed."""
    for file in files(exports, where):
        save(file, workbook(file))


@mutation(
    "workbooks",
    exact(),
    where=BOTH,
    columns=((AMOUNT,), (DATE,), (CLIENT, QUANTITY, PRICE), HEADING),
)
def numbers_and_dates_stored_as_text(
    exports: Exports, where: str, columns: tuple[str, ...]
) -> None:
    """The green triangles: some columns are text."""

    def as_text(sheet: Worksheet) -> None:
        for r, row in enumerate(file.rows, start=2):
            for name in columns:
                sheet.cell(r, COLUMN[name]).value = row[name]

    for file in files(exports, where):
        edit(file, as_text)


@mutation("workbooks", exact(), rows=(slice(0, 5), slice(60, 100)))
def some_numbers_stored_as_text(exports: Exports, rows: slice) -> None:
    """A few amounts and dates are text among numbers."""
    file = exports.middle

    def as_text(sheet: Worksheet) -> None:
        for r in range(len(file.rows))[rows]:
            for name in (AMOUNT, DATE):
                sheet.cell(r + 2, COLUMN[name]).value = file.rows[r][name]

    edit(file, as_text)


@mutation("workbooks", refused("Date facture"), where=BOTH)
def days_as_their_serial_numbers(exports: Exports, where: str) -> None:
    """Dates without their format: 45292."""

    def as_serial(sheet: Worksheet) -> None:
        for r, row in enumerate(file.rows, start=2):
            cell = sheet.cell(r, COLUMN[DATE], (day(row[DATE]) - dt.date(1899, 12, 30)).days)
            cell.number_format = "General"

    for file in files(exports, where):
        edit(file, as_serial)


@mutation("workbooks", exact(), where=BOTH)
def a_workbook_that_counts_from_1904(exports: Exports, where: str) -> None:
    """The date system of old Macs, rightly declared."""
    for file in files(exports, where):
        book = workbook(file)
        book.epoch = CALENDAR_MAC_1904
        save(file, book)


@mutation("workbooks", exact(), where=BOTH)
def moments_instead_of_days(exports: Exports, where: str) -> None:
    """Dates with an hour."""

    def with_hour(sheet: Worksheet) -> None:
        for r, row in enumerate(file.rows, start=2):
            sheet.cell(r, COLUMN[DATE]).value = dt.datetime.combine(
                day(row[DATE]), dt.time(23, 59, 30)
            )

    for file in files(exports, where):
        edit(file, with_hour)


@mutation("workbooks", exact())
def codes_that_became_numbers(exports: Exports) -> None:
    """Codes typed as numbers in every file: the zeros are gone, the clients are the same."""
    for file in exports.files:
        edit(file, as_numbers(file))


@mutation("workbooks", flagged("several_codes"))
def codes_that_became_numbers_in_one_workbook(exports: Exports) -> None:
    """Codes typed as numbers in one file."""
    edit(exports.middle, as_numbers(exports.middle))


def as_numbers(file: File) -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        for r, row in enumerate(file.rows, start=2):
            if row[CLIENT].isdigit():
                sheet.cell(r, COLUMN[CLIENT]).value = int(row[CLIENT])

    return change


@mutation("day or month", refused("turned by a spreadsheet"), where=BOTH)
def dates_that_a_spreadsheet_turned(exports: Exports, where: str) -> None:
    """03/04/2024 was read as 4 March; 23/04/2024, which cannot be, stayed text."""

    def turn(sheet: Worksheet) -> None:
        for r, row in enumerate(file.rows, start=2):
            date = day(row[DATE])
            turned = date.day <= 12
            value = date.replace(day=date.month, month=date.day) if turned else row[DATE]
            sheet.cell(r, COLUMN[DATE]).value = value

    for file in files(exports, where):
        edit(file, turn)


@mutation(
    "formulas and errors",
    refused("formula"),
    column=(AMOUNT, DATE, QUANTITY),
    rows=((2,), tuple(range(2, 150))),
)
def formulas_that_were_never_computed(exports: Exports, column: str, rows: tuple[int, ...]) -> None:
    """A program wrote formulas; nobody opened the file, so they have no value."""

    def formula(sheet: Worksheet) -> None:
        for r in rows:
            sheet.cell(r, COLUMN[column]).value = f"=F{r}*G{r}"

    edit(exports.middle, formula)


@mutation(
    "formulas and errors",
    refused("is an error"),
    column=(AMOUNT, CLIENT, LABEL),
    text=("#N/A", "#REF!"),
)
def cells_in_error(exports: Exports, column: str, text: str) -> None:
    """A formula failed."""

    def error(sheet: Worksheet) -> None:
        cell = sheet.cell(77, COLUMN[column])
        cell.value, cell.data_type = text, "e"

    edit(exports.middle, error)


@mutation(
    "merged and hidden cells",
    refused("merged"),
    column=(CLIENT, DATE, AMOUNT),
    rows=((50, 51), (50, 59)),
)
def cells_that_are_merged(exports: Exports, column: str, rows: tuple[int, int]) -> None:
    """A cell merged over several rows: only the first holds the value."""
    place = COLUMN[column]
    edit(
        exports.middle,
        lambda sheet: sheet.merge_cells(
            start_row=rows[0], end_row=rows[1], start_column=place, end_column=place
        ),
    )


@mutation("merged and hidden cells", exact(), what=("rows", "filter", "columns"))
def what_is_hidden_is_read(exports: Exports, what: str) -> None:
    """Hidden rows, a filter, hidden columns: they are data all the same."""

    def hide(sheet: Worksheet) -> None:
        if what == "columns":
            sheet.column_dimensions["I"].hidden = True
            return
        if what == "filter":
            sheet.auto_filter.ref = sheet.dimensions
            sheet.auto_filter.add_filter_column(0, ["004127"])
        for r in range(20, 120):
            sheet.row_dimensions[r].hidden = True

    edit(exports.middle, hide)


@mutation("merged and hidden cells", exact(), state=("hidden", "veryHidden"))
def a_hidden_sheet_before_the_table(exports: Exports, state: str) -> None:
    """A hidden sheet of an older export stands first."""
    book = workbook(exports.middle)
    older = book.create_sheet("Ancien", 0)
    for row in book["Ventes"].iter_rows(values_only=True):
        older.append([*row[:-1], 1.0])
    older.sheet_state = state
    save(exports.middle, book)


@mutation("merged and hidden cells", flagged("other_sheets"))
def a_second_sheet_with_more_lines(exports: Exports) -> None:
    """Half of the year is on a second sheet, which nobody reads."""
    file = exports.middle
    rows = file.rows
    book = workbook(File(file.name, rows[:90]))
    second = book.create_sheet("Ventes (2)")
    second.append(file.heading)
    for row in rows[90:]:
        second.append([typed(name, row[name]) for name in file.heading])
    save(file, book)


@mutation("empty rows", refused("empty rows"), count=(1001, 40_000))
def a_cell_far_below_the_table(exports: Exports, count: int) -> None:
    """Thousands of empty rows, then a blank or a note."""
    edit(exports.middle, lambda sheet: sheet.cell(sheet.max_row + count + 1, 1, " "))


@mutation("empty rows", exact(), count=(20, 5_000))
def rows_that_are_only_coloured(exports: Exports, count: int) -> None:
    """Thousands of rows with a format and no value."""

    def colour(sheet: Worksheet) -> None:
        last = sheet.max_row
        for r in range(last + 1, last + count + 1):
            sheet.cell(r, 1).number_format = "0.00"

    edit(exports.middle, colour)


@mutation("percentages", exact(flagged_by="price_times_quantity"), where=("one",))
@mutation("percentages", exact(flagged_by="percent_scale"), where=("all",))
def percent_cells(exports: Exports, where: str) -> None:
    """A discount of 5 % is 0.05 in a percent cell."""

    def percent(sheet: Worksheet) -> None:
        for r, row in enumerate(file.rows, start=2):
            cell = sheet.cell(r, COLUMN[DISCOUNT], float(number(row[DISCOUNT]) / 100))
            cell.number_format = "0.0%"

    for file in files(exports, where):
        edit(file, percent)


@mutation("totals", refused("is empty"), label=("", "Total"))
def a_total_at_the_foot_of_a_sheet(exports: Exports, label: str) -> None:
    """The sum of a column below it."""

    def total(sheet: Worksheet) -> None:
        below = sheet.max_row + 1
        sheet.cell(below, 1, label or None)
        sheet.cell(
            below, COLUMN[AMOUNT], float(sum(number(row[AMOUNT]) for row in exports.middle.rows))
        )

    edit(exports.middle, total)


@mutation("workbooks", refused("workbook"), content=("text", "half"))
def a_workbook_that_is_none(exports: Exports, content: str) -> None:
    """A text file under the ending of a workbook; a workbook that is cut."""
    file = exports.middle
    save(file, workbook(file))
    assert file.raw is not None
    file.raw = file.text.encode() if content == "text" else file.raw[: len(file.raw) // 2]
