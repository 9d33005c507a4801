"""Speed and memory of the engine and the runner, as ratios within one run (`make bench`).

Each measurement runs in a process of its own on the same generated lines; its peers run beside
it, one after the other. Results that are kept stand in benchmarks/README.md.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCAN = "select sum(amount_net), max(date), max(client_id), max(doc_id) from read_parquet('{lines}')"
NAIVE = """
select client_id, min(date), max(date), count(distinct date), count(distinct doc_id),
    count(distinct product_family), sum(amount_net), sum(amount_net - cost_amount)
from read_parquet('{lines}') where date <= date '2024-12-31' group by client_id
"""
LINES = """
copy (
    select 'C' || lpad((hash(document) % {clients})::varchar, 7, '0') as client_id,
        date '2019-01-01' + (hash(document * 7 + 1) % 2500)::int as date,
        'F' || document as doc_id, 'P' || (hash(line) % 5000) as product_id,
        'FAM' || (hash(line) % 5000 % 30) as product_family,
        (case when hash(document * 3) % 30 = 0 then -1 else 1 end
            * (hash(line * 13) % 100000) / 100)::decimal(18, 4) as amount_net,
        (case when hash(document * 3) % 30 = 0 then -1 else 1 end
            * (hash(line * 13) % 100000) / 160)::decimal(18, 4) as cost_amount
    from (select range as line, range // 5 as document from range({lines}))
) to '{path}' (format parquet)
"""
ENGAGEMENT = """firm: Benchmark
as_of: 2024-12-31
tables:
  transactions:
    files: lines.parquet
    columns: {client_id: client_id, date: date, doc_id: doc_id, product_id: product_id,
      product_family: product_family, amount_net: amount_net, cost_amount: cost_amount}
"""


def make(home: Path, line_count: int) -> None:
    """Write the lines, and the engagement that reads them."""
    import duckdb

    path = home / "lines.parquet"
    duckdb.sql(LINES.format(lines=line_count, clients=max(line_count // 50, 1), path=path))
    (home / "engagement.yml").write_text(ENGAGEMENT, encoding="utf-8")


def scan(home: Path) -> None:
    _sql(SCAN, home)


def naive_summary(home: Path) -> None:
    _sql(NAIVE, home)


def pandas_summary(home: Path) -> None:
    import pandas as pd

    lines = pd.read_parquet(home / "lines.parquet")
    lines.groupby("client_id").agg(
        first=("date", "min"),
        last=("date", "max"),
        days=("date", "nunique"),
        documents=("doc_id", "nunique"),
        families=("product_family", "nunique"),
        revenue=("amount_net", "sum"),
    )


def prepare(home: Path) -> None:
    from clientaudit.intake.prepare import prepare as prepare_engagement
    from clientaudit.settings import load_engagement

    prepare_engagement(load_engagement(home / "engagement.yml"))


def summary(home: Path) -> None:
    import datetime as dt

    from clientaudit.engine.connection import connect
    from clientaudit.engine.summary import client_summary

    engine = connect(threads=2)
    occasions = engine.read_parquet(next(home.glob(".clientaudit/*/occasions.parquet")))
    table = client_summary(occasions, as_of=dt.date(2024, 12, 31), data_start=dt.date(2019, 1, 1))
    engine.to_parquet(table, home / "summary.parquet")


def nothing(home: Path) -> None:
    """Start the interpreter and import what the other measurements import."""
    import ibis
    import pandas

    _ = ibis, pandas


STEPS: dict[str, Callable[[Path], None]] = {
    step.__name__: step for step in (scan, naive_summary, pandas_summary, prepare, summary, nothing)
}


def measure(name: str, home: Path) -> dict[str, float]:
    """Seconds (imports left out) and resident megabytes of one step, best of three runs."""
    runs = 1 if name == "prepare" else 3
    found = [_once(name, home) for _ in range(runs)]
    return {key: min(run[key] for run in found) for key in ("seconds", "cpu", "megabytes")}


def _once(name: str, home: Path) -> dict[str, float]:
    command = [sys.executable, str(Path(__file__)), "--step", name, "--home", str(home)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _step(name: str, home: Path) -> None:
    nothing(home)
    start, cpu = time.perf_counter(), time.process_time()
    STEPS[name](home)
    print(
        json.dumps(
            {
                "seconds": time.perf_counter() - start,
                "cpu": time.process_time() - cpu,
                "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


def _sql(query: str, home: Path) -> None:
    import duckdb

    connection = duckdb.connect(config={"threads": 2, "memory_limit": "1GB"})
    connection.execute(query.format(lines=home / "lines.parquet")).fetchall()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--step", choices=STEPS)
    parser.add_argument("--home", type=Path)
    options = parser.parse_args()
    if options.step:
        _step(options.step, options.home)
        return
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        make(home, options.lines)
        found = {name: measure(name, home) for name in STEPS}
    unit = found["scan"]["seconds"]
    print(f"| {options.lines:,} lines | seconds | cpu s | MB | x scan |\n|---|---|---|---|---|")
    for name, figures in found.items():
        seconds, cpu, megabytes = (figures[key] for key in ("seconds", "cpu", "megabytes"))
        print(f"| {name} | {seconds:.2f} | {cpu:.2f} | {megabytes:.0f} | {seconds / unit:.1f} |")


if __name__ == "__main__":
    main()
