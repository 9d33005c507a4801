"""The demo firm audited on its accounts alone, by the command line."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def home(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("accounts") / "demo"
    (folder / "fec").mkdir(parents=True)
    shutil.copy(root / "data/demo/fec.yml", folder)
    for path in (root / "data/demo/fec").glob("*.txt.gz"):
        shutil.copy(path, folder / "fec")
    return folder


@pytest.fixture(scope="module")
def run(home: Path, clientaudit: Command) -> Path:
    done = clientaudit("run", home / "fec.yml", "--language", "fr", "--out", home / "runs")
    assert done.returncode == 0, done.stderr[-4000:]
    return Path(done.stdout.strip().splitlines()[-1]).parent


@pytest.fixture(scope="module")
def truth(root: Path) -> dict[str, Any]:
    return json.loads((root / "data/demo/truth.json").read_text(encoding="utf-8"))


def metrics(run: Path) -> dict[str, Any]:
    found = json.loads((run / "metrics.json").read_text(encoding="utf-8"))
    return {key: entry["values"] for key, entry in found.items()}


def test_the_dry_run_shows_every_rule_and_class_70(home: Path, clientaudit: Command) -> None:
    done = clientaudit("check", home / "fec.yml")
    assert done.returncode == 0, done.stderr[-4000:]
    assert "sale paid at once, on no customer account" in done.stdout
    assert "Class 70 of the accounts is €17,591,389.61 over 5 fiscal years" in done.stdout


def test_the_accounts_alone_give_the_totals_of_the_exports(
    run: Path, truth: dict[str, Any]
) -> None:
    values, totals = metrics(run), truth["totals"]
    assert round(values["portrait.revenue_total"]["value"] * 100) == totals["revenue_cents"]
    assert values["portrait.client_count"]["value"] == totals["clients"]
    assert values["intake.invoices_paid"]["invoices"] == totals["payments"]
    assert values["intake.invoices_paid"]["open"] == totals["payments_open"]


def test_report_00_takes_class_70_apart_in_french(run: Path) -> None:
    page = (run / "00_intake.html").read_text(encoding="utf-8")
    assert "Ce que dit la comptabilité" in page
    assert "Écarté : vente réglée aussitôt, sans compte client" in page.replace("\u00a0", " ")
    assert "Retards de paiement non calculés" in page
    assert "sale paid at once" not in page


def test_no_client_name_of_the_accounts_is_published(run: Path) -> None:
    pages = [path.read_text(encoding="utf-8") for path in run.glob("*.html")]
    assert len(pages) >= 4
    assert not any("Ormelongue Distribution" in page for page in pages)
