"""What tells whether amounts are on one scale: prices, discounts, levels, codes, empty cells."""

import math
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientaudit.intake.quality.code_facts import (
    CodeFacts,
    RoundedCodes,
    ScientificCodes,
    UnpaddedCodes,
    code_facts,
)
from clientaudit.intake.quality.empty_cells import EmptyCells, empty_cells
from clientaudit.intake.quality.level_facts import LevelFacts, level_facts
from clientaudit.intake.quality.price_facts import (
    DiscountFacts,
    PriceFacts,
    discount_facts,
    price_facts,
    ratio_at,
)
from intake.mapping_factory import LINES, Firm

COLUMNS = {
    "client_id": "varchar",
    "date": "date",
    "doc_id": "varchar",
    "product_id": "varchar",
    "quantity": "double",
    "list_price": "decimal(18, 4)",
    "discount_pct": "double",
    "amount_net": "decimal(18, 4)",
    "_file": "integer",
}
PRICED = ("client_id", "product_id", "quantity", "list_price", "discount_pct", "amount_net")


def lines_of(folder: Path, rows: Sequence[dict]) -> Path:
    """The rows as a Parquet file; what a row does not say is that of a plain line."""
    plain = dict(zip(COLUMNS, ("A", "2024-01-05", "F1", "P", 1, 10, 0, 10, 0), strict=True))
    path = folder / "lines.parquet"
    with duckdb.connect() as connection:
        written = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
        connection.execute(f"create table written ({written})")
        marks = ", ".join("?" * len(COLUMNS))
        cells = [[(plain | row)[name] for name in COLUMNS] for row in rows]
        connection.executemany(f"insert into written values ({marks})", cells)
        connection.execute(f"copy written to '{path}' (format parquet)")
    return path


def prices_of(folder: Path, rows: Sequence[dict], columns=PRICED) -> PriceFacts:
    with duckdb.connect() as connection:
        return price_facts(connection, lines_of(folder, rows), columns)


def test_an_amount_less_its_discount_follows_from_the_price(tmp_path):
    found = prices_of(tmp_path, [{"quantity": 3, "discount_pct": 20, "amount_net": 24}] * 5)
    assert found.rule == "percent"
    assert (found.ratios[0].rows, found.ratios[0].amount) == ({0: 5}, {0: 120.0})


def test_the_ratio_of_a_line_is_told_to_half_a_per_cent(tmp_path):
    rows = [{"amount_net": 10}] * 8 + [{"amount_net": 12}, {"amount_net": -10_000}]
    (ratios,) = prices_of(tmp_path, rows).ratios
    assert ratios.rows == {0: 8, 36: 1, 1382: 1}  # 200 ln 1.2 = 36.5, 200 ln 1000 = 1381.6
    assert ratios.amount[1382] == 10_000.0
    assert ratio_at(ratios, 37) == 1


def test_discounts_that_are_shares_are_recognised_by_the_price(tmp_path):
    rows = [{"discount_pct": d / 10, "amount_net": 10 - d} for d in range(9)]
    assert prices_of(tmp_path, rows).rule == "share"


def test_a_rule_that_holds_on_most_lines_is_better_than_none(tmp_path):
    net = [{"discount_pct": d, "amount_net": 10 - d / 10} for d in (5, 10, 20, 30, 40)]
    gross = [row | {"amount_net": 10, "_file": 1} for row in net[:4]]
    found = prices_of(tmp_path, [*net, *gross])
    assert found.rule == "percent"
    assert [sorted(entry.rows)[0] for entry in found.ratios] == [0, 10]  # 200 ln(10 / 9.5)


def test_nothing_is_compared_where_amounts_do_not_follow_from_the_price(tmp_path):
    rows = [{"amount_net": 10 + 3 * i} for i in range(9)]
    assert prices_of(tmp_path, rows) == PriceFacts()
    assert prices_of(tmp_path, rows, ("client_id", "list_price")) == PriceFacts()


def test_the_discounts_of_each_file_are_counted(tmp_path):
    rows = [{"discount_pct": d} for d in (0, 0.2, 0.5)] + [{"discount_pct": 20, "_file": 1}]
    with duckdb.connect() as connection:
        path = lines_of(tmp_path, rows)
        assert discount_facts(connection, path, PRICED) == (
            DiscountFacts(0, 2, 0.5, 2), DiscountFacts(1, 1, 20.0, 0)
        )  # fmt: skip
        assert discount_facts(connection, path, ("quantity",)) == ()


def year(number: int, factor: float, *, file: int = 0, products: int = 6) -> list[dict]:
    """A line of each product at its own price times the factor."""
    return [
        {"product_id": f"P{i}", "client_id": f"C{i}", "amount_net": factor * (i + 1) * 10,
         "date": f"{number}-06-01", "_file": file}
        for i in range(products)
    ]  # fmt: skip


def levels_of(folder: Path, rows: Sequence[dict], columns=PRICED) -> tuple[LevelFacts, ...]:
    with duckdb.connect() as connection:
        return level_facts(connection, lines_of(folder, rows), columns)


