"""What the values of one column say about what it holds."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from clientaudit.intake.mapping.date_text import date_sql, in_calendar
from clientaudit.intake.mapping.detection import DATE_FORMATS, MARKS
from clientaudit.intake.mapping.number_text import NumberStyle, plain_number
from clientaudit.intake.proposal.layout import Export
from clientaudit.intake.reading.parts import Kind

FEW_VALUES = 24
DATE_SHAPE = re.compile(
    r"\D{0,6}\d{1,4}[-/. ]+\w{1,9}\.?[-/. ]+\d{1,4}\b.*|(19|20)\d{6}|\d{4}(19|20)\d\d"
)
MONTHS = {
    "%Y-%m": r"(19|20)\d\d-\d{1,2}",
    "%m/%Y": r"\d{1,2}/(19|20)\d\d",
    "%m-%Y": r"\d{1,2}-(19|20)\d\d",
    "%b %Y": r"[^\W\d]{3,9}\.? (19|20)\d\d",
}
NUMBER_SHAPE = re.compile(r"\W*(?:EUR)?\W*\d[\d\W]*(?:[eE][-+]?\d+|EUR\W*)?")
SHAPE_SHARE = 0.5


@dataclass(frozen=True)
class Evidence:
    """Shares are of the filled cells of the sample.

    numbers, dates: share that can be read as such. decimal: the mark, "" where none is needed,
    "?" where both marks read the numbers differently. formats: those that read the dates;
    rival: one that reads them as well, differently. values: the most frequent, where they are
    few. length: that of most values. months: the format of a column of months without days.
    """

    heading: str
    kind: Kind
    rows: int
    filled: int
    distinct: int
    numbers: float
    decimal: str
    negative: float
    whole: float
    largest: float
    dates: float
    formats: tuple[str, ...]
    rival: str
    values: tuple[tuple[str, int], ...]
    length: int
    months: tuple[str, ...] = ()

    @property
    def unique(self) -> float:
        """Distinct values per filled cell."""
        return self.distinct / self.filled if self.filled else 0.0


@dataclass(frozen=True)
class Numbers:
    """Share of numbers, decimal mark, shares below zero and whole, largest size."""

    share: float = 0.0
    decimal: str = ""
    negative: float = 0.0
    whole: float = 0.0
    largest: float = 0.0


@dataclass(frozen=True)
class Dates:
    """Share of dates, the formats that read them, one that reads them otherwise."""

    share: float = 0.0
    formats: tuple[str, ...] = ()
    rival: str = ""


def column_evidence(connection: duckdb.DuckDBPyConnection, export: Export) -> dict[str, Evidence]:
    """The evidence of every column of an export, by heading."""
    return {
        heading: _evidence(connection, export, heading, kind)
        for heading, kind in zip(export.headings, export.kinds, strict=True)
    }


def read_numbers(
    connection: duckdb.DuckDBPyConnection, texts: Iterable[str], mark: str
) -> dict[str, float]:
    """The texts that are numbers with that decimal mark, as numbers."""
    _load(connection, Counter(texts))
    number = plain_number("v", _style(mark or "."))
    rows = connection.execute(f"select v, try_cast({number} as double) from proposal_values")
    return {text: value for text, value in rows.fetchall() if value is not None}


def _evidence(
    connection: duckdb.DuckDBPyConnection, export: Export, heading: str, kind: Kind
) -> Evidence:
    counts = Counter(cell for cell in export.column(heading) if cell)
    _load(connection, counts)
    is_number = _shaped(counts, NUMBER_SHAPE)
    numbers = _read_as_numbers(connection, counts.total()) if is_number else Numbers()
    dates = Dates(share=1.0 if kind == "date" else 0.0)
    if kind != "date" and _shaped(counts, DATE_SHAPE):
        dates = _read_as_dates(connection, counts.total())
    return Evidence(
        heading=heading,
        kind=kind,
        rows=len(export.rows),
        filled=counts.total(),
        distinct=len(counts),
        numbers=1.0 if kind == "number" else numbers.share,
        decimal="" if kind == "number" else numbers.decimal,
        negative=numbers.negative,
        whole=numbers.whole,
        largest=numbers.largest,
        dates=dates.share,
        formats=dates.formats,
        rival=dates.rival,
        values=_few_values(counts),
        length=_usual_length(counts),
        months=_months(counts),
    )


def _few_values(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    frequent = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(frequent) if len(counts) <= FEW_VALUES else ()


def _usual_length(counts: Counter[str]) -> int:
    lengths = Counter(map(len, counts))
    return max(lengths, key=lambda size: (lengths[size], size), default=0)


def _months(counts: Counter[str]) -> tuple[str, ...]:
    """The format of months in which every cell is written."""
    return tuple(
        fmt
        for fmt, shape in MONTHS.items()
        if counts and all(re.fullmatch(shape, c) for c in counts)
    )


def _shaped(counts: Counter[str], shape: re.Pattern[str]) -> bool:
    """Whether most cells look as if they could be read; reading them all takes longer."""
    seen = sum(n for text, n in counts.items() if shape.fullmatch(text))
    return seen > 0 and seen >= SHAPE_SHARE * counts.total()


def _load(connection: duckdb.DuckDBPyConnection, counts: Counter[str]) -> None:
    connection.execute(
        "create or replace temp table proposal_values as "
        "select unnest($1::varchar[]) as v, unnest($2::bigint[]) as n",
        [list(counts), list(counts.values())],
    )


def _style(mark: str) -> NumberStyle:
    return NumberStyle(mark, tuple(other for other in MARKS if other != mark))


def _read_as_numbers(connection: duckdb.DuckDBPyConnection, filled: int) -> Numbers:
    comma, dot = (plain_number("v", _style(mark)) for mark in MARKS)
    by_comma, by_dot, differ = connection.execute(
        "select coalesce(sum(n) filter (c is not null), 0), "
        "coalesce(sum(n) filter (d is not null), 0), count(*) filter (c <> d) "
        f"from (select n, {comma} as c, {dot} as d from proposal_values)"
    ).fetchall()[0]
    best = max(by_comma, by_dot)
    if not best:
        return Numbers()
    mark = "," if by_comma > by_dot else "." if by_dot > by_comma else "?" if differ else ""
    negative, whole, largest = connection.execute(
        "select coalesce(sum(n) filter (x < 0), 0), coalesce(sum(n) filter (x = trunc(x)), 0), "
        "coalesce(max(abs(x)), 0) from (select n, "
        f"try_cast({comma if mark == ',' else dot} as double) as x from proposal_values)"
    ).fetchall()[0]
    return Numbers(best / filled, mark, negative / best, whole / best, largest)


def _read_as_dates(connection: duckdb.DuckDBPyConnection, filled: int) -> Dates:
    readings = {fmt: in_calendar(date_sql("v", [fmt])) for fmt in DATE_FORMATS}
    parsed = ", ".join(f"{sql} as f{i}" for i, sql in enumerate(readings.values()))
    connection.execute(
        f"create or replace temp table proposal_dates as select n, {parsed} from proposal_values"
    )
    chosen: list[int] = []
    read = 0
    while best := max(found := _newly_read(connection, chosen)):
        equal = _plausible(connection, [i for i, count in enumerate(found) if count == best])
        chosen.append(equal[0])
        read += int(best)
    rival = _rival(connection, chosen) if chosen else ""
    return Dates(read / filled, tuple(DATE_FORMATS[i] for i in chosen), rival)


def _newly_read(connection: duckdb.DuckDBPyConnection, chosen: list[int]) -> tuple[float, ...]:
    """How many cells each format reads that the chosen ones do not."""
    left = " and ".join(f"f{i} is null" for i in chosen) or "true"
    sums = (
        f"coalesce(sum(n) filter (f{i} is not null and {left}), 0)"
        for i in range(len(DATE_FORMATS))
    )
    return connection.execute(f"select {', '.join(sums)} from proposal_dates").fetchall()[0]


def _plausible(connection: duckdb.DuckDBPyConnection, formats: list[int]) -> list[int]:
    """Of formats that read as many dates, those that do not take days for years."""
    counts = ", ".join(f"count(distinct year(f{i}))" for i in formats)
    years = connection.execute(f"select {counts} from proposal_dates").fetchall()[0]
    most = 2 * min(years) + 2
    return [i for i, count in zip(formats, years, strict=True) if count <= most]


def _rival(connection: duckdb.DuckDBPyConnection, chosen: list[int]) -> str:
    """A format that reads as many dates as the first, or that is needed as well, and reads some
    dates of the first otherwise.
    """
    first = chosen[0]
    sizes = ", ".join(f"count(f{i})" for i in range(len(DATE_FORMATS)))
    found = connection.execute(f"select {sizes} from proposal_dates").fetchall()[0]
    equal = _plausible(connection, [i for i, n in enumerate(found) if n == found[first]])
    others = [i for i in (*equal, *chosen) if i != first]
    if not others:
        return ""
    differ = ", ".join(f"count(*) filter (f{i} <> f{first})" for i in others)
    counts = connection.execute(f"select {differ} from proposal_dates").fetchall()[0]
    return next((DATE_FORMATS[i] for i, n in zip(others, counts, strict=True) if n), "")
