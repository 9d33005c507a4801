"""What `preset: fec` gives by itself, and what the engagement may still say."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from clientaudit.errors import AuditError
from clientaudit.settings import load_engagement
from intake.fec.ledger import ENGAGEMENT, audited, invoice, post, read, receipt, revenue

BOOKS = [
    invoice("VE 1", "2024-01-10", "DUPONT", 100, EcritureLet="A"),
    invoice("VE 2", "2024-02-10", "MARTIN", 50, EcritureLib="Divers"),
    invoice("VF 3", "2024-02-10", "PETIT", 10),
    receipt("BQ 1", "2024-03-05", "DUPONT", 120, "A"),
]


def test_clients_and_payments_come_by_themselves_and_each_file_is_told_once(
    tmp_path: Path,
) -> None:
    found = audited(tmp_path, y2024=BOOKS)
    assert set(found.facts.columns) == {"transactions", "clients", "payments"}
    assert found.facts.columns["payments"] == (
        "doc_id", "client_id", "invoice_date", "paid_date", "amount_incl_vat",
    )  # fmt: skip
    assert [file.path for file in found.facts.files] == ["123456789FEC20241231.txt"]


def test_rules_see_the_columns_of_the_file_and_those_of_the_client(tmp_path: Path) -> None:
    rules = """    keep: {column: JournalCode, equals: VE}
    drop:
      - {column: CompAuxNum, equals: MARTIN, why: "internal"}
"""
    found = audited(tmp_path, rules, y2024=BOOKS)
    assert revenue(found) == {"DUPONT": Decimal("100")}
    touched = {(rule.step, rule.why): rule.rows for rule in found.facts.rules if rule.rows}
    assert touched["keep", ""] == 1
    assert touched["drop", "internal"] == 1
    assert "PETIT" in set(read(found, "rejected_rows").row.str.extract('CompAuxNum":"(.*?)"')[0])


def test_columns_given_beside_the_preset_win_over_it(tmp_path: Path) -> None:
    columns = """    columns:
      product_family: {from: CompteNum, map: {"707100": Locks}, otherwise: other}
      channel: {from: JournalCode, map: {VE: direct, VF: factory}}
"""
    lines = read(audited(tmp_path, columns, y2024=BOOKS), "lines")
    assert set(lines.product_family) == {"Locks"}
    assert lines.set_index("client_id").channel.to_dict() == {
        "DUPONT": "direct", "MARTIN": "direct", "PETIT": "factory",
    }  # fmt: skip


def test_tables_that_the_engagement_maps_are_left_to_it(tmp_path: Path) -> None:
    (tmp_path / "clients.csv").write_text("code;days;mode\nDUPONT;30;eom\nMARTIN;10;net\n")
    own = """  clients:
    files: clients.csv
    columns:
      client_id: code
      payment_terms_days: days
      terms_mode: mode
"""
    found = audited(tmp_path, own, y2024=BOOKS)
    assert "name" not in read(found, "clients")
    due = read(found, "payments").set_index("client_id").due_date
    assert due["DUPONT"] == dt.date(2024, 2, 29)
    assert due["MARTIN"] == dt.date(2024, 2, 20)
    assert due.isna()["PETIT"]
    assert "due_date" in found.facts.columns["payments"]


def test_terms_may_be_one_for_all_clients(tmp_path: Path) -> None:
    own = """  clients:
    preset: fec
    files: "*FEC*.txt"
    columns: {payment_terms_days: {value: "30"}}
"""
    found = audited(tmp_path, own, y2024=BOOKS)
    due = read(found, "payments").set_index("client_id").due_date
    assert due["PETIT"] == dt.date(2024, 3, 11)


def test_the_accounts_may_give_payments_to_invoices_of_another_export(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text(
        "client;doc;date;amount\nDUPONT;F1;2024-01-10;100\nMARTIN;F2;2024-02-10;50\n"
    )
    engagement = """firm: Small Firm
tables:
  transactions:
    files: sales.csv
    columns: {client_id: client, doc_id: doc, date: date, amount_net: amount}
  payments: {preset: fec, files: "*FEC*.txt"}
"""
    found = audited(tmp_path, "", engagement, y2024=BOOKS)
    assert found.facts.fec is None
    paid = read(found, "payments").set_index("doc_id").paid_date
    assert paid["F1"] == dt.date(2024, 3, 5)


def test_a_rule_that_drops_an_account_leaves_class_70_told(tmp_path: Path) -> None:
    carriage = [
        post("VE 9", "2024-03-05", "411000 DUPONT", 7),
        post("VE 9", "2024-03-05", "708500", "", 7),
    ]
    rule = '    drop: {column: CompteNum, starts_with: "7085", why: carriage}\n'
    found = audited(tmp_path, rule, y2024=[*BOOKS, carriage])
    assert found.facts.lines.revenue == Decimal("160")
    assert found.facts.fec is not None
    assert found.facts.fec.clients == found.facts.fec.class_70 == Decimal("167")


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ("  contacts: {preset: fec, files: x.txt}\n", "a preset gives transactions, clients"),
        ("  payments: {preset: sage, files: x.txt}\n", "'fec'"),
        (
            "  payments: [{preset: fec, files: x.txt}, {preset: fec, files: y.txt}]\n",
            "a preset stands once, with all files",
        ),
    ],
)
def test_a_preset_that_cannot_be_is_refused_with_its_line(
    tmp_path: Path, tables: str, expected: str
) -> None:
    path = tmp_path / "engagement.yml"
    path.write_text(ENGAGEMENT + tables, encoding="utf-8")
    with pytest.raises(AuditError, match="line 7") as error:
        load_engagement(path)
    assert expected in str(error.value)
