"""Numbers as people and programs write them, read exactly: text to plain decimal text in SQL."""

import re
from dataclasses import dataclass

from clientaudit.intake.sql import literal

BLANKS = " \u00a0\u202f\u2009\u2007"
APOSTROPHES = "'\u2019"
MONEY = "DECIMAL(18, 4)"
LARGEST = "999999999999.9999"
MINUS = "-−"
SIGNS = {
    "€": ("EUR",),
    "£": ("GBP",),
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "CLP", "ARS", "COP"),
}


@dataclass(frozen=True)
class NumberStyle:
    """How the numbers of a column are written.

    decimal: the decimal mark. thousands: separators of groups of three beside blanks and
    apostrophes, which are always allowed. currency: the code that may stand beside a number, and
    its sign; "" = any, where amounts are converted. percent: whether `99 %` is a number too.
    """

    decimal: str = "."
    thousands: tuple[str, ...] = ()
    currency: str = "EUR"
    percent: bool = True


PLAIN = NumberStyle()


def plain_number(text: str, style: NumberStyle) -> str:
    """SQL of a trimmed text as a plain decimal (`-1234.56`), NULL where it is not a number.

    Allowed: `1234,5`, `1 234 567,8` (one to three digits, then groups of exactly three), `-1`,
    `1-`, `(1)`, `−1`, `+1`, a currency sign or code on either side, `99 %` (read as 99, but for
    money). A dot in a comma-decimal column is refused, never read as one. `1,5E-05` is read;
    `1,23E+05` is refused where the exponent reaches beyond the digits written, because digits
    were lost.
    """
    mark = literal(style.decimal)
    fast = rf"-?\d+(?:{re.escape(style.decimal)}\d+)?"
    digits = f"regexp_replace({text}, {literal(f'[^0-9{re.escape(style.decimal)}]')}, '', 'g')"
    sign = f"CASE WHEN regexp_matches({text}, {literal(f'[{MINUS}(]')}) THEN '-' ELSE '' END"
    return (
        f"CASE WHEN regexp_full_match({text}, {literal(fast)}) THEN replace({text}, {mark}, '.') "
        f"WHEN regexp_full_match({text}, {literal(_written(style))}) "
        f"THEN {sign} || replace({digits}, {mark}, '.') "
        f"ELSE {_scientific(text, style)} END"
    )


def money_from_plain(plain: str, *, thousand: bool = False) -> str:
    """SQL of a plain decimal as money, rounded half away from zero; NULL where it is too large."""
    if thousand:
        return f"try_cast(try_cast({plain} AS DECIMAL(28, 8)) * 1000 AS {MONEY})"
    return f"try_cast({plain} AS {MONEY})"


def money_from_double(number: str) -> str:
    """SQL of a DOUBLE as money: 0.00015, which a DOUBLE holds as a hair less, still rounds up."""
    return f"try_cast(round(round(({number}) * 10000, 4)) / 10000 AS {MONEY})"


def within_reason(money: str) -> str:
    """SQL of money, NULL from a million millions on: such a number is a code in a wrong column."""
    return f"CASE WHEN {money} BETWEEN -{LARGEST} AND {LARGEST} THEN {money} END"


def integer_from_plain(plain: str) -> str:
    """SQL of a plain decimal as BIGINT; NULL where it is not whole."""
    whole = rf"regexp_full_match({plain}, '-?\d+(?:\.0*)?')"
    return f"CASE WHEN {whole} THEN try_cast({plain} AS BIGINT) END"


def _written(style: NumberStyle) -> str:
    """Regular expression of a number with groups, currency, percent and every way of a minus."""
    gap = f"[{BLANKS}]*"
    mark = _currency(style.currency)
    number = _unsigned(style)
    before, after = f"(?:{mark}{gap})?", f"(?:{gap}{mark})?"
    unit = f"(?:{mark}|%)?" if style.percent else f"(?:{mark})?"
    return "|".join(
        (
            f"{before}[-+−]?{gap}{before}{number}{gap}{unit}",
            f"{before}{number}{after}{gap}[{MINUS}]{after}",
            rf"{before}\({gap}{before}{number}{after}{gap}\){after}",
        )
    )


def _currency(code: str) -> str:
    """Regular expression of the currency: an amount in another one must not pass for it."""
    if not code:
        return r"(?:[€$£]|[A-Z]{3})"
    signs = [re.escape(sign) for sign, codes in SIGNS.items() if code in codes]
    return rf"(?:{'|'.join([*signs, code])})"


def _unsigned(style: NumberStyle) -> str:
    others = [re.escape(s) for s in style.thousands if s not in (*BLANKS, style.decimal)]
    gaps = (f"[{BLANKS}]", f"[{APOSTROPHES}]", *others)
    groups = [rf"\d{{1,3}}(?:{separator}\d{{3}})+" for separator in gaps]
    whole = rf"(?:{'|'.join(groups)}|\d+)"
    decimal = re.escape(style.decimal)
    return rf"(?:{whole}(?:{decimal}\d*)?|{decimal}\d+)"


def _scientific(text: str, style: NumberStyle) -> str:
    decimal = re.escape(style.decimal)
    form = literal(rf"[-+]?\d(?:{decimal}\d+)?[eE][-+]?\d{{1,3}}")
    exponent = f"try_cast(regexp_extract({text}, '[eE](.*)$', 1) AS INTEGER)"
    written = f"strlen(regexp_extract({text}, {literal(rf'{decimal}([0-9]+)')}, 1))"
    number = f"try_cast(replace({text}, {literal(style.decimal)}, '.') AS DOUBLE)"
    return (
        f"CASE WHEN regexp_full_match({text}, {form}) AND {exponent} <= {written} "
        f"THEN CAST(try_cast({number} AS DECIMAL(38, 12)) AS VARCHAR) END"
    )
