"""Words and numbers in the reader's language."""

import datetime as dt
import re
import string
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, format_percent

from clientaudit.errors import AuditError

LANGUAGES = ("fr", "en")
LOCALE_FOLDER = Path(__file__).parent / "locale"
_BABEL_LOCALES = {"fr": "fr_FR", "en": "en_GB"}
_NO_BREAK_SPACE = "\u00a0"
# XML knows none of these, a browser shows none of them: control characters, lone surrogates.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Translations of one language: the English sentence gives the sentence in that language.

    Read straight from the .po file, so that no compiled file has to be kept in step.
    A sentence that counts holds both its forms, `{n:plural:one|many}`: no plural messages.
    """
    path = LOCALE_FOLDER / language / "LC_MESSAGES" / "clientaudit.po"
    catalog: Catalog = read_po(BytesIO(path.read_bytes()), locale=language, charset="utf-8")
    return {str(m.id): str(m.string) for m in catalog if m.id and m.string}


@cache
def _sentences() -> Mapping[str, str]:
    """The English of each French sentence without figures."""
    found = sorted(catalogue("fr").items(), reverse=True)
    return {french: english for english, french in found if "{" not in english}


def in_english(text: str) -> str:
    """The sentence of ours that a French text is the translation of; any other text as it is."""
    return _sentences().get(text, text)


def cleaned(value: object) -> str:
    """The text without the characters that no page and no workbook may hold."""
    return _ILLEGAL.sub("", str(value))


class Say(string.Formatter):
    """Says an English sentence in the language of the report, numbers included.

    say("Revenue") · say("{n:int} clients", n=3) · say.money(1234.5) · say.day(date).
    Placeholders: `{x:int}`, `{x:number}`, `{x:pct}`, `{x:points}`, `{x:money}`, `{x:cents}`,
    `{x:day}`, `{x:month}`, `{x:text}`, `{x:word}` (a name of ours, translated),
    `{n:plural:client|clients}` (French writes 0 and 1 in the singular, English only 1).

    language: "fr" or "en". currency: ISO 4217 code of every amount. locale: as Babel calls it.
    Raises AuditError for another language; KeyError for a placeholder without a value.
    """

    def __init__(self, language: str = "en", currency: str = "EUR") -> None:
        if language not in LANGUAGES:
            raise AuditError(f'language is "{language}"; it must be "fr" or "en".')
        self.language = language
        self.currency = currency
        self.locale = _BABEL_LOCALES[language]

    def __call__(self, sentence: str, /, **values: Any) -> str:
        return (
            self.vformat(self.translate(sentence), (), values)
            if values
            else self.translate(sentence)
        )

    def translate(self, sentence: str) -> str:
        """The sentence in the report's language, its placeholders left in place."""
        if self.language == "en":
            return sentence
        return catalogue(self.language).get(sentence, sentence)

    def format_field(self, value: Any, format_spec: str) -> str:
        kind, _, detail = format_spec.partition(":")
        if kind == "plural":
            return self._plural(value, detail)
        if value is None or value != value:
            return "–"
        formats: dict[str, Callable[[Any], str]] = {
            "": str,
            "text": str,
            "word": self.translate,
            "int": self.integer,
            "number": self.number,
            "pct": self.percent,
            "points": self.points,
            "money": self.money,
            "cents": self.cents,
            "day": self.day,
            "month": self.month,
        }
        return formats[kind](value)

    def integer(self, value: float) -> str:
        """A count: 1 234 in French, 1,234 in English."""
        return format_decimal(round(value), locale=self.locale)

    def number(self, value: float) -> str:
        """A measure with three significant digits, whole above 100."""
        digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
        return format_decimal(round(value, digits) + 0.0, locale=self.locale)

    def percent(self, value: float) -> str:
        """A share between 0 and 1 as a percentage: whole, or with one decimal under 10 %."""
        is_whole = abs(value) >= 0.0995 or abs(value * 100 - round(value * 100)) < 1e-9
        digits = 0 if is_whole else 1
        space = _NO_BREAK_SPACE if self.language == "fr" else ""
        pattern = ("#,##0.0" if digits else "#,##0") + space + "%"
        return format_percent(round(value, digits + 2) + 0.0, locale=self.locale, format=pattern)

    def points(self, value: float) -> str:
        """A difference between two shares, in percentage points with its sign."""
        points = round(value * 100, 1) + 0.0
        text = format_decimal(points, locale=self.locale, format="+#,##0.0;-#")
        unit = "pt" if self.language == "fr" and abs(points) < 2 else "pts"
        return f"{text}{_NO_BREAK_SPACE}{unit}"

    def money(self, value: float | Decimal) -> str:
        """An amount rounded to the unit: 2 855 € in French, €2,855 in English."""
        return self._currency(round(value), "#,##0")

    def cents(self, value: float | Decimal) -> str:
        """An amount to the cent."""
        return self._currency(value, "#,##0.00")

    def day(self, value: dt.date | str) -> str:
        """A date, or its ISO text: 31/08/2026 in French, 31 Aug 2026 in English."""
        return format_date(
            _date(value),
            "dd/MM/yyyy" if self.language == "fr" else "d MMM yyyy",
            locale=self.locale,
        )

    def month(self, value: dt.date | str) -> str:
        """A month and its year, of a date or its ISO text: août 2026, August 2026."""
        return format_date(_date(value), "MMMM yyyy", locale=self.locale)

    def _currency(self, value: float | Decimal, digits: str) -> str:
        pattern = f"{digits}{_NO_BREAK_SPACE}¤" if self.language == "fr" else f"¤{digits}"
        return format_currency(
            value, self.currency, locale=self.locale, format=pattern, currency_digits=False
        )

    def _plural(self, value: float, forms: str) -> str:
        one, _, many = forms.partition("|")
        single = abs(value) < 2 if self.language == "fr" else value == 1
        return one if single else many


def _date(value: dt.date | str) -> dt.date:
    return dt.date.fromisoformat(value) if isinstance(value, str) else value
