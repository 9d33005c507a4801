"""Cells to typed values in SQL: NULL where a cell cannot be read as what its column holds."""

from clientaudit.intake.mapping.cells import Cell
from clientaudit.intake.mapping.date_text import date_sql
from clientaudit.intake.mapping.number_text import (
    MONEY,
    integer_from_plain,
    money_from_double,
    money_from_plain,
)
from clientaudit.intake.sql import listed, literal
from clientaudit.schema import Column

YES = ("o", "oui", "y", "yes", "true", "vrai", "1")
NO = ("n", "non", "no", "false", "faux", "0")
# What a failed formula shows, in English or French, and a column too narrow for its numbers.
ERROR = (
    r"#(?:N/A|REF!|VALUE!|VALEUR!|DIV/0 ?!|NAME\?|NOM\?|NUM!|NOMBRE!|NULL!|NUL!|SPILL!|CALC!|#{2,})"
)
NUMERIC = ("money", "decimal", "integer")
SQL_TYPES = {
    "text": "VARCHAR",
    "enum": "VARCHAR",
    "date": "DATE",
    "money": MONEY,
    "decimal": "DOUBLE",
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
}


def from_text(column: Column, text: str, formats: list[str]) -> str:
    """SQL of a trimmed text as the value of a column that is not a number."""
    if column.kind == "date":
        return date_sql(text, formats)
    if column.kind == "boolean":
        lower = f"lower({text})"
        yes, no = f"{lower} IN {listed(YES)}", f"{lower} IN {listed(NO)}"
        return f"CASE WHEN {yes} THEN true WHEN {no} THEN false END"
    if column.name.endswith("_id"):
        is_error = f"prefix({text}, '#') AND regexp_full_match({text}, {literal(ERROR)})"
        return f"CASE WHEN {is_error} THEN NULL ELSE {text} END"
    if column.kind == "enum":
        whens = (f"WHEN {literal(v.lower())} THEN {literal(v)}" for v in column.values)
        return f"CASE lower({text}) {' '.join(whens)} END"
    return text


def from_plain(column: Column, plain: str, *, thousand: bool) -> str:
    """SQL of a plain decimal as the value of a column that is a number."""
    if column.kind == "money":
        return money_from_plain(plain, thousand=thousand)
    return integer_from_plain(plain) if column.kind == "integer" else f"try_cast({plain} AS DOUBLE)"


def from_typed(column: Column, cell: Cell, *, thousand: bool) -> str | None:
    """SQL of a cell that is typed in its file, not by its text; None where there is no such way."""
    if column.kind == "date" and cell.is_date:
        # A moment with a time zone is dated in UTC, whatever the machine's zone.
        zoned = cell.type == "TIMESTAMP WITH TIME ZONE"
        moment = f"make_timestamp(epoch_us({cell.raw}))" if zoned else cell.raw
        return f"CAST({moment} AS DATE)"
    if column.kind == "boolean" and cell.type == "BOOLEAN":
        return cell.raw
    if column.kind in NUMERIC and cell.is_number:
        return _typed_number(column, cell, thousand)
    return None


def from_formula(column: Column, number: str, exact: str | None) -> str:
    """SQL of a formula's value, where `number` is its DOUBLE and `exact` its DECIMAL or None.

    Money is exact to its four decimals: far from the middle between two of them the DOUBLE is
    certain; near it, and for large values, the DECIMAL decides, or the DOUBLE rounded to 8 places.
    """
    if column.kind == "integer":
        return f"CASE WHEN {number} = round({number}) THEN try_cast({number} AS BIGINT) END"
    if column.kind == "decimal":
        return f"CASE WHEN isfinite({number}) THEN {number} END"
    scaled = f"abs({number} * 10000)"
    certain = f"{scaled} < 1e11 AND abs({scaled} - floor({scaled}) - 0.5) > 1e-3"
    slow = money_from_double(number)
    slow = f"coalesce({exact}, {slow})" if exact else slow
    return f"CASE WHEN {certain} THEN CAST({number} AS {MONEY}) ELSE {slow} END"


def _typed_number(column: Column, cell: Cell, thousand: bool) -> str:
    floating = cell.type in ("DOUBLE", "FLOAT")
    if column.kind == "decimal":
        return f"CASE WHEN isfinite(CAST({cell.raw} AS DOUBLE)) THEN CAST({cell.raw} AS DOUBLE) END"
    if column.kind == "integer":
        return f"CASE WHEN {cell.raw} = trunc({cell.raw}) THEN try_cast({cell.raw} AS BIGINT) END"
    if floating:
        return money_from_double(f"{cell.raw} * 1000" if thousand else cell.raw)
    return money_from_plain(cell.raw, thousand=thousand)
