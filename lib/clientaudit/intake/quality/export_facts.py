"""What intake learns from the tables, each question asked once."""

from pathlib import Path
from typing import Any

import duckdb

from clientaudit.intake.mapping.table import MappedTable
from clientaudit.intake.quality.code_facts import code_facts
from clientaudit.intake.quality.continuity import file_clients
from clientaudit.intake.quality.currencies import currency_facts
from clientaudit.intake.quality.empty_cells import empty_cells
from clientaudit.intake.quality.level_facts import level_facts
from clientaudit.intake.quality.line_facts import last_complete_month_end, line_facts
from clientaudit.intake.quality.lost_signs import file_signs
from clientaudit.intake.quality.price_facts import discount_facts, price_facts
from clientaudit.intake.quality.table_copies import table_copies
from clientaudit.intake.quality.total_rows import total_rows
from clientaudit.intake.quality.vat_facts import vat_facts


def mapped_facts(
    connection: duckdb.DuckDBPyConnection, mapped: dict[str, MappedTable]
) -> dict[str, Any]:
    """What the tables show before codes are grouped or hidden."""
    lines, tables = mapped["transactions"], mapped.values()
    return {
        "columns": {name: table.columns for name, table in mapped.items()},
        "row_counts": {name: table.rows for name, table in mapped.items()},
        "overlaps": lines.overlaps,
        "unlike": lines.unlike,
        "codes": code_facts(connection, lines.path, lines.columns),
        "empty": tuple(found for table in tables for found in empty_cells(connection, table)),
        "copies": tuple(found for table in tables for found in table_copies(connection, table)),
    }


def prepared_facts(
    connection: duckdb.DuckDBPyConnection, lines: Path, columns: tuple[str, ...]
) -> dict[str, Any]:
    """What the prepared invoice lines show. columns: those that are mapped."""
    facts = line_facts(connection, lines)
    return {
        "lines": facts,
        "as_of_default": last_complete_month_end(facts),
        "file_clients": file_clients(connection, lines),
        "file_signs": file_signs(connection, lines, columns),
        "total_rows": total_rows(connection, lines, columns),
        "prices": price_facts(connection, lines, columns),
        "discounts": discount_facts(connection, lines, columns),
        "levels": level_facts(connection, lines, columns),
        "vat": vat_facts(connection, lines, columns),
        "currencies": currency_facts(connection, lines, columns),
    }
