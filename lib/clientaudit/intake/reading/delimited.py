"""csv, tsv and txt files: DuckDB reads the plain ones, the careful reader the others."""

import codecs
import os
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np

from clientaudit.engine.scratch import scratch
from clientaudit.errors import AuditError
from clientaudit.intake.reading.dialect import codec, used_dialect
from clientaudit.intake.reading.files import CHUNK_BYTES
from clientaudit.intake.reading.parts import (
    Job,
    Part,
    first_named,
    load_rows,
    refuse_width,
    stored_part,
    trimmed,
)
from clientaudit.intake.reading.records import Records
from clientaudit.intake.sql import identifier, literal
from clientaudit.settings.sources import Dialect

# A line end in UTF-32, the widest encoding.
LINE_END_BYTES = 4
WIDE_MARKS = {
    "utf-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE),
    "utf-32": (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE),
}


def read_delimited(job: Job) -> Part:
    """Load one delimited file, every cell as text.

    Plain files, most of them, pass through DuckDB at its speed. One with line breaks between
    quotes, blanks around quotes, a `stop_at`, or which DuckDB cannot read, is read record by
    record; that reader is the rule, and finds all faults at once. Raises AuditError with them.
    """
    _refuse_unmarked(job)
    job = replace(job, quoted=_is_quoted(job))
    dialect, detected = used_dialect(
        job.path, job.dialect, job.options.header_row, quoted=job.quoted
    )
    heading, end = _heading(job, dialect)
    with scratch() as folder:
        copy = folder / "plain.csv"
        if not _load_plain(job, dialect, (copy, end, len(heading))):
            _load_careful(job, dialect, heading)
    ends_open = not job.stop and _ends_open(job.path)
    part = replace(stored_part(job, heading, dialect), detected=detected, quoted=job.quoted)
    return replace(part, ends_open=ends_open, below_stop=job.foot.rows)


def _refuse_unmarked(job: Job) -> None:
    """Raise AuditError if a file lacks the mark that its encoding begins with."""
    encoding = codec(job.dialect.encoding) if job.dialect.encoding else ""
    marks = WIDE_MARKS.get(encoding)
    if marks is None:
        return
    with job.path.open("rb") as stream:
        head = stream.read(LINE_END_BYTES)
    if head and not head.startswith(marks):
        raise AuditError(
            f"{job.name}: {encoding} is given, and the file does not begin with its mark. Set "
            f"encoding to {encoding}-le or {encoding}-be, or leave it to detection."
        )


def _ends_open(path: Path) -> bool:
    """Whether the last line has no end: the file may have been cut."""
    with path.open("rb") as stream:
        stream.seek(-min(LINE_END_BYTES, path.stat().st_size), os.SEEK_END)
        return not set(stream.read()) & set(b"\r\n\x1a")


def line_steps(
    path: Path, dialect: Dialect, header_row: int, *, quoted: bool
) -> list[tuple[int, int]]:
    """Where the lines of a file stop following its rows: (row, its line), rows in order.

    Row r stands on line + r - row of the last step whose row is not above r.
    """
    records = iter(Records(path, "", dialect, header_row, quoted=quoted))
    next(records)
    steps: list[tuple[int, int]] = []
    lines = (line for line, cells in records if cells)
    for row, line in enumerate(lines, start=1):
        if not steps or line - row != steps[-1][1] - steps[-1][0]:
            steps.append((row, line))
    return steps


def _is_quoted(job: Job) -> bool:
    """Whether quotes stand around cells: always possible but in a FEC, where the heading tells."""
    with job.path.open("rb") as stream:
        head = stream.read(4).removeprefix(codecs.BOM_UTF8)
    return job.options.may_be_quoted or head.startswith(b'"')


def _heading(job: Job, dialect: Dialect) -> tuple[list[str], int]:
    """Cells of the heading and the line it ends on; an empty last cell that the first row has
    not is a separator too many.
    """
    rows = _records(job, dialect)
    records = iter(rows)
    _, heading = next(records, (0, []))
    end = rows.line
    if rows.fault_count:
        deque(records, maxlen=0)
    rows.raise_faults()
    if not any(map(trimmed, heading)):
        raise AuditError(
            f"{job.name}, line {job.options.header_row}: there is no heading. "
            "Set header_row to the line that names the columns."
        )
    refuse_width(job, heading)
    first = next((cells for _, cells in records if cells), heading)
    while len(heading) > len(first) and not heading[-1].strip():
        heading.pop()
    return heading, end


