"""Excel and OpenDocument sheets, every cell as the text that the firm would write for it."""

import datetime as dt
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from clientaudit.errors import AuditError, Fault
from clientaudit.intake.reading.excel_doubts import DateColumns, cell_doubts, sheets_alike
from clientaudit.intake.reading.excel_errors import (
    NOT_COMPUTED,
    CellError,
    cell_errors,
    column_letters,
)
from clientaudit.intake.reading.excel_extent import sheet_extent
from clientaudit.intake.reading.files import swells
from clientaudit.intake.reading.parts import (
    Job,
    Kind,
    Part,
    first_named,
    load_rows,
    refuse_width,
    stored_part,
    trimmed,
)
from clientaudit.settings.sources import Dialect

MAX_CONTENT_BYTES = 2_000_000_000
# A sheet is read as a whole rectangle: beyond so many places, one in so many must be filled.
MAX_PLACES, PLACES_PER_CELL = 20_000_000, 10
DAMAGE = (CalamineError, zipfile.BadZipFile, zlib.error, ParseError, UnicodeDecodeError)
ISO_DATE = "%Y-%m-%d"
GROUP = 3
ERROR_TEXTS = frozenset(
    ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!")
)


def read_excel(job: Job) -> Part:
    """Load one sheet: the one that the options name, else the first visible one.

    Whole numbers lose `.0`, decimals get the source's decimal mark, dates its first format that
    has %d, %m and %Y (else ISO) with the time behind unless it is midnight, booleans are TRUE
    and FALSE. Of merged cells the first holds the value. Raises AuditError: no such sheet, no
    heading, cells that hold an error (#REF!), a file that swells beyond reason. The errors of
    `.xls` files cannot be told from empty cells.
    """
    written = job.dialect.over(Dialect(date_format=[ISO_DATE]))
    with open_workbook(job.path, job.name) as book:
        name = _sheet_name(book, job)
        refuse_sparse(job.path, job.name, name)
        sheet = book.get_sheet_by_name(name)
        dates = DateColumns()
        rows = (
            [_text(cell, written) for cell in cells] for cells in dates.watched(sheet.iter_rows())
        )
        heading = next(islice(rows, job.options.header_row - 1, None), [])
        if not any(map(trimmed, heading)):
            raise AuditError(
                f"{_row_name(job.name, sheet.name, job.options.header_row)}: there is no heading. "
                "Set header_row to the row that names the columns."
            )
        refuse_width(job, heading)
        errors: list[CellError] = []
        left = sheet.start[1] if sheet.start else 0
        loaded = load_rows(job, len(heading), _below(job, rows, heading, (left, errors)))
        if zipfile.is_zipfile(job.path):
            errors += cell_errors(job.path, sheet.name)
        top = job.options.header_row
        doubts = cell_doubts(sheet, heading, (top + 1, top + loaded), dates)
        alike = () if job.options.sheet else sheets_alike(book, sheet.name, heading, top)
    _refuse_errors(job, sheet.name, errors, top + loaded)
    part = stored_part(job, heading, written.over(Dialect(decimal=".")))
    found = replace(part, sheet=sheet.name, doubts=doubts, sheets_alike=alike)
    return replace(found, below_stop=job.foot.rows)


def visible_sheets(job: Job) -> Iterator[tuple[str, Iterator[list[tuple[str, Kind]]]]]:
    """Name and rows of each visible sheet of a workbook, every cell as its text and its kind.

    The rows of a sheet must be used up before the next one. Raises AuditError as `read_excel`.
    """
    written = Dialect(date_format=[ISO_DATE])
    with open_workbook(job.path, job.name) as book:
        for found in book.sheets_metadata:
            visible = found.visible == SheetVisibleEnum.Visible
            if found.typ == SheetTypeEnum.WorkSheet and visible:
                rows = book.get_sheet_by_name(found.name).iter_rows()
                yield (
                    found.name,
                    ([(_text(cell, written), _kind(cell)) for cell in cells] for cells in rows),
                )


def _kind(value: Any) -> Kind:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "date" if isinstance(value, dt.date) else "text"


def _below(
    job: Job, rows: Iterator[list[str]], heading: list[str], found: tuple[int, list[CellError]]
) -> Iterator[list[str]]:
    """The rows below the heading until `stop_at`; notes errors that stand there as text."""
    stop, first = job.stop, first_named(heading)
    left, errors = found
    for row, cells in enumerate(rows, start=job.options.header_row + 1):
        if stop and stop(cells[first].strip()):
            job.foot.below(rows)
            return
        if stop:
            job.foot.above(cells)
        if not ERROR_TEXTS.isdisjoint(cells):
            errors += [
                CellError(row, column_letters(left + i), cell)
                for i, cell in enumerate(cells)
                if cell in ERROR_TEXTS
            ]
        yield cells


