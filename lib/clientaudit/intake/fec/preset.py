"""What `preset: fec` stands for: the mapping of each table, and the tables that come by itself."""

from typing import Any

from clientaudit.settings import Engagement
from clientaudit.settings.sources import ColumnMapping, DropRule, Source

COLUMNS = {
    "transactions": {
        "client_id": "client",
        "date": "date",
        "amount_net": "amount",
        "doc_id": "document",
        "doc_type": "type",
        "line_no": "line",
        "product_family": "family",
    },
    "clients": {"client_id": "client", "name": "name"},
    "payments": {
        "doc_id": "document",
        "client_id": "client",
        "invoice_date": "invoice_date",
        "paid_date": "paid_date",
        "amount_incl_vat": "amount",
    },
}
# Rows that no table can use, by the `reason` that the accounts give.
DROPS = {
    "transactions": (
        DropRule(column="reason", equals="cash", why="sale paid at once, on no customer account"),
        DropRule(column="reason", equals="accrued", why="invoices to be issued and other accruals"),
        DropRule(column="reason", equals="opening", why="opening entry"),
        DropRule(column="reason", equals="closing", why="closing entry"),
        DropRule(column="reason", equals="other", why="entry without a customer account (411)"),
        DropRule(
            column="reason",
            equals="shared",
            why="cents of an entry of several customers that cannot be dealt out equally",
        ),
    ),
    "clients": (),
    "payments": (
        DropRule(
            column="reason",
            equals="unlettered",
            why="year without matched customer accounts",
        ),
        DropRule(column="reason", equals="credited", why="invoice cancelled by a credit note"),
        DropRule(
            column="reason",
            equals="lost",
            why="invoice open at the end of its year, not carried over under its number",
        ),
    ),
}


def with_preset(table: str, source: Source) -> Source:
    """The source with the columns and rules of its preset; columns that it gives itself win."""
    if source.preset is None:
        return source
    columns = {name: ColumnMapping(**{"from": text}) for name, text in COLUMNS[table].items()}
    update: dict[str, Any] = {
        "columns": columns | source.columns,
        "drop": [*DROPS[table], *source.drop],
    }
    return source.model_copy(update=update)


def files_of(source: Source) -> Source:
    """The files of a source and how they are read, without its columns and rules."""
    kept = {"preset", "files", "sheet", "header_row", "stop_at", "defaults"}
    return Source(**source.model_dump(include=kept))


def with_implied_tables(engagement: Engagement) -> dict[str, list[Source]]:
    """The tables of an engagement; a FEC behind the transactions also gives clients and payments,
    unless the engagement maps them.
    """
    presets = [source for source in engagement.tables["transactions"] if source.preset]
    implied = ("clients", "payments") if presets else ()
    found = {name: [files_of(presets[0])] for name in implied if name not in engagement.tables}
    return engagement.tables | found
