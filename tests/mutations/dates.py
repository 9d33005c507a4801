"""How dates are written, and dates that are none."""

import datetime as dt

from mutations.corpus import (
    exact,
    files,
    flagged,
    mutation,
    refused,
    refused_by,
    undetectable,
)
from mutations.firm import DATE, Exports, day

BOTH = ("one", "all")
SHOWN = 'column "Date facture"'
FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%Y%m%d", "%Y/%m/%d", "%m/%d/%Y", "%d %b %Y")
EXCEL_DAY_ZERO, MAC_DAY_ZERO = dt.date(1899, 12, 30), dt.date(1904, 1, 1)


@mutation("date formats", exact(), told=(False,), where=("all",), style=FORMATS)
@mutation("date formats", refused(SHOWN), told=(True, False), where=("one",), style=FORMATS)
@mutation(
    "date formats", refused("set date_format"), told=(False,), where=("all",), style=("%d/%m/%y",)
)
@mutation("date formats", refused(SHOWN), told=(True,), where=BOTH, style=("%d/%m/%y",))
def another_date_format(exports: Exports, where: str, style: str) -> None:
    """Another way of writing dates than the settings say, or than the other files."""
    for file in files(exports, where):
        file.rewrite(DATE, lambda text: day(text).strftime(style))


@mutation(
    "date formats",
    exact(),
    told=(True, False),
    style=("{} 00:00:00", "{} 14:05", "{}T08:00:00Z", "{} 9h30"),
)
def a_time_behind_the_date(exports: Exports, style: str) -> None:
    """A moment instead of a day."""
    exports.middle.rewrite(DATE, style.format)


@mutation("date formats", exact(), where=BOTH)
def days_and_months_of_one_digit(exports: Exports, where: str) -> None:
    """3/1/2024 instead of 03/01/2024."""
    for file in files(exports, where):
        file.rewrite(DATE, lambda text: f"{day(text).day}/{day(text).month}/{day(text).year}")


@mutation("day or month", refused(SHOWN), told=(False,))
@mutation("day or month", exact(flagged_by="closure"), told=(True,))
def no_day_above_twelve(exports: Exports) -> None:
    """03/04/2024 throughout: a day in March, or in April?"""
    for file in exports.files:
        file.rewrite(
            DATE,
            lambda text: text if int(text[:2]) < 13 else f"{day(text).day % 10 + 1:02d}{text[2:]}",
        )


@mutation("day or month", refused(SHOWN), told=(True, False), where=("one", "last"))
def american_dates_in_one_file(exports: Exports, where: str) -> None:
    """Month first in one file, day first in the others."""
    for file in files(exports, where):
        file.rewrite(DATE, lambda text: f"{day(text):%m/%d/%Y}")


@mutation(
    "no dates", refused(SHOWN), position=(80,),
    text=("00:00.0", "45292", "31/02/2024", "00/01/1900", "15/03/0024", "15/03/24 ", "########",
          "2024", "mars 2024", "15/13/2024", "0", "NULL", "15//03/2024", "01/01/1899",
          "31/12/9999"),
)  # fmt: skip
@mutation("no dates", refused("is empty"), position=(0, -1), text=("", " "))
def a_text_that_is_no_date(exports: Exports, position: int, text: str) -> None:
    """One cell of the dates holds something else."""
    exports.middle.rows[position][DATE] = text


@mutation(
    "no dates",
    refused(SHOWN),
    told=(True, False),
    where=("all",),
    style=("00:00.0", "time", "serial", "mac"),
)
def a_column_that_holds_no_dates(exports: Exports, where: str, style: str) -> None:
    """Times, or the numbers by which spreadsheets count days, since 1900 or 1904."""
    texts = {
        "00:00.0": lambda _: "00:00.0",
        "time": lambda text: f"{int(text[:2]) % 24}:{text[3:5]}",
        "serial": lambda text: str((day(text) - EXCEL_DAY_ZERO).days),
        "mac": lambda text: str((day(text) - MAC_DAY_ZERO).days),
    }
    for file in files(exports, where):
        file.rewrite(DATE, texts[style])


@mutation(
    "strange years", flagged("stray_dates"), year=(2105, 1924), rows=(slice(7, 8), slice(40, 43))
)
def mistyped_years(exports: Exports, year: int, rows: slice) -> None:
    """A few lines far from all others."""
    exports.middle.rewrite(DATE, lambda text: f"{text[:6]}{year}", rows)


@mutation("strange years", flagged("stray_dates"), rows=(slice(-1, None),))
@mutation("strange years", flagged("missing_months"), rows=(slice(-6, None),))
def dates_after_the_end(exports: Exports, rows: slice) -> None:
    """Lines dated after the last day of the audit."""
    exports.last.rewrite(DATE, lambda text: f"{text[:6]}2026", rows)


@mutation("strange years", flagged("missing_months"))
def days_counted_from_1904(exports: Exports) -> None:
    """A workbook of the 1904 system read as one of 1900: a file four years too early."""
    exports.middle.rewrite(DATE, lambda text: f"{day(text) - dt.timedelta(days=1462):%d/%m/%Y}")


@mutation("one date", refused_by("dates"), date=("31/12/2025", "01/06/2025"))
def one_day_for_all(exports: Exports, date: str) -> None:
    """All lines on the day of the export."""
    for file in exports.files:
        file.rewrite(DATE, lambda _: date)


@mutation("one date", flagged("missing_months"), where=("one", "last"))
def one_day_for_a_file(exports: Exports, where: str) -> None:
    """The lines of a year on the last day of that year."""
    for file in files(exports, where):
        file.rewrite(DATE, lambda text: f"31/12{text[5:]}")


@mutation("dates of another event", undetectable("shifted_dates"), days=(2,))
def dates_moved_by_a_few_days(exports: Exports, days: int) -> None:
    """The day of entry in place of the day of the invoice."""
    for file in exports.files:
        last = dt.date(day(file.rows[0][DATE]).year, 12, 31)
        file.rewrite(
            DATE,
            lambda text: f"{min(day(text) + dt.timedelta(days), last):%d/%m/%Y}",  # noqa: B023
        )
