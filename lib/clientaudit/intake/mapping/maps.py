"""map and map_file: what a source value stands for, as a table of the database."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from clientaudit.errors import AuditError, Fault
from clientaudit.intake.mapping.cells import Cell, relation_cells, text_sql
from clientaudit.intake.reading.relation import read_source
from clientaudit.intake.sql import identifier, literal
from clientaudit.settings.sources import ColumnMapping, Dialect, FileOptions

SHOWN_VALUES = 20


@dataclass(frozen=True)
class MapTable:
    """A table (source, target) for one canonical column."""

    column: str
    relation: str

    @property
    def joined(self) -> str:
        """The join to the cleaned text of the column, to follow `from (...) q`."""
        return f"left join {identifier(self.relation)} {self._alias} on {self._on}"

    @property
    def columns(self) -> str:
        """What the join adds: whether the value was found, and its target."""
        hit, target = identifier(f"h_{self.column}"), identifier(f"m_{self.column}")
        return f"{self._alias}.source is not null as {hit}, {self._alias}.target as {target}"

    @property
    def _alias(self) -> str:
        return identifier(f"map {self.column}")

    @property
    def _on(self) -> str:
        return f"{self._alias}.source = q.{identifier(f'k_{self.column}')}"


def write_map(
    connection: duckdb.DuckDBPyConnection, name: str, mapping: ColumnMapping, table: str
) -> MapTable:
    """Write the table of an inline map; an empty target is an empty cell."""
    connection.execute(
        f"create or replace temp table {identifier(table)} (source text, target text)"
    )
    pairs = [(k.strip(), (v or "").strip() or None) for k, v in (mapping.map or {}).items()]
    if pairs:
        connection.executemany(f"insert into {identifier(table)} values (?, ?)", pairs)
    return MapTable(name, table)


def write_map_file(
    connection: duckdb.DuckDBPyConnection,
    target: tuple[str, str],
    file: str,
    folder: Path,
    defaults: Dialect,
) -> MapTable:
    """Write the table of a map_file: its first two columns, source value and target.

    target: canonical column and the name of the table. The first row counts as a heading; where
    the file has none, it is a pair like the others: it is kept unless a row below says otherwise.
    Raises AuditError: fewer than two columns, one source value with several targets.
    """
    name, table = target
    # The consultant wrote this file, the firm's software the exports: it has its own encoding.
    own = defaults.model_copy(update={"encoding": None, "separator": None})
    raw = read_source(
        connection, f"{table} file", FileOptions(files=[file]), folder=folder, defaults=own
    )
    cells = relation_cells(connection, raw, "f")[:2]
    if len(cells) < 2:
        raise AuditError(f"{file}: map_file needs two columns: source value, {name}.")
    _write_pairs(connection, table, raw.relation, cells)
    _refuse_twice(connection, file, table)
    return MapTable(name, table)


def _write_pairs(
    connection: duckdb.DuckDBPyConnection, table: str, relation: str, cells: list[Cell]
) -> None:
    source, found = (text_sql(cell.raw_sql, cell.type) for cell in cells)
    first = ", ".join(literal(cell.heading.strip() or None) for cell in cells)
    connection.execute(
        f"create or replace temp table {identifier(table)} as "
        f"with pairs as (select {source} as source, {found} as target "
        f"from {identifier(relation)} f where {source} is not null) "
        f"select distinct source, target from pairs union all select {first} "
        f"where {first.partition(', ')[0]} not in (select source from pairs)"
    )


def _refuse_twice(connection: duckdb.DuckDBPyConnection, file: str, table: str) -> None:
    rows = connection.execute(
        f"select source, list(coalesce(target, '') order by target) from {identifier(table)} "
        "group by source having count(*) > 1 order by source"
    ).fetchall()
    if rows:
        faults = [
            Fault(file, f'"{source}" has several targets: {", ".join(targets)}; keep one.')
            for source, targets in rows[:SHOWN_VALUES]
        ]
        raise AuditError(f"{file} cannot be used as a map.", faults, {file: len(rows)})
