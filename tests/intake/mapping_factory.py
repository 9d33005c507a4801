"""Small exports written to a folder and mapped, for the tests of the mapping."""

from pathlib import Path
from typing import Any

import duckdb

from clientaudit.errors import AuditError
from clientaudit.intake.fec.books import Books
from clientaudit.intake.mapping.plan import MappingTask
from clientaudit.intake.mapping.table import MappedTable, map_table
from clientaudit.settings.sources import Dialect, Source

FRENCH = Dialect(encoding="utf-8", separator=";", decimal=",", date_format=["%d/%m/%Y"])
LINES = {"client_id": "Client", "date": "Date", "amount_net": "Montant"}


class Firm:
    """A folder of exports; `map` maps them as an engagement would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out"
        self.out.mkdir()
        self.connection = duckdb.connect()

    def write(self, name: str, *lines: str) -> None:
        (self.folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")

    def parquet(self, name: str, query: str) -> None:
        self.connection.execute(f"copy ({query}) to '{self.folder / name}' (format parquet)")

    def map(
        self,
        *sources: dict[str, Any],
        table: str = "transactions",
        dialect: Dialect = FRENCH,
        currency: str = "EUR",
    ) -> MappedTable:
        books = Books(self.connection, self.folder)
        task = MappingTask(table, self.folder, dialect, currency, books, self.out)
        return map_table(task, [Source.model_validate(source) for source in sources])

    def rows(self, table: MappedTable, columns: str = "*") -> list[tuple[Any, ...]]:
        query = f"select {columns} from read_parquet('{table.path}') order by _source, _file, _row"
        return self.connection.execute(query).fetchall()

    def rejected(self, table: str = "transactions") -> list[tuple[Any, ...]]:
        path = self.out / f"rejected_rows_{table}.parquet"
        return self.connection.execute(
            f"select file, line, step, why, row from read_parquet('{path}')"
        ).fetchall()

    def refused(self, *sources: dict[str, Any], **options: Any) -> AuditError:
        try:
            self.map(*sources, **options)
        except AuditError as error:
            return error
        raise AssertionError("the mapping was accepted")
