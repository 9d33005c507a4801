"""What intake learned about the exports, kept beside the prepared tables as intake.json."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from clientaudit.intake.identity import IdentityCount
from clientaudit.intake.line_facts import LineFacts
from clientaudit.intake.lookalikes import LookAlike
from clientaudit.intake.mapping import MappedTable, RuleCount
from clientaudit.intake.reading import SourceFile


@dataclass(frozen=True)
class FileFact:
    """One export as it was read. detected: what the engagement left to detection."""

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


@dataclass(frozen=True)
class IntakeFacts:
    """Everything report 00, the gate and the manifest say about the exports."""

    files: tuple[FileFact, ...]
    rules: tuple[RuleCount, ...]
    lines: LineFacts
    identity: IdentityCount
    lookalikes: tuple[LookAlike, ...]
    columns: dict[str, tuple[str, ...]]
    row_counts: dict[str, int]
    as_of_default: dt.date


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
    )


_ADAPTER = TypeAdapter(IntakeFacts)
