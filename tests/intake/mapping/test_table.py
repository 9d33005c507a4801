"""The order of work on one source: every row accounted for, every value read or refused."""

import datetime as dt
import json
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clientaudit.settings.sources import Dialect
from intake.mapping_factory import LINES, Firm


@pytest.fixture
def firm(tmp_path):
    return Firm(tmp_path)


def sales(**more):
    return {"files": ["ventes.csv"], "columns": LINES} | more


def test_columns_come_out_typed_in_the_order_of_the_schema(firm):
    firm.write(
        "ventes.csv",
        "Montant;Date;Client;Qté;Pièce",
        "1 234,50;31/01/2024; 00123 ;2,5;F1",
        "-10;01/02/2024 00:00:00;00123;;",
    )
    columns = LINES | {"quantity": "Qté", "doc_id": "Pièce"}
    table = firm.map(sales(columns=columns))
    assert table.columns == ("client_id", "date", "amount_net", "doc_id", "quantity")
    assert firm.rows(table) == [
        ("00123", dt.date(2024, 1, 31), Decimal("1234.5000"), "F1", 2.5, 0, 0, 1),
        ("00123", dt.date(2024, 2, 1), Decimal("-10.0000"), None, None, 0, 0, 2),
    ]
    types = firm.connection.execute(f"describe from '{table.path}'").fetchall()
    assert [row[1] for row in types] == [
        "VARCHAR", "DATE", "DECIMAL(18,4)", "VARCHAR", "DOUBLE", "SMALLINT", "INTEGER", "BIGINT",
    ]  # fmt: skip
    assert table.rows == 2
    assert table.path == firm.out / "transactions.parquet"


def test_text_is_trimmed_then_removed_upper_padded_and_mapped(firm):
    firm.write(
        "ventes.csv", "Client;Date;Montant;Type", " ab-1 2;01/01/2024;1;F", "c;01/01/2024;1;AV"
    )
    columns = LINES | {
        "client_id": {"from": "Client", "remove": ["-", " "], "upper": True, "pad": 6},
        "doc_type": {"from": "Type", "map": {"F": "invoice", "AV": "credit_note"}},
    }
    table = firm.map(sales(columns=columns))
    assert firm.rows(table, "client_id, doc_type") == [
        ("00AB12", "invoice"),
        ("00000C", "credit_note"),
    ]


def test_pad_never_cuts_a_longer_code(firm):
    firm.write("ventes.csv", "Client;Date;Montant", "1234567;01/01/2024;1", ";01/01/2024;1")
    table = firm.map(sales(columns=LINES | {"client_id": {"from": "Client", "pad": 5}}))
    assert firm.rows(table, "client_id") == [("1234567",), (None,)]


def test_value_absent_from_a_map_is_a_fault_unless_otherwise(firm):
    firm.write("ventes.csv", "Client;Date;Montant;Type", "A;01/01/2024;1;X", "A;01/01/2024;1;")
    mapping = {"from": "Type", "map": {"F": "invoice"}}
    error = firm.refused(sales(columns=LINES | {"doc_type": mapping}))
    assert error.counts == {"transactions.doc_type": 1}
    assert str(error.faults[0]).startswith(
        'ventes.csv, line 2, column "Type": "X" is not in its map'
    )
    table = firm.map(sales(columns=LINES | {"doc_type": mapping | {"otherwise": "other"}}))
    assert firm.rows(table, "doc_type") == [("other",), (None,)]


def test_map_to_nothing_is_an_empty_cell(firm):
    firm.write("ventes.csv", "Client;Date;Montant;Type", "A;01/01/2024;1;X")
    table = firm.map(sales(columns=LINES | {"channel": {"from": "Type", "map": {"X": None}}}))
    assert firm.rows(table, "channel") == [(None,)]


