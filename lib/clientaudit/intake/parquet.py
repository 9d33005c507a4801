"""Parquet files, typed as they are."""

import re
from pathlib import Path

import duckdb

from clientaudit.errors import AuditError
from clientaudit.intake.files import InputFile
from clientaudit.intake.parts import Job, Kind, Part, RawColumn, heading_names
from clientaudit.intake.sql import identifier, literal

KINDS: tuple[tuple[Kind, str], ...] = (
    ("date", r"DATE|TIMESTAMP.*"),
    ("number", r"U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DECIMAL\(.*\)|DOUBLE|FLOAT"),
    ("boolean", r"BOOLEAN"),
)


def read_parquet(job: Job) -> Part:
    """Select from a Parquet file as it lies; one that was unpacked is loaded into a table.

    Text stays text with empty as NULL, numbers, dates and booleans keep their type, anything
    else becomes text. Raises AuditError: not a Parquet file.
    """
    path = literal(_unglobbed(job.path))
    scan = f"read_parquet({path}, file_row_number=true, binary_as_string=true)"
    try:
        described = job.connection.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
        rows = job.connection.execute(f"SELECT count(*) FROM {scan}").fetchone()
        types = {name: kind for name, kind, *_ in described if name != "file_row_number"}
        query = _query(types, scan)
        if not job.lasting:
            table = identifier(job.table)
            job.connection.execute(f"CREATE OR REPLACE TABLE {table} AS {query}")
            query = f"SELECT * FROM {table}"
        _refuse_wide_decimals(job)
    except duckdb.Error as error:
        raise AuditError(f"{job.name}: cannot be read as Parquet ({_first_line(error)}).") from None
    columns = zip(heading_names(list(types)), map(kind_of, types.values()), strict=True)
    return Part(
        tuple(RawColumn(name, kind) for name, kind in columns),
        query,
        rows[0] if rows else 0,
        job.dialect,
    )


def refuse_damage(connection: duckdb.DuckDBPyConnection, file: InputFile) -> None:
    """Raise AuditError if a Parquet file cannot be read to its end."""
    if file.format != "parquet" or file.packed:
        return
    try:
        scan = f"read_parquet({literal(_unglobbed(file.path))})"
        connection.execute(f"SELECT count(hash(COLUMNS(*))) FROM {scan}").fetchone()
    except duckdb.Error as error:
        raise AuditError(
            f"{file.name}: is damaged ({_first_line(error)}). Ask for it again."
        ) from None


def kind_of(type_name: str) -> Kind:
    """Kind of a DuckDB type.

    >>> [kind_of(name) for name in ("UBIGINT", "TIMESTAMP WITH TIME ZONE", "UUID", "DOUBLE[]")]
    ['number', 'date', 'text', 'text']
    """
    return next((kind for kind, pattern in KINDS if re.fullmatch(pattern, type_name)), "text")


def _refuse_wide_decimals(job: Job) -> None:
    """Refuse decimals that do not fit 38 digits: DuckDB would give other numbers."""
    wide = job.connection.execute(
        f"SELECT name FROM parquet_schema({literal(_unglobbed(job.path))}) WHERE precision > 38"
    ).fetchall()
    if wide:
        names = ", ".join(f'"{name}"' for (name,) in wide)
        raise AuditError(
            f"{job.name}: {names}: decimals of over 38 digits are not read. Ask for the export "
            "with fewer, or as csv."
        )


def _query(types: dict[str, str], scan: str) -> str:
    selected = ", ".join(
        f"{_value(name, kind)} AS {identifier(heading)}"
        for (name, kind), heading in zip(types.items(), heading_names(list(types)), strict=True)
    )
    return f"SELECT {selected}, file_row_number + 1 AS _row FROM {scan}"


def _value(name: str, type_name: str) -> str:
    column = identifier(name)
    if kind_of(type_name) != "text":
        return column
    return f"nullif(CAST({column} AS VARCHAR), '')"


def _unglobbed(path: Path) -> str:
    """The path with the signs that DuckDB would take for a pattern."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".")
