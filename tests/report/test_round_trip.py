"""A workbook goes out, is worked in and saved by other programs, and comes back whole."""

import datetime as dt
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientaudit.intake.registers.kept import DECISIONS, STATUSES, Registers, read_registers
from clientaudit.report.registers import merged_registers
from clientaudit.report.workbook import write_workbook
from clientaudit.text import Say
from report.samples import AS_OF, HOSTILE, page

CODES = ["007", "0123456789012345", "12E5", "C-1", *HOSTILE]
NOTES = [*HOSTILE, "Draft", "to do", "_x0041_", " spaced ", "two\nlines", "'quoted", "1,5", "NULL"]
DAY = dt.date(2026, 9, 30)


def registers() -> Registers:
    actions = pd.DataFrame(
        {
            "client_id": CODES,
            "date": AS_OF,
            "action": ["call this week", *(f"idea {i}" for i in range(1, len(CODES)))],
            "owner": "R1",
            "due_on": [DAY, None] * (len(CODES) // 2) + [None] * (len(CODES) % 2),
            "status": [list(STATUSES)[i % 3] for i in range(len(CODES))],
            "comment": NOTES[: len(CODES)],
        },
        dtype=object,
    )
    decisions = pd.DataFrame(
        {
            "client_id": [*CODES[:9], None],
            "prospect_id": [None] * 9 + ["P1"],
            "date": AS_OF,
            "decision": [*DECISIONS, "refused"],
            "reason_code": "grid",
            "told_honestly": [True, False, None, *[None] * 7],
            "override_by": [*NOTES[:9], None],
            "override_reason": None,
            "review_on": DAY,
        },
        dtype=object,
    )
    return Registers(*(f.where(f.notna(), None) for f in (actions, decisions)))


def write(folder: Path, found: Registers, language: str = "fr") -> Path:
    path = folder / "workbook.xlsx"
    write_workbook(
        path, tables=folder, pages=[page(Say(language))], prepared=folder, registers=found
    )
    return path


def read(path: Path) -> Registers:
    return read_registers(path, clients=CODES)


def plain(frame: pd.DataFrame) -> list[dict[str, object]]:
    """The rows as a cell holds them: without control characters and blanks at the ends."""
    texts = {name: [_plain(value) for value in frame[name]] for name in frame}
    return pd.DataFrame(texts, dtype=object).to_dict("records")


def _plain(value: object) -> object:
    return " ".join(value.replace("\x07", "").split()) if isinstance(value, str) else value


def assert_same(found: Registers, expected: Registers) -> None:
    assert plain(found.actions) == plain(expected.actions)
    assert plain(found.decisions) == plain(expected.decisions)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_nobody_touched_comes_back_as_it_was(tmp_path, language):
    assert_same(read(write(tmp_path, registers(), language)), registers())


def test_a_workbook_of_one_language_becomes_the_register_of_the_other(tmp_path):
    french = read(write(tmp_path, registers(), "fr"))
    assert_same(read(write(tmp_path, french, "en")), registers())


def test_what_openpyxl_saves_comes_back(tmp_path):
    path = write(tmp_path, registers())
    book = openpyxl.load_workbook(path)
    book.save(path)
    assert_same(read(path), registers())


def test_statuses_comments_rows_and_columns_of_the_consultant_go_round(tmp_path):
    path = write(tmp_path, registers())
    book = openpyxl.load_workbook(path)
    sheet = book["Actions"]
    sheet["F2"], sheet["G2"] = "Abandonné", "=1+1 n'est pas une formule"
    sheet["G2"].data_type = "s"
    sheet.insert_cols(3)
    sheet["C1"], sheet["C2"], sheet["C3"] = "Budget", 1200.5, 7
    sheet.append(["007", None, None, "inviter au salon", "Anne", "15/10/2026", "à faire", "!"])
    book.save(path)
    again = write(tmp_path, merged_registers(read(path), tables=tmp_path, as_of=AS_OF))
    rows = {row["action"]: row for row in read(again).actions.to_dict("records")}
    assert rows["call this week"]["status"] == "dropped"
    assert rows["call this week"]["comment"] == "=1+1 n'est pas une formule"
    assert [rows["call this week"]["Budget"], rows["idea 1"]["Budget"]] == [1200.5, 7]
    assert rows["inviter au salon"] == {
        "client_id": "007", "date": AS_OF, "action": "inviter au salon", "owner": "Anne",
        "due_on": dt.date(2026, 10, 15), "status": "open", "comment": "!", "Budget": None,
    }  # fmt: skip


def test_empty_registers_offer_their_headings_and_lists(tmp_path):
    sheet = openpyxl.load_workbook(write(tmp_path, Registers()))["Décisions"]
    assert [cell.value for cell in sheet[1]][:4] == ["Client", "Prospect", "Date", "Décision"]
    lists = {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation}
    assert lists["D2:D1048576"].startswith('"classe A,classe B,')
    assert lists["F2:F1048576"] == '"oui,non"'
    actions = openpyxl.load_workbook(write(tmp_path, Registers(), "en"))["Actions"]
    [status] = actions.data_validations.dataValidation
    assert (status.formula1, str(status.sqref)) == ('"to do,done,dropped"', "F2:F1048576")


def test_a_comment_is_nobody_elses_formula_and_never_translated(tmp_path):
    sheet = openpyxl.load_workbook(write(tmp_path, registers()))["Actions"]
    cells = [row[6] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert "Draft" in [cell.value for cell in cells]


def test_what_libreoffice_saves_comes_back(tmp_path, soffice):
    path = write(tmp_path, registers())
    profile = (tmp_path / "profile").as_uri()
    for ending, folder in (("ods", "a"), ("xlsx", "b")):
        subprocess.run(
            [soffice, "--headless", f"-env:UserInstallation={profile}", "--convert-to", ending,
             "--outdir", tmp_path / folder, path],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip
        path = tmp_path / folder / f"workbook.{ending}"
    assert_same(read(path), registers())


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]))
EDITS = st.lists(
    st.tuples(st.sampled_from(CODES), TEXT, st.sampled_from(list(STATUSES)), TEXT.map(str.strip)),
    max_size=6,
)


@settings(max_examples=25)
@given(EDITS, st.permutations(range(7)), st.sampled_from(["fr", "en"]))
def test_any_rows_in_any_order_of_columns_go_round(tmp_path_factory, edits, order, language):
    folder = tmp_path_factory.mktemp("round")
    path = write(folder, Registers(), language)
    book = openpyxl.load_workbook(path)
    sheet = book["Actions"]
    heading = [cell.value for cell in sheet[1]]
    rows = [
        [code.replace("\x07", ""), None, f"a {text}", None, DAY, status, f"c {comment}"]
        for code, text, status, comment in edits
    ]
    for number, cells in enumerate([heading, *rows], 1):
        for place, at in enumerate(order, 1):
            cell = sheet.cell(number, place)
            cell.value = cells[at]
            cell.data_type = "s" if isinstance(cells[at], str) else cell.data_type
    book.save(path)
    first = read(path)
    shutil.copy(path, folder / "kept.xlsx")
    second = read(write(folder, merged_registers(first, tables=folder, as_of=AS_OF), language))
    key = ["client_id", "action", "status", "comment"]
    expected = sorted(tuple(map(_plain, (c, f"a {t}", s, f"c {n}"))) for c, t, s, n in edits)
    for found in (first, second):
        values = found.actions[key].itertuples(index=False, name=None)
        assert sorted(tuple(map(_plain, row)) for row in values) == expected
