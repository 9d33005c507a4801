"""The same invoices in two exports: found by what they hold, and counted once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import duckdb

from clientaudit.intake.mapping import overlap_sql
from clientaudit.intake.sql import identifier, literal

MIN_TWIN_LINES = 10
LINE_COLUMNS = ("product_id", "quantity", "amount_net")
FOUND = "transactions overlapping"  # _file, _row of every line left out, kept_file, document, step


@dataclass(frozen=True)
class OverlapPair:
    """Lines of one file left out because another file holds their invoices too.

    file, kept_file: as `_file` counts them. step: "overlap" for copies of lines that stay,
    "version" for an invoice whose later version stays. documents: invoices, or days where no
    invoice number is mapped.
    """

    file: int
    kept_file: int
    step: Literal["overlap", "version"]
    documents: int
    rows: int
    revenue_by_year: dict[str, Decimal]


@dataclass(frozen=True)
class Differing:
    """Invoices that two files hold with other lines.

    kept: their amount in the file of the later export; other: in the other files.
    """

    documents: int = 0
    kept: Decimal = Decimal(0)
    other: Decimal = Decimal(0)


NO_DIFFERENCE = Differing()


@dataclass(frozen=True)
class Overlaps:
    """What the files of the invoice lines share.

    unit: what is recognised: a document, or a day where no invoice number is mapped.
    versions: of these the later export's version was kept. divided: of these every line was kept
        although line numbers stand twice with other contents, or days differ; an invoice whose
        parts meet nowhere is no defect.
    """

    unit: Literal["document", "day"] = "document"
    pairs: tuple[OverlapPair, ...] = ()
    versions: Differing = NO_DIFFERENCE
    divided: Differing = NO_DIFFERENCE


NO_OVERLAPS = Overlaps()


def find_overlaps(
    connection: duckdb.DuckDBPyConnection, lines: Path, columns: Iterable[str]
) -> Overlaps:
    """Find the lines that are there once too often, and write them as the temp table `FOUND`.

    lines: Parquet of the mapped transactions, with `_file` and `_row`. columns: those that every
        source maps; what only some sources know cannot tell two lines apart.

    An invoice is a client, a day and a number. Where its lines are the same in several files (as
    often in each, in any order) one file's copy stays. Where they differ they are versions of it or
    parts. Versions have a line number with two contents (lines without numbers have one number), or
    no number in common; and a line in common, or files that overlap: half of the invoices in both
    are the same or have the same products. Of versions that of the later export stays; of parts
    every line, equal ones as often as in the file that has most. Without invoice numbers, whole
    days take the place of invoices, between files that share ten lines or more in days that
    coincide line for line. Only days that two files hold are looked at; which name a file bears
    changes no total.
    """
    known = set(columns)
    by_document = "doc_id" in known
    run = _Run(connection, _words(lines, known))
    empty = Overlaps("document" if by_document else "day")
    if not run.write(overlap_sql.SHARED_DAYS):
        return empty
    run.write(overlap_sql.DAYS)
    run.write(overlap_sql.RANKS)
    written = run.write(overlap_sql.DOCUMENTS) if by_document else _write_days(run)
    if not written:
        return empty
    for query in overlap_sql.COMPARED:
        run.write(query)
    return _overlaps(run, empty.unit)


@dataclass
class _Run:
    """Runs one query after another; words fill in the names of its tables and columns."""

    connection: duckdb.DuckDBPyConnection
    words: dict[str, str]

    def write(self, query: str) -> int:
        """Run a query that writes a table; its number of rows."""
        return int(self.rows(query)[0][0])

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.connection.execute(query.format(**self.words)).fetchall()


def _words(lines: Path, known: set[str]) -> dict[str, str]:
    """What the queries call their tables, a document, and what makes two lines the same."""
    by_document, numbered = "doc_id" in known, {"doc_id", "line_no"} <= known
    contents = [name for name in LINE_COLUMNS if name in known]
    tables = {name: identifier(f"transactions overlap {name}") for name in overlap_sql.WRITTEN}
    return tables | {
        "lines": f"read_parquet({literal(str(lines))})",
        "document": "hash(client_id, date, doc_id)" if by_document else "hash(date, part)",
        "numbered": "doc_id is not null" if by_document else "true",
        "content": f"hash({', '.join(contents if by_document else ['client_id', *contents])})",
        "number": "line_no" if numbered else "null::varchar",
        "in_parts": "" if by_document else f"join {tables['parts']} using (_file)",
        "product": "hash(product_id)" if "product_id" in known else "null::ubigint",
        "no_product": str("product_id" not in known),
        "by_document": str(by_document),
        "by_number": str(numbered),
        "found": identifier(FOUND),
        "least": str(MIN_TWIN_LINES),
    }


def _write_days(run: _Run) -> int:
    """Days in place of documents, in each set of files that proved to overlap; how many."""
    run.write(overlap_sql.SIGNATURES)
    parts = _linked(run.rows(overlap_sql.TWIN_FILES))
    if not parts:
        return 0
    run.words["values"] = ", ".join(f"({file}, {part})" for file, part in sorted(parts.items()))
    run.write(overlap_sql.PARTS)
    return run.write(overlap_sql.DAY_DOCUMENTS)


def _linked(pairs: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Each file of a pair, and the smallest file that a chain of pairs leads to."""
    parts: dict[int, int] = {file: file for pair in pairs for file in pair}
    for first, second in pairs:
        low, high = sorted((parts[first], parts[second]))
        parts = {file: low if part == high else part for file, part in parts.items()}
    return parts


def _overlaps(run: _Run, unit: Literal["document", "day"]) -> Overlaps:
    """What was found, as facts."""
    years: dict[tuple[Any, ...], dict[str, Decimal]] = {}
    for *pair, year, revenue in run.rows(overlap_sql.PAIRS):
        years.setdefault(tuple(pair), {})[year] = revenue
    pairs = tuple(OverlapPair(*pair, found) for pair, found in years.items())  # type: ignore[call-arg]
    differing = {clash: Differing(*values) for clash, *values in run.rows(overlap_sql.DIFFERING)}
    return Overlaps(
        unit, pairs, differing.get(True, NO_DIFFERENCE), differing.get(False, NO_DIFFERENCE)
    )
