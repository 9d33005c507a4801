"""The files of a FEC, read one by one: each may be written in its own way, none may overlap."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import duckdb

from clientaudit.errors import SHOWN_FAULTS, AuditError, Fault
from clientaudit.intake.fec.layout import (
    FEC_DATE,
    PROBLEMS,
    decimal_query,
    lines_sql,
    refuse_other_files,
)
from clientaudit.intake.reading.dialect import detect_encoding
from clientaudit.intake.reading.files import CHUNK_BYTES, DELIMITED, InputFile, find_files, unpacked
from clientaudit.intake.reading.relation import RawTable, SourceFile, read_source
from clientaudit.intake.sql import literal
from clientaudit.settings.sources import Dialect, Source

WINDOWS_SIGNS = re.compile(rb"[\x80-\x9f]")  # signs of cp1252, none of ISO 8859-15


@dataclass(frozen=True)
class _Year:
    """One file as it was read: its decimal mark, and the days of its entries."""

    raw: RawTable
    decimal: str
    first: dt.date
    last: dt.date
    faults: int
    detected: tuple[str, ...]

    @property
    def file(self) -> SourceFile:
        """The file, with how its values are written."""
        file = self.raw.files[0]
        found = {"decimal": self.decimal, "date_format": [FEC_DATE]}
        found |= {k: v for k, v in self.raw.dialect.model_dump().items() if v is not None}
        dialect = file.dialect.model_copy(update=found)
        return replace(file, dialect=dialect, detected=self.detected)


def read_lines(
    connection: duckdb.DuckDBPyConnection, source: Source, folder: Path
) -> tuple[SourceFile, ...]:
    """Read the files into the view `fec lines` (see `lines_sql`), oldest year first.

    What the engagement says at its top of how exports are written is about other files: only the
    `defaults` of the source count. Raises AuditError with the faults of all files.
    """
    errors: list[AuditError] = []
    years: list[_Year] = []
    for number, file in enumerate(find_files(source.files, folder)):
        try:
            years.append(_year(connection, source, file, number, folder))
        except AuditError as error:
            errors.append(error)
    if len(errors) == 1:
        raise errors[0]
    if errors:
        faults = [f for e in errors for f in (e.faults or [Fault("", e.message)])]
        raise AuditError(f"{len(errors)} files cannot be read as a FEC.", faults)
    _refuse_faults(connection, years)
    years.sort(key=lambda year: (year.first, year.last))
    _refuse_overlaps(years)
    parts = [lines_sql(y.raw, i, decimal=y.decimal) for i, y in enumerate(years)]
    connection.execute(f'create or replace view "fec lines" as {" union all ".join(parts)}')
    return tuple(year.file for year in years)


def _year(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    file: InputFile,
    number: int,
    folder: Path,
) -> _Year:
    one = source.model_copy(update={"files": [file.name]})
    norm = _norm(source, file)
    raw = read_source(connection, f"fec file {number}", one, folder=folder, defaults=norm)
    refuse_other_files(raw)
    commas = connection.execute(decimal_query(raw)).fetchall()[0]
    decimal = source.defaults.decimal or ("," if commas[0] else ".")
    lines = lines_sql(raw, number, decimal=decimal)
    query = f"select count(*), count(fault), min(day), max(day) from ({lines})"
    count, faults, first, last = connection.execute(query).fetchall()[0]
    if not count:
        raise AuditError(f"{file.name}: holds no line below its heading. Ask for it again.")
    given = source.defaults.model_dump(exclude_none=True)
    found = ("encoding",) * bool(norm.encoding) + (*raw.files[0].detected, "decimal")
    detected = tuple(name for name in found if name not in given)
    return _Year(raw, decimal, first, last, faults, detected)


def _norm(source: Source, file: InputFile) -> Dialect:
    """The norm's encoding, ISO 8859-15, where a file is neither UTF-8 nor has signs of cp1252."""
    if source.defaults.encoding is None and file.format in DELIMITED:
        with unpacked(file) as path:
            if detect_encoding(path) == "cp1252" and not _has_windows_signs(path):
                return Dialect(encoding="iso-8859-15")
    return Dialect()


def _has_windows_signs(path: Path) -> bool:
    with path.open("rb") as stream:
        return any(
            WINDOWS_SIGNS.search(chunk) for chunk in iter(lambda: stream.read(CHUNK_BYTES), b"")
        )


def _refuse_faults(connection: duckdb.DuckDBPyConnection, years: Sequence[_Year]) -> None:
    """Raise AuditError with the cells that cannot be read: where, the value, what is allowed."""
    faults: list[Fault] = []
    counts: dict[str, int] = {}
    value = " ".join(f"when {literal(n)} then {n}" for n in PROBLEMS if n != "Sens")
    for year in (year for year in years if year.faults):
        lines = f"({lines_sql(year.raw, 0, decimal=year.decimal)}) where fault is not null"
        counted = f"select fault, count(*) from {lines} group by fault order by fault"
        counts |= {
            f"{year.raw.files[0].name}, {name}": n
            for name, n in connection.execute(counted).fetchall()
        }
        rows = connection.execute(
            f"select _row, fault, case fault {value} else '' end from {lines} "
            f"order by _row limit {SHOWN_FAULTS}"
        ).fetchall()
        for row, name, text in rows:
            shown = f'"{text}" ' if text else ""
            where = f'{year.raw.where(0, row)}, column "{name}"'
            faults.append(Fault(where, shown + PROBLEMS[name], f"fec.{name}"))
    if faults:
        raise AuditError("The accounts cannot be read as a FEC.", faults, counts)


def _refuse_overlaps(years: Sequence[_Year]) -> None:
    """Raise AuditError for files that share days: their entries would be counted twice."""
    faults = []
    for one, other in pairwise(years):
        if other.first <= one.last:
            first, second = one.raw.files[0], other.raw.files[0]
            same = "it is the same file" if first.sha256 == second.sha256 else "they share days"
            faults.append(
                Fault(
                    f"{second.name} ({other.first} to {other.last})",
                    f"overlaps {first.name} ({one.first} to {one.last}): {same}. "
                    "Give each fiscal year once.",
                )
            )
    if faults:
        raise AuditError("Two files of the accounts cover the same days.", faults)
