"""The same facts in other files, another order or under other codes give the same results."""

import csv
import json
import random
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from clientaudit.run.notebooks import FOLDER
from clientaudit.run.pipeline import run_engagement
from clientaudit.run.plan import RunOptions

Row = dict[str, str]
TABLES = ("client_summary", "rfm_clients", "group_clients", "watch", "alerts", "grid_clients")
ENGAGEMENT = """version: 1
firm: Small Firm
as_of: 2025-12-31
language: en
defaults: {encoding: utf-8, separator: ";", decimal: ",", date_format: "%d/%m/%Y"}
tables:
  transactions:
    files: "sales*.csv"
    columns: {client_id: client, doc_id: invoice, date: date, amount_net: amount,
      cost_amount: cost, product_family: family}
"""


def sales() -> list[Row]:
    """Three years of a firm with 120 clients: many ties in recency and frequency."""
    draw = random.Random(7)
    rows = []
    for client in range(120):
        for order in range(1 + client % 9):
            day = pd.Timestamp("2023-01-05") + pd.DateOffset(months=(order * (1 + client % 5)) % 36)
            for _ in range(1 + draw.randrange(3)):
                amount = draw.randrange(-2_000, 90_000) / 100
                rows.append(
                    {
                        "client": f"C{client:03}",
                        "invoice": f"F{client:03}{order:02}",
                        "date": f"{day:%d/%m/%Y}",
                        "amount": f"{amount:.2f}".replace(".", ","),
                        "cost": f"{amount * 0.6:.2f}".replace(".", ","),
                        "family": f"fam{draw.randrange(4)}",
                    }
                )
    return rows


def write(home: Path, files: dict[str, list[Row]]) -> None:
    (home / "engagement.yml").write_text(ENGAGEMENT, encoding="utf-8")
    for name, rows in files.items():
        with (home / name).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, fieldnames=list(rows[0]), delimiter=";")
            writer.writeheader()
            writer.writerows(rows)


def renamed(code: str) -> str:
    return f"Z{999 - int(code[1:]):03}"


def shuffled(home: Path, rows: list[Row]) -> None:
    random.Random(3).shuffle(rows)
    write(home, {"sales.csv": rows})


def renumbered(home: Path, rows: list[Row]) -> None:
    write(home, {"sales.csv": [row | {"client": renamed(row["client"])} for row in rows]})


def split(home: Path, rows: list[Row]) -> None:
    parts = {f"sales_{i}.csv": rows[i::3] for i in range(3)}
    parts["sales_1.csv"] = [dict(reversed(row.items())) for row in parts["sales_1.csv"]]
    write(home, parts)


def audit(home: Path, variant: Callable[[Path, list[Row]], None] | None) -> Path:
    home.mkdir()
    if variant is None:
        write(home, {"sales.csv": sales()})
    else:
        variant(home, sales())
    options = RunOptions(only=("01", "04", "05", "06", "11"), out=home / "runs")
    outcome = run_engagement(
        home / "engagement.yml", options, progress=lambda _: None, folder=FOLDER
    )
    return outcome.index.parent


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return audit(tmp_path_factory.mktemp("plain") / "home", None)


@pytest.mark.parametrize("variant", [shuffled, renumbered, split])
def test_the_results_do_not_change(
    plain: Path, tmp_path: Path, variant: Callable[[Path, list[Row]], None]
) -> None:
    run = audit(tmp_path / "home", variant)
    written = (plain / "metrics.json").read_text()
    if variant is renumbered:
        written = re.sub(r"\bC\d{3}\b", lambda code: renamed(code[0]), written)
    assert json.loads((run / "metrics.json").read_text()) == json.loads(written)
    for name in TABLES:
        before, after = (
            pd.read_parquet(folder / "tables" / f"{name}.parquet") for folder in (plain, run)
        )
        if variant is renumbered:
            before["client_id"] = before.client_id.map(renamed)
        before, after = (t.sort_values("client_id", ignore_index=True) for t in (before, after))
        pd.testing.assert_frame_equal(before, after, check_exact=True)
