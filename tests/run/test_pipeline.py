import datetime as dt
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from clientaudit.errors import AuditError
from clientaudit.findings import Finding
from clientaudit.intake.quality.check import Check
from clientaudit.run import manifest
from clientaudit.run.failures import NotebookFailed
from clientaudit.run.plan import default_parent
from run.firm import NAME, Firm, files
from run.samples import OPEN, concluding, write_engagement, write_notebook


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Firm:
    """A firm whose audit was run once; only to be looked at."""
    firm = Firm(tmp_path_factory.mktemp("finished"))
    write_engagement(firm.folder / "firm")
    write_notebook(firm.notebooks, "00_intake", OPEN, concluding("intake.cell"))
    shown = "print(engagement, as_of, language)"
    write_notebook(firm.notebooks, "04_rfm", OPEN, shown, concluding("rfm.cell"))
    firm.run(parameters={"min_cell": "7"})
    return firm


@pytest.fixture
def firm(finished, tmp_path) -> Firm:
    """A copy of it, to be changed."""
    shutil.copytree(finished.folder, tmp_path / "copy")
    return Firm(tmp_path / "copy")


def left_over(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_a_run_is_whole_and_named_after_firm_date_and_language(finished):
    assert set(files(finished.last_run)) >= {
        "index.html", "00_intake.html", "04_rfm.html", "manifest.json", "metrics.json",
        "workbook.xlsx", "notebooks/00_intake.ipynb", "notebooks/04_rfm.ipynb",
        "tables/client_summary.parquet",
    }  # fmt: skip
    assert {p.name for p in finished.last_run.iterdir() if p.is_dir()} == {"notebooks", "tables"}
    assert left_over(finished.last_run.parent) == []


def test_the_client_summary_has_one_row_a_client(finished):
    summary = pd.read_parquet(finished.last_run / "tables" / "client_summary.parquet")
    assert summary.client_id.tolist() == sorted(f"C{i:03d}" for i in range(40))
    assert {
        "first_purchase", "last_purchase", "occasion_count", "invoice_count", "revenue",
        "margin", "family_count", "mean_gap_days",
    } <= set(summary.columns)  # fmt: skip
    assert summary.occasion_count.sum() == 400
    assert summary.revenue.sum() == pytest.approx(sum(100.5 + i for i in range(40)) * 10)


def test_no_file_names_the_machine(finished):
    for name, content in files(finished.last_run).items():
        assert str(finished.folder).encode() not in content, name
        assert str(Path.home()).encode() + b"/" not in content, name


def test_the_manifest_says_what_the_run_was_made_of(finished):
    made = manifest.read_manifest(finished.last_run)
    inputs = {entry["path"]: entry for entry in made["inputs"]}
    assert set(inputs) == {"engagement.yml", "sales.csv"}
    sales = finished.engagement.with_name("sales.csv")
    assert inputs["sales.csv"] == {
        "path": "sales.csv", "sha256": manifest.sha256(sales), "rows": 401,
    }  # fmt: skip
    assert made["engagement"] == "../../engagement.yml"
    assert made["parameters"] == {"00_intake": {"min_cell": 7}, "04_rfm": {"min_cell": 7}}
    assert made["seed"] == 20260831
    assert {"pandas", "duckdb", "clientaudit"} <= set(made["packages"])
    assert made["outputs"] == manifest.output_hashes(finished.last_run)


def test_metrics_hold_what_the_notebooks_concluded(finished):
    found = json.loads((finished.last_run / "metrics.json").read_text(encoding="utf-8"))
    assert found["rfm.cell"] == {"values": {"n": 7}, "interval": None, "n": None, "verdict": "PASS"}
    assert found["intake.cell"]["values"] == {"n": 7}


def test_another_run_gives_the_same_bytes_wherever_it_goes(finished, firm, tmp_path):
    out = firm.run(out=tmp_path / "other" / "out", parameters={"min_cell": "7"}, jobs=1)
    again, first = files(out.index.parent), files(finished.last_run)
    assert out.index.parent == tmp_path / "other" / "out" / NAME
    del again["manifest.json"], first["manifest.json"]  # says where the engagement stands
    assert again == first
    firm.run(parameters={"min_cell": "7"})
    assert files(firm.last_run) == files(finished.last_run)


def test_a_part_in_another_language_never_replaces_the_whole_run(finished, firm):
    part = firm.run(only=("rfm",), language="fr", as_of=dt.date(2026, 3, 31)).index.parent
    assert part.name == "essai-fils_2026-03-31_fr_only-04"
    assert "00_intake.html" not in files(part)
    text = (part / "notebooks" / "04_rfm.ipynb").read_text(encoding="utf-8")
    assert "engagement.yml 2026-03-31 fr" in text
    assert files(firm.last_run) == files(finished.last_run)


def test_exports_in_another_folder_are_read_by_the_kernels_too(firm, monkeypatch):
    (firm.folder / "exports").mkdir()
    shutil.move(firm.engagement.with_name("sales.csv"), firm.folder / "exports")
    monkeypatch.chdir(firm.folder)
    firm.run(data=Path("exports"), parameters={"min_cell": "7"})
    made = manifest.read_manifest(firm.last_run)
    assert [entry["path"] for entry in made["inputs"]] == ["../exports/sales.csv", "engagement.yml"]
    assert firm.verify(firm.last_run).same


def test_a_failing_notebook_leaves_the_previous_run_as_it_was(finished, firm):
    write_notebook(firm.notebooks, "04_rfm", "1 / 0")
    with pytest.raises(NotebookFailed, match="04_rfm, cell 3: ZeroDivisionError"):
        firm.run()
    assert files(firm.last_run) == files(finished.last_run)
    assert left_over(firm.last_run.parent) == []


def test_a_run_with_an_edited_workbook_is_not_replaced_until_it_is_moved(firm):
    (firm.last_run / "workbook.xlsx").write_bytes(b"edited")
    with pytest.raises(AuditError, match=r"workbook\.xlsx changed"):
        firm.run()
    assert (firm.last_run / "workbook.xlsx").read_bytes() == b"edited"
    firm.last_run.rename(firm.folder / "moved")
    assert firm.run().index.is_file()


def test_an_edited_run_given_as_previous_is_kept_beside_the_new_one(firm):
    (firm.last_run / "notes.txt").write_bytes(b"mine")
    firm.run(previous=firm.last_run)
    kept = firm.last_run.with_name(f"{NAME}_edited-1")
    assert (kept / "notes.txt").read_bytes() == b"mine"
    assert manifest.edited_files(firm.last_run) == []
    made = manifest.read_manifest(firm.last_run)
    assert made["options"]["previous"] == f"reports/{kept.name}"


def test_refused_data_give_report_00_beside_the_last_good_run(finished, firm, monkeypatch):
    finding = Finding("intake.nothing", "Nothing can be read.", verdict="REFUSE")
    checks = (Check(finding, refuses_run=True, request="Another export."),)
    monkeypatch.setattr("clientaudit.audit.Audit.checks", checks)
    outcome = firm.run()
    assert outcome.refusals == ("Nothing can be read.",)
    assert outcome.index.parent.name == f"{NAME}_refused"
    assert "00_intake.html" in files(outcome.index.parent)
    assert "04_rfm.html" not in files(outcome.index.parent)
    assert files(firm.last_run) == files(finished.last_run)


def test_verify_names_the_input_that_changed(firm):
    sales = firm.engagement.with_name("sales.csv")
    sales.write_text(sales.read_text().replace("C001", "C099"))
    assert firm.verify(firm.last_run).inputs == ("sales.csv: is not the file that the run read",)
    sales.unlink()
    assert firm.verify(firm.last_run).inputs == ("sales.csv: is missing",)


def test_verify_names_what_was_changed_and_what_comes_out_differently(firm):
    (firm.last_run / "metrics.json").write_text("{}")
    write_notebook(firm.notebooks, "04_rfm", OPEN, "'other'", concluding("rfm.cell"))
    assert firm.verify(firm.last_run).outputs == (
        "04_rfm.html: comes out differently",
        "metrics.json: was changed after the run",
        "notebooks/04_rfm.ipynb: comes out differently",
    )


def test_verify_asks_for_an_engagement_file_that_was_moved(firm):
    moved = firm.folder / "moved"
    firm.engagement.parent.rename(moved)
    shutil.move(moved / "reports", firm.last_run.parent)
    with pytest.raises(AuditError, match="--engagement"):
        firm.verify(firm.last_run)
    assert firm.verify(firm.last_run, moved / "engagement.yml").same


def test_engagements_of_the_checkout_go_to_its_reports_others_beside_their_file(root, tmp_path):
    assert default_parent(root / "data" / "demo" / "engagement.yml") == root / "reports"
    assert default_parent(tmp_path / "engagement.yml") == tmp_path / "reports"


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"language": "de"}, "--language"),
        ({"jobs": 0}, "--jobs"),
        ({"only": ("44",)}, 'no notebook "44"'),
        ({"previous": Path("nowhere")}, "--previous"),
        ({"parameters": {"min_cells": "3"}}, 'did you mean "min_cell"'),
        ({"data": Path("nowhere")}, "data folder does not exist"),
    ],
)
def test_options_that_cannot_be_are_refused_before_anything_is_read(firm, options, problem):
    firm.engagement.with_name("sales.csv").unlink()
    with pytest.raises(AuditError, match=problem):
        firm.run(**options)
