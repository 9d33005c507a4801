"""Parquet files, typed as they are."""

import re
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from clientaudit.errors import AuditError
from clientaudit.intake.reading.files import InputFile
from clientaudit.intake.reading.parts import Job, Kind, Part, RawColumn, heading_names, refuse_width
from clientaudit.intake.sql import identifier, literal

ZONED = "TIMESTAMP WITH TIME ZONE"
# The midnight of Europe and the Middle East, as hours of UTC.
EVENING = 20
KINDS: tuple[tuple[Kind, str], ...] = (
    ("date", r"DATE|TIMESTAMP.*"),
    ("number", r"U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DECIMAL\(.*\)|DOUBLE|FLOAT"),
    ("boolean", r"BOOLEAN"),
)


def read_parquet(job: Job) -> Part:
    """Select from a Parquet file as it lies; one that was unpacked is loaded into a table.

    Text stays text with empty as NULL, numbers, dates and booleans keep their type, anything
    else becomes text. A moment is read by the clock of the time zone that the file names, else by
    UTC. Raises AuditError: not a Parquet file.
    """
    path = literal(_unglobbed(job.path))
    scan = f"read_parquet({path}, file_row_number=true, binary_as_string=true)"
    try:
        described = job.connection.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
        rows = job.connection.execute(f"SELECT count(*) FROM {scan}").fetchone()
        types = {name: kind for name, kind, *_ in described if name != "file_row_number"}
        refuse_width(job, list(types))
        zones = _zones(job.path, types)
        doubts = _local_midnights(job, scan, types, zones)
        query = _query(types, zones, scan)
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
        doubts=doubts,
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


def _zones(path: Path, types: dict[str, str]) -> dict[str, str]:
    """The place whose clock a moment was written by, where the file says so."""
    if ZONED not in types.values():
        return {}
    fields = {field.name: field.type for field in pq.read_schema(path)}
    zones = {name: getattr(fields.get(name), "tz", None) for name in types}
    return {name: zone for name, zone in zones.items() if zone and "/" in zone}


def _local_midnights(
    job: Job, scan: str, types: dict[str, str], zones: dict[str, str]
) -> dict[str, str]:
    """Moments in UTC in the last hours of a day, all of them: the day after is meant."""
    doubts = {}
    for name in (n for n, kind in types.items() if kind == ZONED and n not in zones):
        moment = f"make_timestamp(epoch_us({identifier(name)}))"
        found = job.connection.execute(
            f"SELECT bool_and(hour({moment}) >= {EVENING} AND {moment} = date_trunc('hour', "
            f"{moment})) FROM {scan} WHERE {identifier(name)} IS NOT NULL"
        ).fetchone()
        if found and found[0]:
            doubts[name] = (
                "its moments all stand on the hour late in the evening, in UTC: each is the local "
                "midnight of the day after. Ask for plain dates."
            )
    return doubts


def _query(types: dict[str, str], zones: dict[str, str], scan: str) -> str:
    selected = ", ".join(
        f"{_value(name, kind, zones.get(name))} AS {identifier(heading)}"
        for (name, kind), heading in zip(types.items(), heading_names(list(types)), strict=True)
    )
    return f"SELECT {selected}, file_row_number + 1 AS _row FROM {scan}"


def _value(name: str, type_name: str, zone: str | None) -> str:
    column = identifier(name)
    if zone:
        return f"timezone({literal(zone)}, {column})"
    if kind_of(type_name) != "text":
        return column
    return f"nullif(CAST({column} AS VARCHAR), '')"


def _unglobbed(path: Path) -> str:
    """The path with the signs that DuckDB would take for a pattern."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".")
