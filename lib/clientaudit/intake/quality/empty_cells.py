"""Which columns are empty, in which file and year."""

from dataclasses import dataclass

import duckdb

from clientaudit.intake.mapping.table import MappedTable
from clientaudit.intake.sql import identifier, literal


@dataclass(frozen=True)
class EmptyCells:
    """The empty cells of one column in one file, and one calendar year for invoice lines.

    rows: all rows of that file and year, empty or not.
    """

    table: str
    column: str
    file: int
    year: int | None
    rows: int
    empty: int


def empty_cells(
    connection: duckdb.DuckDBPyConnection, table: MappedTable
) -> tuple[EmptyCells, ...]:
    """Count the empty cells of the columns that have any; the others are not even read.

    One entry per column, file and year, in the order of the schema; a part without an empty cell
    has its entry too, so that a share of nothing can be told from no row.
    """
    names = _with_empty(connection, table)
    if not names:
        return ()
    year = "year(date)" if table.name == "transactions" else "null::bigint"
    counts = ", ".join(f"count(*) - count({identifier(name)})" for name in names)
    parts = connection.execute(
        f"select _file, {year} as year, count(*), {counts} "
        f"from read_parquet({literal(str(table.path))}) group by all order by year, _file"
    ).fetchall()
    return tuple(
        EmptyCells(table.name, name, file, of_year, rows, empty[place])
        for place, name in enumerate(names)
        for file, of_year, rows, *empty in parts
    )


def _with_empty(connection: duckdb.DuckDBPyConnection, table: MappedTable) -> list[str]:
    """The columns with an empty cell, as the statistics of the Parquet file have it."""
    found = connection.execute(
        "select path_in_schema from parquet_metadata("
        f"{literal(str(table.path))}) where coalesce(stats_null_count, 1) > 0 group by all"
    ).fetchall()
    holding = {name for (name,) in found}
    return [name for name in table.columns if name in holding]
