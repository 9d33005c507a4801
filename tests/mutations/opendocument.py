"""The exports as OpenDocument sheets, and what happens to their cells."""

import io
import zipfile
from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape, quoteattr

from mutations.corpus import exact, files, flagged, mutation, refused
from mutations.firm import AMOUNT, CLIENT, DATE, HEADING, NUMBERS, Exports, File, Row, day, number

BOTH = ("one", "all")
SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text")
)
Cell = Callable[[str, str], str]


def text_cell(text: str) -> str:
    shown = f"<text:p>{escape(text)}</text:p>"
    return f'<table:table-cell office:value-type="string">{shown}</table:table-cell>'


def typed_cell(column: str, text: str) -> str:
    """A cell as a spreadsheet holds it: numbers and dates are not text."""
    if column in NUMBERS:
        return f'<table:table-cell office:value-type="float" office:value="{number(text)}"/>'
    if column == DATE:
        return f'<table:table-cell office:value-type="date" office:date-value="{day(text)}"/>'
    return text_cell(text)


def row_of(cells: Sequence[str], times: int = 1) -> str:
    repeated = f' table:number-rows-repeated="{times}"' if times > 1 else ""
    return f"<table:table-row{repeated}>{''.join(cells)}</table:table-row>"


def sheet_of(name: str, rows: Sequence[str]) -> str:
    return f"<table:table table:name={quoteattr(name)}>{''.join(rows)}</table:table>"


def rows_of(file: File, cell: Cell = typed_cell) -> list[str]:
    """The heading and the rows of an export."""
    found = [row_of([text_cell(name) for name in file.heading])]
    return found + [row_of([cell(name, row[name]) for name in file.heading]) for row in file.rows]


def save(file: File, *sheets: str) -> None:
    """Put the sheets in the place of the export."""
    body = f"<office:body><office:spreadsheet>{''.join(sheets)}</office:spreadsheet></office:body>"
    content = f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {SPACES}>{body}'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content + "</office:document-content>")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    file.name, file.raw = file.name.replace(".csv", ".ods"), out.getvalue()


@mutation("OpenDocument sheets", exact(), where=BOTH)
def an_opendocument_sheet(exports: Exports, where: str) -> None:
    """The export as an ods, cells typed."""
    for file in files(exports, where):
        save(file, sheet_of("Ventes", rows_of(file)))


@mutation("OpenDocument sheets", exact(), where=BOTH, columns=((AMOUNT,), (DATE,), HEADING))
def numbers_and_dates_as_text_in_an_ods(
    exports: Exports, where: str, columns: tuple[str, ...]
) -> None:
    """Some columns are text."""

    def cell(name: str, text: str) -> str:
        return text_cell(text) if name in columns else typed_cell(name, text)

    for file in files(exports, where):
        save(file, sheet_of("Ventes", rows_of(file, cell)))


@mutation("OpenDocument sheets", refused("Date facture"))
def days_as_numbers_in_an_ods(exports: Exports) -> None:
    """Dates without their format: 45292."""

    def cell(name: str, text: str) -> str:
        if name != DATE:
            return typed_cell(name, text)
        serial = day(text).toordinal() - 693_594
        return f'<table:table-cell office:value-type="float" office:value="{serial}"/>'

    save(exports.middle, sheet_of("Ventes", rows_of(exports.middle, cell)))


@mutation("OpenDocument sheets", exact(), count=(20,))
@mutation("OpenDocument sheets", refused("empty rows"), count=(40_000,))
def a_note_far_below_the_table_of_an_ods(exports: Exports, count: int) -> None:
    """Empty rows written as one that is repeated; thousands of them with a note below."""
    rows = [*rows_of(exports.middle), row_of(["<table:table-cell/>"], count)]
    if count > 1000:
        rows.append(row_of([text_cell("vu")]))
    save(exports.middle, sheet_of("Ventes", rows))


@mutation("OpenDocument sheets", flagged("duplicates"), times=(2, 5))
def a_row_that_is_repeated_in_an_ods(exports: Exports, times: int) -> None:
    """A row that an ods writes once and counts several times."""
    rows = rows_of(exports.middle)
    rows[30] = rows[30].replace(
        "<table:table-row>", f'<table:table-row table:number-rows-repeated="{times}">'
    )
    save(exports.middle, sheet_of("Ventes", rows))


@mutation("OpenDocument sheets", refused("is empty"), label=("", "Total"))
def a_total_at_the_foot_of_an_ods(exports: Exports, label: str) -> None:
    """The sum of a column below it."""
    file = exports.middle
    whole = sum(number(row[AMOUNT]) for row in file.rows)
    foot: Row = dict.fromkeys(HEADING, "") | {CLIENT: label}
    cells = [
        typed_cell(AMOUNT, str(whole)) if name == AMOUNT else text_cell(foot[name])
        for name in HEADING
    ]
    save(file, sheet_of("Ventes", [*rows_of(file), row_of(cells)]))


@mutation("OpenDocument sheets", flagged("other_sheets"))
def a_second_sheet_of_an_ods_with_more_lines(exports: Exports) -> None:
    """Half of the year is on a second sheet, which nobody reads."""
    file = exports.middle
    head, *rows = rows_of(file)
    save(file, sheet_of("Ventes", [head, *rows[:90]]), sheet_of("Ventes (2)", [head, *rows[90:]]))


@mutation("OpenDocument sheets", refused("workbook"), part=("text", "half"))
def an_ods_that_is_none(exports: Exports, part: str) -> None:
    """A text file under the ending of an ods; one that is cut."""
    file = exports.middle
    save(file, sheet_of("Ventes", rows_of(file)))
    assert file.raw is not None
    file.raw = file.text.encode() if part == "text" else file.raw[: len(file.raw) // 2]
