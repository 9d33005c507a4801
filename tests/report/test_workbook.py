"""The workbook: text stays text, numbers are numbers, the same inputs give the same bytes."""

import datetime as dt
import subprocess
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from clientaudit.intake.registers.kept import Registers
from clientaudit.report import lists, sheets, workbook
from clientaudit.report.definitions import DEFINITIONS
from clientaudit.report.page import Page
from clientaudit.report.workbook import write_workbook
from clientaudit.text import Say
from report.samples import HOSTILE, check, engagement, page

FR, EN = Say("fr"), Say("en")
CLIENTS = ["007", *HOSTILE, "-1+1", "@SUM(A1)", "http://example.com"]


@pytest.fixture
def folder(tmp_path) -> Path:
    """Tables of a run and prepared tables, with hostile client codes."""
    summary = pd.DataFrame(
        {
            "client_id": CLIENTS,
            "first_purchase": dt.date(2024, 1, 31),
            "last_purchase": [dt.date(2026, 8, 31)] + [None] * (len(CLIENTS) - 1),
            "occasion_count": 3,
            "revenue": [float(1000 - i) for i in range(len(CLIENTS))],
            "margin": [250.5] + [None] * (len(CLIENTS) - 1),
        }
    )
    scores = pd.DataFrame(
        {"client_id": CLIENTS, "revenue": 0.0, "r_score": 5, "rfm_segment": "Draft"}
    )
    rejected = pd.DataFrame(
        {
            "table": "transactions",
            "file": "a.csv",
            "line": [3],
            "step": "drop",
            "why": "no date",
            "row": '{"a":1}',
        }
    )
    names = pd.DataFrame({"client_id": CLIENTS, "name": "Martin"})
    for name, frame in (
        ("client_summary", summary),
        ("rfm_clients", scores),
        ("rejected_rows", rejected),
        ("clients", names),
    ):
        frame.to_parquet(tmp_path / f"{name}.parquet", index=False)
    return tmp_path


def write(folder: Path, asked: Page, name: str = "workbook.xlsx") -> Path:
    path = folder / name
    write_workbook(path, tables=folder, pages=[asked], prepared=folder, registers=Registers())
    return path


def rows(path: Path, sheet: str) -> list[list[object]]:
    book = openpyxl.load_workbook(path)
    return [[cell.value for cell in row] for row in book[sheet].iter_rows()]


def test_the_sheets_carry_the_names_of_the_reader(folder):
    french = openpyxl.load_workbook(write(folder, page(FR)))
    assert french.sheetnames == [
        "Lisez-moi", "Clients", "Alertes", "Segments", "Groupes", "Grille", "Actions", "Décisions",
        "Lignes écartées", "Éléments à demander",
    ]  # fmt: skip


def test_the_work_list_is_in_words_and_bears_the_names_of_an_action_list(folder):
    code = CLIENTS[0]
    alerts = pd.DataFrame({"client_id": [code], "step": ["call this week"], "level": ["urgent"]})
    alerts.to_parquet(folder / "alerts.parquet")
    found = rows(write(folder, page(FR)), "Alertes")
    assert found[0] == ["Client", "Nom", "Action proposée", "Niveau"]
    assert found[1][1:] == ["Martin", "appeler cette semaine", "urgent"]


def test_every_client_stands_once_best_first_with_its_scores(folder):
    found = rows(write(folder, page()), "Clients")
    assert found[0] == [
        "Client", "RFM group", "Last purchase", "Revenue", "Margin", "First purchase",
        "Purchase days", "Recency score",
    ]  # fmt: skip
    clean = [text.replace("\x07", "") for text in CLIENTS]
    assert [row[0] for row in found[1:]] == clean


def test_text_that_looks_like_a_formula_a_link_or_a_number_stays_text(folder):
    sheet = openpyxl.load_workbook(write(folder, page()))["Clients"]
    assert {cell.data_type for cell in sheet["A"]} == {"s"}
    assert not [cell for cell in sheet["A"] if cell.hyperlink]
    assert sheet["A2"].value == "007"


