"""What intake learned about the exports, kept beside the prepared tables as intake.json."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from clientaudit.intake.fec.facts import FecFacts
from clientaudit.intake.identity import IdentityCount
from clientaudit.intake.mapping.duplicates import ALL_ALIKE, UnlikeDuplicates
from clientaudit.intake.mapping.overlaps import NO_OVERLAPS, Overlaps
from clientaudit.intake.mapping.table import MappedTable, RuleCount
from clientaudit.intake.quality.code_facts import NO_CODES, CodeFacts
from clientaudit.intake.quality.continuity import FileClients
from clientaudit.intake.quality.currencies import CurrencyFacts
from clientaudit.intake.quality.empty_cells import EmptyCells
from clientaudit.intake.quality.estimated_costs import NO_ESTIMATES, EstimatedCosts
from clientaudit.intake.quality.level_facts import LevelFacts
from clientaudit.intake.quality.line_facts import LineFacts
from clientaudit.intake.quality.lookalikes import LookAlike
from clientaudit.intake.quality.lost_signs import FileSigns
from clientaudit.intake.quality.price_facts import NO_PRICES, DiscountFacts, PriceFacts
from clientaudit.intake.quality.table_copies import TableCopy
from clientaudit.intake.quality.total_rows import NO_TOTALS, TotalRows
from clientaudit.intake.quality.vat_facts import VatFacts
from clientaudit.intake.reading.relation import SourceFile


@dataclass(frozen=True)
class FileFact:
    """One export as it was read. detected: what the engagement left to detection.

    doubled: headings in use that stand several times. ends_open: whether a text file stops without
    the end of its last line. sheets_alike: others of the workbook under the same headings.
    below_stop: rows like those of the table below `stop_at`.
    """

    path: str
    table: str
    sha256: str
    size: int
    rows: int
    encoding: str
    separator: str
    decimal: str
    date_format: str
    detected: tuple[str, ...]
    doubled: tuple[str, ...] = ()
    ends_open: bool = False
    sheets_alike: tuple[str, ...] = ()
    below_stop: int = 0


@dataclass(frozen=True)
class IntakeFacts:
    """Everything report 00, the gate and the manifest say about the exports.

    overlaps, unlike, codes, prices, discounts, levels, vat, currencies: of the invoice lines.
    empty: of every table. copies: of the other tables. estimated: costs that no line says.
    fec: what the accounts say about themselves, where they are the source of the lines.
    """

    files: tuple[FileFact, ...]
    rules: tuple[RuleCount, ...]
    lines: LineFacts
    identity: IdentityCount
    lookalikes: tuple[LookAlike, ...]
    columns: dict[str, tuple[str, ...]]
    row_counts: dict[str, int]
    as_of_default: dt.date
    file_clients: tuple[FileClients, ...] = ()
    file_signs: tuple[FileSigns, ...] = ()
    total_rows: TotalRows = NO_TOTALS
    fec: FecFacts | None = None
    estimated: EstimatedCosts = NO_ESTIMATES
    overlaps: Overlaps = NO_OVERLAPS
    unlike: UnlikeDuplicates = ALL_ALIKE
    codes: CodeFacts = NO_CODES
    prices: PriceFacts = NO_PRICES
    discounts: tuple[DiscountFacts, ...] = ()
    levels: tuple[LevelFacts, ...] = ()
    vat: tuple[VatFacts, ...] = ()
    currencies: tuple[CurrencyFacts, ...] = ()
    empty: tuple[EmptyCells, ...] = ()
    copies: tuple[TableCopy, ...] = ()

    @property
    def line_files(self) -> tuple[str, ...]:
        """Names of the files of invoice lines, as `_file` counts them."""
        return tuple(file.path for file in self.files if file.table == "transactions")

    @property
    def has_side_files(self) -> bool:
        """Whether a table beside the invoice lines comes from several files."""
        tables = [file.table for file in self.files if file.table != "transactions"]
        return len(set(tables)) < len(tables)


def file_facts(table: MappedTable) -> tuple[FileFact, ...]:
    """The files of one canonical table, in the order that `_file` counts them."""
    return tuple(_file_fact(table.name, file) for file in table.files)


def save_facts(facts: IntakeFacts, path: Path) -> None:
    """Write the facts as JSON."""
    path.write_bytes(_ADAPTER.dump_json(facts, indent=1))


def load_facts(path: Path) -> IntakeFacts:
    """Read what `save_facts` wrote."""
    return _ADAPTER.validate_json(path.read_bytes())


def _file_fact(table: str, file: SourceFile) -> FileFact:
    dialect = file.dialect
    return FileFact(
        path=file.name,
        table=table,
        sha256=file.sha256,
        size=file.size,
        rows=file.rows,
        encoding=dialect.encoding or "",
        separator=dialect.separator or "",
        decimal=dialect.decimal or "",
        date_format=", ".join(dialect.date_format or ()),
        detected=file.detected,
        doubled=file.doubled,
        ends_open=file.ends_open,
        sheets_alike=file.sheets_alike,
        below_stop=file.below_stop,
    )


_ADAPTER = TypeAdapter(IntakeFacts)
