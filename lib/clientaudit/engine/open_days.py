"""Time as the firm counts it: long closures, when nobody can buy, are left out."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import ibis
import numpy as np
import numpy.typing as npt
from ibis.expr.types import Table, Value

Days = npt.NDArray[np.datetime64]
Counts = npt.NDArray[np.int64]
YEAR_DAYS = 365
YEARS_AHEAD = 3


@dataclass(frozen=True)
class OpenDays:
    """A calendar without the firm's closures.

    closures: (last day before, first day after) of each, in order; () = open all year round.
    years: of data that they were seen in.
    """

    closures: tuple[tuple[dt.date, dt.date], ...] = ()
    years: float = 1.0

    @property
    def year_days(self) -> float:
        """Open days of a year."""
        return YEAR_DAYS - sum(_length(closure) for closure in self.closures) / self.years

    def opened(self, day: dt.date) -> dt.date:
        """A day moved back by the closed days before it: differences of such days are open days."""
        return day - dt.timedelta(days=sum(_closed(day, closure) for closure in self.closures))

    def occasions(self, occasions: Table) -> Table:
        """The purchase days with `date` and `gap_days` in open days (see `occasions_table`)."""
        if not self.closures:
            return occasions
        before = occasions.date - occasions.gap_days.cast("int64") * ibis.interval(days=1)
        now, then = self._shift(occasions.date), self._shift(before.cast("date"))
        return occasions.mutate(
            date=(occasions.date - now * ibis.interval(days=1)).cast("date"),
            gap_days=occasions.gap_days - (now - then),
        )

    def after(self, days: Days, open_days: Counts) -> Days:
        """The days so many open days after each, the next closures being those of last year."""
        found: Days = days + open_days.astype("timedelta64[D]")
        for before, first in self._ahead():
            last = np.datetime64(first, "D")
            met = (found > np.datetime64(before, "D")) & (days < last)
            since = np.maximum(days, np.datetime64(before, "D"))
            shut = np.subtract(last, since) - np.timedelta64(1, "D")
            found = np.where(met, found + shut, found)
        return found

    def _ahead(self) -> Iterator[tuple[dt.date, dt.date]]:
        """The closures known, in order, then the last year's again."""
        yield from self.closures
        if not self.closures:
            return
        last = self.closures[-1][1]
        recent = [c for c in self.closures if (last - c[1]).days < YEAR_DAYS]
        for year in range(1, YEARS_AHEAD + 1):
            later = dt.timedelta(days=YEAR_DAYS * year)
            yield from ((before + later, first + later) for before, first in recent)

    def _shift(self, dates: Value) -> Value:
        """Closed days before each date; a purchase never falls within a closure."""
        total = ibis.literal(0, "int64")
        for closure in self.closures:
            total += ibis.ifelse(dates >= closure[1], _length(closure), 0)
        return total


def _length(closure: tuple[dt.date, dt.date]) -> int:
    before, after = closure
    return (after - before).days - 1


def _closed(day: dt.date, closure: tuple[dt.date, dt.date]) -> int:
    """Days of a closure up to a day."""
    before, _ = closure
    return max(0, min((day - before).days, _length(closure)))
