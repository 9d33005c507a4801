"""Intake: ten million lines from Parquet and from csv, fifty million in little memory."""

from pathlib import Path

from benchmarks import summaries
from benchmarks.harness import THREADS, Figures, Step, measure_all, table

OURS = ("pandas", "clientaudit.intake.prepare")
SMALL = {"CLIENTAUDIT_MEMORY": "1GB"}
PREPARE = Step("prepare", "preparing:prepare", OURS, runs=1)
PARQUET = (
    summaries.STEPS[0],
    PREPARE,
    Step("DuckDB writes the same lines again, as they are", "preparing:copy", ("duckdb",)),
    Step("DuckDB sorts and writes them", "preparing:sorted_copy", ("duckdb",)),
)
LARGE = (
    summaries.STEPS[0],
    Step("prepare, engine limited to 1 GB", "preparing:prepare", OURS, 1, environment=SMALL),
    Step("client summary, engine limited to 1 GB", "summaries:summary", summaries.OURS,
         environment=SMALL),
)  # fmt: skip
CSV = (
    Step("DuckDB reads the clean file as text", "preparing:duckdb_csv", ("duckdb",)),
    Step("polars reads the clean file as text", "preparing:polars_csv", ("polars",), peer=True),
    Step("pandas reads the export as text", "preparing:pandas_csv", ("pandas", "pyarrow"), 1),
    Step("clientaudit check of the clean file", "preparing:check_clean", runs=1),
    Step("clientaudit check of the export", "preparing:check", runs=1),
    Step("the same, engine limited to 1 GB", "preparing:check", runs=1, environment=SMALL),
)


def report_parquet(home: Path) -> str:
    """Ten million lines."""
    found = measure_all(PARQUET, home)
    return table("preparing 10 M Parquet lines", found, found[0])


def report_large(home: Path) -> str:
    """Fifty million lines under a limit."""
    found = measure_all(LARGE, home)
    return table("50 M lines, 1 M clients", found, found[0])


def report_csv(home: Path, line_count: int) -> str:
    """A messy export beside a clean file."""
    found = measure_all(CSV, home)
    size = (home / "lines.csv").stat().st_size / 1e6
    title = f"{line_count // 1_000_000} M csv lines, {size:.0f} MB"
    return "\n\n".join([table(title, found, found[0]), _speeds(found, line_count, size)])


def prepare(home: Path) -> None:
    """Intake as the first command on an engagement does it, on every core."""
    import shutil

    from clientaudit.intake.prepare import prepare as prepare_engagement
    from clientaudit.settings import load_engagement

    shutil.rmtree(home / ".clientaudit", ignore_errors=True)
    prepare_engagement(load_engagement(home / "engagement.yml"))


def copy(home: Path) -> None:
    """What writing alone costs."""
    _sql("copy (from read_parquet('{0}/lines.parquet')) to '{0}/copy.parquet'", home)


def sorted_copy(home: Path) -> None:
    """What putting each client in one place would cost beside it."""
    rows = "from read_parquet('{0}/lines.parquet') order by client_id, date, doc_id"
    _sql(f"copy ({rows}) to '{{0}}/copy.parquet'", home)


def check_clean(home: Path) -> None:
    """The whole command on the file that the others read."""
    check(home, "clean.yml")


def check(home: Path, engagement: str = "engagement.yml") -> None:
    """The whole command, its imports included."""
    import shutil

    from clientaudit.cli import app

    shutil.rmtree(home / ".clientaudit", ignore_errors=True)
    app(["check", str(home / engagement)], standalone_mode=False)


def duckdb_csv(home: Path) -> None:
    """Every cell as text, into a table."""
    _sql("create table cells as from read_csv('{0}/clean.csv', all_varchar=true, delim=';')", home)


def polars_csv(home: Path) -> None:
    """Every cell as text, into memory."""
    import polars as pl

    pl.read_csv(home / "clean.csv", separator=";", infer_schema=False)


def pandas_csv(home: Path) -> None:
    """Every cell as text, into memory; it reads cp1252 itself."""
    import pandas as pd

    pd.read_csv(home / "lines.csv", sep=";", dtype=str, encoding="cp1252")


def _speeds(found: list[Figures], line_count: int, size: float) -> str:
    speeds = (
        f"{row.label}: {line_count / row.seconds:,.0f} lines/s, {size / row.seconds:.0f} MB/s"
        for row in found
    )
    return "; ".join(speeds) + "."


def _sql(query: str, home: Path) -> None:
    import duckdb

    config = {"threads": THREADS, "memory_limit": "2GB", "temp_directory": str(home / "spill")}
    duckdb.connect(config=config).execute(query.format(home))