def test_map_file_is_read_by_position_with_or_without_heading(firm):
    firm.write(
        "ventes.csv", "Client;Date;Montant;Famille", "A;01/01/2024;1;V1", "A;01/01/2024;1;V2"
    )
    columns = LINES | {"product_family": {"from": "Famille", "map_file": "familles.csv"}}
    firm.write("familles.csv", "Code;Famille", "V1;Vis", "V2;Vannes", "V2;Vannes")
    assert firm.rows(firm.map(sales(columns=columns)), "product_family") == [("Vis",), ("Vannes",)]
    firm.write("familles.csv", "V1;Vis", "V2;Vannes")
    assert firm.rows(firm.map(sales(columns=columns)), "product_family") == [("Vis",), ("Vannes",)]
    firm.write("familles.csv", "Code;Famille", "V1;Vis", "V1;Vannes")
    assert '"V1" has several targets: Vannes, Vis' in str(firm.refused(sales(columns=columns)))


def test_constants_are_values_of_their_column(firm):
    firm.write("ventes.csv", "Client;Date;Montant", "A;01/01/2024;1")
    columns = LINES | {"channel": {"value": "direct"}, "discount_pct": {"value": "2.5"}}
    assert firm.rows(firm.map(sales(columns=columns)), "discount_pct, channel") == [(2.5, "direct")]
    error = firm.refused(sales(columns=LINES | {"doc_type": {"value": "facture"}}))
    assert '"facture" is not one of invoice, credit_note, rebate, order, other' in str(error)


def test_every_row_is_counted_by_the_first_rule_that_takes_it(firm):
    firm.write(
        "ventes.csv",
        "Client;Date;Montant;Type",
        "A;01/01/2023;10;F",
        "B;01/01/2024;20;F",
        "DIVERS;01/01/2024;30;F",
        ";01/01/2024;40;F",
        "A;01/01/2024;5;DEVIS",
        "TOTAL;;105;F",
        "A;01/01/2023;10;F",
    )
    table = firm.map(
        sales(
            keep=[{"column": "Type", "equals": "F"}],
            drop=[
                {"column": "Client", "in": ["DIVERS", "TOTAL"], "why": "not a client"},
                {"column": "Client", "is_empty": True, "why": "no client"},
                {"column": "Client", "equals": "TOTAL", "why": "never reached"},
            ],
            unique="all",
        )
    )
    counts = [(r.step, r.rule, r.why, r.rows, r.revenue_by_year) for r in table.rules]
    assert counts == [
        ("read", "ventes.csv", "", 7, {"": 105, "2023": 20, "2024": 95}),
        ("keep", '"Type" equals F', "", 1, {"2024": 5}),
        ("drop", '"Client" in [DIVERS, TOTAL]', "not a client", 2, {"": 105, "2024": 30}),
        ("drop", '"Client" is_empty true', "no client", 1, {"2024": 40}),
        ("drop", '"Client" equals TOTAL', "never reached", 0, {}),
        ("unique", "all", "duplicate", 1, {"2023": 10}),
        ("kept", "", "", 2, {"2023": 10, "2024": 20}),
    ]
    assert [row[:4] for row in firm.rejected()] == [
        ("ventes.csv", 4, "drop", "not a client"),
        ("ventes.csv", 5, "drop", "no client"),
        ("ventes.csv", 6, "keep", '"Type" equals F'),
        ("ventes.csv", 7, "drop", "not a client"),
        ("ventes.csv", 8, "unique", "duplicate of ventes.csv, line 2"),
    ]
    assert json.loads(firm.rejected()[3][4]) == {
        "Client": "TOTAL", "Date": None, "Montant": "105", "Type": "F",
    }  # fmt: skip


def test_rows_that_are_dropped_raise_no_fault(firm):
    firm.write("ventes.csv", "Client;Date;Montant", "A;01/01/2024;1", "Total;;abc")
    table = firm.map(sales(drop=[{"column": "Client", "matches": "(?i)total.*"}]))
    assert table.rows == 1


def test_numbers_in_conditions_are_parsed(firm):
    firm.write("ventes.csv", "Client;Date;Montant", "A;01/01/2024;1 000,5", "A;01/01/2024;9")
    table = firm.map(sales(keep=[{"column": "Montant", "greater_than": "1000"}]))
    assert firm.rows(table, "amount_net") == [(Decimal("1000.5"),)]


