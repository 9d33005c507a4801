"""Workbooks in the format of Excel 97 (.xls): just enough of it to hold an export."""

import datetime as dt
import struct
from collections.abc import Iterator
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.utils.datetime import CALENDAR_MAC_1904, to_excel
from openpyxl.worksheet.worksheet import Worksheet

SECTOR, LEAST = 512, 4096  # of the container; a smaller stream would be kept elsewhere
FREE, END, OF_FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
PLAIN, DAY, MOMENT = range(3)  # styles of cells
FORMATS = {PLAIN: 0, DAY: 14, MOMENT: 22}  # numbers of formats that every Excel knows
ERRORS = {"#DIV/0!": 0x07, "#REF!": 0x17, "#N/A": 0x2A}
STATES = {"visible": 0, "hidden": 1, "veryHidden": 2}


def xls_bytes(book: Workbook) -> bytes:
    """The values, dates, errors, merged cells and hidden sheets of a workbook, as a .xls file."""
    sheets = [(_sheet(sheet, book.epoch), sheet) for sheet in book.worksheets]
    place = len(_globals(book, [0] * len(sheets)))
    starts = []
    for content, _ in sheets:
        starts.append(place)
        place += len(content)
    stream = _globals(book, starts) + b"".join(content for content, _ in sheets)
    return _container(stream.ljust(LEAST, b"\0"))


def _record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _globals(book: Workbook, starts: list[int]) -> bytes:
    is_mac = book.epoch == CALENDAR_MAC_1904
    parts = [_begin(0x0005), _record(0x22, struct.pack("<H", is_mac))]
    parts += [_record(0xE0, struct.pack("<HH16x", 0, number)) for number in FORMATS.values()]
    for sheet, start in zip(book.worksheets, starts, strict=True):
        name = sheet.title.encode("utf-16-le")
        head = struct.pack("<IBBBB", start, STATES[sheet.sheet_state], 0, len(sheet.title), 1)
        parts.append(_record(0x85, head + name))
    return b"".join([*parts, _record(0x0A)])


def _begin(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def _sheet(sheet: Worksheet, epoch: dt.datetime) -> bytes:
    cells = (cell for row in sheet.iter_rows() for cell in row)
    parts = [_begin(0x0010), *(_cell(cell, epoch) for cell in cells)]
    merged = [
        struct.pack("<4H", area.min_row - 1, area.max_row - 1, area.min_col - 1, area.max_col - 1)
        for area in sheet.merged_cells.ranges
    ]
    if merged:
        parts.append(_record(0xE5, struct.pack("<H", len(merged)) + b"".join(merged)))
    return b"".join([*parts, _record(0x0A)])


def _cell(cell: Cell, epoch: dt.datetime) -> bytes:
    value: Any = cell.value
    if value is None:
        return b""
    style = {dt.datetime: MOMENT, dt.date: DAY}.get(type(value), PLAIN)
    where = struct.pack("<3H", cell.row - 1, cell.column - 1, style)
    if cell.data_type == "e":
        return _record(0x0205, where + struct.pack("<BB", ERRORS[value], 1))
    if isinstance(value, str):
        return _record(
            0x0204, where + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
        )
    number = to_excel(value, epoch) if isinstance(value, dt.date) else value
    return _record(0x0203, where + struct.pack("<d", number))


def _container(stream: bytes) -> bytes:
    """The stream as the only one of a compound file: header, FAT, directory, stream."""
    length = -(-len(stream) // SECTOR)
    fats = 1
    while fats * SECTOR // 4 < fats + 1 + length:
        fats += 1
    chain = [OF_FAT] * fats + [END] + list(range(fats + 2, fats + 1 + length)) + [END]
    chain += [FREE] * (fats * SECTOR // 4 - len(chain))
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    head += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, fats, fats, 0, LEAST, END, 0, END, 0)
    head += struct.pack("<109I", *range(fats), *[FREE] * (109 - fats))
    directory = b"".join(_entries(fats + 1, len(stream)))
    return b"".join([head, struct.pack(f"<{len(chain)}I", *chain), directory, stream]).ljust(
        (1 + fats + 1 + length) * SECTOR, b"\0"
    )


def _entries(start: int, size: int) -> Iterator[bytes]:
    """The four entries of the directory: the root, the stream, two that are free."""
    for name, kind, child, place, length in (
        ("Root Entry", 5, 1, END, 0),
        ("Workbook", 2, FREE, start, size),
        ("", 0, FREE, 0, 0),
        ("", 0, FREE, 0, 0),
    ):
        text = name.encode("utf-16-le")
        yield text.ljust(64, b"\0") + struct.pack(
            "<HBB3I36xIQ", len(text) + 2 * bool(name), kind, 1, FREE, FREE, child, place, length
        )
