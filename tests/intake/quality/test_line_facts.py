import datetime as dt
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientaudit.errors import AuditError
from clientaudit.intake.quality.line_facts import (
    LineFacts,
    MonthFacts,
    last_complete_month_end,
    line_facts,
)

COLUMNS = (
    "client_id varchar, date date, doc_id varchar, product_id varchar, quantity double, "
    "amount_net decimal(18, 4), cost_amount decimal(18, 4), _file integer, _row bigint"
)


def facts_of(folder: Path, rows: list[tuple], columns: str = COLUMNS) -> LineFacts:
    with duckdb.connect() as connection:
        connection.execute(f"create table written ({columns})")
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            connection.executemany(f"insert into written values ({marks})", rows)
        connection.execute(f"copy written to '{folder / 'lines.parquet'}' (format parquet)")
        return line_facts(connection, folder / "lines.parquet")


def line(client, day, amount, *, doc="F1", product="P", quantity=1, cost=None, file=0):
    return (client, day, doc, product, quantity, amount, cost, file, 1)


def test_amounts_are_summed_to_the_last_decimal(tmp_path):
    facts = facts_of(
        tmp_path,
        [
            line("A", "2024-01-05", "0.1", cost="0.05"),
            line("A", "2024-01-06", "0.2", doc="F2"),
            line("B", "2024-02-01", "-0.0001", doc="A3"),
            line(None, "2024-02-01", "12345678901.2345", doc="F4", file=1),
        ],
    )
    assert facts.revenue == Decimal("12345678901.5344")
    assert facts.sales_amount == Decimal("12345678901.5345")
    assert facts.credit_amount == Decimal("-0.0001")
    assert (facts.rows, facts.negative_rows, facts.rows_without_client) == (4, 1, 1)
    assert facts.revenue_without_client == Decimal("12345678901.2345")
    assert (facts.rows_with_cost, facts.revenue_with_cost) == (1, Decimal("0.1"))
    assert facts.client_count == 2
    assert facts.months == (
        MonthFacts(0, dt.date(2024, 1, 1), 2, Decimal("0.3")),
        MonthFacts(0, dt.date(2024, 2, 1), 1, Decimal("-0.0001")),
        MonthFacts(1, dt.date(2024, 2, 1), 1, Decimal("12345678901.2345")),
    )


def test_a_line_met_twice_counts_once_as_a_duplicate(tmp_path):
    facts = facts_of(
        tmp_path,
        [
            line("A", "2024-01-05", 10),
            line("A", "2024-01-05", 10, file=1),
            line("A", "2024-01-05", 10),
            line("A", "2024-01-05", 10, product="Q"),
            line("A", "2024-01-05", 10, doc="F2"),
            line("A", "2024-01-06", 10),
        ],
    )
    assert facts.duplicate_rows == 2
    assert facts.duplicate_revenue == Decimal("20.0000")
    assert facts.duplicate_rows_across_files == 2


def test_two_lines_of_one_invoice_with_their_own_numbers_are_no_duplicates(tmp_path):
    facts = facts_of(
        tmp_path,
        [("A", "2024-01-05", number, "P", 10, 0) for number in ("1", "2")],
        "client_id varchar, date date, line_no varchar, product_id varchar, "
        "amount_net decimal(18, 4), _file integer",
    )
    assert facts.duplicate_rows == 0


def test_documents_are_credit_notes_by_their_total_or_their_type(tmp_path):
    facts = facts_of(
        tmp_path,
        [
            ("A", "2024-01-05", "F1", "invoice", 10, 0),
            ("A", "2024-01-05", "F1", "invoice", -2, 0),
            ("A", "2024-01-06", "A2", "credit_note", 0, 0),
            ("A", "2024-01-07", "F3", "invoice", -5, 0),
        ],
        "client_id varchar, date date, doc_id varchar, doc_type varchar, "
        "amount_net decimal(18, 4), _file integer",
    )
    assert (facts.document_count, facts.credit_document_count) == (3, 2)


def test_a_document_of_two_clients_is_counted_with_each_of_them(tmp_path):
    facts = facts_of(
        tmp_path,
        [
            line("A", "2024-01-05", 10),
            line("A", "2024-01-05", 5, product="Q"),
            line("B", "2024-01-05", 20),
            line("B", "2025-01-05", 99),  # the number starts again the next year
            line("C", "2024-01-05", 1, doc="F2"),
        ],
    )
    assert (facts.shared_document_count, facts.shared_document_pairs) == (1, 2)
    assert facts.shared_document_revenue == Decimal("35.0000")


def test_an_outlier_is_over_twenty_times_its_own_client_s_median(tmp_path):
    small = [line("SMALL", f"2024-01-0{day}", 10, doc=f"F{day}") for day in range(1, 6)]
    large = [line("LARGE", f"2024-01-0{day}", 5000, doc=f"G{day}") for day in range(1, 6)]
    odd = line("SMALL", "2024-01-08", 250, doc="F8")
    usual = line("SMALL", "2024-01-09", 190, doc="F9")
    facts = facts_of(tmp_path, [*small, *large, odd, usual])
    assert (facts.outlier_rows, facts.outlier_revenue) == (1, 250)


def test_four_lines_are_too_few_for_a_median(tmp_path):
    rows = [line("A", f"2024-01-0{day}", 1, doc=f"F{day}") for day in range(1, 4)]
    facts = facts_of(tmp_path, [*rows, line("A", "2024-01-05", 10_000)])
    assert facts.outlier_rows == 0


@given(st.permutations(range(12)))
def test_the_order_of_the_lines_changes_nothing(tmp_path_factory, order):
    rows = [
        line("AB"[i % 2], f"2024-0{1 + i % 3}-1{i % 4}", 10 * (1 + i % 5), doc=f"F{i % 4}")
        for i in range(12)
    ]
    folder = tmp_path_factory.mktemp("lines")
    assert facts_of(folder, [rows[i] for i in order]) == facts_of(folder, rows)


def test_no_line_at_all_is_an_error_that_says_where_to_look(tmp_path):
    with pytest.raises(AuditError, match=r"no line is left\. Check keep, drop and perimeter"):
        facts_of(tmp_path, [])


REAL = {
    "online_retail/online_retail.parquet": (
        "CustomerID::varchar", "InvoiceDate::date", "UnitPrice * Quantity", "2011-11-30",
    ),
    "adventureworks/FactResellerSales.parquet": (
        "ResellerKey::varchar", "OrderDate::date", "SalesAmount", "2013-11-30",
    ),
    "adventureworks/FactInternetSales.parquet": (
        "CustomerKey::varchar", "OrderDate::date", "SalesAmount", "2013-12-31",
    ),
    "northwind/Orders.csv": ("CustomerID", "OrderDate::date", "1", "1998-04-30"),
}  # fmt: skip


@pytest.mark.parametrize("name", REAL)
def test_real_exports_are_cut_where_their_last_whole_month_ends(shared_data, tmp_path, name):
    client, day, amount, expected = REAL[name]
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select {client} as client_id, {day} as date, ({amount})::decimal(18, 4) as "
            f"amount_net, 0 as _file from '{shared_data / name}') to '{tmp_path / 'l.parquet'}'"
        )
        facts = line_facts(connection, tmp_path / "l.parquet")
    assert last_complete_month_end(facts).isoformat() == expected
