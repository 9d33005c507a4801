"""What a cell of a register says, whatever a spreadsheet has made of it."""

import datetime as dt
import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from clientaudit.intake.reading.parts import heading_key
from clientaudit.settings.engagement import FIRST_YEAR, LAST_YEAR
from clientaudit.text import LANGUAGES, Say, cleaned, in_english

DAY_ZERO = dt.datetime(1899, 12, 30)  # of a spreadsheet's dates
DATE_FORMATS = {
    "fr": ("%Y-%m-%d", "%d/%m/%Y"),
    # No 03/04/2026: two readings.
    "en": ("%Y-%m-%d", "%d %b %Y", "%d %B %Y"),
}
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?(?:[eE]\+?[0-9]{1,3})?")


class Codes:
    """The clients that a register may name.

    A spreadsheet makes 123 of 00123 and 1.2E+06 of 12E5: such a number stands for the one code
    that it can come from.
    """

    def __init__(self, clients: Iterable[str]) -> None:
        self._by_text: dict[str, set[str]] = defaultdict(set)
        self._by_number: dict[float, set[str]] = defaultdict(set)
        for code in clients:
            self._by_text[_plain(code)].add(code)
            if NUMBER.fullmatch(code.strip()):
                self._by_number[_number(code)].add(code)

    def find(self, value: Any) -> str:
        """The client that a cell names. Raises ValueError: none, or more than one."""
        if isinstance(value, bool | dt.date | dt.time | dt.timedelta):
            raise ValueError(f'"{value}" is no client code. Write the code as text.')
        found = set()
        if isinstance(value, str):
            found = self._by_text.get(_plain(value), set())
        if not found and NUMBER.fullmatch(text := written(value).strip()):
            found = self._by_number.get(_number(text), set())
        if len(found) == 1:
            return next(iter(found))
        if found:
            names = " or ".join(f'"{code}"' for code in sorted(found))
            raise ValueError(f"{text} may stand for {names}. Write the code as text.")
        raise ValueError(
            f'"{written(value)}" is no client of this audit or the last. Write the code as in the '
            "sheet of the clients, as text."
        )


class Cells:
    """Reads the cells of one register. choices, flags: keys and how they are written in English."""

    def __init__(
        self, codes: Codes, language: str, choices: Mapping[str, str], flags: Mapping[str, str]
    ) -> None:
        self._language = language
        self._readers: dict[str, Callable[[Any], Any]] = {
            "client": codes.find,
            "text": written,
            "sentence": lambda value: in_english(written(value)),
            "date": self._date,
            "word": lambda value: _word(value, choices),
            "flag": lambda value: _flag(value, flags),
        }

    def read(self, kind: str, value: Any) -> Any:
        """The value of a cell, None where it is empty. Raises ValueError saying what is allowed."""
        return None if not written(value).strip() else self._readers[kind](value)

    def _date(self, value: Any) -> dt.date:
        found = value
        if isinstance(value, float) and math.isfinite(value) and abs(value) < 1e6:
            found = DAY_ZERO + dt.timedelta(days=int(value))
        elif isinstance(value, str):
            found = next(filter(None, map(_parsed, _spelt(value, self._language))), value)
        found = found.date() if isinstance(found, dt.datetime) else found
        if isinstance(found, dt.date) and FIRST_YEAR < found.year <= LAST_YEAR:
            return found
        allowed = {"fr": "2026-08-31 or 31/08/2026", "en": "2026-08-31 or 31 Aug 2026"}
        raise ValueError(
            f'"{written(value)}" is not a date. Write it as {allowed[self._language]}.'
        )


def alike(values: Sequence[Any]) -> list[Any]:
    """The cells of a column that is not ours: numbers, or days, or else all as text."""
    present = [value for value in values if value != ""]
    whole_days = all(isinstance(v, dt.date) and DAY.fullmatch(written(v)) for v in present)
    keeps = whole_days or all(type(value) is float for value in present)
    found = (value if keeps else written(value) for value in values)
    return [None if value == "" else value for value in found]


def written(value: Any) -> str:
    """A cell as text: whole numbers without decimals, dates as YYYY-MM-DD."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    return cleaned(value)


def _plain(code: str) -> str:
    """A code as a cell can hold it."""
    return " ".join(cleaned(code).split())


def _number(text: str) -> float:
    return float(text.strip().replace(",", "."))


def _spelt(text: str, language: str) -> list[tuple[str, str]]:
    return [(text.strip(), pattern) for pattern in DATE_FORMATS[language]]


def _parsed(spelt: tuple[str, str]) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(*spelt)
    except ValueError:
        return None


def _spellings(choices: Mapping[str, str]) -> dict[str, str]:
    """The key that each way of writing stands for."""
    said = {
        heading_key(Say(code).translate(text)): key
        for code in LANGUAGES
        for key, text in choices.items()
    }
    return said | {heading_key(key): key for key in choices}


def _word(value: Any, choices: Mapping[str, str]) -> str:
    key = _spellings(choices).get(heading_key(written(value)))
    if key is None:
        allowed = [
            ", ".join(Say(code).translate(t) for t in choices.values()) for code in LANGUAGES
        ]
        raise ValueError(
            f'"{written(value)}" is not one of {allowed[1]} (in French: {allowed[0]}).'
        )
    return key


def _flag(value: Any, flags: Mapping[str, str]) -> bool:
    return value if isinstance(value, bool) else _word(value, flags) == "yes"
