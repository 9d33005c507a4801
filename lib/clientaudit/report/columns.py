"""What a column of a result is: its heading, its kind, and how one value is written."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pandas as pd
from babel.numbers import format_decimal

from clientaudit.schema import LABELS, TABLES
from clientaudit.text import Say, cleaned

MISSING = "–"
LOCALES = {"fr": "fr_FR", "en": "en_GB"}
NUMERIC = ("int", "number", "pct", "points", "money", "chance")
DATES = ("day", "month")
MONEY_WORDS = (
    "revenue", "margin", "profit", "cost", "credit", "amount", "stake", "price", "value",
    "potential",
)  # fmt: skip
BY_SUFFIX = (
    ("year", "text"),
    ("_share", "pct"),
    ("_rate", "pct"),
    ("_weight", "pct"),
    ("_points", "points"),
    ("_count", "count"),
    ("_days", "count"),
    ("_score", "count"),
)
NEARLY = 0.99  # a chance above is not written to the digit: no model is that sure
_TEXT = {c.name for t in TABLES.values() for c in t.columns if c.kind in ("text", "enum")}
_DATES = {c.name for t in TABLES.values() for c in t.columns if c.kind == "date"}
GRADES = (  # of 100, no differences
    "profit_points", "margin_points", "revenue_points", "potential_points", "relation_points",
)  # fmt: skip
_MONEY = {c.name for t in TABLES.values() for c in t.columns if c.kind == "money"}


def heading(name: str, say: Say, labels: Mapping[str, str]) -> str:
    """The heading of a column: from `labels` (English), the schema, or the name itself."""
    return say.translate(labels.get(name) or LABELS.get(name) or name.replace("_", " "))


def kind_of(name: str, values: "pd.Series[Any]") -> str:
    """text, boolean, day, month, int, number, pct, points, money or chance (a probability).

    The type of the values decides first, then the unit that ends the name (HOUSE_STYLE §17).
    """
    present = values.dropna()
    first = present.iloc[0] if len(present) else None
    if isinstance(first, bool) or pd.api.types.is_bool_dtype(values):
        return "boolean"
    if isinstance(first, dt.date) or pd.api.types.is_datetime64_any_dtype(values):
        return "month" if name.endswith("month") else "day"
    if first is None and name in _DATES:
        return "day"
    if name in _TEXT or not _is_number(first, values):
        return "text"
    return _kind_of_number(name, present)


def column_text(values: "pd.Series[Any]", kind: str, say: Say) -> list[str]:
    """The values of one column as the reader sees them, measures with the same decimals."""
    if kind != "number":
        return [written(value, kind, say) for value in values]
    largest = values.astype(float).abs().max()
    pattern = "#,##0" if largest >= 100 else "#,##0.0" if largest >= 10 else "#,##0.00"
    return [
        MISSING if pd.isna(value) else format_decimal(value, pattern, locale=LOCALES[say.language])
        for value in values
    ]


def written(value: Any, kind: str, say: Say) -> str:
    """One value as the reader sees it; a dash where there is none."""
    if pd.isna(value):
        return MISSING
    formats: dict[str, Callable[[Any], str]] = {
        "boolean": lambda flag: say("yes") if flag else say("no"),
        "day": say.day,
        "month": say.month,
        "int": say.integer,
        "number": say.number,
        "pct": say.percent,
        "chance": lambda share: _chance(share, say),
        "points": say.points,
        "money": say.money,
    }
    return formats.get(kind, cleaned)(value)


def is_source_text(name: str) -> bool:
    """True for a column that holds the firm's own words, which are never translated."""
    return name in _TEXT or name in ("table", "file", "row")


def _chance(share: float, say: Say) -> str:
    """A probability: what rounds to certain or impossible is not, and is not written so."""
    if share > NEARLY:
        return say("> {limit:pct}", limit=NEARLY)
    if 0 < share < (1 - NEARLY) / 10:
        return say("< {limit:pct}", limit=(1 - NEARLY) / 10)
    return say.percent(share)


def _is_number(first: Any, values: "pd.Series[Any]") -> bool:
    return isinstance(first, Decimal) or pd.api.types.is_numeric_dtype(values)


def _kind_of_number(name: str, present: "pd.Series[Any]") -> str:
    if name.startswith("p_"):
        return "chance"
    if name in GRADES:
        return "number"
    kind = "" if name in _MONEY else next((k for end, k in BY_SUFFIX if name.endswith(end)), "")
    if kind and kind != "count":
        return kind
    if not kind and (name in _MONEY or set(name.split("_")) & set(MONEY_WORDS)):
        return "money"
    whole = bool((present.astype(float) % 1 == 0).all())
    return "int" if whole else "number"
