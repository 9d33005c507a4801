"""What a consultant wrote into the workbook comes back, or is refused cell by cell."""

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from clientaudit.errors import AuditError
from clientaudit.intake.registers.kept import ACTIONS, DECISION_REGISTER, Registers, read_registers

HEADINGS = ["Client", "Date", "Action", "Owner", "Due on", "Status", "Comment"]
FRENCH = ["Client", "Date", "Action", "Responsable", "À faire pour le", "Statut", "Commentaire"]
DECISIONS = ["Client", "Date", "Decision"]
DAY = dt.date(2026, 8, 31)
CLIENTS = ["00123", "C1", "12E5", "0456", "456"]


def write(folder: Path, *rows: list[object], headings=HEADINGS, decisions=(), title="Actions"):
    book = openpyxl.Workbook()
    book.active.title = title
    for cells in (headings, *rows):
        book.active.append(cells)
    other = book.create_sheet("Decisions")
    for cells in (DECISIONS, *decisions):
        other.append(list(cells))
    book.save(folder / "workbook.xlsx")
    return folder / "workbook.xlsx"


def read(path: Path) -> Registers:
    return read_registers(path, clients=CLIENTS)


def actions(path: Path) -> list[dict[str, object]]:
    return read(path).actions.to_dict("records")


def refused(path: Path) -> str:
    with pytest.raises(AuditError) as caught:
        read(path)
    return str(caught.value)


def test_a_row_comes_back_with_its_kinds(tmp_path):
    row = ["C1", dt.date(2026, 8, 31), "call", "Anne", dt.date(2026, 9, 15), "done", "went well"]
    assert actions(write(tmp_path, row)) == [
        {"client_id": "C1", "date": DAY, "action": "call", "owner": "Anne",
         "due_on": dt.date(2026, 9, 15), "status": "done", "comment": "went well"},
    ]  # fmt: skip


def test_columns_are_found_by_their_heading_in_any_order_and_others_are_kept(tmp_path):
    path = write(
        tmp_path,
        ["faite", 12.5, "appeler cette semaine", None],
        ["FAIT", 3, "appeler  cette semaine", "C1"],
        headings=["statut ", "Budget", "ACTION", " client"],
    )
    assert 'cell A2: "faite" is not one of to do, done, dropped (in French: à faire' in refused(
        path
    )
    path = write(
        tmp_path,
        ["FAIT", 3, "appeler cette semaine", "C1"],
        headings=["statut ", "Budget", "ACTION", " client"],
    )
    [row] = actions(path)
    assert row["Budget"] == 3
    assert (row["status"], row["action"]) == ("done", "call this week")
    assert row["comment"] is None


@pytest.mark.parametrize("word", ["done", "Done", " DONE ", "fait", "Fait"])
def test_a_word_is_known_in_both_languages(tmp_path, word):
    [row] = actions(write(tmp_path, ["C1", None, "call", None, None, word, None]))
    assert row["status"] == "done"


def test_an_action_without_a_status_is_to_do(tmp_path):
    [row] = actions(write(tmp_path, ["C1", None, "call", None, None, None, None]))
    assert row["status"] == "open"


@pytest.mark.parametrize(
    ("headings", "cell", "day"),
    [
        (HEADINGS, dt.datetime(2026, 9, 1, 12, 30), dt.date(2026, 9, 1)),
        (HEADINGS, 46266, dt.date(2026, 9, 1)),
        (HEADINGS, "2026-09-01", dt.date(2026, 9, 1)),
        (HEADINGS, "1 Sep 2026", dt.date(2026, 9, 1)),
        (FRENCH, "01/09/2026", dt.date(2026, 9, 1)),
        (FRENCH, " 2026-09-01 ", dt.date(2026, 9, 1)),
    ],
    ids=str,
)
def test_a_date_may_be_a_text_or_a_number_of_days(tmp_path, headings, cell, day):
    path = write(tmp_path, ["C1", None, "call", None, cell, None, None], headings=headings)
    assert actions(path)[0]["due_on"] == day


@pytest.mark.parametrize(
    ("headings", "cell"),
    [(HEADINGS, "03/04/2026"), (FRENCH, "31/02/2026"), (FRENCH, "01/09/26"), (HEADINGS, 1e9),
     (HEADINGS, True), (HEADINGS, "soon"), (HEADINGS, 0.5)],
    ids=str,
)  # fmt: skip
def test_what_is_no_date_is_refused_with_its_cell(tmp_path, headings, cell):
    path = write(tmp_path, ["C1", None, "call", None, cell, None, None], headings=headings)
    assert 'workbook.xlsx, sheet "Actions", cell E2: ' in refused(path)
    assert "is not a date" in refused(path)


