"""The real exports: sizes and signs that their codebook states."""

import duckdb
import pytest

from clientaudit.intake.reading.relation import read_source
from clientaudit.settings.sources import Dialect, FileOptions


@pytest.mark.parametrize(
    ("name", "rows", "columns"),
    [
        ("online_retail/online_retail.parquet", 541_909, 8),
        ("cdnow/cdnow_master.csv.gz", 69_659, None),
        ("telco/Telco-Customer-Churn.csv.gz", 7_043, 21),
        ("ibm_ar/accounts_receivable.csv", 2_466, 12),
        ("northwind/Order_Details.csv", 2_155, 5),
        ("northwind/Orders.csv", 830, 14),
        ("northwind/Customers.csv", None, 11),
        ("survival/rossi.csv", 432, None),
    ],
)
def test_real_exports_are_read_whole(shared_data, name, rows, columns):
    with duckdb.connect() as connection:
        raw = read_source(
            connection, "raw", FileOptions(files=name), folder=shared_data, defaults=Dialect()
        )
        counted = connection.execute("SELECT count(*), max(_row) FROM raw").fetchone()
    assert rows is None or counted == (rows, rows)
    assert raw.files[0].rows == counted[0]
    assert columns is None or len(raw.columns) == columns


def test_accents_of_northwind_are_read(shared_data):
    with duckdb.connect() as connection:
        read_source(
            connection,
            "raw",
            FileOptions(files="northwind/Customers.csv"),
            folder=shared_data,
            defaults=Dialect(),
        )
        found = connection.execute("SELECT * FROM raw").fetchall()
    assert any("México D.F." in map(str, row) for row in found)