def _load_plain(job: Job, dialect: Dialect, copied: tuple[Path, int, int]) -> bool:
    """Load through DuckDB; False if the file needs the careful reader."""
    copy, heading_end, width = copied
    if job.options.stop_at or width == 1:
        return False
    lines = _plain_copy(job, copy, dialect, heading_end)
    if lines is None:
        return False
    columns = ", ".join(f"c{i}: 'VARCHAR'" for i in range(width))
    quote = '"' if job.quoted else ""
    try:
        job.connection.execute(
            f"CREATE OR REPLACE TABLE {identifier(job.table)} AS SELECT * FROM read_csv("
            f"{literal(str(copy))}, columns={{{columns}}}, delim={literal(dialect.separator or '')}"
            f", auto_detect=false, header=false, quote='{quote}', escape='{quote}',"
            " new_line='\\n',"
            " strict_mode=true, null_padding=false, parallel=false)"
        )
    except duckdb.InvalidInputException:
        return False
    # At an unclosed quote DuckDB ends without a word: the lines must all be there.
    row = job.connection.execute(f"SELECT count(*) FROM {identifier(job.table)}").fetchone()
    return row == (lines,)


def _plain_copy(job: Job, copy: Path, dialect: Dialect, skip: int) -> int | None:
    """Copy the lines below the heading as UTF-8 with plain line ends and no blank line.

    Returns their number, or None if a line is not a record.
    """
    spaced = re.compile('(?m)(?:^|{0}) +"|" +(?:{0}|$)'.format(re.escape(dialect.separator or "")))
    lines = 0
    try:
        with (
            job.path.open(encoding=codec(dialect.encoding or ""), newline="") as stream,
            copy.open("wb") as out,
        ):
            for _ in range(skip):
                stream.readline()
            while text := stream.read(CHUNK_BYTES) + stream.readline():
                text = _plain_lines(text)
                data = text.encode()
                if "\0" in text:
                    return None
                if job.quoted and '"' in text and not _plain_quotes(text, data, spaced):
                    return None
                lines += text.count("\n") + (not text.endswith("\n") and text != "")
                out.write(data)
    except UnicodeDecodeError:
        return None
    return lines


def _plain_lines(text: str) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\n\n" in text:
        text = re.sub("\n{2,}", "\n", text)
    return text.removeprefix("\n")


def _plain_quotes(text: str, data: bytes, spaced: re.Pattern[str]) -> bool:
    """Whether no line ends between quotes and no blank stands around a quoted cell."""
    if (' "' in text or '" ' in text) and spaced.search(text):
        return False
    signs = np.frombuffer(data, dtype=np.uint8)
    inside = np.logical_xor.accumulate(signs == ord('"'))
    return not (inside[-1] or np.any(inside & (signs == ord("\n"))))


def _load_careful(job: Job, dialect: Dialect, heading: list[str]) -> None:
    records = _records(job, dialect)
    load_rows(job, len(heading), _rows(job, records, heading))
    records.raise_faults()


def _records(job: Job, dialect: Dialect) -> Records:
    return Records(job.path, job.name, dialect, job.options.header_row, quoted=job.quoted)


def _rows(job: Job, records: Records, heading: list[str]) -> Iterator[list[str]]:
    """The rows below the heading until `stop_at`; after a fault the rest is only checked."""
    stop, first, width = job.stop, first_named(heading), len(heading)
    below = iter(records)
    next(below)
    for line, cells in below:
        if stop and stop("".join(cells[first : first + 1]).strip()):
            with records.faults_ignored():
                job.foot.below(cells for _, cells in below)
            return
        if stop:
            job.foot.above(cells)
        while len(cells) > width and not cells[-1]:
            cells.pop()
        if cells and len(cells) != width:
            records.wrong_width(line, cells, width)
        elif records.holds_rows(cells, width):
            records.swallowed(line)
        elif cells and not records.fault_count:
            yield cells
