"""Files of payments, contacts and other side tables whose rows stand in another file already."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from clientaudit.intake.mapping.table import MappedTable
from clientaudit.intake.quality.check import Check, check, flag
from clientaudit.intake.sql import identifier, literal

LINES = "transactions"  # their copies are counted once: see overlaps.py
MIN_ROWS, MUCH = 3, 0.5


@dataclass(frozen=True)
class TableCopy:
    """A file of a side table that repeats rows of other files of the table.

    rows: of the file that an earlier file has too, as often or more; of: all its rows.
    """

    table: str
    path: str
    rows: int
    of: int


def table_copies(
    connection: duckdb.DuckDBPyConnection, table: MappedTable
) -> tuple[TableCopy, ...]:
    """The files half of whose rows, and three at least, stand in an earlier file of the table.

    Rows are the same where all their mapped columns are.
    """
    if table.name == LINES or len(table.files) == 1:
        return ()
    content = f"hash({', '.join(map(identifier, table.columns))})"
    found = connection.execute(
        "with held as ("
        f"select _file, {content} as content, count(*) as rows "
        f"from read_parquet({literal(str(table.path))}) group by all), "
        "known as (select *, max(rows) over (partition by content order by _file "
        "rows between unbounded preceding and 1 preceding) as before from held) "
        "select _file, sum(least(rows, coalesce(before, 0)))::bigint as same, "
        "sum(rows)::bigint as rows from known group by _file "
        f"having same >= greatest({MIN_ROWS}, {MUCH} * sum(rows)) order by _file"
    ).fetchall()
    return tuple(
        TableCopy(table.name, table.files[file].name, rows, of) for file, rows, of in found
    )


def table_copies_check(copies: Sequence[TableCopy]) -> Check:
    """Side tables of which one file repeats another."""
    names = list(dict.fromkeys(copy.path for copy in copies))
    return check(
        "table_copies",
        flag(bool(copies)),
        "{rows:int} {rows:plural:row|rows} of {files:text} {rows:plural:stands|stand} in another "
        "file of the same table: what these files count is counted twice."
        if copies
        else "No file beside those of the invoice lines repeats another.",
        {
            "rows": sum(copy.rows for copy in copies),
            "files": ", ".join(names),
        },
        bias="Payments, contacts, complaints or contracts are too many, and their amounts too "
        "high.",
        request="whether {files:text} was sent twice; leave the copy out",
    )
