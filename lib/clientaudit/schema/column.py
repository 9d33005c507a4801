"""What a column and a table of the schema say of themselves."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "date", "money", "decimal", "integer", "boolean", "enum"]
REQUIRED, RECOMMENDED, OPTIONAL = "required", "recommended", "optional"


@dataclass(frozen=True)
class Column:
    """One column: name, kind, English label, need, unit, and what an enum may hold."""

    name: str
    kind: Kind
    label: str
    need: str = OPTIONAL
    unit: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableSchema:
    """One canonical table: what one row is, its columns, and what to ask a firm for to get it."""

    name: str
    grain: str
    request: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of that name; KeyError if the table has none."""
        return {column.name: column for column in self.columns}[name]

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns without which the table cannot be read."""
        return tuple(column.name for column in self.columns if column.need == REQUIRED)


def enum(name: str, label: str, values: str, need: str = OPTIONAL) -> Column:
    """A column that holds one of these words, given in one text."""
    return Column(name, "enum", label, need, values=tuple(values.split()))
