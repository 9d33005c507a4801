"""One file of a source once it is loaded, and what csv and Excel tables share."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from clientaudit.errors import AuditError
from clientaudit.intake.sql import identifier
from clientaudit.settings.sources import Dialect, FileOptions

Kind = Literal["text", "number", "date", "boolean"]
RESERVED = ("_file", "_row")
BATCH_ROWS = 20_000
MAX_EMPTY_ROWS = 1_000
MAX_COLUMNS = 2_000
MATCHES_KEPT = 100_000  # codes of clients come back: a call of RE2 takes far longer than a look


@dataclass(frozen=True)
class RawColumn:
    """A column of an export: its heading, and its kind (always text but in Parquet)."""

    name: str
    kind: Kind


class Foot:
    """Counts the rows below `stop_at` that are as full as those of the table: rows of it, maybe."""

    def __init__(self) -> None:
        self.rows = 0
        self._rows = self._cells = 0

    def above(self, cells: Sequence[str]) -> None:
        """Take note of a row of the table."""
        self._rows += any(cells)
        self._cells += sum(1 for cell in cells if cell)

    def below(self, rows: Iterable[Sequence[str]]) -> None:
        """Count the rows that fill as many cells as the mean row of the table."""
        sizes = (sum(1 for cell in cells if cell) for cells in rows)
        self.rows = sum(size * self._rows >= self._cells > 0 for size in sizes)


@dataclass(frozen=True)
class Job:
    """One file to load: from `path`, called `name` in messages, into `table`.

    lasting: the path stays; else it is an unpacked copy that is removed after loading. quoted:
    whether the cells of a delimited file may stand between quotes.
    """

    connection: duckdb.DuckDBPyConnection
    table: str
    path: Path
    name: str
    options: FileOptions
    dialect: Dialect
    lasting: bool
    quoted: bool = True
    foot: Foot = field(default_factory=Foot)

    @property
    def stop(self) -> Callable[[str], bool] | None:
        """Whether the first cell of a row ends the table."""
        return _matcher(self.options.stop_at) if self.options.stop_at else None


@dataclass(frozen=True)
class Part:
    """One file, loaded: `query` selects its columns, in order, and `_row`; quoted as in `Job`.

    doubled: headings that stand several times. doubts: heading to why its cells cannot be believed.
    ends_open: whether a text file stops without the end of its last line. sheets_alike: others of
    the workbook under the same headings. below_stop: rows like those of the table below `stop_at`.
    """

    columns: tuple[RawColumn, ...]
    query: str
    rows: int
    dialect: Dialect
    detected: tuple[str, ...] = ()
    sheet: str = ""
    quoted: bool = True
    doubled: tuple[str, ...] = ()
    doubts: Mapping[str, str] = field(default_factory=dict)
    ends_open: bool = False
    sheets_alike: tuple[str, ...] = ()
    below_stop: int = 0


@cache
def _matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a text matches, in time that grows with its length only (RE2, as in `matches`)."""
    found = pc.get_function("match_substring_regex")
    options = pc.MatchSubstringOptions(pattern)

    @lru_cache(MATCHES_KEPT)
    def matches(text: str) -> bool:
        known = text.encode(errors="replace")  # a byte that is no text is a fault of its own
        return bool(found.call([pa.scalar(known, pa.string())], options).as_py())

    return matches


def heading_names(cells: Sequence[str]) -> list[str]:
    """Names of the columns under a heading: trimmed; an empty one is `column N`; one that was
    there before, written alike (see `heading_key`), gets ` (2)`.

    >>> heading_names([" Code ", "", "Date", "DATE"])
    ['Code', 'column 2', 'Date', 'DATE (2)']
    """
    seen = {heading_key(name) for name in RESERVED}
    names = []
    for position, cell in enumerate(cells, start=1):
        stem = trimmed(cell) or f"column {position}"
        name, number = stem, 1
        while heading_key(name) in seen:
            number += 1
            name = f"{stem} ({number})"
        seen.add(heading_key(name))
        names.append(name)
    return names


def doubled_headings(cells: Sequence[str]) -> tuple[str, ...]:
    """Headings that stand several times, as the first is written.

    >>> doubled_headings(["Code", "Net", "NET", "", ""])
    ('Net',)
    """
    first = {heading_key(cell): trimmed(cell) for cell in reversed(cells)}
    times = Counter(heading_key(cell) for cell in cells if trimmed(cell))
    return tuple(first[key] for key, count in times.items() if count > 1)


def heading_key(name: str) -> str:
    """What two headings that look the same have in common: capitals, kinds of blanks, characters
    without width and ways of writing accents do not tell columns apart.

    >>> heading_key("Montant\\u00a0HT\\u200b") == heading_key(" montant  ht")
    True
    """
    shown = "".join(c for c in name if unicodedata.category(c) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", shown).casefold().split())


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
    total, rows, *counts = job.connection.execute(
        f"SELECT count(*), count(*) FILTER ({filled}), "
        f"{', '.join(f'count({text})' for text in texts)} FROM {identifier(job.table)}"
    ).fetchall()[0]
    if total - rows > MAX_EMPTY_ROWS and not job.options.stop_at:
        _refuse_gap(job, filled)
    names = heading_names(heading)
    kept = [i for i, cell in enumerate(heading) if trimmed(cell) or counts[i]]
    selected = ", ".join(f"{texts[i]} AS {identifier(names[i])}" for i in kept)
    where = "" if rows == total else f" WHERE {filled}"
    query = f"SELECT {selected}, rowid + 1 AS _row FROM {identifier(job.table)}{where}"
    columns = tuple(RawColumn(names[i], "text") for i in kept)
    return Part(columns, query, rows, dialect, doubled=doubled_headings(heading))


def _refuse_gap(job: Job, filled: str) -> None:
    """Refuse a long run of empty rows: what stands below it is another table, or nothing."""
    table = identifier(job.table)
    (gap,) = job.connection.execute(
        "SELECT max(row - before - 1) FROM (SELECT row, lag(row, 1, -1) OVER (ORDER BY row) "
        f"AS before FROM (SELECT rowid AS row FROM {table} WHERE {filled} "
        f"UNION ALL SELECT count(*) FROM {table}))"
    ).fetchall()[0]
    if gap > MAX_EMPTY_ROWS:
        raise AuditError(
            f"{job.name}: {gap} empty rows follow each other. Delete them and what stands below, "
            'or say where the table ends, such as stop_at: "^$".'
        )
