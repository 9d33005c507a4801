"""The client summary of ten million lines, beside what else makes one from the same file."""

import datetime as dt
from pathlib import Path

from benchmarks.harness import THREADS, Step, measure_all, table

AS_OF, START = dt.date(2024, 12, 31), dt.date(2019, 1, 1)
SCAN = "select sum(amount_net), max(date), max(client_id), max(doc_id) from read_parquet('{lines}')"
NAIVE = """
copy (
    select client_id, min(date), max(date), count(distinct date), count(distinct doc_id),
        count(distinct product_family), sum(amount_net), sum(amount_net - cost_amount)
    from read_parquet('{lines}') where date <= date '2024-12-31' group by client_id
) to '{summary}' (format parquet)
"""
OURS = ("pandas", "clientaudit.engine.summary", "clientaudit.engine.connection")
STEPS = (
    Step("scan", "summaries:scan", ("duckdb",)),
    Step("client summary", "summaries:summary", OURS),
    Step("client summary, its SQL without Ibis", "summaries:summary_sql", OURS),
    Step("DuckDB, one query", "summaries:naive", ("duckdb",)),
    Step("polars", "summaries:polars_summary", ("polars",), peer=True),
    Step("pandas", "summaries:pandas_summary", ("pandas", "pyarrow.parquet"), runs=1),
    Step("openretailscience", "summaries:openretailscience_summary",
         ("openretailscience.segmentation.rfm", "ibis"), peer=True),
    Step("lifetimes", "summaries:lifetimes_summary",
         ("lifetimes.utils", "pandas", "pyarrow.parquet"), runs=1, peer=True),
)  # fmt: skip


def report(home: Path) -> str:
    """The table. home: holds the lines and their prepared tables."""
    found = measure_all(STEPS, home)
    return table("client summary of 10 M lines", found, found[0])


def scan(home: Path) -> None:
    """Read the raw file: the unit of what follows."""
    _sql(SCAN, home)


def naive(home: Path) -> None:
    """The summary as one query over the raw lines, with `count(distinct)`."""
    _sql(NAIVE, home)


def summary(home: Path) -> None:
    """Ours, from the prepared purchase days."""
    engine, ours = _prepared(home)
    engine.to_parquet(ours, home / "summary.parquet")


def summary_sql(home: Path) -> dict[str, float]:
    """The same query given to DuckDB, and the seconds that Ibis needed to write it."""
    import time

    import ibis

    start = time.perf_counter()
    engine, ours = _prepared(home)
    sql = ibis.to_sql(ours, dialect="duckdb")
    written = time.perf_counter() - start
    engine.con.execute(f"copy ({sql}) to '{home}/summary.parquet' (format parquet)")
    return {"ibis_seconds": written}


def polars_summary(home: Path) -> None:
    """The same columns as `NAIVE`, lazily and streamed."""
    import polars as pl

    lines = pl.scan_parquet(home / "lines.parquet").filter(pl.col("date") <= AS_OF)
    lines.group_by("client_id").agg(
        first=pl.col("date").min(),
        last=pl.col("date").max(),
        days=pl.col("date").n_unique(),
        documents=pl.col("doc_id").n_unique(),
        families=pl.col("product_family").n_unique(),
        revenue=pl.col("amount_net").sum(),
        margin=(pl.col("amount_net") - pl.col("cost_amount")).sum(),
    ).sink_parquet(home / "summary.parquet")


def pandas_summary(home: Path) -> None:
    """The same columns, in memory."""
    lines = _frame(home, "product_family", "cost_amount")
    lines["margin"] = lines.amount_net - lines.cost_amount
    lines.groupby("client_id").agg(
        first=("date", "min"),
        last=("date", "max"),
        days=("date", "nunique"),
        documents=("doc_id", "nunique"),
        families=("product_family", "nunique"),
        revenue=("amount_net", "sum"),
        margin=("margin", "sum"),
    ).to_parquet(home / "summary.parquet")


def openretailscience_summary(home: Path) -> None:
    """Its RFM table: recency, frequency, money and their scores, by Ibis on DuckDB as ours."""
    import ibis
    from openretailscience.segmentation.rfm import RFMSegmentation

    engine = ibis.duckdb.connect(threads=THREADS)
    names = {
        "customer_id": "client_id",
        "transaction_id": "doc_id",
        "transaction_date": "date",
        "unit_spend": "amount_net",
    }
    lines = engine.read_parquet(home / "lines.parquet").rename(names)
    table = RFMSegmentation(lines, current_date=AS_OF).table
    engine.to_parquet(table, home / "summary.parquet")


def lifetimes_summary(home: Path) -> None:
    """Its summary: frequency, recency, T and mean amount of a client."""
    from lifetimes.utils import summary_data_from_transaction_data

    summary_data_from_transaction_data(
        _frame(home),
        "client_id",
        "date",
        monetary_value_col="amount_net",
        observation_period_end=AS_OF,
    ).to_parquet(home / "summary.parquet")


def _frame(home: Path, *more: str):
    """The columns that a summary needs, as pandas and its users hold them: amounts as floats."""
    import pandas as pd

    columns = ["client_id", "date", "doc_id", "amount_net", *more]
    lines = pd.read_parquet(home / "lines.parquet", columns=columns)
    amounts = [name for name in columns if name.endswith(("_net", "_amount"))]
    lines[amounts] = lines[amounts].astype(float)
    return lines.assign(date=pd.to_datetime(lines.date))


def _prepared(home: Path):
    from clientaudit.engine.connection import connect
    from clientaudit.engine.summary import client_summary

    engine = connect(threads=THREADS)
    occasions = engine.read_parquet(next(home.glob(".clientaudit/*/occasions.parquet")))
    return engine, client_summary(occasions, as_of=AS_OF, data_start=START)


def _sql(query: str, home: Path) -> None:
    import duckdb

    connection = duckdb.connect(config={"threads": THREADS, "memory_limit": "2GB"})
    files = {"lines": home / "lines.parquet", "summary": home / "summary.parquet"}
    connection.execute(query.format(**files)).fetchall()
