"""The only way for a value or a name to enter a query: quoted."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from clientaudit.engine.connection import PARQUET_VERSION


def identifier(name: str) -> str:
    """A column or table name as SQL, whatever characters it holds.

    >>> identifier('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str | None) -> str:
    """A text value as SQL.

    >>> literal("'; drop")
    "'''; drop'"
    """
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


def listed(texts: Iterable[str]) -> str:
    """Text values as a bracketed SQL list for IN."""
    return "(" + ", ".join(literal(text) for text in texts) + ")"


def copy_sql(query: str, path: Path) -> str:
    """The rows of a query written as a prepared table."""
    where = literal(str(path))
    return f"copy ({query}) to {where} (format parquet, parquet_version {PARQUET_VERSION})"


def layered(base: str, *layers: Mapping[str, str]) -> str:
    """`base` with columns added layer by layer; each layer may use the columns of those below.

    layers: column name to SQL expression. An empty layer adds nothing.
    """
    for layer in layers:
        if layer:
            added = ", ".join(f"{sql} as {identifier(name)}" for name, sql in layer.items())
            base = f"select *, {added} from ({base})"
    return base
