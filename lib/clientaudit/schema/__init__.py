"""The canonical tables and every column that a figure or a table may show.

Ids are text; dates carry no time; money is DECIMAL(18,4) excluding VAT, in the engagement's one
currency, unless the name says `_incl_vat`. A French label is the translation of the English one.
"""

from clientaudit.schema.column import OPTIONAL, RECOMMENDED, REQUIRED, Column, Kind, TableSchema
from clientaudit.schema.derived import DERIVED
from clientaudit.schema.relation import RELATION
from clientaudit.schema.resources import RESOURCES
from clientaudit.schema.sales import SALES

__all__ = [
    "LABELS",
    "OPTIONAL",
    "RECOMMENDED",
    "REQUIRED",
    "TABLES",
    "Column",
    "Kind",
    "TableSchema",
]

TABLES: dict[str, TableSchema] = {table.name: table for table in (*SALES, *RELATION, *RESOURCES)}
"""The canonical tables by name."""
LABELS: dict[str, str] = {
    column.name: column.label for table in TABLES.values() for column in table.columns
} | {column.name: column.label for column in DERIVED}
"""English label of every column by name."""
