"""Look-ups: many to one, checked; rows without a match stay and are counted."""

from decimal import Decimal

import pytest

from intake.mapping_factory import Firm

HEADERS = {"files": ["entetes.csv"], "on": {"N° pièce": "Numéro"}}
COLUMNS = {"client_id": "Client", "date": "Date", "amount_net": "Montant", "doc_id": "N° pièce"}


@pytest.fixture
def firm(tmp_path):
    firm = Firm(tmp_path)
    firm.write("lignes.csv", "N° pièce;Montant", " F1;1", "F2 ;2", "F9;3", ";4")
    firm.write("entetes.csv", "Numéro;Client;Date", "F1;A;01/01/2024", "F2;B;02/01/2024")
    return firm


def source(**more):
    return {"files": ["lignes.csv"], "join": [HEADERS], "columns": COLUMNS} | more


def test_rows_without_a_match_stay_and_are_counted(firm):
    columns = COLUMNS | {"date": {"value": "2024-01-31"}}
    table = firm.map(source(columns=columns))
    assert firm.rows(table, "client_id, amount_net") == [("A", 1), ("B", 2), (None, 3), (None, 4)]
    [join] = [rule for rule in table.rules if rule.step == "join"]
    assert join.rule == 'entetes.csv on "N° pièce" = "Numéro"'
    assert (join.rows, join.why) == (2, "without a match")
    assert join.revenue_by_year == {"2024": Decimal(7)}


def test_a_date_that_no_look_up_gives_is_a_fault_unless_the_row_is_dropped(firm):
    assert firm.refused(source()).counts == {"transactions.date": 2}
    table = firm.map(source(drop=[{"column": "Client", "is_empty": True}]))
    assert table.rows == 2
    assert [row[1] for row in firm.rejected()] == [4, 5]


def test_a_key_that_stands_twice_is_a_fault_that_names_it(firm):
    firm.write("entetes.csv", "Numéro;Client;Date", "F1;A;01/01/2024", "F2;B;x", "F1 ;A;01/01/2024")
    error = firm.refused(source())
    [fault] = error.faults
    assert fault.where == "entetes.csv, line 2"
    assert fault.problem.startswith('Numéro "F1" stands in 2 rows; a look-up has one row per key.')


def test_the_source_keeps_its_name_and_the_look_up_takes_the_files(firm):
    firm.write(
        "entetes.csv", "Numéro;Client;Date;Montant", "F1;A;01/01/2024;100", "F2;B;01/01/2024;200"
    )
    columns = COLUMNS | {"list_price": "entetes.Montant"}
    table = firm.map(source(columns=columns, keep=[{"column": "Client", "is_empty": False}]))
    assert firm.rows(table, "amount_net, list_price") == [(1, 100), (2, 200)]


def test_a_look_up_may_follow_another(firm):
    firm.write("clients.csv", "Code;Secteur", "A;Nord", "B;Sud")
    joins = [HEADERS, {"files": ["clients.csv"], "on": {"Client": "Code"}}]
    columns = COLUMNS | {"channel": "Secteur"}
    keep = [{"column": "Secteur", "equals": "Sud"}]
    table = firm.map(source(join=joins, columns=columns, keep=keep))
    assert firm.rows(table, "client_id, channel") == [("B", "Sud")]


def test_keys_of_other_types_meet_as_text(firm):
    firm.parquet(
        "lignes.parquet", "select 10248.0::double N, 1.5 Montant union all select 10249, 2"
    )
    firm.parquet("entetes.parquet", "select 10248 Num, 'A' Client, date '2024-01-01' as Date")
    columns = {"client_id": "Client", "date": {"value": "2024-01-01"}, "amount_net": "Montant"}
    join = {"files": ["entetes.parquet"], "on": {"N": "Num"}}
    table = firm.map({"files": ["lignes.parquet"], "join": [join], "columns": columns})
    assert firm.rows(table, "client_id, amount_net") == [("A", Decimal("1.5")), (None, 2)]


def test_keys_may_be_several_columns(firm):
    firm.write("lignes.csv", "J;N;Montant", "V;1;1", "V;2;2", "A;1;3")
    firm.write(
        "entetes.csv",
        "Jo;No;Client;Date",
        "V;1;X;01/01/2024",
        "A;1;Y;01/01/2024",
        "V;;Z;01/01/2024",
    )
    columns = {"client_id": "Client", "date": {"value": "2024-01-01"}, "amount_net": "Montant"}
    join = {"files": ["entetes.csv"], "on": {"J": "Jo", "N": "No"}}
    table = firm.map({"files": ["lignes.csv"], "join": [join], "columns": columns})
    assert firm.rows(table, "client_id") == [("X",), (None,), ("Y",)]


def test_a_look_up_may_be_written_otherwise(firm):
    firm.write(
        "entetes.csv", "Numéro,Client,Date,Taux", "F1,A,2024-01-31,1.5", "F2,B,2024-01-31,2.5"
    )
    join = HEADERS | {"defaults": {"separator": ",", "decimal": ".", "date_format": "%Y-%m-%d"}}
    columns = COLUMNS | {"cost_amount": {"formula": "[Montant] * [Taux]"}}
    keep = [{"column": "Client", "is_empty": False}]
    table = firm.map(source(join=[join], columns=columns, keep=keep))
    assert firm.rows(table, "cost_amount") == [(Decimal("1.5"),), (Decimal(5),)]


def test_keys_that_do_not_exist_are_named(firm):
    error = firm.refused(source(join=[{"files": ["entetes.csv"], "on": {"N piece": "Numero"}}]))
    text = str(error)
    assert 'join: there is no column "N piece"; did you mean "N° pièce"?' in text
    assert 'join: there is no column "Numero"; did you mean "Numéro"?' in text
