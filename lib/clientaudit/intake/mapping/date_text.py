"""Dates as exports write them: text to DATE in SQL, by the formats of the dialect."""

import re

from clientaudit.errors import AuditError
from clientaudit.intake.sql import literal

ISO = "%Y-%m-%d"
EARLIEST, LATEST = "DATE '1900-01-01'", "DATE '2200-12-31'"
_DATE = {"%d": r"\d{1,2}", "%m": r"\d{1,2}", "%Y": r"\d{4}", "%y": r"\d{2}"}
_NAMED = {"%b": r"\d{2}", "%B": r"\d{2}"}
_TIME = {
    "%H": r"\d{1,2}", "%I": r"\d{1,2}", "%M": r"\d{1,2}", "%S": r"\d{1,2}", "%f": r"\d{1,9}",
    "%p": r"[AaPp]\.?[Mm]\.?", "%z": r"(?:Z|[-+]\d{2}:?\d{2})", "%a": r"\p{L}+\.?",
    "%A": r"\p{L}+\.?",
}  # fmt: skip
_CLOCK = (
    r"(?:[ Tt,]+\d{1,2}[:hH]\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?"
    r"(?: ?(?:Z|z|UTC|utc|[-+]\d{2}:?\d{2}))?)?"
)
_MONTHS = (
    "janvier|january|janv|jan", "fevrier|fevr|fev|february|feb", "mars|march|mar",
    "avril|avr|april|apr", "mai|may", "juin|june|jun", "juillet|juil|july|jul", "aout|august|aug",
    "septembre|september|sept|sep", "octobre|october|oct", "novembre|november|nov",
    "decembre|december|dec",
)  # fmt: skip


def date_sql(text: str, formats: list[str]) -> str:
    """SQL of a trimmed text as DATE by the first format that fits, NULL where none does.

    `%Y` needs four digits and `%y` two. A time after the date is accepted and dropped. `%b` and
    `%B` know French and English months. Raises AuditError for a directive it does not know.
    """
    readings = [reading for fmt in formats for reading in _readings(text, fmt)]
    return f"coalesce({', '.join(readings)}, NULL)"


def in_calendar(date: str) -> str:
    """SQL of a DATE, NULL outside 1900 to 2200: such years are typing mistakes."""
    return f"CASE WHEN {date} BETWEEN {EARLIEST} AND {LATEST} THEN {date} END"


def _readings(text: str, fmt: str) -> list[str]:
    before, span, after = _parts(fmt)
    named = any(token in _NAMED for token in span)
    shape = "".join(_pattern(span, i) for i in range(len(span)))
    clock = any(token in _TIME for token in after)
    tail = "".join(_pattern(after, i) for i in range(len(after)))
    tail = rf"(?:{_CLOCK}|{tail})" if clock else tail + _CLOCK
    head = "".join(_pattern(before, i) for i in range(len(before)))
    subject = _numbered_months(text) if named else text
    parsed = "".join("%m" if token in _NAMED else token for token in span)
    slow = (
        f"CAST(try_strptime(regexp_extract({subject}, {literal(f'^{head}({shape}){tail}$')}, 1), "
        f"{literal(parsed)}) AS DATE)"
    )
    return [*_fast(text, fmt, span), slow]


def _fast(text: str, fmt: str, span: list[str]) -> list[str]:
    """A full-length date needs no regular expression: its length leaves four digits to %Y."""
    if "".join(span) != fmt or sorted(t for t in span if len(t) > 1) != ["%Y", "%d", "%m"]:
        return []
    length = sum(len(token) for token in span) + 2
    parsed = f"CAST(try_strptime({text}, {literal(fmt)}) AS DATE)"
    return [f"CASE WHEN strlen({text}) = {length} THEN {parsed} END"]


def _parts(fmt: str) -> tuple[list[str], list[str], list[str]]:
    """Tokens before the date, of the date, and after it."""
    tokens = re.findall(r"%-?.|.", fmt.replace("%-", "%").replace("%F", ISO))
    known = _DATE | _NAMED | _TIME
    unknown = [t for t in tokens if len(t) > 1 and t not in known]
    dates = [i for i, token in enumerate(tokens) if token in _DATE or token in _NAMED]
    span = tokens[dates[0] : dates[-1] + 1] if dates else []
    if unknown or not dates or any(token in _TIME for token in span):
        raise AuditError(
            f'date_format "{fmt}" cannot be used. Allowed: %d %m %Y %y %b %B with what stands '
            "between them, such as %d/%m/%Y; a time may follow."
        )
    return tokens[: dates[0]], span, tokens[dates[-1] + 1 :]


def _pattern(tokens: list[str], i: int) -> str:
    token = tokens[i]
    if len(token) == 1:
        return re.escape(token)
    neighbours = [*tokens[max(i - 1, 0) : i], *tokens[i + 1 : i + 2]]
    pattern = (_DATE | _NAMED | _TIME)[token]
    # Without a separator only the number of digits tells where a part ends.
    adjacent = any(len(neighbour) > 1 for neighbour in neighbours)
    return pattern.replace("{1,2}", "{2}") if adjacent else pattern


def _numbered_months(text: str) -> str:
    sql = f"lower(strip_accents({text}))"
    for number, names in enumerate(_MONTHS, start=1):
        pattern = literal(rf"(^|[^a-z])(?:{names})\.?($|[^a-z])")
        sql = f"regexp_replace({sql}, {pattern}, '\\1{number:02d}\\2')"
    return sql
