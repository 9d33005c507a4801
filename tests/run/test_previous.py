"""A run goes on from the last one: its registers come back, and it is one of the inputs."""

import datetime as dt
import json
import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from clientaudit.errors import AuditError
from clientaudit.run import manifest
from run.firm import NAME, Firm, files
from run.samples import OPEN, concluding, write_engagement, write_notebook

PROPOSES = """\
import pandas as pd
audit.save_table("grid_actions", pd.DataFrame({"client_id": ["C001", "C002"], "action": "call",
    "owner": "R1", "due_on": audit.as_of, "status": "open", "comment": "", "source": "grid",
    "is_opted_out": [False, True]}))
before = audit.previous_registers.actions
seen = None if audit.previous_table("client_summary") is None else "compared"
print(sorted(before["status"]), seen)"""


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Firm:
    """A firm whose audit was run for one year; only to be looked at."""
    firm = Firm(tmp_path_factory.mktemp("finished"))
    write_engagement(firm.folder / "firm")
    write_notebook(firm.notebooks, "00_intake", OPEN, PROPOSES, concluding("intake.cell"))
    firm.run(as_of=dt.date(2025, 6, 30))
    return firm


@pytest.fixture
def firm(finished, tmp_path) -> Firm:
    """A copy of it, to be changed."""
    shutil.copytree(finished.folder, tmp_path / "copy")
    return Firm(tmp_path / "copy")


@pytest.fixture
def last(firm) -> Path:
    return firm.last_run.with_name("essai-fils_2025-06-30_en")


def edit(run: Path, **cells: object) -> None:
    """Write into the sheet of actions of a run's workbook."""
    path = run / "workbook.xlsx"
    book = openpyxl.load_workbook(path)
    for cell, value in cells.items():
        book["Actions"][cell] = value
    book.save(path)


def actions(run: Path) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(run / "workbook.xlsx")["Actions"]
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=2)]


def refused(firm: Firm, **options: object) -> str:
    """Why a run is refused; nothing may have changed."""
    before = files(firm.last_run.parent)
    with pytest.raises(AuditError) as caught:
        firm.run(**options)
    assert files(firm.last_run.parent) == before
    return str(caught.value)


def test_the_next_audit_goes_on_from_the_workbook_and_verifies(firm, last):
    edit(last, F2="done", G2="ordered again", A3="C039", C3="send the price list")
    run = firm.run(previous=last).index.parent
    day, before = dt.datetime(2026, 6, 30), dt.datetime(2025, 6, 30)
    assert actions(run) == [
        ("C001", day, "call", "R1", day, "to do", None),
        ("C039", day, "send the price list", None, None, "to do", None),
        ("C001", before, "call", "R1", before, "done", "ordered again"),
    ]
    tasks = (run / "crm" / "tasks.csv").read_text(encoding="utf-8-sig").splitlines()
    assert tasks == ["Client,Action,Owner,Due on,Comment", "C001,call,R1,2026-06-30,",
                     "C039,send the price list,,,"]  # fmt: skip
    known = pd.read_parquet(run / "tables" / "register_clients.parquet")
    assert known["client_id"].tolist() == ["C001", "C039"]
    page = (run / "00_intake.html").read_text(encoding="utf-8")
    assert "The last audit, with data up to 30 Jun 2025, is compared with this one." in page
    notebook = (run / "notebooks" / "00_intake.ipynb").read_text(encoding="utf-8")
    assert "['done', 'open'] compared" in notebook
    assert firm.verify(run).same


def test_verify_names_what_became_of_the_previous_run(firm, last):
    run = firm.run(previous=last).index.parent
    inputs = {entry["path"] for entry in manifest.read_manifest(run)["inputs"]}
    assert f"reports/{last.name}/workbook.xlsx" in inputs
    assert f"reports/{last.name}/tables/client_summary.parquet" in inputs
    edit(last, G2="later")
    (last / "tables" / "client_summary.parquet").unlink()
    assert firm.verify(run).inputs == (
        f"reports/{last.name}/tables/client_summary.parquet: is missing",
        f"reports/{last.name}/workbook.xlsx: is not the file that the run read",
    )


def test_a_run_repeated_from_itself_takes_the_edits_and_still_compares_with_last_year(firm, last):
    first = firm.run(previous=last).index.parent
    edit(first, F2="dropped", G2="closed down")
    again = firm.run(previous=first).index.parent
    assert again == first
    kept = first.with_name(f"{NAME}_edited-1")
    assert manifest.read_manifest(again)["options"]["previous"] == f"reports/{kept.name}"
    [row] = [row for row in actions(again) if row[5] == "dropped"]
    assert (row[0], row[2], row[6]) == ("C001", "call", "closed down")
    assert [row[5] for row in actions(again)] == ["dropped"]
    page = (again / "index.html").read_text(encoding="utf-8")
    assert "data up to 30 Jun 2025, is compared" in page
    assert firm.verify(again).same


