"""Codes that a spreadsheet has damaged: turned into numbers, rounded, stripped of their zeros."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from clientaudit.intake.sql import literal

DIGITS = 15  # that a spreadsheet keeps of a number
CERTAIN_ZEROS = 3
SCIENTIFIC = r"[1-9]([.,]\d+)?E\+\d{1,2}"


@dataclass(frozen=True)
class ScientificCodes:
    """Codes such as 1,23457E+13 in one column. rows: the lines that carry one."""

    column: str
    rows: int
    codes: int


@dataclass(frozen=True)
class RoundedCodes:
    """Codes of over 15 digits in one column and file, all of them with zeros behind the 15th."""

    column: str
    rows: int
    codes: int


@dataclass(frozen=True)
class UnpaddedCodes:
    """Client codes of one file that stand with leading zeros in other files only.

    clients: how many; of: client codes of the file.
    """

    file: int
    clients: int
    of: int


@dataclass(frozen=True)
class CodeFacts:
    """What a spreadsheet did to the codes of the invoice lines."""

    scientific: tuple[ScientificCodes, ...] = ()
    unpadded: tuple[UnpaddedCodes, ...] = ()
    rounded: tuple[RoundedCodes, ...] = ()


NO_CODES = CodeFacts()


def code_facts(
    connection: duckdb.DuckDBPyConnection, lines: Path, columns: Iterable[str]
) -> CodeFacts:
    """Look for damaged codes, as the source writes them.

    lines: Parquet of the mapped transactions, before codes are grouped or hidden. columns: mapped.
    """
    table = f"read_parquet({literal(str(lines))})"
    names = [name for name in ("client_id", "doc_id", "product_id") if name in set(columns)]
    # One plain search tells what is worth a closer look: in most exports, nothing.
    signs = ", ".join(f"bool_or(contains({name}, 'E+')), {_long(name)}" for name in names)
    found = connection.execute(
        f"select bool_or(starts_with(client_id, '0')) and min(_file) <> max(_file), {signs} "
        f"from {table}"
    ).fetchall()
    padded, *seen = found[0]
    scientific = [
        _scientific(connection, table, name)
        for name, has_sign in zip(names, seen[::2], strict=True)
        if has_sign
    ]
    rounded = [
        _rounded(connection, table, name)
        for name, is_long in zip(names, seen[1::2], strict=True)
        if is_long
    ]
    unpadded = connection.execute(_UNPADDED.format(lines=table)).fetchall() if padded else []
    return CodeFacts(
        tuple(found for found in scientific if found.rows),
        tuple(UnpaddedCodes(*row) for row in unpadded),
        tuple(found for found in rounded if found.rows),
    )


def _scientific(connection: duckdb.DuckDBPyConnection, table: str, name: str) -> ScientificCodes:
    found = connection.execute(
        f"select count(*), count(distinct {name}) from {table} "
        f"where contains({name}, 'E+') and regexp_full_match({name}, {literal(SCIENTIFIC)})"
    ).fetchall()
    return ScientificCodes(name, *found[0])


def _long(name: str) -> str:
    return f"bool_or(strlen({name}) > {DIGITS} and ends_with({name}, '0'))"


def _rounded(connection: duckdb.DuckDBPyConnection, table: str, name: str) -> RoundedCodes:
    """The codes of the files in which chance would leave so many zeros once in a thousand times."""
    found = connection.execute(
        f"with codes as (select _file, {name} as code, count(*) as rows from {table} "
        f"where strlen({name}) > {DIGITS} and regexp_full_match({name}, '[0-9]+') group by all), "
        "files as (select sum(rows) as rows, count(*) as codes from codes group by _file "
        f"having bool_and(regexp_full_match(code[{DIGITS + 1}:], '0+')) "
        f"and sum(strlen(code) - {DIGITS}) >= {CERTAIN_ZEROS}) "
        "select coalesce(sum(rows), 0)::bigint, coalesce(sum(codes), 0)::bigint from files"
    ).fetchall()
    return RoundedCodes(name, *found[0])


_UNPADDED = """
with held as (
    select _file, client_id as code from {lines} where client_id is not null group by all
),
padded as (
    select distinct ltrim(code, '0') as bare from held where starts_with(code, '0')
),
files as (
    select _file, count(*) as codes from held group by all
),
lost as (
    select h._file, count(*) as clients from held h semi join padded on padded.bare = h.code
    where not exists (
        from held own where own._file = h._file and starts_with(own.code, '0')
        and ltrim(own.code, '0') = h.code)
    group by h._file
)
select _file, clients, codes from lost join files using (_file) order by _file
"""
