"""What spreadsheets and careless programs do to an export is seen through, or refused."""

import datetime as dt
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clientaudit.errors import AuditError
from clientaudit.intake.reading.parts import doubled_headings, heading_key
from intake.mapping_factory import LINES, Firm

SOURCE = {"files": "v*", "columns": LINES}
PARIS_MIDNIGHTS = [dt.datetime(2024, 1, 31, 23), dt.datetime(2024, 7, 31, 22)]


@pytest.fixture
def firm(tmp_path):
    return Firm(tmp_path)


def book(firm, name="v.xlsx", rows=(), sheets=("Ventes",), merged=""):
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title in sheets:
        sheet = workbook.create_sheet(title)
        for row in (["Client", "Date", "Montant"], *rows):
            sheet.append(row)
        if merged:
            sheet.merge_cells(merged)
    workbook.save(firm.folder / name)


@pytest.mark.parametrize(
    "code",
    ["É01\u200b", "\ufeffÉ01", "É\u00ad01", "E\u030101", '="É01"', "É01\u00a0", "\u200eÉ01 "],
)
def test_signs_that_nobody_sees_do_not_make_another_client(firm, code):
    cell = '"' + code.replace('"', '""') + '"'
    firm.write("v.csv", "Client;Date;Montant", "É01;01/02/2024;1", f"{cell};01/02/2024;2")
    assert firm.rows(firm.map(SOURCE), "client_id") == [("É01",), ("É01",)]


def test_an_apostrophe_that_keeps_a_code_text_is_no_part_of_it(firm):
    firm.write("v.csv", "Client;Date;Montant", "'0041;01/02/2024;1", "'s Graven;01/02/2024;2")
    assert firm.rows(firm.map(SOURCE), "client_id") == [("0041",), ("'s Graven",)]


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#VALEUR!", "#NOM?", "########"])
def test_a_code_in_error_is_refused(firm, error):
    firm.write("v.csv", "Client;Date;Montant", f"{error};01/02/2024;1")
    problem = str(firm.refused(SOURCE))
    assert f'line 2, column "Client": "{error}" is the error of a spreadsheet' in problem


def test_a_code_that_only_begins_with_a_hash_is_a_code(firm):
    firm.write("v.csv", "Client;Date;Montant", "#12;01/02/2024;1")
    assert firm.rows(firm.map(SOURCE), "client_id") == [("#12",)]


@pytest.mark.parametrize("amount", ["5 $", "£5", "5 USD", "CHF 5"])
def test_an_amount_in_another_currency_is_refused(firm, amount):
    firm.write("v.csv", "Client;Date;Montant", f"a;01/02/2024;{amount}")
    assert "Amounts are in EUR" in str(firm.refused(SOURCE))


def test_amounts_that_are_converted_may_bear_any_currency(firm):
    firm.write("v.csv", "Client;Date;Montant;Taux", "a;01/02/2024;5 $;2", "b;01/02/2024;£5;3")
    columns = LINES | {"fx_rate": "Taux"}
    table = firm.map({"files": "v.csv", "columns": columns, "fx": "multiply"})
    assert firm.rows(table, "amount_net") == [(Decimal(10),), (Decimal(15),)]


@pytest.mark.parametrize("discount", ["100,5", "-250", "1000"])
def test_a_discount_beyond_the_price_is_refused(firm, discount):
    firm.write("v.csv", "Client;Date;Montant;Remise", f"a;01/02/2024;5;{discount}")
    columns = LINES | {"discount_pct": "Remise"}
    error = firm.refused({"files": "v.csv", "columns": columns})
    assert "is not a percentage of at most 100" in str(error)


@pytest.mark.parametrize(
    ("heading", "times"),
    [(["Net", "NET", "x"], ("Net",)), (["Net", "Net\u00a0", "x"], ("Net",)), (["", "", "x"], ())],
)
def test_headings_that_look_the_same_are_doubled(heading, times):
    assert doubled_headings(heading) == times


@pytest.mark.parametrize(
    "other", ["client ", "CLIENT", "Cl\u00adient", "\ufeffClient", "Client\u200b"]
)
def test_headings_that_look_the_same_have_one_key(other):
    assert heading_key(other) == heading_key("Client") != heading_key("Clients")


