"""Decimal marks and date formats that the engagement leaves open: one reading, or a question."""

from dataclasses import dataclass
from typing import Literal

import duckdb

from clientaudit.intake.mapping.cells import Cell, number_style
from clientaudit.intake.mapping.date_text import date_sql, in_calendar
from clientaudit.intake.mapping.number_text import plain_number

DATE_FORMATS = (
    "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y%m%d",
    "%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%d-%m-%y", "%m-%d-%y", "%y/%m/%d", "%y-%m-%d", "%d%m%Y",
    "%d %b %Y", "%d-%b-%Y", "%d-%b-%y",
)  # fmt: skip
MARKS = (",", ".")


@dataclass(frozen=True)
class Subject:
    """A text whose writing is not given: SQL of the text, and the cell it comes from."""

    sql: str
    cell: Cell
    kind: Literal["number", "date"]


@dataclass(frozen=True)
class Detected:
    """What was found for each subject (by its SQL), and what stays open.

    sure: the subjects whose reading is unique. questions: subject to what must be settled.
    """

    decimals: dict[str, str]
    formats: dict[str, str]
    sure: frozenset[str]
    questions: dict[str, str]


def detect(
    connection: duckdb.DuckDBPyConnection, query: str, subjects: list[Subject], currency: str
) -> Detected:
    """Find the writing of each subject over all rows of `query`.

    A reading is unique if it alone reads every value, or if all that do give the same values.
    A decimal mark that a column leaves open (`1,234` throughout) is the mark of the other columns
    of the same file, where they agree; a date is never read by its neighbours. What several
    readings read differently becomes a question.
    """
    numbers = [subject for subject in subjects if subject.kind == "number"]
    dates = [subject for subject in subjects if subject.kind == "date"]
    verdicts = _marks(connection, query, numbers, currency)
    decimals, questions = _resolved(numbers, verdicts)
    sure = {sql for sql, verdict in verdicts.items() if verdict in MARKS}
    formats: dict[str, str] = {}
    for subject in dates:
        formats[subject.sql], unique, question = _date_format(connection, query, subject)
        sure |= {subject.sql} if unique else set()
        questions |= {subject.sql: question} if question else {}
    return Detected(decimals, formats, frozenset(sure), questions)


def _marks(
    connection: duckdb.DuckDBPyConnection, query: str, subjects: list[Subject], currency: str
) -> dict[str, str]:
    """For each subject `,` or `.`, "either" where they agree, "open", or "none,"/"none."."""
    if not subjects:
        return {}
    aggregates = []
    for subject in subjects:
        comma, dot = (
            plain_number(subject.sql, number_style(subject.cell, mark, currency)) for mark in MARKS
        )
        aggregates += [f"count({sql})" for sql in (subject.sql, comma, dot)]
        aggregates.append(f"count(*) filter (({comma}) <> ({dot}))")
    row = connection.execute(f"select {', '.join(aggregates)} from ({query})").fetchall()[0]
    counts = [row[i : i + 4] for i in range(0, len(row), 4)]
    return {s.sql: _verdict(*count) for s, count in zip(subjects, counts, strict=True)}


def _verdict(filled: int, comma: int, dot: int, different: int) -> str:
    if comma == dot == filled:
        return "open" if different else "either"
    if filled in (comma, dot):
        return "," if comma == filled else "."
    return "none," if comma > dot else "none."


def _resolved(
    subjects: list[Subject], verdicts: dict[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    decimals, questions = {}, {}
    for subject in subjects:
        verdict = verdicts[subject.sql]
        others = {
            verdicts[other.sql]
            for other in subjects
            if other.cell.origin == subject.cell.origin and verdicts[other.sql] in MARKS
        }
        if verdict in ("open", "either"):
            decimals[subject.sql] = min(others) if len(others) == 1 else "."
        else:
            decimals[subject.sql] = verdict[-1]
        if verdict == "open" and len(others) != 1:
            questions[subject.sql] = (
                "its numbers can be read with a decimal comma and with a decimal point, "
                'differently; set decimal: "," or "." for this source.'
            )
    return decimals, questions


def _date_format(
    connection: duckdb.DuckDBPyConnection, query: str, subject: Subject
) -> tuple[str, bool, str]:
    """The format, whether it is unique, and the question it leaves."""
    values = f"select distinct {subject.sql} as v from ({query}) where {subject.sql} is not null"
    counts = ", ".join(f"count({_reading(fmt)})" for fmt in DATE_FORMATS)
    filled, *found = connection.execute(f"select count(*), {counts} from ({values})").fetchall()[0]
    best = max(found)
    candidates = [fmt for fmt, count in zip(DATE_FORMATS, found, strict=True) if count == best]
    if not best:
        return DATE_FORMATS[0], False, ""
    first = _reading(candidates[0])
    differ = [f"({first}) is distinct from ({_reading(fmt)})" for fmt in candidates[1:]]
    example = f"min(v) filter ({' or '.join(differ) or 'false'})"
    [open_value] = connection.execute(f"select {example} from ({values})").fetchall()[0]
    if open_value is None:
        return candidates[0], best == filled, ""
    shown = ", ".join(candidates)
    question = f'dates such as "{open_value}" can be read by {shown}; set date_format.'
    return candidates[0], False, question


def _reading(fmt: str) -> str:
    return in_calendar(date_sql("v", [fmt]))