def test_a_run_repeated_from_itself_unchanged_gives_the_same_lists(firm):
    first = firm.run().index.parent
    before = files(first)
    again = firm.run(previous=first).index.parent
    after = files(again)
    assert after["workbook.xlsx"] != before["workbook.xlsx"]  # its read-me names the earlier run
    assert after["crm/tasks.csv"] == before["crm/tasks.csv"]
    assert actions(again) == actions(first.with_name(f"{NAME}_edited-1"))
    assert firm.verify(again).same


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"F2": "finished"}, 'sheet "Actions", cell F2: "finished" is not one of to do, done'),
        ({"A2": "C999", "E2": "soon"}, 'cell E2: "soon" is not a date'),
        ({"C1": "What"}, 'the column "Action" is missing'),
    ],
)
def test_a_workbook_that_cannot_be_read_stops_the_run_and_loses_nothing(firm, last, cells, problem):
    edit(last, **cells)
    assert problem in refused(firm, previous=last)


def test_a_workbook_that_is_gone_or_open_is_not_passed_over(firm, last):
    (last / "~$workbook.xlsx").write_bytes(b"")
    assert "open in a spreadsheet program: workbook.xlsx" in refused(firm, previous=last)
    (last / "~$workbook.xlsx").unlink()
    (last / "workbook.xlsx").unlink()
    message = refused(firm, previous=last)
    assert "workbook.xlsx: is missing, and with it the registers" in message
    (last / "tables" / "register_clients.parquet").unlink()
    assert len(actions(firm.run(previous=last).index.parent)) == 1


def test_a_run_of_other_clients_or_of_a_later_day_is_refused(firm, last):
    later = firm.run().index.parent
    message = refused(firm, previous=later, as_of=dt.date(2025, 12, 31))
    assert "its data go up to 2026-06-30, later than 2025-12-31" in message
    summary = last / "tables" / "client_summary.parquet"
    frame = pd.read_parquet(summary)
    frame.assign(client_id="X" + frame["client_id"]).to_parquet(summary)
    assert "not one of its clients is one of this run." in refused(firm, previous=last)
    summary.write_bytes(b"PAR1")
    assert "client_summary.parquet: cannot be read" in refused(firm, previous=last)


def test_a_run_in_another_currency_is_refused(firm, last):
    path = firm.engagement
    path.write_text(path.read_text().replace("language: en", "language: en\ncurrency: USD"))
    assert "its amounts are in EUR, those of this run in USD" in refused(firm, previous=last)


def test_pseudonyms_come_back_under_their_key_and_no_other(firm, monkeypatch):
    text = firm.engagement.read_text(encoding="utf-8")
    privacy = "privacy: {mode: pseudonyms, key_env: AUDIT_KEY}\n"
    firm.engagement.write_text(text + privacy, encoding="utf-8")
    monkeypatch.setenv("AUDIT_KEY", "one key that is long enough for anybody")
    write_notebook(
        firm.notebooks,
        "00_intake",
        OPEN,
        "known = audit.summary.client_id.execute().sort_values()",
        PROPOSES.replace('["C001", "C002"]', "known.tolist()[:2]"),
        concluding("intake.cell"),
    )
    last = firm.run(as_of=dt.date(2024, 12, 31)).index.parent
    edit(last, G2="mine")
    assert "mine" in [row[6] for row in actions(firm.run(previous=last).index.parent)]
    monkeypatch.setenv("AUDIT_KEY", "another key that is long enough for anybody")
    message = refused(firm, previous=last, as_of=dt.date(2025, 12, 31))
    assert "Its pseudonyms were made with another key than AUDIT_KEY." in message


@pytest.mark.parametrize("previous", [1, ["a"], {"a": 1}], ids=str)
def test_a_manifest_with_a_previous_run_that_cannot_be_is_damaged(firm, last, previous):
    path = last / "manifest.json"
    written = json.loads(path.read_text(encoding="utf-8"))
    written["options"]["previous"] = previous
    path.write_text(json.dumps(written), encoding="utf-8")
    with pytest.raises(AuditError, match="manifest is damaged"):
        firm.verify(last)
    message = refused(firm, previous=last, as_of=dt.date(2025, 6, 30))
    assert "damaged" in message
