"""Cells in error (#REF!, #N/A) of xlsx and ods files, which calamine gives as empty cells."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from clientaudit.intake.reading.files import CHUNK_BYTES

# A cell ends where the next begins: without that, a false one would be searched to the file's end.
XLSX_ERROR = re.compile(
    rb"""<(?:\w+:)?c\s(?=[^<>]*?\bt=["']e["'])[^<>]*?\br=["']([A-Z]+)([0-9]+)["'][^<>]*>"""
    rb"((?:[^<]|<(?!/?(?:\w+:)?c[\s>/]))*+)</(?:\w+:)?c>"
)
LONGEST_CELL = 1 << 16  # bytes of a cell in error: its formula, and what it shows
XLSX_ERROR_TYPE = re.compile(rb"""\bt=["']e["']""")
XLSX_FORMULA = re.compile(
    rb"""<(?:\w+:)?c\s(?![^>]*?\bt=["'](?:str|e)["'])[^>]*?\br=["']([A-Z]+)([0-9]+)["'][^>/]*>"""
    rb"<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?"
    rb"</(?:\w+:)?c>"
)
NOT_COMPUTED = "="
XLSX_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)</")
ODS_ERROR = b'value-type="error"'
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"


class CellError(NamedTuple):
    """A cell in error: its row (1-based), its column's letters, what it shows; `=` stands for a
    formula that was never computed.
    """

    row: int
    column: str
    text: str


def cell_errors(path: Path, sheet: str) -> Iterator[CellError]:
    """The cells in error of one sheet of an xlsx, xlsm or ods file.

    Raises BadZipFile or ParseError where the file is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            is_ods = "content.xml" in archive.namelist()
            yield from (_ods_errors if is_ods else _xlsx_errors)(archive, sheet)
    except (LookupError, ValueError) as error:
        raise zipfile.BadZipFile(f"a part of it is missing or false: {error}") from None


def column_letters(index: int) -> str:
    """Letters of a column.

    >>> [column_letters(i) for i in (0, 25, 26, 702)]
    ['A', 'Z', 'AA', 'AAA']
    """
    letters = ""
    while index >= 0:
        index, rest = divmod(index, 26)
        letters = chr(ord("A") + rest) + letters
        index -= 1
    return letters


def _xlsx_errors(archive: zipfile.ZipFile, sheet: str) -> Iterator[CellError]:
    rest = b""
    with archive.open(sheet_member(archive, sheet)) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            rest += chunk
            for match in XLSX_ERROR.finditer(rest) if XLSX_ERROR_TYPE.search(rest) else ():
                shown = XLSX_VALUE.search(match.group(3))
                text = shown.group(1).decode() if shown else "#N/A"
                yield CellError(int(match.group(2)), match.group(1).decode(), text)
            for match in XLSX_FORMULA.finditer(rest) if b"f>" in rest else ():
                yield CellError(int(match.group(2)), match.group(1).decode(), NOT_COMPUTED)
            # The last cell may go on in the next chunk.
            rest = rest[max(rest.rfind(b"/c>"), rest.rfind(b":c>")) + 1 :][-LONGEST_CELL:]


def sheet_member(archive: zipfile.ZipFile, sheet: str) -> str:
    """The part of an xlsx file that holds a sheet. Raises LookupError or ParseError."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    nodes = [node for node in book.iter() if node.tag.endswith("}sheet")]
    # Of two sheets of one name calamine reads the first.
    sheets = {node.get("name"): node for node in reversed(nodes)}
    own = {key.rpartition("}")[2]: value for key, value in sheets[sheet].attrib.items()}
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = {node.get("Id"): node.get("Target", "") for node in relations}[own["id"]]
    return target.removeprefix("/") if target.startswith(("/", "xl/")) else f"xl/{target}"


def _ods_errors(archive: zipfile.ZipFile, sheet: str) -> Iterator[CellError]:
    content = archive.read("content.xml")
    if ODS_ERROR not in content:
        return
    tables = ElementTree.fromstring(content).iter(f"{TABLE}table")
    row = 1
    for line in {node.get(f"{TABLE}name"): node for node in tables}[sheet].iter(
        f"{TABLE}table-row"
    ):
        column = 0
        for cell in line:
            if cell.get(f"{CALC}value-type") == "error":
                yield CellError(row, column_letters(column), "".join(cell.itertext()))
            column += int(cell.get(f"{TABLE}number-columns-repeated", 1))
        row += int(line.get(f"{TABLE}number-rows-repeated", 1))
