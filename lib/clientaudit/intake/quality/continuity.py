"""Whether the clients of one export come back in the next: codes that changed break the thread."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from clientaudit.intake.quality.check import Check, check, flag
from clientaudit.intake.sql import literal

MIN_CLIENTS = 10
FAITHFUL = 0.2
LOST_THREAD = 0.1


@dataclass(frozen=True)
class FileClients:
    """The clients of one file of invoice lines.

    file: its index. clients: their number; returning: those with several purchase days in the
    file; known: those that another file has too. first, last: days of its lines.
    """

    file: int
    clients: int
    returning: int
    known: int
    first: dt.date
    last: dt.date


def file_clients(connection: duckdb.DuckDBPyConnection, lines: Path) -> tuple[FileClients, ...]:
    """The clients of each file, none where there is one file, which has no other to fit.

    lines: prepared invoice lines, under the codes of the source.
    """
    table = f"read_parquet({literal(str(lines))})"
    if connection.execute(f"select min(_file) = max(_file) from {table}").fetchall() == [(True,)]:
        return ()
    return tuple(
        FileClients(*row) for row in connection.execute(_CLIENTS.format(lines=table)).fetchall()
    )


def new_codes(clients: Sequence[FileClients], files: Sequence[str]) -> Check:
    """A file, alone in its period, whose clients no other file knows though they buy again."""
    broken = [one for one in clients if _is_broken(one, clients)]
    return check(
        "new_codes",
        flag(bool(broken)),
        "Of the {clients:int} clients of {files:text}, {known:int} {known:plural:is|are} in "
        "another file: the client codes have changed, or that column holds something else."
        if broken
        else "The clients of each file come back in the others, as far as they buy again at all.",
        {
            "clients": sum(one.clients for one in broken),
            "known": sum(one.known for one in broken),
            "files": ", ".join(files[one.file] for one in broken),
        },
        bias="Every client seems to have left and another to have come: departures and new clients "
        "are too many, value per client too low.",
        request="the table of old and new client codes, or the client codes of {files:text}",
    )


def _is_broken(one: FileClients, clients: Sequence[FileClients]) -> bool:
    others = [other for other in clients if other is not one]
    alone = all(other.last < one.first or other.first > one.last for other in others)
    large = [other for other in others if other.clients >= MIN_CLIENTS]
    expected = max((other.returning / other.clients for other in large), default=0.0)
    return (
        alone
        and one.clients >= MIN_CLIENTS
        and expected >= FAITHFUL
        and one.known < LOST_THREAD * expected * one.clients
    )


_CLIENTS = """
with held as (
    select client_id, _file as file, min(date) as first, max(date) as last,
        count(*) over (partition by client_id) as files
    from {lines} where client_id is not null group by client_id, file
)
select file, count(*), count(*) filter (first < last), count(*) filter (files > 1),
    min(first), max(last)
from held group by file order by file
"""