def test_credit_notes_turn_amount_cost_and_quantity_alike(firm):
    firm.write(
        "ventes.csv",
        "Client;Date;Montant;Coût;Qté;Type",
        "A;01/01/2024;10;4;1;F",
        "A;01/01/2024;10;-4;1;A",
        "A;01/01/2024;-10;;-1;A",
    )
    columns = LINES | {
        "cost_amount": "Coût",
        "quantity": "Qté",
        "doc_type": {"from": "Type", "map": {"F": "invoice", "A": "credit_note"}},
    }
    table = firm.map(sales(columns=columns, credit_notes={"sign": "negative_if_positive"}))
    assert firm.rows(table, "amount_net, cost_amount, quantity, doc_type") == [
        (10, 4, 1, "invoice"),
        (-10, -4, -1, "credit_note"),
        (-10, None, -1, "credit_note"),
    ]
    [rule] = [rule for rule in table.rules if rule.step == "credit_notes"]
    assert (rule.rows, rule.revenue_by_year) == (1, {"2024": Decimal(-20)})


def test_a_condition_marks_credit_notes_and_as_is_leaves_signs(firm):
    firm.write("ventes.csv", "Client;Date;Montant;Pièce", "A;01/01/2024;10;F1", "A;01/01/2024;9;C1")
    notes = {"column": "Pièce", "starts_with": "C"}
    table = firm.map(sales(credit_notes=notes))
    assert firm.rows(table, "amount_net, doc_type") == [(10, None), (9, "credit_note")]
    table = firm.map(sales(credit_notes=notes | {"sign": "negative_if_positive"}))
    assert firm.rows(table, "amount_net, doc_type") == [(10, None), (-9, "credit_note")]


def test_sign_without_knowing_the_credit_notes_is_refused(firm):
    firm.write("ventes.csv", "Client;Date;Montant", "A;01/01/2024;10")
    error = firm.refused(sales(credit_notes={"sign": "negative_if_positive"}))
    assert "which lines are credit notes?" in str(error)


def test_unique_keeps_the_first_across_files(firm):
    firm.write("v1.csv", "Client;Date;Montant;Pièce", "A;01/01/2024;1;F1", "A;01/01/2024;2;F2")
    firm.write(
        "v2.csv",
        "Pièce;Client;Date;Montant",
        "F2;A;01/01/2024;3",
        ";A;01/01/2024;4",
        ";A;01/01/2024;5",
    )
    source = {
        "files": ["v*.csv"],
        "columns": LINES | {"doc_id": "Pièce"},
        "unique": ["doc_id"],
    }
    table = firm.map(source)
    assert firm.rows(table, "amount_net, _file, _row") == [
        (1, 0, 1),
        (2, 0, 2),
        (4, 1, 2),
        (5, 1, 3),
    ]
    assert [row[:4] for row in firm.rejected()] == [
        ("v2.csv", 2, "unique", "duplicate of v1.csv, line 3")
    ]
    assert [file.name for file in table.files] == ["v1.csv", "v2.csv"]


def test_unique_by_a_column_that_is_not_mapped_is_refused(firm):
    firm.write("ventes.csv", "Client;Date;Montant", "A;01/01/2024;1")
    assert 'unique: the column "line_no" is not mapped' in str(
        firm.refused(sales(unique="line_no"))
    )


def test_thousands_of_euros_and_other_currencies(firm):
    firm.write(
        "ventes.csv", "Client;Date;Montant;Taux", "A;01/01/2024;1,2345;2", "A;01/01/2024;-1;4"
    )
    table = firm.map(sales(columns=LINES | {"amount_net": {"from": "Montant", "unit": "kEUR"}}))
    assert firm.rows(table, "amount_net") == [(Decimal("1234.5"),), (Decimal(-1000),)]
    dollars = LINES | {"amount_net": {"from": "Montant", "unit": "USD"}}
    assert "its unit is USD, the engagement's currency is EUR" in str(
        firm.refused(sales(columns=dollars))
    )
    columns = dollars | {"fx_rate": "Taux", "cost_amount": {"formula": "[Montant] * 3"}}
    table = firm.map(sales(columns=columns, fx="divide"))
    assert firm.rows(table, "amount_net, cost_amount") == [
        (Decimal("0.6173"), Decimal("1.8518")),
        (Decimal("-0.25"), Decimal("-0.75")),
    ]


