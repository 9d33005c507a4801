"""The cells of one source, and the SQL that reads each as text, as a number, as it stands."""

from dataclasses import dataclass, replace

import duckdb

from clientaudit.errors import Fault
from clientaudit.intake.mapping.date_text import ISO
from clientaudit.intake.mapping.number_text import NumberStyle
from clientaudit.intake.reading.files import WORKBOOKS
from clientaudit.intake.reading.parts import heading_key
from clientaudit.intake.reading.relation import RawTable
from clientaudit.intake.sql import identifier, literal
from clientaudit.settings.model import nearest
from clientaudit.settings.sources import Dialect

KEPT_TEXT = r'^(?:="([^"]*)"|\'(\d.*))$'
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_INTEGERS = (*_WHOLE, *(f"U{name}" for name in _WHOLE))


@dataclass(frozen=True)
class Cell:
    """One column of the source or of a look-up.

    source: SQL of the column in the relation it comes from. origin: 0 the source, 1.. look-ups.
    """

    heading: str
    index: int
    source: str
    type: str
    dialect: Dialect
    origin: int = 0

    @property
    def raw(self) -> str:
        """Column that holds the cell as it stands."""
        return f"r{self.index}"

    @property
    def text(self) -> str:
        """Column that holds its text without blanks around it, NULL where nothing is left."""
        return f"t{self.index}"

    @property
    def plain(self) -> str:
        """Column that holds its number as plain decimal text."""
        return f"n{self.index}"

    @property
    def number(self) -> str:
        """Column that holds its number as DOUBLE."""
        return f"d{self.index}"

    @property
    def is_text(self) -> bool:
        return not (self.is_number or self.is_date or self.type == "BOOLEAN")

    @property
    def is_number(self) -> bool:
        return self.type in (*_INTEGERS, "DOUBLE", "FLOAT") or self.type.startswith("DECIMAL")

    @property
    def is_date(self) -> bool:
        return self.type == "DATE" or self.type.startswith("TIMESTAMP")

    @property
    def raw_sql(self) -> str:
        """SQL of `raw`. NaN is an empty cell; a FLOAT is the decimal that it prints."""
        if self.type == "FLOAT":
            value = f"CAST(CAST({self.source} AS VARCHAR) AS DOUBLE)"
            return f"CASE WHEN NOT isnan({self.source}) THEN {value} END"
        if self.type == "DOUBLE":
            # Not nullif: statistics of Parquet files leave NaN out, and DuckDB believes them.
            return f"CASE WHEN NOT isnan({self.source}) THEN {self.source} END"
        return self.source

    @property
    def text_sql(self) -> str:
        """SQL of `text` over `raw`."""
        return text_sql(self.raw, self.type)

    @property
    def readable(self) -> str:
        """What a number is cast from; a date is none."""
        if self.is_text:
            return self.plain
        return self.raw if self.is_number else "CAST(NULL AS VARCHAR)"


def text_sql(sql: str, kind: str) -> str:
    """SQL of a cell of that DuckDB type as the text that a person would write for it.

    Numbers have no trailing `.0`, a midnight is a date. Text has no blanks around it, no
    characters without width, accents in one character, and not the `="..."` or the apostrophe by
    which a spreadsheet keeps a code text.
    """
    if kind in ("DOUBLE", "FLOAT"):
        whole = f"CAST(CAST({sql} AS BIGINT) AS VARCHAR)"
        is_whole = f"{sql} = trunc({sql}) AND abs({sql}) < 1e15"
        return f"CASE WHEN {is_whole} THEN {whole} ELSE CAST({sql} AS VARCHAR) END"
    if kind.startswith("DECIMAL") and not kind.endswith(",0)"):
        return f"rtrim(rtrim(CAST({sql} AS VARCHAR), '0'), '.')"
    if kind.startswith("TIMESTAMP"):
        return f"regexp_replace(CAST({sql} AS VARCHAR), ' 00:00:00$', '')"
    if kind != "VARCHAR":
        return f"CAST({sql} AS VARCHAR)"
    # Most cells have no blank: cheap looks spare them `trim`, which costs as much as reading.
    blank = (
        f"{sql} < '!' OR suffix({sql}, ' ') OR contains({sql}, chr(9)) "
        f"OR strlen({sql}) <> length({sql})"
    )
    trimmed = f"nullif(trim(replace({_seen(sql)}, chr(9), ' ')), '')"
    kept_text = f"prefix({sql}, '=\"') OR prefix({sql}, chr(39))"
    bare = f"nullif(trim(regexp_replace({_seen(sql)}, {literal(KEPT_TEXT)}, '\\1\\2')), '')"
    return f"CASE WHEN {kept_text} THEN {bare} WHEN {blank} THEN {trimmed} ELSE {sql} END"


