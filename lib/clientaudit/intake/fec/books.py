"""A firm's accounts, read once, as the rows of invoice lines, clients and payments."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import duckdb

from clientaudit.errors import SHOWN_FAULTS
from clientaudit.intake.fec.entries import write_entries
from clientaudit.intake.fec.facts import FecFacts, FecYear
from clientaudit.intake.fec.layout import FEC_DATE
from clientaudit.intake.fec.preset import files_of
from clientaudit.intake.fec.reading import read_lines
from clientaudit.intake.fec.sales import write_revenue
from clientaudit.intake.fec.settlements import write_clients, write_payments
from clientaudit.intake.reading.relation import RawColumn, RawTable, SourceFile
from clientaudit.intake.sql import identifier
from clientaudit.settings.sources import Dialect, Source

Writer = Callable[[duckdb.DuckDBPyConnection], None]
WRITERS: dict[str, tuple[Writer, str]] = {
    "transactions": (write_revenue, "fec revenue"),
    "clients": (write_clients, "fec clients"),
    "payments": (write_payments, "fec payments"),
}


@dataclass
class Books:
    """The accounts of one engagement; the tables `fec ...` of the connection are theirs.

    folder: where the files are. facts: what the accounts behind the invoice lines say about
    themselves, None where there are none.
    """

    connection: duckdb.DuckDBPyConnection
    folder: Path
    facts: FecFacts | None = None
    _read: Source | None = None
    _files: tuple[SourceFile, ...] = field(default=())

    def table(self, name: str, relation: str, source: Source) -> RawTable:
        """The rows of one canonical table (transactions, clients, payments) as a relation.

        The files are read once for the tables that ask for the same ones.
        Raises AuditError: a file that is no FEC, a cell that cannot be read, years that overlap.
        """
        files = files_of(source)
        if files != self._read:
            self._files = read_lines(self.connection, files, self.folder)
            write_entries(self.connection)
            self._forget_files()
            self._read = files
        write, rows = WRITERS[name]
        write(self.connection)
        if name == "transactions":
            self.facts = _facts(self.connection, self._files)
        query = f"create or replace view {identifier(relation)} as from {identifier(rows)}"
        self.connection.execute(query)
        described = self.connection.execute(f"describe {identifier(relation)}").fetchall()
        names = [row[0] for row in described if row[0] not in ("_file", "_row")]
        columns = tuple(RawColumn(name, "text") for name in names)
        dialect = source.defaults.over(Dialect(date_format=[FEC_DATE]))
        return RawTable(relation, columns, self._files, dialect, {}, {}, source.header_row)

    def gives(self, name: str) -> bool:
        """Whether the accounts that were read hold what a table needs: payments need letters."""
        return name != "payments" or (self.facts is not None and self.facts.has_letters)

    def _forget_files(self) -> None:
        """Drop the lines as they were read: what follows needs class 70 and customers only."""
        self.connection.execute('drop view "fec lines"')
        for kind in ("view", "table"):
            query = f"select {kind}_name from duckdb_{kind}s() where {kind}_name like 'fec file %'"
            for (name,) in self.connection.execute(query).fetchall():
                self.connection.execute(f"drop {kind} {identifier(name)}")


def _facts(connection: duckdb.DuckDBPyConnection, files: tuple[SourceFile, ...]) -> FecFacts:
    months = connection.execute(
        "select date_trunc('month', day)::date as month, sum(revenue) "
        'from "fec units" group by month having sum(revenue) <> 0 order by month'
    ).fetchall()
    letters = connection.execute(
        "select count(*) from \"fec receivables\" where EcritureLet <> ''"
    ).fetchone()
    unbalanced = _unbalanced(connection, files)
    return FecFacts(_years(connection, files), tuple(months), *unbalanced, letters != (0,))


def _years(
    connection: duckdb.DuckDBPyConnection, files: tuple[SourceFile, ...]
) -> tuple[FecYear, ...]:
    """Each file taken apart; class 70 as read must be what its parts add up to."""
    rows = connection.execute(
        "select _file, min(day), max(day), sum(lines)::bigint, "
        "count(distinct (JournalCode, EcritureNum)), sum(revenue) "
        'from "fec units" group by _file order by _file'
    ).fetchall()
    parts = connection.execute(
        "select _file, coalesce(reason, ''), sum(amount) "
        'from "fec revenue" group by all order by all'
    ).fetchall()
    years = []
    for file, first, last, lines, entries, class_70 in rows:
        own = {reason: amount for number, reason, amount in parts if number == file}
        clients = own.pop("", Decimal(0))
        name = files[file].name
        assert class_70 == clients + sum(own.values()), f"{name}: class 70 is not all told"
        years.append(FecYear(name, first, last, lines, entries, class_70, clients, own))
    return tuple(years)


def _unbalanced(
    connection: duckdb.DuckDBPyConnection, files: tuple[SourceFile, ...]
) -> tuple[int, Decimal, tuple[str, ...]]:
    """Entries whose debits are not their credits: how many, what of class 70, the first ones."""
    rows = connection.execute(
        "select _file, JournalCode, EcritureNum, sum(balance), sum(abs(revenue)) "
        'from "fec units" group by all having sum(balance) <> 0 order by all'
    ).fetchall()
    examples = tuple(
        f"{journal} {entry} ({files[file].name}: {balance:+.2f})"
        for file, journal, entry, balance, _ in rows[:SHOWN_FAULTS]
    )
    return len(rows), sum((row[4] for row in rows), Decimal(0)), examples