def test_numbers_and_dates_are_numbers_and_dates(folder):
    sheet = openpyxl.load_workbook(write(folder, page(FR)))["Clients"]
    assert sheet["C2"].value == dt.datetime(2026, 8, 31)
    assert sheet["D2"].value == 1000
    assert sheet["D2"].number_format == "#,##0.00"
    assert sheet["E2"].value == 250.5
    assert sheet["E3"].value is None


def test_the_heading_is_frozen_and_filtered(folder):
    sheet = openpyxl.load_workbook(write(folder, page()))["Clients"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == f"A1:H{len(CLIENTS) + 1}"


def test_words_of_ours_are_translated_and_codes_are_not(folder):
    found = rows(write(folder, page(FR)), "Clients")
    assert found[1][:2] == ["007", "Projet"]
    assert rows(write(folder, page(FR)), "Lignes écartées")[1] == [
        "Lignes de facture", "a.csv", 3, "Écarté", "no date",
    ]  # fmt: skip


def test_names_and_rejected_contents_are_there_only_where_the_firm_wants_names(folder):
    codes = write(folder, page())
    assert rows(codes, "Rejected rows") == [
        ["What it holds", "File", "Line", "Step", "Why"],
        ["Invoice lines", "a.csv", 3, "Set aside", "no date"],
    ]
    assert "Martin" not in str(rows(codes, "Clients"))
    settings = engagement().model_copy()
    object.__setattr__(settings, "privacy", settings.privacy.model_copy(update={"mode": "names"}))
    named = write(folder, page(engagement=settings), "named.xlsx")
    assert rows(named, "Clients")[1][:2] == ["007", "Martin"]
    assert rows(named, "Rejected rows")[1][-1] == '{"a":1}'


def test_a_missing_table_is_said_in_words(folder):
    (folder / "rejected_rows.parquet").unlink()
    path = write(folder, page())
    assert rows(path, "Segments") == [["Segments were not computed."]]
    assert rows(path, "Rejected rows") == [["No row was rejected."]]


def test_what_to_ask_for_stands_with_its_reason(folder):
    asked = page(checks=(check(), check("PASS", request="")))
    assert rows(write(folder, asked), "Request list") == [
        ["What to ask for", "What is missing or wrong"],
        ["The client file", "3.1% of the lines carry no client code."],
    ]


def test_the_read_me_holds_the_frame_the_parameters_and_the_columns(folder):
    found = [[c for c in row if c] for row in rows(write(folder, page()), "Read me")]
    assert found[0] == ["Établissements Duval & Fils"]
    assert ["Data up to", "31 Aug 2026"] in found
    assert ["Confidentiality", "Strictly personal"] in found
    assert ["Highest score [ours]", "5", "0", "rfm_bins"] in found
    assert ["Revenue", DEFINITIONS["revenue"], "Clients", "revenue"] in found


def test_a_table_too_long_for_a_sheet_is_cut_and_the_read_me_says_so(folder, monkeypatch):
    monkeypatch.setattr(sheets, "MAX_ROWS", 2)
    monkeypatch.setattr(workbook, "MAX_ROWS", 2)
    monkeypatch.setattr(lists, "MAX_ROWS", 2)
    path = write(folder, page())
    assert [row[0] for row in rows(path, "Clients")] == ["Client", "007", HOSTILE[0]]
    assert "Only the first 2 rows" in str(rows(path, "Read me"))


def test_a_text_too_long_for_a_cell_is_cut_with_a_mark():
    assert sheets.shortened("a" * 40_000) == "a" * 32_766 + "…"
    assert sheets.shortened("a\x00b\ud800c\ufffe") == "abc"


def test_the_same_inputs_give_the_same_bytes(folder):
    first, second = write(folder, page(), "a.xlsx"), write(folder, page(), "b.xlsx")
    assert first.read_bytes() == second.read_bytes()


def test_libreoffice_opens_it(folder, soffice, tmp_path):
    path = write(folder, page(FR))
    profile = (tmp_path / "profile").as_uri()
    subprocess.run(
        [soffice, "--headless", f"-env:UserInstallation={profile}", "--convert-to",
         "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false,false,false,2",
         "--outdir", tmp_path, path],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    [converted] = tmp_path.glob("workbook-*.csv")
    text = converted.read_text(encoding="utf-8")
    assert "=cmd|' /C calc'!A0" in text
    assert "31/08/2026" in text or "08/31" in text


def test_the_points_of_the_grid_are_recomputed_from_the_sheet(folder):
    grid = pd.DataFrame(
        {
            "client_id": ["007", CLIENTS[1]],
            "grid_class": ["B", "A"],
            "points": [0.5 * 40 + 0.3 * 20 + 0.2 * 60, 0.6 * 90 + 0.4 * 70],
            "profit_weight": [0.5, 0.6],
            "potential_weight": [0.3, 0.0],
            "relation_weight": [0.2, 0.4],
            "profit_points": [40.0, 90.0],
            "potential_points": [20.0, None],
            "relation_points": [60.0, 70.0],
            "profit_window": [100.0, 900.0],
            "actions": "call this week",
            "distance": [1.0, None],
        }
    )
    grid.to_parquet(folder / "grid_clients.parquet")
    heading, *found = rows(write(folder, page()), "Grid")
    clients = [dict(zip(heading, row, strict=True)) for row in found]
    assert [client["Class"] for client in clients] == ["A", "B"]
    assert heading[-1] == "Points missing for the class above"
    for client in clients:
        parts = [
            client[f"Weight of {name}"] * (client[f"Points for {name}"] or 0)
            for name in ("profit", "potential", "the relation")
        ]
        assert client["Points"] == pytest.approx(sum(parts))
    assert rows(write(folder, page()), "Clients")[1][1] == "B"


def test_the_groups_have_a_sheet_and_each_client_its_group(folder):
    groups = pd.DataFrame({"group": [1], "group_name": "Draft", "client_count": [2]})
    groups.to_parquet(folder / "group_profile.parquet")
    of_clients = pd.DataFrame({"client_id": ["007"], "group": [1], "group_name": "Draft"})
    of_clients.to_parquet(folder / "group_clients.parquet")
    path = write(folder, page(FR))
    assert rows(path, "Groupes")[1:] == [[1, "Projet", 2]]
    clients = rows(path, "Clients")
    at = clients[0].index("Nom du groupe")
    assert [row[at] for row in clients[1:3]] == ["Projet", None]


def test_every_column_of_a_sheet_is_printed_on_a_landscape_page_with_its_heading(folder):
    book = openpyxl.load_workbook(write(folder, page()))
    for title in ("Clients", "Actions", "Decisions"):
        sheet = book[title]
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.freeze_panes == "B2"


def test_names_stand_in_the_registers_unless_the_firm_wants_none(folder):
    actions = pd.DataFrame(
        [["007", "call", "open"], [CLIENTS[1], "call", "open"]],
        columns=["client_id", "action", "status"], dtype=object,
    )  # fmt: skip
    kept = Registers(actions.reindex(columns=Registers().actions.columns))
    listed, hidden = engagement(), engagement().model_copy()
    privacy = hidden.privacy.model_copy(update={"names_in": ()})
    object.__setattr__(hidden, "privacy", privacy)
    for settings, heading in ((listed, "Name"), (hidden, "Date")):
        path = folder / "named.xlsx"
        asked = page(engagement=settings)
        write_workbook(path, tables=folder, pages=[asked], prepared=folder, registers=kept)
        assert rows(path, "Actions")[0][1] == heading
        assert ("Martin" in str(rows(path, "Actions"))) == (heading == "Name")
