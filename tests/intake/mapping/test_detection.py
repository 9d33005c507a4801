"""What the engagement leaves open has one reading, or is asked for; nothing is guessed."""

import datetime as dt
from decimal import Decimal

import pytest

from clientaudit.settings.sources import Dialect
from intake.mapping_factory import LINES, Firm

OPEN = Dialect(encoding="utf-8", separator=";")
SALES = {"files": ["ventes.csv"], "columns": LINES}


@pytest.fixture
def firm(tmp_path):
    return Firm(tmp_path)


def amounts(firm, *values, columns=LINES):
    firm.write("ventes.csv", "Client;Date;Montant", *(f"A;2024-01-31;{value}" for value in values))
    table = firm.map(SALES | {"columns": columns}, dialect=OPEN)
    return table, [row[0] for row in firm.rows(table, "amount_net")]


@pytest.mark.parametrize(
    ("values", "expected", "mark"),
    [
        (["1,5", "1 234,567"], ["1.5", "1234.567"], ","),
        (["1.5", "12"], ["1.5", "12"], "."),
        (["1.234,5", "1,234"], ["1234.5", "1.234"], ","),
        (["1,234.5", "1,234"], ["1234.5", "1234"], "."),
        (["1", "1 000"], ["1", "1000"], None),
        (["1,234,567"], ["1234567"], "."),
    ],
)
def test_decimal_mark_with_one_reading_is_used_and_recorded(firm, values, expected, mark):
    table, found = amounts(firm, *values)
    assert found == [Decimal(text) for text in expected]
    [file] = table.files
    assert file.dialect.decimal == mark
    assert ("decimal" in file.detected) is (mark is not None)


def test_numbers_with_two_readings_ask_for_the_mark(firm):
    with pytest.raises(Exception, match="set decimal") as error:
        amounts(firm, "1,234", "12,345")
    assert 'column "Montant"' in str(error.value)


def test_an_open_column_is_written_as_the_others_of_its_file(firm):
    firm.write("ventes.csv", "Client;Date;Montant;Qté", "A;2024-01-31;1,5;1,250")
    columns = LINES | {"quantity": "Qté"}
    table = firm.map(SALES | {"columns": columns}, dialect=OPEN)
    assert firm.rows(table, "quantity") == [(1.25,)]


def test_rows_that_are_dropped_have_no_say(firm):
    firm.write("ventes.csv", "Client;Date;Montant", "A;2024-01-31;1,5", "TOTAL;x;1.5")
    drop = [{"column": "Client", "equals": "TOTAL"}]
    table = firm.map(SALES | {"drop": drop}, dialect=OPEN)
    assert firm.rows(table, "amount_net") == [(Decimal("1.5"),)]


def test_a_value_that_fits_no_reading_is_a_fault(firm):
    firm.write("ventes.csv", "Client;Date;Montant", *["A;2024-01-31;1,5"] * 3, "A;x;1.5")
    error = firm.refused(SALES, dialect=OPEN)
    assert error.counts == {"transactions.date": 1, "transactions.amount_net": 1}


def days(firm, *values):
    firm.write("ventes.csv", "Client;Date;Montant", *(f"A;{value};1" for value in values))
    table = firm.map(SALES, dialect=OPEN)
    return table, [row[0] for row in firm.rows(table, "date")]


@pytest.mark.parametrize(
    ("values", "fmt"),
    [
        (["31/01/2024", "01/01/2024"], "%d/%m/%Y"),
        (["01/31/2024", "01/01/2024"], "%m/%d/%Y"),
        (["31.01.2024", "01.01.2024 10:00"], "%d.%m.%Y"),
        (["2024-01-31T00:00:00", "2024-01-01"], "%Y-%m-%d"),
        (["20240131", "20240101"], "%Y%m%d"),
        (["31-janv.-2024", "01-janv.-2024"], "%d-%b-%Y"),
    ],
)
def test_date_format_with_one_reading_is_used_and_recorded(firm, values, fmt):
    table, found = days(firm, *values)
    assert found == [dt.date(2024, 1, 31), dt.date(2024, 1, 1)]
    assert table.files[0].dialect.date_format == [fmt]
    assert "date_format" in table.files[0].detected


def test_dates_with_two_readings_ask_for_the_format(firm):
    with pytest.raises(Exception, match="set date_format") as error:
        days(firm, "03/04/2024", "05/06/2024")
    assert '"03/04/2024" can be read by %d/%m/%Y, %m/%d/%Y' in str(error.value)


def test_dates_that_read_the_same_in_all_ways_need_no_question(firm):
    assert days(firm, "03/03/2024")[1] == [dt.date(2024, 3, 3)]


def test_questions_and_faults_are_told_together(firm):
    firm.write("ventes.csv", "Client;Date;Montant", "A;03/04/2024;abc")
    error = firm.refused(SALES, dialect=OPEN)
    assert "set date_format" in str(error)
    assert error.counts == {"transactions.amount_net": 1}


def test_what_is_given_is_never_detected(firm):
    firm.write("ventes.csv", "Client;Date;Montant", "A;03/04/2024;1.5")
    error = firm.refused(SALES, dialect=OPEN.over(Dialect(decimal=",", date_format=["%m/%d/%Y"])))
    assert error.counts == {"transactions.amount_net": 1}
