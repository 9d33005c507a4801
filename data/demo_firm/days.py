"""The firm's calendar, and one independent random stream per table."""

import datetime as dt
import zlib

import numpy as np

SEED = 20260831
FIRST_DAY = dt.date(2021, 9, 1)
AS_OF = dt.date(2026, 8, 31)
DAY_COUNT = (AS_OF - FIRST_DAY).days + 1
YEARS = (2022, 2023, 2024, 2025, 2026)  # a fiscal year (September to August) bears its last year

HOLIDAYS = {(1, 1), (5, 1), (5, 8), (7, 14), (11, 1), (11, 11), (12, 25)}
MONTH_WEIGHT = (0.90, 0.95, 1.10, 1.10, 1.05, 1.10, 0.95, 0.80, 1.10, 1.10, 1.05, 0.80)
SPRING_WEIGHT = (0.05, 0.8, 1.2, 1.2, 1.0, 0.03, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01)


def stream(table: str, *keys: int) -> np.random.Generator:
    """A generator of its own for each table, so that a new table changes no other file."""
    return np.random.default_rng([SEED, zlib.crc32(table.encode()), *keys])


def one_of(shares: dict[str, float], rng: np.random.Generator) -> str:
    """One of the keys, drawn by its share."""
    return str(rng.choice(tuple(shares), p=tuple(shares.values())))


def day(number: int) -> dt.date:
    """The date of day `number` of the history, counted from 0."""
    return FIRST_DAY + dt.timedelta(days=int(number))


def number_of(date: dt.date) -> int:
    """Days since the first day of the history."""
    return (date - FIRST_DAY).days


def fiscal_year(date: dt.date) -> int:
    """The year in which the fiscal year of `date` ends."""
    return date.year + (date.month >= 9)


def is_open(date: dt.date) -> bool:
    """Whether the firm invoices that day: not at weekends, in August's closure or at Christmas."""
    closed = (
        date.weekday() >= 5
        or (date.month, date.day) in HOLIDAYS
        or (date.month == 8 and date.day <= 23)
        or (date.month == 12 and date.day >= 24)
    )
    return not closed


def next_open(number: int) -> int:
    """The first open day on or after day `number`."""
    while not is_open(day(number)):
        number += 1
    return number


def clock(month_weight: tuple[float, ...]) -> np.ndarray:
    """Business time at the end of each day: it stands still while the firm is closed.

    A purchase that falls due at business time u is invoiced on the first day whose clock
    reaches u. One unit is an average calendar day, so a gap of 30 units is 30 days on average.
    """
    dates = [day(number) for number in range(DAY_COUNT)]
    weight = np.array([month_weight[date.month - 1] * is_open(date) for date in dates])
    return np.cumsum(weight / weight.mean())
