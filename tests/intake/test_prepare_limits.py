"""The prepared tables and the summary are the same on any number of threads, in any memory."""

import datetime as dt
import shutil
from functools import partial
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from clientaudit.engine.connection import connect
from clientaudit.engine.summary import client_summary
from clientaudit.intake import prepare as intake
from clientaudit.settings import load_engagement

# Documents of three lines, some credit notes, some lines without a client, clients in any order.
LINES = """
copy (
    select case when hash(document) % 97 > 0 then 'C' || hash(document) % 20000 end as client_id,
        date '2022-01-01' + (hash(document + 1) % 1000)::int as date, 'F' || document as doc_id,
        'FAM' || hash(line) % 12 as product_family,
        (case when hash(document) % 30 = 0 then -1 else 1 end * (hash(line) % 99999) / 100)
            ::decimal(18, 4) as amount_net,
        case when hash(line) % 5 > 0 then ((hash(line) % 77777) / 100)::decimal(18, 4) end
            as cost_amount
    from (select range as line, range // 3 as document from range(250000))
) to '{path}' (format parquet)
"""
ENGAGEMENT = """firm: Firm
tables:
  transactions:
    files: lines.parquet
    columns: {client_id: client_id, date: date, doc_id: doc_id, product_family: product_family,
      amount_net: amount_net, cost_amount: cost_amount}
"""
LIMITS = ({"threads": 1, "memory_limit": "80MB"}, {"threads": 2, "memory_limit": "2GB"})


@pytest.fixture
def home(tmp_path: Path) -> Path:
    duckdb.sql(LINES.format(path=tmp_path / "lines.parquet"))
    (tmp_path / "engagement.yml").write_text(ENGAGEMENT, encoding="utf-8")
    return tmp_path


def test_threads_and_memory_change_no_value(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = (prepared(home, limits, monkeypatch) for limits in LIMITS)
    assert one.keys() == other.keys() == {"lines", "occasions", "summary", "facts"}
    assert one.pop("facts") == other.pop("facts")
    for name, table in one.items():
        pd.testing.assert_frame_equal(table, other[name], check_exact=True, obj=name)


def test_nothing_but_the_prepared_tables_is_left(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared(home, LIMITS[0], monkeypatch)
    (folder,) = (home / ".clientaudit").iterdir()
    assert {path.name for path in folder.iterdir()} == {
        "intake.json", "lines.parquet", "occasions.parquet",
    }  # fmt: skip


def prepared(home: Path, limits: dict, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """The tables made under some limits, in the order in which they stand."""
    shutil.rmtree(home / ".clientaudit", ignore_errors=True)
    monkeypatch.setattr(intake, "connect", partial(connect, **limits))
    found = intake.prepare(load_engagement(home / "engagement.yml"))
    engine = connect(**limits)
    occasions = engine.read_parquet(found.path("occasions"))
    summary = client_summary(
        occasions, as_of=dt.date(2024, 9, 1), data_start=dt.date(2022, 1, 1)
    ).order_by("client_id")
    return {
        "lines": pd.read_parquet(found.path("lines")),
        "occasions": occasions.execute(),
        "summary": summary.execute(),
        "facts": found.facts,
    }
