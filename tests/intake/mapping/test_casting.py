"""Texts become exact numbers and dates, or nothing: never something near."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientaudit.errors import AuditError
from clientaudit.intake.mapping.casting import from_text
from clientaudit.intake.mapping.date_text import date_sql, in_calendar
from clientaudit.intake.mapping.number_text import (
    NumberStyle,
    integer_from_plain,
    money_from_double,
    money_from_plain,
    plain_number,
)
from clientaudit.schema import TABLES

CONNECTION = duckdb.connect()
COMMA = NumberStyle(",", (), "EUR")
POINT = NumberStyle(".", (), "EUR")


def value(sql: str, text: str | None) -> object:
    return CONNECTION.execute(f"select {sql} from (select $1::varchar as t)", [text]).fetchone()[0]


def money(text: str | None, style: NumberStyle = COMMA) -> object:
    return value(money_from_plain(plain_number("t", style)), text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1234,56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1\u00a0234\u00a0567,8", "1234567.8"),
        ("12\u202f345", "12345"),
        ("1\u2009234,5", "1234.5"),
        ("1'234'567,8", "1234567.8"),
        ("1’234,5", "1234.5"),
        ("-12,5", "-12.5"),
        ("12,5-", "-12.5"),
        ("(12,5)", "-12.5"),
        ("( 1 234,5 € )", "-1234.5"),
        ("−12,5", "-12.5"),
        ("- 12,5", "-12.5"),
        ("+12,5", "12.5"),
        ("12,5 €", "12.5"),
        ("€ 12,5", "12.5"),
        ("-€12,5", "-12.5"),
        ("12,5EUR", "12.5"),
        ("99 %", "99"),
        (",5", "0.5"),
        ("12,", "12"),
        ("00012,50", "12.5"),
        ("1,5E-02", "0.015"),
        ("5,684341886080802e-14", "0"),
        ("1,2345678E7", "12345678"),
    ],
)
def test_every_way_of_writing_a_number(text, expected):
    assert money(text) == Decimal(expected)


@pytest.mark.parametrize(
    "text",
    [
        "1234.56", "1.234,56", "1 23", "12 34", "1234 567", "1,2,3", "abc", "--1", "-(1)", "1-2",
        "1_000", "0x10", "inf", "nan", "1,23E+05", "12 €€", "$", "-", "(1", "1)", "1 2345",
        "100000000000000", "12,5 USD", "٣",
    ],
)  # fmt: skip
def test_what_is_not_a_number_is_refused(text):
    assert money(text) is None


def test_thousands_that_are_given():
    assert money("1.234.567,8", NumberStyle(",", (".",))) == Decimal("1234567.8")
    assert money("1,234.5", NumberStyle(".", (",",))) == Decimal("1234.5")
    assert money("1'234.5", NumberStyle(".", ("'",))) == Decimal("1234.5")
    assert money("1.23,4", NumberStyle(",", (".",))) is None


def test_the_engagements_currency_may_stand_beside_the_number():
    assert money("CHF 12.50", NumberStyle(".", (), "CHF")) == Decimal("12.5")


def test_money_is_rounded_half_away_from_zero():
    assert money("1,00005") == Decimal("1.0001")
    assert money("-1,00005") == Decimal("-1.0001")
    assert money("1,00004999") == Decimal("1")
    for text, expected in (("0.00015", "0.0002"), ("-2.67505", "-2.6751"), ("1.00004", "1")):
        assert value(money_from_double("CAST(t AS DOUBLE)"), text) == Decimal(expected)


def test_thousands_of_a_currency_are_multiplied_before_rounding():
    sql = money_from_plain(plain_number("t", COMMA), thousand=True)
    assert value(sql, "1,2345675") == Decimal("1234.5675")


@pytest.mark.parametrize(
    ("text", "expected"), [("12", 12), ("12,0", 12), ("-3", -3), ("1,5", None)]
)
def test_integers_are_whole(text, expected):
    assert value(integer_from_plain(plain_number("t", COMMA)), text) == expected


def written(number: Decimal, mark: str, group: str, minus: str, sign: str) -> str:
    text = f"{abs(number):,.{max(-number.as_tuple().exponent, 0)}f}"
    text = text.replace(",", "G").replace(".", mark).replace("G", group)
    text = {"€ ": f"€ {text}", " €": f"{text} €", "": text}[sign]
    if number >= 0:
        return text
    return {"-": f"-{text}", "−": f"−{text}", "()": f"({text})", "after": f"{text}-"}[minus]


@given(
    st.decimals(Decimal("-9e12"), Decimal("9e12"), places=4),
    st.sampled_from([",", "."]),
    st.sampled_from(["", " ", "\u00a0", "\u202f", "\u2009"]),
    st.sampled_from(["-", "−", "()", "after"]),
    st.sampled_from(["", "€ ", " €"]),
)
def test_a_written_number_reads_back_exactly(number, mark, group, minus, sign):
    text = written(number, mark, group, minus, sign)
    assert money(text, NumberStyle(mark)) == number


@given(st.lists(st.decimals(-(10**6), 10**6, places=6), max_size=30))
def test_sums_equal_decimal_sums(numbers):
    cents = [n.quantize(Decimal("0.0001"), ROUND_HALF_UP) for n in numbers]
    texts = [f"{n:f}".replace(".", ",") for n in numbers]
    sql = (
        f"select sum({money_from_plain(plain_number('t', COMMA))}) from unnest($1::varchar[]) u(t)"
    )
    assert (CONNECTION.execute(sql, [texts]).fetchone()[0] or 0) == sum(cents)


def date(text: str, *formats: str) -> object:
    return value(
        f"(select {in_calendar('d')} from (select {date_sql('t', list(formats))} d))", text
    )


@pytest.mark.parametrize(
    ("text", "formats", "expected"),
    [
        ("31/12/2024", ("%d/%m/%Y",), dt.date(2024, 12, 31)),
        ("1/2/2024", ("%d/%m/%Y",), dt.date(2024, 2, 1)),
        ("01/02/24", ("%d/%m/%Y",), None),
        ("01/02/24", ("%d/%m/%Y", "%d/%m/%y"), dt.date(2024, 2, 1)),
        ("01/02/2024", ("%d/%m/%y", "%d/%m/%Y"), dt.date(2024, 2, 1)),
        ("31/02/2024", ("%d/%m/%Y",), None),
        ("29/02/2023", ("%d/%m/%Y",), None),
        ("31/12/1899", ("%d/%m/%Y",), None),
        ("31/12/2924", ("%d/%m/%Y",), None),
        ("2024-12-31 00:00:00.000", ("%Y-%m-%d",), dt.date(2024, 12, 31)),
        ("2024-12-31T12:30", ("%Y-%m-%d",), dt.date(2024, 12, 31)),
        ("2024-12-31T12:30:15Z", ("%Y-%m-%d",), dt.date(2024, 12, 31)),
        ("31/12/2024 14:05", ("%d/%m/%Y",), dt.date(2024, 12, 31)),
        ("1/2/2024 9:05 PM", ("%m/%d/%Y",), dt.date(2024, 1, 2)),
        ("31/12/2024 14:05", ("%d/%m/%Y %H:%M",), dt.date(2024, 12, 31)),
        ("20241231", ("%Y%m%d",), dt.date(2024, 12, 31)),
        ("20241231235959", ("%Y%m%d%H%M%S",), dt.date(2024, 12, 31)),
        ("2024123", ("%Y%m%d",), None),
        ("31122024", ("%d%m%Y",), dt.date(2024, 12, 31)),
        ("3 janvier 2024", ("%d %B %Y",), dt.date(2024, 1, 3)),
        ("12-févr.-24", ("%d-%b-%y",), dt.date(2024, 2, 12)),
        ("05-Dec-2024", ("%d-%b-%Y",), dt.date(2024, 12, 5)),
        ("31/12/2024x", ("%d/%m/%Y",), None),
        ("31/12/20245", ("%d/%m/%Y",), None),
        ("31.12.2024", ("%d/%m/%Y",), None),
        ("12/2024", ("%m/%Y",), dt.date(2024, 12, 1)),
    ],
)
def test_dates(text, formats, expected):
    assert date(text, *formats) == expected


@given(
    st.dates(dt.date(1900, 1, 1), dt.date(2200, 12, 31)),
    st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d", "%d.%m.%Y", "%Y%m%d", "%d-%b-%Y"]),
)
def test_a_written_date_reads_back(day, fmt):
    assert date(day.strftime(fmt), fmt) == day


@pytest.mark.parametrize("fmt", ["%Q", "%d/%H/%Y %m", "%j"])
def test_unknown_directives_are_refused(fmt):
    with pytest.raises(AuditError, match="date_format"):
        date_sql("t", [fmt])


def test_booleans_and_enums():
    founded = TABLES["incidents"].column("founded")
    sql = from_text(founded, "t", [])
    assert [value(sql, text) for text in ("O", "oui", "VRAI", "1", "Yes")] == [True] * 5
    assert [value(sql, text) for text in ("N", "non", "Faux", "0", "no")] == [False] * 5
    assert value(sql, "peut-être") is None
    kind = TABLES["transactions"].column("doc_type")
    assert value(from_text(kind, "t", []), "Invoice") == "invoice"
    assert value(from_text(kind, "t", []), "facture") is None


def test_a_percentage_is_no_amount():
    assert money("99 %", NumberStyle(",", (), "EUR", percent=False)) is None
