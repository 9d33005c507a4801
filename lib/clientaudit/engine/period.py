"""The period of an audit: the months that end on its cut-off date."""

import datetime as dt
from dataclasses import dataclass

from ibis.expr.types import BooleanValue, Value

from clientaudit.engine.summary import months_before


@dataclass(frozen=True)
class Period:
    """The days after `start`, up to and with `end`. months: how many they are."""

    start: dt.date
    end: dt.date
    months: int

    def holds(self, day: Value) -> BooleanValue:
        """Whether a day lies in the period; null where the day is not known."""
        return (day > self.start) & (day <= self.end)


def period_to(as_of: dt.date, months: int) -> Period:
    """The `months` that end on `as_of`, counted as in the client summary."""
    return Period(months_before(as_of, months), as_of, months)