def test_the_level_of_a_file_is_that_of_the_same_products(tmp_path):
    rows = [*year(2023, 1), *year(2024, 1000, file=1), *year(2024, 1000, file=1)]
    first, second = levels_of(tmp_path, rows)
    assert (second.file, second.rows, second.shift, second.shared) == (1, 12, 0.0, 6)
    assert first.shift == pytest.approx(-math.log(1000))
    assert first.spread == 0


def test_quantities_do_not_change_a_level(tmp_path):
    dozens = [row | {"quantity": 12, "amount_net": row["amount_net"] * 12} for row in year(2024, 1)]
    assert [entry.shift for entry in levels_of(tmp_path, [*year(2023, 1), *dozens])] == [0.0, 0.0]


def test_without_products_the_lines_of_the_same_clients_are_compared(tmp_path):
    rows = [*year(2023, 1), *year(2024, 2)]
    found = levels_of(tmp_path, rows, ("client_id", "amount_net"))
    assert sorted(entry.shift for entry in found) == pytest.approx([-math.log(2), 0.0])


def test_too_few_products_in_common_are_not_compared(tmp_path):
    assert levels_of(tmp_path, [*year(2023, 1), *year(2024, 9, products=4)]) == ()


@settings(max_examples=15)
@given(st.sampled_from([0.001, 0.2, 1.2, 100]), st.permutations(range(18)))
def test_a_factor_on_one_file_is_found_whatever_the_order_of_lines(tmp_path_factory, factor, order):
    rows = [*year(2022, 1), *year(2023, factor, file=1), *year(2024, 1, file=2)]
    levels = levels_of(tmp_path_factory.mktemp("lines"), [rows[i] for i in order])
    shifts = {entry.file: entry.shift for entry in levels}
    assert shifts[1] - shifts[0] == pytest.approx(math.log(factor), abs=1e-3)


def codes_of(folder: Path, rows: Sequence[dict]) -> CodeFacts:
    with duckdb.connect() as connection:
        return code_facts(connection, lines_of(folder, rows), ("client_id", "doc_id", "product_id"))


def test_codes_that_a_spreadsheet_wrote_as_numbers_are_counted(tmp_path):
    rows = [
        {"client_id": "1,23457E+13"}, {"client_id": "1,23457E+13"}, {"client_id": "4.1E+12"},
        {"client_id": "12E+"}, {"product_id": "THE+1"},
    ]  # fmt: skip
    assert codes_of(tmp_path, rows).scientific == (ScientificCodes("client_id", 3, 2),)


def test_codes_without_their_zeros_are_counted_in_the_file_that_lost_them(tmp_path):
    padded = [{"client_id": code} for code in ("0041", "0042", "1000")]
    bare = [{"client_id": code, "_file": 1} for code in ("41", "42", "1000", "77")]
    assert codes_of(tmp_path, [*padded, *bare]).unpadded == (UnpaddedCodes(1, 2, 4),)


def test_a_file_that_has_both_codes_lost_nothing(tmp_path):
    rows = [{"client_id": code, "_file": file} for file in (0, 1) for code in ("041", "41")]
    assert codes_of(tmp_path, rows) == CodeFacts()


LONG = ["123456789012345000", "123456789012346000"]


def test_long_codes_that_end_in_zeros_were_rounded_by_a_spreadsheet(tmp_path):
    rows = [{"client_id": code, "_file": 1} for code in (*LONG, LONG[0], "C41")]
    assert codes_of(tmp_path, rows).rounded == (RoundedCodes("client_id", 3, 2),)


@pytest.mark.parametrize(
    "codes",
    [
        [*LONG, "123456789012347891"],
        ["1234567890123450", "1234567890123460"],
        ["12345678901234500"],
        ["123456789012300"] * 3,
        ["AB3456789012345000", "AB3456789012346000"],
    ],
    ids=["another code", "one zero each", "one code", "fifteen digits", "letters"],
)
def test_long_codes_that_may_end_in_zeros_by_chance_are_not_taken_for_rounded(tmp_path, codes):
    assert codes_of(tmp_path, [{"client_id": code} for code in codes]).rounded == ()


def test_empty_cells_are_counted_by_file_and_year(tmp_path):
    firm = Firm(tmp_path)
    firm.write("a.csv", "Client;Date;Montant;Canal", "A;01/02/2023;1;", "B;01/02/2024;1;x")
    firm.write("b.csv", "Client;Date;Montant;Canal", "A;01/02/2025;1;y", ";02/02/2025;1;y")
    table = firm.map({"files": "*.csv", "columns": LINES | {"channel": "Canal"}})
    assert empty_cells(firm.connection, table) == (
        EmptyCells("transactions", "client_id", 0, 2023, 1, 0),
        EmptyCells("transactions", "client_id", 0, 2024, 1, 0),
        EmptyCells("transactions", "client_id", 1, 2025, 2, 1),
        EmptyCells("transactions", "channel", 0, 2023, 1, 1),
        EmptyCells("transactions", "channel", 0, 2024, 1, 0),
        EmptyCells("transactions", "channel", 1, 2025, 2, 0),
    )


def test_full_tables_have_no_empty_cell(tmp_path):
    firm = Firm(tmp_path)
    firm.write("c.csv", "Code;Nom", "A;Alpha")
    columns = {"client_id": "Code", "name": "Nom"}
    table = firm.map({"files": "c.csv", "columns": columns}, table="clients")
    assert empty_cells(firm.connection, table) == ()
