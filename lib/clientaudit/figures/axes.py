"""Tick labels in the reader's language: amounts, shares, counts and dates."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal, get_currency_symbol
from matplotlib.dates import num2date
from matplotlib.ticker import Formatter

from clientaudit.text import Say

STEPS = ((1e9, "G", "bn"), (1e6, "M", "m"), (1e3, "k", "k"))  # size, French and English prefix
MAX_DIGITS = 4
UNREADABLE = 1e-9


class TickFormat(Formatter):
    """Labels the ticks of one axis, all with the same unit and as few decimals as tell them apart.

    kind: money, percent, points, int, number, month or day.
    """

    def __init__(self, say: Say, kind: str) -> None:
        self._say = say
        self._kind = kind
        self._places: Sequence[float] = ()

    def set_locs(self, locs: Any) -> None:
        """Called by matplotlib with the places of the ticks before it asks for their labels."""
        self._places = [float(place) for place in locs]

    def __call__(self, x: float, _pos: int | None = None) -> str:
        if self._kind in ("month", "day"):
            return self._date(x)
        if self._kind == "money":
            return self._money(x)
        scale = 100 if self._kind in ("percent", "points") else 1
        text = self._decimal(x, scale)
        gap = "\u00a0" if self._say.language == "fr" else ""
        suffix = {"percent": f"{gap}%", "points": "\u00a0pts"}.get(self._kind, "")
        return f"{'+' if self._kind == 'points' and x > 0 else ''}{text}{suffix}"

    def _money(self, x: float) -> str:
        largest = max((abs(place) for place in self._places), default=abs(x)) or 1.0
        size, french, english = next((s for s in STEPS if largest >= s[0]), (1.0, "", ""))
        text = self._decimal(x, 1 / size)
        symbol = get_currency_symbol(self._say.currency, self._say.locale)
        if self._say.language == "fr":
            return f"{text}\u00a0{french}{symbol}"
        sign, text = ("-", text[1:]) if text.startswith("-") else ("", text)
        return f"{sign}{symbol}{text}{english}"

    def _date(self, x: float) -> str:
        day = num2date(x).date()
        if self._kind == "day":
            return self._say.day(day)
        return str(format_date(day, "MMM yyyy", locale=self._say.locale))

    def _decimal(self, x: float, scale: float) -> str:
        value = round(x * scale, self._digits(scale)) + 0.0
        digits = self._digits(scale)
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return str(format_decimal(value, format=pattern, locale=self._say.locale))

    def _digits(self, scale: float) -> int:
        """Decimals that tell two neighbouring ticks apart."""
        if self._kind == "int":
            return 0
        gaps = [abs(b - a) * scale for a, b in pairwise(sorted(self._places))]
        step = min((gap for gap in gaps if gap > UNREADABLE), default=1.0)
        for digits in range(MAX_DIGITS):
            if math.isclose(step, round(step, digits), rel_tol=1e-6):
                return digits
        return MAX_DIGITS
