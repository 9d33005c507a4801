"""CRM files open in Excel and in a CRM as they are: accents, numbers, dates, no formula."""

import csv
import datetime as dt

import pandas as pd
import pytest

from clientaudit.intake.registers.kept import Registers
from clientaudit.report.crm import ALERTS, write_crm, write_list
from clientaudit.text import Say

FRAME = pd.DataFrame(
    {
        "client_id": ["00123", "=cmd|' /C calc'!A0"],
        "due_date": [dt.date(2026, 9, 30), None],
        "revenue": [1234.5, -2.0],
        "gap_count": [3, 4],
        "is_left_truncated": [True, False],
    }
)


NO_ACTIONS = Registers().actions


def write(folder, actions=NO_ACTIONS):
    write_crm(folder / "crm", tables=folder, prepared=folder, actions=actions, say=Say("fr", "EUR"))


def read(path, separator):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=separator))


@pytest.mark.parametrize(
    ("language", "separator", "amount"), [("fr", ";", "1234,50"), ("en", ",", "1234.50")]
)
def test_values_keep_their_kind_in_the_readers_language(tmp_path, language, separator, amount):
    write_list(tmp_path / "a.csv", FRAME, Say(language, "EUR"))
    head, first, _ = read(tmp_path / "a.csv", separator)
    assert head[0] == {"fr": "Client", "en": "Client"}[language]
    assert first[:4] == ["00123", "2026-09-30", amount, "3"]
    assert first[4] == {"fr": "oui", "en": "yes"}[language]


def test_a_text_never_starts_a_formula_and_a_negative_number_stays_one(tmp_path):
    write_list(tmp_path / "a.csv", FRAME, Say("fr", "EUR"))
    second = read(tmp_path / "a.csv", ";")[2]
    assert second[0] == "'=cmd|' /C calc'!A0"
    assert second[1:3] == ["", "-2,00"]


def test_a_run_without_a_list_has_no_crm_folder(tmp_path):
    write(tmp_path)
    assert not (tmp_path / "crm").exists()


def test_a_list_of_the_run_leaves_out_who_refuses_to_be_solicited(tmp_path):
    rows = pd.DataFrame({"client_id": ["a", "b"], "is_opted_out": [False, True], "stake": [1.0, 2]})
    rows.to_parquet(tmp_path / "alerts.parquet")
    write(tmp_path)
    assert [path.name for path in (tmp_path / "crm").iterdir()] == ["alerts.csv"]
    written = read(tmp_path / "crm" / "alerts.csv", ";")
    assert [row[0] for row in written[1:]] == ["a"]
    assert len(written[0]) == len(ALERTS)


def classes(folder):
    pd.DataFrame(
        {
            "client_id": ["007", "b", "=c"],
            "grid_class": ["A", "B", "D"],
            "previous_class": ["B", None, "D"],
            "actions": "call this week",
            "contact_frequency": [12, 6, 0],
            "rep_id": ["R1", "R2", None],
            "next_contact_date": [dt.date(2026, 9, 30)] * 3,
            "is_opted_out": [False, True, False],
        }
    ).to_parquet(folder / "grid_clients.parquet")


def test_classes_say_what_each_client_gets_but_for_who_refuses_solicitation(tmp_path):
    classes(tmp_path)
    write(tmp_path)
    rows = read(tmp_path / "crm" / "classes.csv", ";")[1:]
    assert rows == [
        ["007", "A", "B", "appeler cette semaine", "12", "R1", "2026-09-30"],
        ["b", "B", "", "", "", "R2", ""],
        ["'=c", "D", "D", "appeler cette semaine", "0", "", "2026-09-30"],
    ]


def test_tasks_are_the_open_actions_of_who_may_be_solicited(tmp_path):
    classes(tmp_path)
    pd.DataFrame({"client_id": ["d"], "opt_out": [True]}).to_parquet(tmp_path / "clients.parquet")
    actions = pd.DataFrame(
        {
            "client_id": ["007", "007", "b", "d", "e"],
            "action": ["call this week", "visit", "visit", "visit", "=visit"],
            "owner": ["R1", None, None, None, "@R"],
            "due_on": [dt.date(2026, 9, 30), None, None, None, None],
            "status": ["open", "done", "open", "open", "open"],
            "comment": ["-1", None, None, None, "è"],
        }
    )
    write(tmp_path, actions)
    assert read(tmp_path / "crm" / "tasks.csv", ";")[1:] == [
        ["007", "appeler cette semaine", "R1", "2026-09-30", "'-1"],
        ["e", "'=visit", "'@R", "", "è"],
    ]
