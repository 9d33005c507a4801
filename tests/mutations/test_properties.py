"""Tables written in every way read back exactly; a damaged byte never passes in silence."""

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientaudit.errors import AuditError
from clientaudit.intake.fec.books import Books
from clientaudit.intake.mapping.plan import MappingTask
from clientaudit.intake.mapping.table import MappedTable, map_table
from clientaudit.settings.sources import Dialect, Source
from mutations.firm import Exports, clean_exports, truth_of
from mutations.harness import COLUMNS, WRITTEN, totals

CENTS = st.integers(-99_999_999, 99_999_999)
WORDS = st.text("aé€ZÀœ0 ;,|\t\"'\n-=", max_size=6)
ROWS = st.lists(
    st.tuples(WORDS, st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31)), CENTS),
    min_size=1,
    max_size=8,
)
BLANKS = st.sampled_from(["", " ", "\u00a0", "\u202f", "'"])
DATES = st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d.%m.%y", "%Y%m%d", "%d %b %Y"])
THREE = {"client_id": "Client", "date": "Date", "amount_net": "Montant"}
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


@st.composite
def dialects(draw: st.DrawFn) -> dict[str, str]:
    decimal = draw(st.sampled_from([",", "."]))
    separator = draw(st.sampled_from([";", "\t", "|", ","]).filter(lambda sign: sign != decimal))
    return {
        "encoding": draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"])),
        "separator": separator,
        "decimal": decimal,
        "thousands": draw(BLANKS),
        "date_format": draw(DATES),
        "minus": draw(st.sampled_from(["-{}", "{}-", "({})", "−{}"])),
        "line_end": draw(st.sampled_from(["\n", "\r\n", "\r"])),
        "quoting": draw(st.sampled_from(["minimal", "all"])),
    }


def written(rows: list[tuple[str, dt.date, int]], how: dict[str, str]) -> bytes:
    """The rows as a file of that dialect."""
    out = io.StringIO()
    # Where lines end on \r, the csv writer leaves a \n inside a cell bare.
    bare = how["quoting"] == "minimal" and how["line_end"] != "\r"
    quoting = csv.QUOTE_MINIMAL if bare else csv.QUOTE_ALL
    writer = csv.writer(
        out, delimiter=how["separator"], lineterminator=how["line_end"], quoting=quoting
    )
    writer.writerow(["Client", "Date", "Montant"])
    for word, date, cents in rows:
        size = f"{abs(Decimal(cents)) / 100:,.2f}".replace(",", "\0").replace(".", how["decimal"])
        amount = size.replace("\0", how["thousands"])
        writer.writerow(
            [
                word,
                spelled(date, how["date_format"]),
                how["minus"].format(amount) if cents < 0 else amount,
            ]
        )
    minus = "−" if how["encoding"] != "cp1252" else "-"
    return (
        out.getvalue()
        .replace("−", minus)
        .replace("\u202f", "\u00a0" if minus == "-" else "\u202f")
        .encode(how["encoding"])
    )


def spelled(date: dt.date, style: str) -> str:
    return date.strftime(style.replace("%b", MONTHS[date.month - 1]))


def mapped(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    how: Mapping[str, str],
    columns: Mapping[str, str],
) -> MappedTable:
    """The file v.csv of a folder, mapped by an engagement that says how it is written."""
    keys = ("encoding", "separator", "decimal", "date_format")
    source = {"files": "v.csv", "columns": columns}
    dialect = Dialect(**{key: how[key] for key in keys})
    task = MappingTask("transactions", folder, dialect, "EUR", Books(connection, folder), folder)
    return map_table(task, [Source.model_validate(source)])


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as opened:
        yield opened


@settings(max_examples=80)
@given(rows=ROWS, how=dialects())
def test_a_table_written_in_any_dialect_reads_back_exactly(connection, rows, how):
    rows = [
        (
            word,
            date.replace(year=2000 + date.year % 60) if "%y" in how["date_format"] else date,
            cents,
        )
        for word, date, cents in rows
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "v.csv").write_bytes(written(rows, how))
        table = mapped(connection, folder, how, THREE)
        found = connection.execute(
            f"select date, amount_net from read_parquet('{table.path}') order by _row"
        ).fetchall()
    assert found == [(date, Decimal(cents) / 100) for _, date, cents in rows]


CLEAN = clean_exports().last
TRUTH = truth_of(Exports([CLEAN]))
DAMAGE = st.sampled_from(["cut", "lost", "other", "more"])
SIGNS = st.sampled_from(list(b"0159 ;,.-\"'\r\n\t()%aE/\x00\xa0\xc3\xff"))


def damaged(kind: str, place: int, byte: int) -> bytes:
    """The clean file cut at a place, or with one byte lost, changed or added there."""
    content = CLEAN.content
    rest = {"cut": b"", "lost": content[place + 1 :], "other": content[place + 1 :]}
    sign = bytes([byte]) if kind in ("other", "more") else b""
    return content[:place] + sign + rest.get(kind, content[place:])


def is_plausible(content: bytes) -> bool:
    """Whether the file is one that a program could have written: whole rows as before, and at
    most one cell that differs. Then nothing in the file can show the damage.
    """
    rows = list(csv.reader(io.StringIO(content.decode(), newline=""), delimiter=";", strict=True))
    clean = list(csv.reader(io.StringIO(CLEAN.text, newline=""), delimiter=";"))
    cells = [
        (a, b) for row, own in zip(rows, clean, strict=False) for a, b in zip(row, own, strict=True)
    ]
    return len(rows) <= len(clean) and sum(a != b for a, b in cells) <= (len(rows) == len(clean))


@settings(max_examples=150)
@given(kind=DAMAGE, place=st.integers(150, len(CLEAN.content) - 1), byte=SIGNS)
def test_one_damaged_byte_never_passes_in_silence(connection, kind, place, byte):
    content = damaged(kind, place, byte)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "v.csv").write_bytes(content)
        try:
            table = mapped(connection, folder, WRITTEN, COLUMNS)
        except AuditError:
            return
        assert totals(table.path) == TRUTH or table.files[0].ends_open or is_plausible(content)