def test_a_rate_that_is_missing_is_a_fault(firm):
    firm.write("ventes.csv", "Client;Date;Montant;Taux", "A;01/01/2024;1;", "A;01/01/2024;1;0")
    columns = LINES | {"fx_rate": "Taux"}
    error = firm.refused(sales(columns=columns, fx="multiply"))
    assert error.counts == {"transactions.amount_net": 2}
    assert "fx_rate is empty or not positive" in str(error)
    assert "fx needs the column fx_rate" in str(firm.refused(sales(fx="multiply")))


def test_formula_reads_numbers_as_the_source_writes_them(firm):
    firm.write(
        "ventes.csv",
        "Client;Date;PU;Qté;Remise %",
        "A;01/01/2024;1 000,10;3;10 %",
        "A;01/01/2024;;3;0",
    )
    columns = {
        "client_id": "Client",
        "date": "Date",
        "amount_net": {"formula": "[Qté] * 2"},
        "cost_amount": {"formula": "[PU] * [Qté] * (1 - [Remise %] / 100)"},
    }
    table = firm.map(sales(columns=columns))
    assert firm.rows(table, "amount_net, cost_amount") == [(6, Decimal("2700.27")), (6, None)]


def test_formula_faults_name_the_operand_or_the_division(firm):
    firm.write(
        "ventes.csv", "Client;Date;a;b", "A;01/01/2024;x;1", "A;01/01/2024;1;0", "A;01/01/2024;;1"
    )
    columns = LINES | {"amount_net": {"formula": "[a] / [b]"}}
    error = firm.refused(sales(columns=columns))
    assert error.counts == {"transactions.amount_net": 3}
    problems = [fault.problem for fault in error.faults]
    assert problems[0].startswith("[a] = x, [b] = 1: [a] is not a number")
    assert "divides by zero" in problems[1]
    assert "[a] = empty, [b] = 1: amount_net is required" in problems[2]


def test_all_faults_of_all_columns_and_sources_at_once(firm):
    firm.write(
        "v1.csv",
        '"Client";"Date";"Montant";"Coût"',
        '"A\nB";31/02/2024;1;1',
        "A;01/01/2024;1234.56;1",
        "A;;;x",
    )
    firm.write("v2.csv", "Client;Date;Montant", "A;01/01/24;1")
    error = firm.refused(
        {"files": ["v1.csv"], "columns": LINES | {"cost_amount": "Coût"}},
        {"files": ["v2.csv"], "columns": LINES},
    )
    assert error.counts == {
        "transactions.date": 3,
        "transactions.amount_net": 2,
        "transactions.cost_amount": 1,
    }
    no_date = "is not a date from 1900 to 2200; allowed: %d/%m/%Y. Correct it, or set date_format."
    no_number = (
        'is not a number with the decimal mark "," and thousands set apart by blanks, or too large.'
    )
    empty = "is required. Drop such rows with is_empty: true, or fill."
    assert [str(fault) for fault in error.faults] == [
        f'v1.csv, line 2, column "Date": "31/02/2024" {no_date}',
        f'v1.csv, line 5, column "Date": is empty; date {empty}',
        f'v1.csv, line 4, column "Montant": "1234.56" {no_number}',
        f'v1.csv, line 5, column "Montant": is empty; amount_net {empty}',
        f'v1.csv, line 5, column "Coût": "x" {no_number}',
        f'v2.csv, line 2, column "Date": "01/01/24" {no_date}',
    ]


def test_only_the_first_twenty_faults_of_a_column_are_shown_but_all_are_counted(firm):
    firm.write("ventes.csv", "Client;Date;Montant", *["A;01/01/2024;x"] * 50)
    error = firm.refused(sales())
    assert error.counts == {"transactions.amount_net": 50}
    assert len(error.faults) == 20


def test_headings_that_do_not_exist_are_named_with_the_nearest(firm):
    firm.write("ventes.csv", "Client;Date;Montant HT", "A;01/01/2024;1")
    error = firm.refused(
        sales(
            columns=LINES | {"amount_net": "Montan HT", "cost_amount": {"formula": "[Cout] * 2"}},
            drop=[{"column": "Cliant", "is_empty": True}],
        )
    )
    problems = [fault.problem for fault in error.faults]
    assert problems[0] == 'amount_net: there is no column "Montan HT"; did you mean "Montant HT"?'
    assert problems[1].startswith('cost_amount: there is no column "Cout";')
    assert problems[2] == 'drop: there is no column "Cliant"; did you mean "Client"?'


