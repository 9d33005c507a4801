"""The published totals of real data sets, through the mapping alone."""

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from clientaudit.intake.fec.books import Books
from clientaudit.intake.mapping.plan import MappingTask
from clientaudit.intake.mapping.table import MappedTable, map_table
from clientaudit.settings.sources import Dialect, Source


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def mapped(connection, folder: Path, out: Path, source: dict, currency: str = "USD") -> MappedTable:
    books = Books(connection, folder)
    task = MappingTask("transactions", folder, Dialect(), currency, books, out)
    return map_table(task, [Source.model_validate(source)])


def total(connection, table: MappedTable, where: str = "true") -> Decimal:
    query = f"select sum(amount_net) from read_parquet('{table.path}') where {where}"
    return connection.execute(query).fetchone()[0].quantize(Decimal("0.01"))


def test_northwind_net_of_discount(shared_data, connection, tmp_path):
    source = {
        "files": ["Order_Details.csv"],
        "join": [{"files": ["Orders.csv"], "on": {"OrderID": "OrderID"}}],
        "columns": {
            "client_id": "CustomerID",
            "doc_id": "OrderID",
            "date": "OrderDate",
            "delivered_date": "ShippedDate",
            "quantity": "Quantity",
            "discount_pct": {"formula": "[Discount] * 100"},
            "amount_net": {"formula": "[UnitPrice] * [Quantity] * (1 - [Discount])"},
        },
    }
    table = mapped(connection, shared_data / "northwind", tmp_path, source)
    assert table.rows == 2155
    assert total(connection, table) == Decimal("1265793.04")
    [read, join, kept] = table.rules
    assert (read.rows, join.rows, kept.rows) == (2155, 0, 2155)
    assert sum(read.revenue_by_year.values()) == sum(kept.revenue_by_year.values())
    assert list(kept.revenue_by_year) == ["1996", "1997", "1998"]


RETAIL = {
    "files": ["online_retail.parquet"],
    "columns": {
        "client_id": "CustomerID",
        "doc_id": "InvoiceNo",
        "date": "InvoiceDate",
        "product_id": "StockCode",
        "quantity": "Quantity",
        "amount_net": {"formula": "[UnitPrice] * [Quantity]"},
    },
    "credit_notes": {"column": "InvoiceNo", "starts_with": "C"},
}


def test_online_retail_with_and_without_clients(shared_data, connection, tmp_path):
    table = mapped(connection, shared_data / "online_retail", tmp_path, RETAIL, "GBP")
    assert table.rows == 541_909
    assert total(connection, table) == Decimal("9747747.93")
    assert total(connection, table, "client_id is not null") == Decimal("8300065.81")
    assert total(connection, table, "doc_type = 'credit_note'") == Decimal("-896812.49")


def test_online_retail_duplicate_lines(shared_data, connection, tmp_path):
    source = RETAIL | {"unique": "all"}
    table = mapped(connection, shared_data / "online_retail", tmp_path, source, "GBP")
    [unique] = [rule for rule in table.rules if rule.step == "unique"]
    assert unique.rows == 5_268
    assert table.rows == 541_909 - 5_268
    rejected = connection.execute(
        f"select count(*), any_value(why) from '{tmp_path}/rejected_rows_transactions.parquet'"
    ).fetchone()
    assert rejected[0] == 5_268
    assert rejected[1].startswith("duplicate of online_retail.parquet, line ")


RESELLERS = {
    "files": ["FactResellerSales.parquet"],
    "columns": {
        "client_id": "ResellerKey",
        "doc_id": "SalesOrderNumber",
        "date": "OrderDate",
        "amount_net": "SalesAmount",
        "cost_amount": "TotalProductCost",
    },
}


def test_adventureworks_as_invoiced(shared_data, connection, tmp_path):
    table = mapped(connection, shared_data / "adventureworks", tmp_path, RESELLERS)
    assert total(connection, table) == Decimal("80450596.98")


def test_adventureworks_in_one_currency(shared_data, connection, tmp_path):
    keys = {"CurrencyKey": "CurrencyKey", "OrderDateKey": "DateKey"}
    source = RESELLERS | {
        "join": [{"files": ["FactCurrencyRate.parquet"], "on": keys}],
        "columns": RESELLERS["columns"] | {"fx_rate": "AverageRate"},
        "fx": "multiply",
    }
    table = mapped(connection, shared_data / "adventureworks", tmp_path, source)
    assert total(connection, table) == Decimal("76494758.25")
    assert table.rows == 60_855
