"""How far a sheet reaches, told before it is read: one stray cell can claim a whole sheet."""

import re
import zipfile
from pathlib import Path
from typing import NamedTuple

from clientaudit.intake.reading.excel_errors import sheet_member
from clientaudit.intake.reading.files import CHUNK_BYTES

# Wherever it stands, in a text even: a place too many is refused sooner than one is missed.
PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]*)([0-9]+)["']""")


class Extent(NamedTuple):
    """What a sheet holds: its cells, its last row, its last column (both from 1)."""

    cells: int
    rows: int
    columns: int


def sheet_extent(path: Path, sheet: str) -> Extent:
    """The extent of one sheet of an xlsx or xlsm file, read as a stream.

    An ods file is not looked at: its reader bounds what a repeated cell may claim.
    Raises BadZipFile where the file is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if "xl/workbook.xml" not in archive.namelist() and "content.xml" in archive.namelist():
                return Extent(0, 0, 0)
            return _xlsx_extent(archive, sheet)
    except (LookupError, ValueError) as error:
        raise zipfile.BadZipFile(f"a part of it is missing or false: {error}") from None


def _xlsx_extent(archive: zipfile.ZipFile, sheet: str) -> Extent:
    cells, last_row, letters, rest = 0, 0, {b""}, b""
    with archive.open(sheet_member(archive, sheet)) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            rest += chunk
            found = PLACE.findall(rest)
            rest = rest[max(rest.rfind(b"<"), 0) :]  # a tag may go on in the next chunk
            if len(rest) > CHUNK_BYTES:
                raise ValueError("a tag has no end")
            letters.update(column for column, _ in found)
            last_row = max(last_row, int(max((row for _, row in found), key=_size, default=0)))
            cells += len(found)
    return Extent(cells, last_row, max(map(_number, letters)))


def _size(digits: bytes) -> tuple[int, bytes]:
    return len(digits), digits


def _number(letters: bytes) -> int:
    """The number of a column by its letters: 1 for A, 27 for AA."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - ord("A") + 1
    return number
