"""The published aggregates of public data sets, to the cent, through the engagement path."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest


@dataclass(frozen=True)
class Known:
    """What is published of one data set."""

    folder: str
    client_count: int
    revenue: float
    top20: float | None = None
    lines: int = 0
    rejected: int = 0
    margin: float | None = None
    losing_clients: int | None = None
    one_order: int | None = None
    one_day: int | None = None


KNOWN = {
    "online_retail": Known(
        "online_retail", 4372, 8300065.81, 0.7385, lines=406_829, rejected=541_909 - 406_829
    ),
    "northwind": Known("northwind", 89, 1265793.04, 0.6006, lines=2155),
    "adventureworks_reseller": Known(
        "adventureworks", 635, 80450596.98, lines=60_855, margin=470482.60, losing_clients=335
    ),
    "adventureworks_reseller_usd": Known("adventureworks", 635, 76494758.25, lines=60_855),
    "adventureworks_internet": Known(
        "adventureworks", 18_484, 29358677.22, lines=60_398, margin=12080883.64, one_order=11_619
    ),
    "cdnow": Known("cdnow", 23_570, 2500315.63, 0.6778, lines=69_659, one_day=12_054),
}


@pytest.fixture(scope="module", params=sorted(KNOWN))
def audited(
    request: pytest.FixtureRequest, clientaudit, shared_data: Path, root: Path, tmp_path_factory
) -> tuple[Known, dict, pd.DataFrame]:
    known = KNOWN[request.param]
    home = tmp_path_factory.mktemp(request.param)
    engagement = shutil.copy(root / "data" / "examples" / f"{request.param}.yml", home)
    data = shared_data / known.folder
    done = clientaudit("run", engagement, "--data", data, "--out", home / "runs")
    assert done.returncode == 0, done.stderr[-4000:]
    run = Path(done.stdout.strip().splitlines()[-1]).parent
    metrics = json.loads((run / "metrics.json").read_text(encoding="utf-8"))
    return known, metrics, pd.read_parquet(run / "tables" / "client_summary.parquet")


def test_a_run_of_online_retail_verifies(
    clientaudit, root: Path, shared_data: Path, tmp_path: Path
) -> None:
    engagement = shutil.copy(root / "data" / "examples" / "online_retail.yml", tmp_path)
    data = shutil.copytree(shared_data / "online_retail", tmp_path / "data")
    done = clientaudit("run", engagement, "--data", data, "--out", tmp_path / "runs")
    run = Path(done.stdout.strip().splitlines()[-1]).parent
    assert clientaudit("verify", run).returncode == 0


def test_headline_figures_are_the_published_ones(audited) -> None:
    known, metrics, _ = audited
    assert metrics["portrait.client_count"]["values"]["value"] == known.client_count
    assert round(metrics["portrait.revenue_total"]["values"]["value"], 2) == known.revenue
    assert metrics["intake.line_count"]["values"]["value"] == known.lines
    assert metrics["intake.rejected_line_count"]["values"]["value"] == known.rejected


def test_the_share_of_the_top_fifth_is_the_published_one(audited) -> None:
    known, metrics, _ = audited
    if known.top20 is not None:
        assert round(metrics["portrait.top20_share"]["values"]["value"], 4) == known.top20


def test_the_client_summary_adds_up_to_the_published_totals(audited) -> None:
    known, _, summary = audited
    assert len(summary) == known.client_count
    assert round(summary.revenue.sum(), 2) == known.revenue
    if known.margin is not None:
        # 12,080,883.6450 is published as .64: half a cent is not a difference.
        assert summary.margin.sum() == pytest.approx(known.margin, abs=0.0051)
    if known.losing_clients is not None:
        assert (summary.margin < 0).sum() == known.losing_clients
    if known.one_order is not None:
        assert (summary.invoice_count == 1).sum() == known.one_order
    if known.one_day is not None:
        assert (summary.occasion_count == 1).sum() == known.one_day