def test_a_column_that_one_file_lacks_names_the_file(firm):
    firm.write("v1.csv", "Client;Date;Montant", "A;01/01/2024;1")
    firm.write("v2.csv", "Client;Date;Total", "A;01/01/2024;1")
    error = firm.refused({"files": ["v*.csv"], "columns": LINES})
    assert 'there is no column "Montant"; is missing in v2.csv.' in str(error)


def test_hostile_headings_and_values_are_only_text(firm):
    firm.write("ventes.csv", '"a""b";"\'; drop table x; --";Montant', "O'Brien;01/01/2024;1")
    columns = {"client_id": 'a"b', "date": "'; drop table x; --", "amount_net": "Montant"}
    table = firm.map(sales(columns=columns, drop=[{"column": 'a"b', "equals": "'); --"}]))
    assert firm.rows(table, "client_id") == [("O'Brien",)]


def test_headings_named_as_internal_columns_are_harmless(firm):
    firm.write("ventes.csv", "step;t0;r1;x_date", "A;01/01/2024;1;B")
    columns = {"client_id": "step", "date": "t0", "amount_net": "r1", "rep_id": "x_date"}
    assert firm.rows(firm.map(sales(columns=columns)), "client_id, amount_net, rep_id") == [
        ("A", 1, "B")
    ]


def test_sources_of_one_table_are_put_together(firm):
    firm.write("v1.csv", "Client;Date;Montant;Rep", "A;01/01/2024;1;R")
    firm.write("v2.csv", "code,day,net", "B,2024-01-31,2.50")
    table = firm.map(
        {"files": ["v1.csv"], "columns": LINES | {"rep_id": "Rep"}},
        {
            "files": ["v2.csv"],
            "columns": {"client_id": "code", "date": "day", "amount_net": "net"},
            "defaults": {"separator": ",", "decimal": ".", "date_format": "%Y-%m-%d"},
        },
    )
    assert firm.rows(table) == [
        ("A", dt.date(2024, 1, 1), Decimal(1), "R", 0, 0, 1),
        ("B", dt.date(2024, 1, 31), Decimal("2.5"), None, 1, 1, 1),
    ]
    assert [(rule.source, rule.step, rule.rows) for rule in table.rules] == [
        (0, "read", 1), (0, "kept", 1), (1, "read", 1), (1, "kept", 1),
    ]  # fmt: skip


def test_required_columns_of_other_tables_must_be_filled(firm):
    firm.write("factures.csv", "N;Client;Date;Ech;Regl;TTC", "F1;;01/01/2024;31/01/2024;;12")
    columns = {
        "doc_id": "N", "client_id": "Client", "invoice_date": "Date", "due_date": "Ech",
        "paid_date": "Regl", "amount_incl_vat": "TTC",
    }  # fmt: skip
    error = firm.refused({"files": ["factures.csv"], "columns": columns}, table="payments")
    assert error.counts == {"payments.client_id": 1}


def test_parquet_stays_typed_and_ids_are_text(firm):
    firm.parquet(
        "ventes.parquet",
        "select 17850.0::double Client, timestamp '2024-01-31 10:00' as Date, "
        "2.675049::double Montant, 20240131 Jour, true Fini, 3::tinyint Qte union all "
        "select 'nan'::double, timestamp '2024-02-01', -0.00015, 20240201, NULL, NULL",
    )
    columns = LINES | {
        "order_date": "Jour", "rep_id": "Fini", "quantity": "Qte", "unit_price": "Montant",
    }  # fmt: skip
    table = firm.map(
        {"files": ["ventes.parquet"], "columns": columns, "defaults": {"date_format": "%Y%m%d"}}
    )
    assert firm.rows(table, "client_id, date, amount_net, order_date, rep_id, quantity") == [
        ("17850", dt.date(2024, 1, 31), Decimal("2.6750"), dt.date(2024, 1, 31), "true", 3.0),
        (None, dt.date(2024, 2, 1), Decimal("-0.0002"), dt.date(2024, 2, 1), None, None),
    ]


