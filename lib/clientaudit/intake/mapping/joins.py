"""Look-ups: at most one row of another file for each row of the source."""

from dataclasses import dataclass
from pathlib import PurePosixPath

import duckdb

from clientaudit.errors import Fault
from clientaudit.intake.mapping.cells import Cell, Headings, relation_cells, text_sql
from clientaudit.intake.reading.relation import RawTable
from clientaudit.intake.sql import identifier
from clientaudit.settings.sources import Join


@dataclass(frozen=True)
class LookUp:
    """A look-up that was read: its number from 1, its columns, and the keys on both sides."""

    number: int
    join: Join
    raw: RawTable
    cells: tuple[Cell, ...]
    source_keys: tuple[Cell, ...] = ()
    keys: tuple[Cell, ...] = ()

    @property
    def rule(self) -> str:
        """The look-up in the words of the engagement file."""
        keys = ", ".join(f'"{mine}" = "{other}"' for mine, other in self.join.on.items())
        return f"{', '.join(self.join.files)} on {keys}"

    @property
    def unmatched(self) -> str:
        """Column that says that a row of the source found nothing."""
        return f"u{self.number}"

    @property
    def sql(self) -> str:
        """The join, as SQL to follow the source."""
        alias = f"l{self.number}"
        conditions = " AND ".join(
            f"{text_sql(mine.raw_sql, mine.type)} = {alias}._key{i}"
            for i, mine in enumerate(self.source_keys)
        )
        return f"left join {identifier(self.table)} {alias} on {conditions}"

    @property
    def table(self) -> str:
        return f"{self.raw.relation}_keyed"


def add_look_up(
    connection: duckdb.DuckDBPyConnection, look_up: Join, raw: RawTable, headings: Headings
) -> LookUp | None:
    """Make the columns of a look-up known to the source, None where a key does not exist.

    They keep their own names; where the source already has a column of that name, the source
    keeps it and the look-up's is called `<file stem>.<name>`. Keys compare as trimmed text.
    """
    number = 1 + max((cell.origin for cell in headings.cells.values()), default=0)
    cells = relation_cells(connection, raw, f"l{number}", number)
    own = Headings(f"{headings.where}, join {', '.join(look_up.files)}", cells, raw)
    mine = [headings.use(heading, "join") for heading in look_up.on]
    others = [own.use(heading, "join") for heading in look_up.on.values()]
    headings.faults += own.faults
    stem = PurePosixPath(raw.files[0].name).name.partition(".")[0]
    for cell in cells:
        taken = cell.heading in headings.cells
        headings.add(cell, f"{stem}.{cell.heading}" if taken else cell.heading)
    found, other = [c for c in mine if c], [c for c in others if c]
    if len(found) < len(mine) or len(other) < len(others):
        return None
    return LookUp(number, look_up, raw, tuple(cells), tuple(found), tuple(other))


def write_keyed(connection: duckdb.DuckDBPyConnection, look_up: LookUp) -> list[Fault]:
    """Write the look-up with its keys as text, and tell the keys that stand there twice.

    Rows with an empty key match nothing and are left out.
    """
    alias = f"l{look_up.number}"
    keys = [text_sql(cell.raw_sql, cell.type) for cell in look_up.keys]
    named = ", ".join(f"{key} as _key{i}" for i, key in enumerate(keys))
    filled = " and ".join(f"{key} is not null" for key in keys)
    connection.execute(
        f"create or replace temp table {identifier(look_up.table)} as select {named}, {alias}.* "
        f"from {identifier(look_up.raw.relation)} {alias} where {filled}"
    )
    names = ", ".join(f"_key{i}" for i in range(len(keys)))
    rows = connection.execute(
        f"select {names}, count(*), arg_min(_file, (_file, _row)), arg_min(_row, (_file, _row)) "
        f"from {identifier(look_up.table)} group by {names} having count(*) > 1 "
        f"order by {names}"
    ).fetchall()
    return [_twice(look_up, row) for row in rows]


def _twice(look_up: LookUp, row: tuple[object, ...]) -> Fault:
    *keys, count, file, number = row
    shown = ", ".join(
        f'{cell.heading} "{key}"' for cell, key in zip(look_up.keys, keys, strict=True)
    )
    where = look_up.raw.where(int(str(file)), int(str(number)))
    return Fault(
        where,
        f"{shown} stands in {count} rows; a look-up has one row per key. Remove the others.",
        f"join {', '.join(look_up.join.files)}",
    )


def unmatched_sql(look_up: LookUp) -> str:
    """SQL that is true where a row of the source found nothing."""
    return f"(l{look_up.number}._key0 is null)"