def _refuse_errors(job: Job, sheet: str, errors: list[CellError], last_row: int) -> None:
    faults = [
        Fault(
            f"{_row_name(job.name, sheet, error.row)}, column {error.column}",
            error_problem(error),
            job.name,
        )
        for error in sorted(set(errors))
        if job.options.header_row < error.row <= last_row
    ]
    if faults:
        raise AuditError(
            f"{job.name} holds cells in error.", faults, counts={job.name: len(faults)}
        )


def error_problem(error: CellError) -> str:
    """What is wrong with a cell in error, and what to do."""
    if error.text == NOT_COMPUTED:
        return (
            "holds a formula that was never computed. Open the workbook in a spreadsheet and save "
            "it again."
        )
    return f"{error.text} is an error, not a value. Correct its formula or empty the cell."


def _row_name(name: str, sheet: str, row: int) -> str:
    return f'{name}, sheet "{sheet}", row {row}'


@contextmanager
def open_workbook(path: Path, name: str) -> Iterator[CalamineWorkbook]:
    """The workbook, open; what its readers raise on a damaged one becomes an AuditError.

    name: what messages call it.
    """
    try:
        _refuse_bomb(path, name)
        # By its content: programs write xlsx under the ending xls.
        with path.open("rb") as stream, CalamineWorkbook.from_filelike(stream) as book:
            yield book
    except BaseException as error:
        # A panic of calamine derives from BaseException, and its class cannot be imported.
        if not isinstance(error, DAMAGE) and type(error).__name__ != "PanicException":
            raise
        raise AuditError(
            f"{name}: cannot be read as a workbook ({error}). Open it and save it as .xlsx "
            "without a password; if it is text or a web page under this ending, save it as csv."
        ) from None


def _sheet_name(book: CalamineWorkbook, job: Job) -> str:
    tables = [m for m in book.sheets_metadata if m.typ == SheetTypeEnum.WorkSheet]
    wanted = job.options.sheet
    if wanted is None:
        visible = [m.name for m in tables if m.visible == SheetVisibleEnum.Visible]
        if visible:
            return visible[0]
        raise AuditError(f"{job.name}: holds no visible sheet; name one with sheet.")
    names = [m.name for m in tables]
    alike = [name for name in names if _folded(name) == _folded(wanted)]
    if wanted not in names and len(alike) != 1:
        shown = ", ".join(f'"{name}"' for name in names)
        raise AuditError(f'{job.name}: there is no sheet "{wanted}"; it has {shown}.')
    return wanted if wanted in names else alike[0]


def _folded(name: str) -> str:
    """The name of a sheet as people see it: capitals and blanks do not tell sheets apart."""
    return " ".join(name.casefold().split())


def _refuse_bomb(path: Path, name: str) -> None:
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        content = sum(member.file_size for member in archive.infolist())
        names = [member.filename.replace("\\", "/").casefold() for member in archive.infolist()]
    if len(set(names)) < len(names):  # each reader would take another of the two
        raise zipfile.BadZipFile("two of its parts have one name")
    if content > MAX_CONTENT_BYTES or swells(path.stat().st_size, content):
        raise AuditError(f"{name}: unpacks to {content:,} bytes; refused. Save the sheet as csv.")


def refuse_sparse(path: Path, name: str, sheet: str) -> None:
    """Refuse a sheet that claims far more places than it fills: memory is taken for each."""
    if not zipfile.is_zipfile(path):
        return
    cells, rows, columns = sheet_extent(path, sheet)
    if rows * columns > max(MAX_PLACES, PLACES_PER_CELL * cells):
        raise AuditError(
            f"{_row_name(name, sheet, rows)}: the sheet reaches down to here and {columns} columns "
            f"to the right, with {cells:,} cells. Delete what stands apart from the table."
        )


def _text(value: Any, dialect: Dialect) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number_text(value, dialect.decimal)
    if isinstance(value, dt.date):
        return _date_text(value, dialect.date_format or [])
    return _duration_text(value) if isinstance(value, dt.timedelta) else str(value)


def _number_text(value: float, mark: str | None) -> str:
    if value == int(value):
        return str(int(value))
    text = format(Decimal(repr(value)), "f")
    # Where no mark is given, 1.125 could be taken for 1,125: four decimals make no group of three.
    looks_grouped = mark is None and len(text.partition(".")[2]) == GROUP
    return text.replace(".", mark or ".") + "0" * looks_grouped


def _date_text(value: dt.date, formats: list[str]) -> str:
    whole = (text for text in formats if all(part in text for part in ("%d", "%m", "%Y")))
    pattern = next(whole, ISO_DATE)
    text = value.strftime(pattern)
    if not isinstance(value, dt.datetime) or value.time() == dt.time() or "%H" in pattern:
        return text
    return f"{text} {value.time().isoformat()}"


def _duration_text(value: dt.timedelta) -> str:
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