def test_typed_faults_are_found_too(firm):
    firm.parquet(
        "ventes.parquet",
        "select 'A' Client, date '1500-01-01' as Date, 1e20::double Montant",
    )
    error = firm.refused({"files": ["ventes.parquet"], "columns": LINES})
    assert error.counts == {"transactions.date": 1, "transactions.amount_net": 1}
    assert error.faults[0].where == 'ventes.parquet, row 1, column "Date"'


def test_order_of_input_rows_does_not_change_the_counts(firm):
    lines = ["A;01/01/2024;1", "B;01/01/2024;2", "A;01/01/2024;1", "C;05/01/2023;4"]
    firm.write("ventes.csv", "Client;Date;Montant", *lines)
    first = firm.map(sales(unique="all"))
    firm.write("ventes.csv", "Client;Date;Montant", *reversed(lines))
    assert firm.map(sales(unique="all")).rules == first.rules


def test_settings_faults_are_told_together(firm):
    firm.write("ventes.csv", "Client;Date;Montant", "A;01/01/2024;1")
    columns = LINES | {
        "channel": {"from": "Client", "otherwise": "x"},
        "doc_id": {"formula": "[Montant]"},
        "cost_amount": {"formula": "[Montant] +"},
        "quantity": {"from": "Montant", "unit": "EUR"},
    }
    text = str(firm.refused(sales(columns=columns)))
    assert "channel: otherwise is for values" in text
    assert "doc_id: a formula gives a number" in text
    assert "position 12: a number or a [column] is missing" in text
    assert "quantity: unit is for amounts" in text


def test_excel_dates_are_read_whatever_the_format_given(firm):
    xlsxwriter = pytest.importorskip("xlsxwriter")
    with xlsxwriter.Workbook(
        str(firm.folder / "ventes.xlsx"), {"default_date_format": "dd/mm/yy"}
    ) as book:
        sheet = book.add_worksheet("Ventes")
        sheet.write_row(0, 0, ["Client", "Date", "Montant"])
        sheet.write_row(1, 0, ["A", None, 12.5])
        sheet.write_datetime(1, 1, dt.datetime(2024, 1, 31))
    source = {"files": ["ventes.xlsx"], "columns": LINES}
    dialect = Dialect(decimal=",", date_format=["%d/%m/%y"])
    table = firm.map(source, dialect=dialect)
    assert firm.rows(table, "date, amount_net") == [(dt.date(2024, 1, 31), Decimal("12.5"))]


def test_nothing_stays_in_the_database(firm):
    firm.write("ventes.csv", "Client;Date;Montant", "A;01/01/2024;1", "A;01/01/2024;1")
    firm.map(
        sales(unique="all", columns=LINES | {"channel": {"from": "Client", "map": {"A": "x"}}})
    )
    firm.refused(sales(columns=LINES | {"date": "Client"}))
    left = firm.connection.execute("select * from duckdb_tables()").fetchall()
    left += firm.connection.execute("select * from duckdb_views() where not internal").fetchall()
    assert left == []


def test_an_export_without_rows_gives_an_empty_table(firm):
    firm.write("ventes.csv", "Client;Date;Montant")
    table = firm.map(sales(drop=[{"column": "Client", "equals": "x"}], unique="all"))
    assert (table.rows, firm.rows(table)) == (0, [])
    assert {rule.rows for rule in table.rules} == {0}


def test_a_date_is_no_number(firm):
    firm.parquet("ventes.parquet", "select 'A' Client, date '2024-01-01' as Date, 2 Montant")
    source = {"files": ["ventes.parquet"], "columns": LINES}
    assert firm.map(source | {"keep": [{"column": "Date", "greater_than": "1"}]}).rows == 0
    columns = LINES | {"cost_amount": {"formula": "[Date] * [Montant]"}}
    error = firm.refused(source | {"columns": columns})
    assert "[Date] is not a number" in str(error)