@pytest.mark.parametrize(
    ("cell", "code"),
    [(123, "00123"), ("00123", "00123"), (" 00123 ", "00123"), ("123", "00123"),
     (1_200_000, "12E5"), ("456", "456"), ("0456", "0456")],
)  # fmt: skip
def test_a_code_that_became_a_number_is_recognised(tmp_path, cell, code):
    [row] = actions(write(tmp_path, [cell, None, "call", None, None, None, None]))
    assert row["client_id"] == code


@pytest.mark.parametrize(
    ("cell", "problem"),
    [(456, '456 may stand for "0456" or "456"'), (7, '"7" is no client'),
     ("c1", '"c1" is no client'), (True, "is no client code"),
     (dt.date(2026, 9, 1), "is no client code")],
)  # fmt: skip
def test_a_code_that_cannot_be_told_is_refused_with_its_cell(tmp_path, cell, problem):
    message = refused(write(tmp_path, [cell, None, "call", None, None, None, None]))
    assert 'sheet "Actions", cell A2: ' in message
    assert problem in message


def test_all_faults_of_both_sheets_come_at_once(tmp_path):
    rows = [["C1", "x", None, None, None, "maybe", None], ["C9", None, "call", None, None, None, 1]]
    message = refused(write(tmp_path, *rows, decisions=[["C1", None, "sack"], [None, DAY, "keep"]]))
    assert "workbook.xlsx: 7 faults" in message
    for cell in ("B2", "F2", "C2", "A3"):
        assert f'sheet "Actions", cell {cell}: ' in message
    for cell in ("C2", "B2", "A3"):
        assert f'sheet "Decisions", cell {cell}: ' in message
    assert 'cell C2: "Action" is empty' in message


def test_an_empty_code_is_one_fault(tmp_path):
    row = [None, None, "call", None, None, "done", None]
    assert "workbook.xlsx: 1 faults" in refused(write(tmp_path, row))


def test_a_sheet_or_a_key_column_that_is_missing_is_named(tmp_path):
    message = refused(write(tmp_path, headings=["Client", "What", "Status"], title="Tasks"))
    assert 'there is no sheet "Actions"; it has "Tasks", "Decisions".' in message
    message = refused(write(tmp_path, headings=["Client", "What", "Status"]))
    assert 'sheet "Actions": the column "Action" is missing' in message


def test_a_heading_twice_and_values_without_a_heading_are_refused(tmp_path):
    headings = ["Client", "Action", "Status", "Note", "note ", "Note", None]
    message = refused(write(tmp_path, ["C1", "a", "done", 1, 2, 3, 4], headings=headings))
    assert 'column F: the heading "Note" stands twice' in message
    assert "column G: holds values under no heading" in message


def test_a_title_above_the_headings_and_empty_rows_do_no_harm(tmp_path):
    path = write(tmp_path)
    book = openpyxl.load_workbook(path)
    sheet = book["Actions"]
    sheet.insert_rows(1, 2)
    sheet["A1"] = "Our actions"
    sheet["A7"], sheet["C7"], sheet["F7"] = "C1", "call", "fixed"
    book.save(path)
    assert 'cell F7: "fixed"' in refused(path)


def test_a_cell_in_error_and_a_formula_without_a_value_are_refused(tmp_path):
    path = write(tmp_path, ["C1", None, "call", None, None, None, "=1/0"])
    assert "cell G2: holds a formula that was never computed" in refused(path)


def test_without_a_workbook_both_registers_are_empty_with_their_columns(tmp_path):
    found = read(tmp_path / "workbook.xlsx")
    assert list(found.actions) == ACTIONS.columns
    assert list(found.decisions) == DECISION_REGISTER.columns
    assert len(found.actions) == len(found.decisions) == 0


def test_what_is_no_workbook_is_refused(tmp_path):
    (tmp_path / "workbook.xlsx").write_bytes(b"edited")
    assert "cannot be read as a workbook" in refused(tmp_path / "workbook.xlsx")


def test_a_decision_comes_back_with_a_plain_yes_or_no(tmp_path):
    path = tmp_path / "workbook.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Actions"
    book.active.append(HEADINGS)
    sheet = book.create_sheet("Décisions")
    sheet.append(["Client", "Prospect", "Date", "Décision", "Réponse honnête donnée"])
    sheet.append(["C1", None, DAY, "classe A", "oui"])
    sheet.append([None, "P7", DAY, "refusé", None])
    sheet.append(["C1", None, DAY, "release", False])
    book.save(path)
    rows = read(path).decisions
    assert rows["decision"].tolist() == ["class_A", "refused", "release"]
    assert rows["told_honestly"].tolist() == [True, None, False]
    assert rows["prospect_id"].tolist() == [None, "P7", None]