def test_a_heading_that_stands_twice_in_one_of_the_files_is_refused(firm):
    firm.write("v1.csv", "Client;Date;Montant", "a;01/02/2024;1")
    firm.write("v2.csv", "Client;Date;Montant;Montant", "a;01/02/2024;1;2")
    assert "it stands several times in v2.csv" in str(firm.refused(SOURCE))


def test_a_heading_that_stands_twice_everywhere_is_noted_unless_both_are_used(firm):
    firm.write("v.csv", "Client;Date;Montant;Montant", "a;01/02/2024;1;2")
    assert firm.map(SOURCE).files[0].doubled == ("Montant",)
    both = {"files": "v.csv", "columns": LINES | {"cost_amount": "Montant (2)"}}
    assert firm.map(both).files[0].doubled == ()


def test_two_loose_quotes_do_not_swallow_the_rows_between(firm):
    rows = [f"c{i};01/02/2024;{i};" + {3: '"Vis', 5: 'Tube 3"'}.get(i, "Vis") for i in range(8)]
    firm.write("v.csv", "Client;Date;Montant;Note", *rows)
    error = firm.refused(SOURCE)
    assert "line 5: a quote is opened here and closed on line 7" in str(error)


def test_a_long_text_between_quotes_is_no_swallowed_row(firm):
    firm.write("v.csv", "Client;Date;Montant;Note", 'a;01/02/2024;1;"x;y', 'z"', "b;01/02/2024;2;")
    assert firm.map(SOURCE).rows == 2


@pytest.mark.parametrize(("end", "is_open"), [(b"", True), (b"\n", False), (b"\r", False)])
def test_a_text_file_without_its_last_line_end_is_noted(firm, end, is_open):
    (firm.folder / "v.csv").write_bytes(b"Client;Date;Montant\na;01/02/2024;1" + end)
    assert firm.map(SOURCE).files[0].ends_open is is_open


def test_merged_cells_of_a_column_in_use_are_refused(firm):
    rows = [["a", dt.date(2024, 2, 1), 1], [None, dt.date(2024, 2, 2), 2]]
    book(firm, rows=rows, merged="A2:A3")
    assert "rows 2 to 3 are merged" in str(firm.refused(SOURCE))


def test_merged_cells_of_another_column_are_none_of_our_business(firm):
    rows = [["a", dt.date(2024, 2, 1), 1, "x"], ["b", dt.date(2024, 2, 2), 2]]
    book(firm, rows=rows, merged="D2:D3")
    assert firm.map(SOURCE).rows == 2


def test_a_formula_that_was_never_computed_is_refused(firm):
    book(firm, rows=[["a", dt.date(2024, 2, 1), "=1+1"]])
    with pytest.raises(AuditError, match="row 2, column C: holds a formula that was never comput"):
        firm.map(SOURCE)


def test_dates_that_a_spreadsheet_turned_are_refused(firm):
    turned = [["a", dt.date(2024, month, 3), 1] for month in range(1, 13)]
    left = [["a", f"{day}/01/2024", 1] for day in range(13, 30)]
    book(firm, rows=turned + left)
    assert "dates were turned by a spreadsheet" in str(firm.refused(SOURCE))
    book(firm, rows=[*turned, *left, ["a", dt.date(2024, 1, 13), 1]])
    assert firm.map(SOURCE).rows == 30


def test_other_sheets_under_the_same_headings_are_noted_unless_one_is_named(firm):
    book(firm, rows=[["a", dt.date(2024, 2, 1), 1]], sheets=("2023", "2024"))
    assert firm.map(SOURCE).files[0].sheets_alike == ("2024",)
    assert firm.map(SOURCE | {"sheet": "2023"}).files[0].sheets_alike == ()


@pytest.mark.parametrize("zone", ["Europe/Paris", "UTC"])
def test_a_midnight_belongs_to_the_day_that_begins_where_the_file_was_made(firm, zone):
    moments = pa.array(PARIS_MIDNIGHTS, pa.timestamp("us")).cast(pa.timestamp("us", "UTC"))
    table = {
        "Client": ["a", "b"],
        "Date": moments.cast(pa.timestamp("us", zone)),
        "Montant": [1, 2],
    }
    pq.write_table(pa.table(table), firm.folder / "v.parquet")
    if zone == "UTC":
        assert "local midnight of the day after" in str(firm.refused(SOURCE))
    else:
        days = [(dt.date(2024, 2, 1),), (dt.date(2024, 8, 1),)]
        assert firm.rows(firm.map(SOURCE), "date") == days
