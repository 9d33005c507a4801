import datetime as dt
import gzip
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clientaudit.errors import AuditError
from clientaudit.intake.reading.relation import read_source
from clientaudit.settings.sources import Dialect, FileOptions

DAY = dt.date(2024, 12, 31)


@pytest.fixture
def read(connection, tmp_path):
    def _read(files="*.parquet", **options):
        options = FileOptions(files=files, **options)
        raw = read_source(connection, "raw", options, folder=tmp_path, defaults=Dialect())
        rows = connection.execute("SELECT * FROM raw ORDER BY _file, _row").fetchall()
        return {c.name: c.kind for c in raw.columns}, rows, raw

    return _read


def write(path, **columns):
    pq.write_table(pa.table(columns), path)


def test_types_are_kept(read, tmp_path):
    write(
        tmp_path / "v.parquet",
        code=["00123", ""],
        bytes=pa.array([b"x", b""], pa.binary()),
        family=pa.array(["a", "b"]).dictionary_encode(),
        whole=[1, None],
        exact=pa.array([Decimal("1.50"), None]),
        real=[1.5, 2.0],
        day=[DAY, None],
        moment=[dt.datetime(2024, 12, 31, 14, 30), None],
        yes=[True, None],
        several=[[1, 2], None],
    )
    kinds, rows, _ = read()
    assert kinds == {
        "code": "text", "bytes": "text", "family": "text", "whole": "number", "exact": "number",
        "real": "number", "day": "date", "moment": "date", "yes": "boolean", "several": "text",
    }  # fmt: skip
    moment = dt.datetime(2024, 12, 31, 14, 30)
    assert rows == [
        ("00123", "x", "a", 1, Decimal("1.50"), 1.5, DAY, moment, True, "[1, 2]", 0, 1),
        (None, None, "b", None, None, 2.0, None, None, None, None, 0, 2),
    ]


def test_a_row_is_named_by_its_number(read, tmp_path):
    write(tmp_path / "v.parquet", a=list("xyz"))
    _, rows, raw = read()
    assert rows[2] == ("z", 0, 3)
    assert raw.where(0, 3) == "v.parquet, row 3"
    assert (raw.files[0].rows, raw.files[0].format) == (3, "parquet")


def test_row_numbers_follow_the_file_over_row_groups(connection, read, tmp_path):
    table = pa.table({"a": list(range(1000))})
    pq.write_table(table, tmp_path / "v.parquet", row_group_size=100)
    read()
    assert connection.execute("SELECT count(*) FROM raw WHERE _row <> a + 1").fetchall() == [(0,)]


def test_headings_are_trimmed(read, tmp_path):
    pq.write_table(pa.table({" Code ": ["1"], "code": ["2"]}), tmp_path / "v.parquet")
    assert read()[1] == [("1", "2", 0, 1)]
    assert list(read()[0]) == ["Code", "code (2)"]


def test_files_are_matched_by_name_and_other_kinds_become_text(read, tmp_path):
    write(tmp_path / "1.parquet", code=[7], amount=[1.5], extra=["x"])
    write(tmp_path / "2.parquet", amount=[2], code=["00008"])
    kinds, rows, raw = read()
    assert kinds == {"code": "text", "amount": "number"}
    assert rows == [("7", 1.5, 0, 1), ("00008", 2.0, 1, 1)]
    assert raw.missing == {"extra": ("2.parquet",)}


def test_a_packed_file_outlives_its_unpacked_copy(read, tmp_path):
    write(tmp_path / "v.parquet", a=["x"])
    packed = gzip.compress((tmp_path / "v.parquet").read_bytes())
    (tmp_path / "w.parquet.gz").write_bytes(packed)
    _, rows, raw = read("w.parquet.gz")
    assert (rows, raw.where(0, 1)) == ([("x", 0, 1)], "w.parquet.gz, row 1")


def test_a_name_with_pattern_signs_is_read(read, tmp_path):
    write(tmp_path / "v [2024]*.parquet", a=["x"])
    write(tmp_path / "v 2.parquet", a=["y"])
    assert read("v [2024]*.parquet")[1] == [("x", 0, 1)]


def test_a_file_that_is_no_parquet_is_refused(read, tmp_path):
    (tmp_path / "v.parquet").write_text("a;b\n1;2\n")
    with pytest.raises(AuditError, match=r"v\.parquet: cannot be read as Parquet"):
        read()


@pytest.mark.parametrize("options", [{"header_row": 2}, {"stop_at": "^$"}, {"sheet": "a"}])
def test_options_of_other_formats_are_refused(read, tmp_path, options):
    write(tmp_path / "v.parquet", a=["x"])
    with pytest.raises(AuditError, match="remove"):
        read(**options)


def test_parquet_and_csv_are_one_source(read, tmp_path):
    write(tmp_path / "1.parquet", code=["1"], amount=[2])
    (tmp_path / "2.csv").write_text("code;amount\n3;4,5\n")
    kinds, rows, _ = read(["1.parquet", "2.csv"])
    assert kinds == {"code": "text", "amount": "text"}
    assert rows == [("1", "2", 0, 1), ("3", "4,5", 1, 1)]


def test_decimals_that_duckdb_reads_wrong_are_refused(read, tmp_path):
    write(tmp_path / "v.parquet", x=pa.array([Decimal("1.5")], pa.decimal256(50, 2)))
    with pytest.raises(AuditError, match=r'v\.parquet: "x": decimals of over 38 digits'):
        read()


def test_an_id_that_is_a_number_in_one_file_and_text_in_another_has_no_decimals(read, tmp_path):
    write(tmp_path / "a.parquet", code=[12.0, float("nan"), None])
    write(tmp_path / "b.parquet", code=["X1"])
    assert [row[0] for row in read()[1]] == ["12", None, None, "X1"]
