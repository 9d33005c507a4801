"""One file of a source once it is loaded, and what csv and Excel tables share."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa

from clientaudit.errors import AuditError
from clientaudit.intake.sql import identifier
from clientaudit.settings.sources import Dialect, FileOptions

Kind = Literal["text", "number", "date", "boolean"]
RESERVED = ("_file", "_row")
BATCH_ROWS = 20_000
MAX_EMPTY_ROWS = 1_000
MAX_COLUMNS = 2_000


@dataclass(frozen=True)
class RawColumn:
    """A column of an export: its heading, and its kind (always text but in Parquet)."""

    name: str
    kind: Kind


@dataclass(frozen=True)
class Job:
    """One file to load: from `path`, called `name` in messages, into `table`.

    lasting: the path stays; else it is an unpacked copy that is removed after loading.
    """

    connection: duckdb.DuckDBPyConnection
    table: str
    path: Path
    name: str
    options: FileOptions
    dialect: Dialect
    lasting: bool

    @property
    def stop(self) -> re.Pattern[str] | None:
        """What the first cell of the row matches that ends the table."""
        return re.compile(self.options.stop_at) if self.options.stop_at else None


@dataclass(frozen=True)
class Part:
    """One file, loaded: `query` selects its columns, in order, and `_row`."""

    columns: tuple[RawColumn, ...]
    query: str
    rows: int
    dialect: Dialect
    detected: tuple[str, ...] = ()
    sheet: str = ""


def heading_names(cells: Sequence[str]) -> list[str]:
    """Names of the columns under a heading: trimmed; an empty one is `column N`; one that was
    there before, in capitals or not, gets ` (2)`.

    >>> heading_names([" Code ", "", "Date", "DATE"])
    ['Code', 'column 2', 'Date', 'DATE (2)']
    """
    seen = {name.casefold() for name in RESERVED}
    names = []
    for position, cell in enumerate(cells, start=1):
        stem = trimmed(cell) or f"column {position}"
        name, number = stem, 1
        while name.casefold() in seen:
            number += 1
            name = f"{stem} ({number})"
        seen.add(name.casefold())
        names.append(name)
    return names


def trimmed(cell: str) -> str:
    """A heading without the blanks and the byte order mark around it."""
    return cell.strip().strip("\ufeff").strip()


def first_named(cells: Sequence[str]) -> int:
    """Position of the first column that has a heading: `stop_at` looks at its cells."""
    return next((i for i, cell in enumerate(cells) if trimmed(cell)), 0)


def refuse_width(job: Job, heading: Sequence[str]) -> None:
    """Raise AuditError for more columns than any export has: a stray cell, a damaged file."""
    if len(heading) > MAX_COLUMNS:
        raise AuditError(
            f"{job.name}: has {len(heading)} columns; at most {MAX_COLUMNS} are read. Delete what "
            "stands to the right of the table."
        )


def load_rows(job: Job, width: int, rows: Iterator[list[str]]) -> int:
    """Load rows of `width` texts into the job's table, in order; empty becomes NULL.

    Returns the number of rows.
    """
    count = 0
    columns = [f"c{i}" for i in range(width)]
    typed = ", ".join(f"{column} VARCHAR" for column in columns)
    job.connection.execute(f"CREATE OR REPLACE TABLE {identifier(job.table)} ({typed})")
    texts = ", ".join(f"nullif({column}, '')" for column in columns)
    while batch := list(islice(rows, BATCH_ROWS)):
        arrays = [pa.array(cells, pa.string()) for cells in zip(*batch, strict=True)]
        job.connection.register("intake_batch", pa.table(arrays, names=columns))
        job.connection.execute(
            f"INSERT INTO {identifier(job.table)} SELECT {texts} FROM intake_batch"
        )
        job.connection.unregister("intake_batch")
        count += len(batch)
    return count


def stored_part(job: Job, heading: Sequence[str], dialect: Dialect) -> Part:
    """The part that stands in the job's table, one column `c0`, `c1`... per heading.

    Rows and unnamed columns without any value are left out. Raises AuditError if more than
    MAX_EMPTY_ROWS empty rows follow a real one and no `stop_at` says where the table ends.
    """
    texts = [f"c{i}" for i in range(len(heading))]
    filled = f"coalesce({', '.join(texts)}) IS NOT NULL"
    total, rows, *counts = _one_row(
        job,
        f"SELECT count(*), count(*) FILTER ({filled}), "
        f"{', '.join(f'count({text})' for text in texts)} FROM {identifier(job.table)}",
    )
    if total - rows > MAX_EMPTY_ROWS and not job.options.stop_at:
        _refuse_gap(job, filled)
    names = heading_names(heading)
    kept = [i for i, cell in enumerate(heading) if trimmed(cell) or counts[i]]
    selected = ", ".join(f"{texts[i]} AS {identifier(names[i])}" for i in kept)
    where = "" if rows == total else f" WHERE {filled}"
    query = f"SELECT {selected}, rowid + 1 AS _row FROM {identifier(job.table)}{where}"
    return Part(tuple(RawColumn(names[i], "text") for i in kept), query, rows, dialect)


def _refuse_gap(job: Job, filled: str) -> None:
    """Refuse a long run of empty rows: what stands below it is another table, or nothing."""
    table = identifier(job.table)
    (gap,) = _one_row(
        job,
        "SELECT max(row - before - 1) FROM (SELECT row, lag(row, 1, -1) OVER (ORDER BY row) "
        f"AS before FROM (SELECT rowid AS row FROM {table} WHERE {filled} "
        f"UNION ALL SELECT count(*) FROM {table}))",
    )
    if gap > MAX_EMPTY_ROWS:
        raise AuditError(
            f"{job.name}: {gap} empty rows follow each other. Delete them and what stands below, "
            'or say where the table ends, such as stop_at: "^$".'
        )


def _one_row(job: Job, query: str) -> tuple[int, ...]:
    row = job.connection.execute(query).fetchone()
    assert row is not None
    return row