def _seen(sql: str) -> str:
    """SQL of a text without the characters that have no width, its accents in one character."""
    return rf"regexp_replace(nfc_normalize({sql}), '\p{{Cf}}', '', 'g')"


def relation_cells(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, alias: str, origin: int = 0
) -> list[Cell]:
    """The columns of a relation that was read, as cells; `alias` is its name in the query."""
    rows = connection.execute(f"describe {identifier(raw.relation)}").fetchall()
    types = {name: kind.upper().replace(", ", ",") for name, kind, *_ in rows}
    dialect = _with_written_dates(raw)
    return [
        Cell(c.name, 0, f"{alias}.{identifier(c.name)}", types[c.name], dialect, origin)
        for c in raw.columns
    ]


def _with_written_dates(raw: RawTable) -> Dialect:
    """Typed dates stand in a text column as ISO: those of a workbook where no format given has
    %d, %m and %Y, and those of a Parquet file beside files of text.
    """
    formats = raw.dialect.date_format or []
    whole = [f for f in formats if all(part in f for part in ("%d", "%m", "%Y"))]
    kinds = {file.format for file in raw.files}
    is_mixed = len(kinds) > 1 and "parquet" in kinds
    is_iso = is_mixed or (not whole and kinds.intersection(WORKBOOKS))
    if formats and is_iso and ISO not in formats:
        return raw.dialect.model_copy(update={"date_format": [*formats, ISO]})
    return raw.dialect


class Headings:
    """The columns that a mapping may name; remembers which it used and which do not exist.

    raw: the table they were read from, with the headings that some files lack, and those whose
    cells cannot be believed.
    """

    def __init__(self, where: str, cells: list[Cell], raw: RawTable) -> None:
        self.where = where
        self.missing = raw.missing
        self.doubts = raw.doubts
        self.cells: dict[str, Cell] = {}
        self.used: dict[str, Cell] = {}
        self.faults: list[Fault] = []
        for cell in cells:
            self.add(cell, cell.heading)

    def add(self, cell: Cell, heading: str) -> None:
        """Make a cell known under a heading, unless the heading is taken."""
        cell = replace(cell, heading=heading, index=len(self.cells))
        self.cells.setdefault(heading, cell)

    def use(self, heading: str, role: str) -> Cell | None:
        """The cell of a heading; a fault is noted where there is none."""
        cell = self.cells.get(heading) or self._alike(heading)
        if cell is None:
            lacking = ", ".join(self.missing.get(heading, ()))
            problem = f"is missing in {lacking}." if lacking else nearest(heading, list(self.cells))
            problem = f'{role}: there is no column "{heading}"; {problem}'
            self.faults.append(Fault(self.where, problem))
            return None
        if (doubt := self.doubts.get(heading_key(cell.heading))) and not cell.origin:
            self.faults.append(Fault(self.where, f'{role}: column "{cell.heading}": {doubt}'))
        self.used[cell.heading] = cell
        return cell

    def _alike(self, heading: str) -> Cell | None:
        """The first cell whose heading looks the same."""
        wanted = heading_key(heading)
        return next((c for name, c in self.cells.items() if heading_key(name) == wanted), None)


def number_style(cell: Cell, decimal: str, currency: str) -> NumberStyle:
    """How a cell's numbers are written, with the decimal mark given or found."""
    if not cell.is_text:
        return NumberStyle()
    other = () if cell.dialect.decimal else ("." if decimal == "," else ",",)
    thousands = cell.dialect.thousands
    return NumberStyle(decimal, other if thousands is None else tuple(thousands), currency)
