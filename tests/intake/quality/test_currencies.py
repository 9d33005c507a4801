"""Amounts in several currencies, added up as if they were one."""

from decimal import Decimal

import pytest

from clientaudit.intake.quality.currencies import CurrencyFacts, currencies_check, currency_facts
from clientaudit.text import Say
from intake.mapping_factory import LINES, Firm

COLUMNS = LINES | {"currency": "Devise"}
ROWS = ("C1;05/01/2024;100;EUR;1", "C2;06/01/2024;-50;usd;2", "C2;07/01/2024;50;USD;")


def firm(folder) -> Firm:
    found = Firm(folder)
    found.write("v.csv", "Client;Date;Montant;Devise;Taux", *ROWS)
    return found


def test_lines_are_counted_by_currency(tmp_path):
    source = firm(tmp_path)
    lines = source.map({"files": "v.csv", "columns": COLUMNS})
    found = currency_facts(source.connection, lines.path, lines.columns)
    assert found == (
        CurrencyFacts("EUR", 1, Decimal(100)),
        CurrencyFacts("USD", 2, Decimal(100)),
    )


def test_without_a_column_nothing_is_said(tmp_path):
    source = firm(tmp_path)
    lines = source.map({"files": "v.csv", "columns": LINES})
    assert currency_facts(source.connection, lines.path, lines.columns) == ()


def test_converted_lines_are_in_the_currency_of_the_audit(tmp_path):
    source = firm(tmp_path)
    (tmp_path / "v.csv").write_text("\n".join(["Client;Date;Montant;Devise;Taux", *ROWS[:2]]))
    columns = COLUMNS | {"fx_rate": "Taux"}
    lines = source.map({"files": "v.csv", "columns": columns, "fx": "multiply"})
    assert currency_facts(source.connection, lines.path, lines.columns) == ()


@pytest.mark.parametrize(
    ("sizes", "verdict"),
    [
        ({"EUR": 100}, "PASS"),
        ({"EUR": 80, "€": 10, "EUROS": 10}, "PASS"),
        ({"1": 100}, "PASS"),  # the firm's code of its only currency
        ({"EUR": 95, "USD": 5}, "FLAG"),
        ({"EUR": 85, "USD": 15}, "REFUSE"),
        ({"USD": 100}, "REFUSE"),
    ],
)
def test_another_currency_is_flagged_and_much_of_it_refused(sizes, verdict):
    found = [CurrencyFacts(name, 1, Decimal(size)) for name, size in sizes.items()]
    check = currencies_check(found, "EUR")
    assert (check.finding.verdict, check.refuses_run) == (verdict, verdict == "REFUSE")


def test_the_currencies_are_named():
    found = (CurrencyFacts("EUR", 9, Decimal(99)), CurrencyFacts("USD", 2, Decimal(1)))
    assert currencies_check(found, "EUR").finding.say(Say("en")) == (
        "2 lines are in another currency (USD), 1% of all amounts, and added up as EUR: no "
        "exchange rate is given."
    )