def test_an_otherwise_of_nothing_empties_the_cell(firm):
    firm.write("ventes.csv", "Client;Date;Montant;Type", "A;01/01/2024;1;X", "A;01/01/2024;1;F")
    mapping = {"from": "Type", "map": {"F": "invoice"}, "otherwise": ""}
    table = firm.map(sales(columns=LINES | {"doc_type": mapping}))
    assert firm.rows(table, "doc_type") == [(None,), ("invoice",)]


def test_an_otherwise_that_is_not_allowed_is_named(firm):
    firm.write("ventes.csv", "Client;Date;Montant;Type", "A;01/01/2024;1;X")
    mapping = {"from": "Type", "map": {"F": "invoice"}, "otherwise": "facture"}
    error = firm.refused(sales(columns=LINES | {"doc_type": mapping}))
    assert 'its otherwise "facture" is not one of invoice' in str(error)


def test_an_amount_is_converted_before_it_is_rounded(firm):
    # 100.55 / 3 * 1.0375 = 34.77354...; rounded to 33.5167 first it would give 34.7736.
    firm.write("ventes.csv", "Client;Date;Montant;Taux", "A;01/01/2024;100,55;1,0375")
    columns = LINES | {"cost_amount": {"formula": "[Montant] / 3"}, "fx_rate": "Taux"}
    table = firm.map(sales(columns=columns, fx="multiply"))
    assert firm.rows(table, "amount_net, cost_amount") == [
        (Decimal("104.3206"), Decimal("34.7735"))
    ]


def test_a_code_mapped_as_an_amount_is_refused(firm):
    firm.write("ventes.csv", "Client;Date;Montant", "A;01/01/2024;12345678901234")
    assert '"12345678901234" is not a number' in str(firm.refused(sales()))


def test_nan_that_the_statistics_of_a_parquet_file_hide_is_an_empty_cell(firm):
    codes = pa.array([12345.0, float("nan"), None])
    days = pa.array([dt.date(2024, 1, 1)] * 3)
    pq.write_table(
        pa.table({"Client": codes, "Date": days, "Montant": [1, 2, 3]}), firm.folder / "v.parquet"
    )
    table = firm.map(sales(files=["v.parquet"]))
    assert firm.rows(table, "client_id") == [("12345",), (None,), (None,)]


def test_a_damaged_parquet_file_is_named(firm):
    path = firm.folder / "v.parquet"
    columns = {"Client": [f"C{i}" for i in range(5000)], "Montant": list(range(5000))}
    pq.write_table(pa.table({**columns, "Date": [dt.date(2024, 1, 1)] * 5000}), path)
    content = bytearray(path.read_bytes())
    content[100:400] = b"\xff" * 300
    path.write_bytes(content)
    assert "v.parquet: is damaged" in str(firm.refused(sales(files=["v.parquet"])))


def test_typed_and_written_columns_of_one_source_meet(firm):
    firm.parquet(
        "a.parquet",
        'select 7.0::double as "Client", DATE \'2024-02-01\' as "Date", 1.125 as "Montant"',
    )
    firm.write("b.csv", "Client;Date;Montant", "007;03/04/2024;1.250,5")
    dialect = Dialect(decimal=",", thousands=["."], date_format=["%d/%m/%Y"])
    table = firm.map(sales(files=["a.parquet", "b.csv"]), dialect=dialect)
    assert firm.rows(table, "client_id, date, amount_net") == [
        ("7", dt.date(2024, 2, 1), Decimal("1.1250")),
        ("007", dt.date(2024, 4, 3), Decimal("1250.5000")),
    ]


def test_a_value_of_a_list_may_hold_capitals(firm):
    firm.write("d.csv", "Client;Date;Classe", "A;01/01/2024;class_A", "A;01/01/2024;KEEP")
    columns = {"client_id": "Client", "date": "Date", "decision": "Classe"}
    table = firm.map({"files": ["d.csv"], "columns": columns}, table="decisions")
    assert firm.rows(table, "decision") == [("class_A",), ("keep",)]


def test_a_unit_may_be_written_with_its_sign(firm):
    firm.write("ventes.csv", "Client;Date;Montant", "A;01/01/2024;1,5")
    columns = LINES | {"amount_net": {"from": "Montant", "unit": "k€"}}
    assert firm.rows(firm.map(sales(columns=columns)), "amount_net") == [(Decimal("1500.0000"),)]
