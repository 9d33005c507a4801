"""The registers of a run: nothing of the consultant's is lost, nothing is proposed twice."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pandas as pd

from clientaudit.intake.registers.kept import ACTIONS, DECISION_REGISTER, Registers
from clientaudit.report import registers
from clientaudit.report.proposals import untouched_actions
from clientaudit.report.registers import merged_registers, registered_clients

LAST, NOW = dt.date(2025, 8, 31), dt.date(2026, 8, 31)
SOON = dt.date(2026, 9, 10)


def action(client: str, text: str, **fields: object) -> dict[str, object]:
    given = {"client_id": client, "date": LAST, "action": text, "status": "open"} | fields
    return dict.fromkeys(ACTIONS.columns) | given


def decision(client: str | None, text: str, **fields: object) -> dict[str, object]:
    given = {"client_id": client, "date": LAST, "decision": text} | fields
    return dict.fromkeys(DECISION_REGISTER.columns) | given


def last(actions=(), decisions=()) -> Registers:
    return Registers(
        pd.DataFrame(list(actions), columns=None if actions else ACTIONS.columns, dtype=object),
        pd.DataFrame(
            list(decisions), columns=None if decisions else DECISION_REGISTER.columns, dtype=object
        ),
    )


def propose(folder: Path, *rows: dict[str, object]) -> None:
    given = {"owner": "R1", "due_on": SOON, "status": "open", "comment": "", "source": "grid",
             "is_opted_out": False}  # fmt: skip
    pd.DataFrame([given | row for row in rows]).to_parquet(folder / "grid_actions.parquet")


def merged(folder: Path, before: Registers | None = None, as_of: dt.date = NOW) -> Registers:
    return merged_registers(before or Registers(), tables=folder, as_of=as_of)


def rows(found: pd.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    return list(found[list(columns)].itertuples(index=False, name=None))


def test_a_first_run_proposes_actions_that_are_to_do(tmp_path):
    propose(tmp_path, {"client_id": "b", "action": "call"}, {"client_id": "a", "action": "call"})
    found = merged(tmp_path).actions
    assert rows(found, "client_id", "action", "date", "due_on", "status") == [
        ("a", "call", NOW, SOON, "open"),
        ("b", "call", NOW, SOON, "open"),
    ]


def test_an_open_action_comes_back_once_in_the_words_of_the_consultant(tmp_path):
    propose(tmp_path, {"client_id": "a", "action": "call this week"})
    mine = action("a", "appeler cette semaine", owner="Anne", comment="not before May")
    found = merged(tmp_path, last([mine])).actions
    assert rows(found, "client_id", "owner", "comment", "date") == [
        ("a", "Anne", "not before May", NOW)
    ]


def test_what_was_done_stays_and_is_proposed_anew_by_the_next_audit_only(tmp_path):
    propose(tmp_path, {"client_id": "a", "action": "visit"}, {"client_id": "b", "action": "visit"})
    done = [action("a", "visit", status="done"), action("b", "visit", status="dropped", date=NOW)]
    found = merged(tmp_path, last(done)).actions
    assert rows(found, "client_id", "date", "status") == [
        ("a", NOW, "open"),
        ("a", LAST, "done"),
        ("b", NOW, "dropped"),
    ]


def test_an_action_that_goes_on_and_was_then_done_is_not_proposed_again(tmp_path):
    propose(tmp_path, {"client_id": "a", "action": "visit"})
    found = merged(tmp_path, last([action("a", "visit", comment="mine")]))
    found.actions.loc[0, "status"] = "done"
    assert merged(tmp_path, found).actions["status"].tolist() == ["done"]


def test_what_nobody_touched_gives_way_to_what_is_proposed_now(tmp_path):
    propose(
        tmp_path,
        *({"client_id": name, "action": "visit", "due_on": LAST} for name in "abcd"),
    )
    before = merged(tmp_path, as_of=LAST)
    proposed = untouched_actions(before.actions, tmp_path)
    before.actions.loc[2, "comment"] = "mine"
    before.actions.loc[3, "due_on"] = NOW
    propose(tmp_path, {"client_id": "a", "action": "visit"}, {"client_id": "e", "action": "call"})
    found = merged(tmp_path, replace(before, proposed=proposed)).actions
    assert rows(found, "client_id", "date", "due_on", "status", "comment") == [
        ("c", LAST, LAST, "open", "mine"),
        ("d", LAST, NOW, "open", None),
        ("a", NOW, SOON, "open", None),
        ("e", NOW, SOON, "open", None),
        ("b", LAST, LAST, "dropped", None),
    ]


def test_a_run_without_the_alerts_drops_none_of_them(tmp_path):
    alerts = pd.DataFrame(
        {"client_id": ["a"], "step": "call", "rep_id": "R1", "due_date": SOON,
         "is_untouched": False, "is_opted_out": False}
    )  # fmt: skip
    alerts.to_parquet(tmp_path / "alerts.parquet")
    before = merged(tmp_path)
    proposed = untouched_actions(before.actions, tmp_path)
    (tmp_path / "alerts.parquet").unlink()
    propose(tmp_path, {"client_id": "b", "action": "visit"})
    found = merged(tmp_path, replace(before, proposed=proposed)).actions
    assert rows(found, "client_id", "status") == [("a", "open"), ("b", "open")]


def test_rows_and_columns_of_the_consultant_stay(tmp_path):
    own = action("z", "my own idea", date=None) | {"Budget": 12.0}
    found = merged(tmp_path, last([own, own])).actions
    assert rows(found, "client_id", "date", "Budget") == [("z", NOW, 12.0), ("z", NOW, 12.0)]


def test_alerts_become_actions_but_for_those_to_be_left_alone(tmp_path):
    alerts = pd.DataFrame(
        {"client_id": ["a", "b", "c"], "step": "call this week", "rep_id": ["R1", None, "R2"],
         "due_date": SOON, "is_untouched": [False, True, False],
         "is_opted_out": [False, False, True]}
    )  # fmt: skip
    alerts.to_parquet(tmp_path / "alerts.parquet")
    found = merged(tmp_path).actions
    assert rows(found, "client_id", "action", "owner", "due_on") == [
        ("a", "call this week", "R1", SOON)
    ]


def test_who_refuses_solicitation_is_proposed_none(tmp_path):
    propose(
        tmp_path,
        {"client_id": "a", "action": "visit", "is_opted_out": True},
        {"client_id": "a", "action": "end the discount", "is_opted_out": True,
         "source": "privileges"},
    )  # fmt: skip
    assert merged(tmp_path).actions["action"].tolist() == ["end the discount"]


def test_a_decision_of_the_day_is_that_of_the_consultant(tmp_path):
    proposed = [decision("a", "class_B", date=NOW), decision("b", "class_A", date=NOW)]
    pd.DataFrame(proposed).to_parquet(tmp_path / "grid_decisions.parquet")
    mine = [
        decision("a", "class_A", date=NOW, override_by="Anne"),
        decision("a", "fix", date=NOW, told_honestly=True),
        decision("b", "class_C"),
        decision(None, "refused", prospect_id="P1"),
    ]
    found = merged(tmp_path, last(decisions=mine)).decisions
    assert rows(found, "client_id", "prospect_id", "date", "decision", "override_by") == [
        ("a", None, NOW, "class_A", "Anne"),
        ("a", None, NOW, "fix", None),
        ("b", None, NOW, "class_A", None),
        ("b", None, LAST, "class_C", None),
        (None, "P1", LAST, "refused", None),
    ]


def test_merging_twice_changes_nothing(tmp_path):
    propose(tmp_path, {"client_id": "a", "action": "visit"}, {"client_id": "a", "action": "call"})
    decided = pd.DataFrame([decision("a", "class_B", date=NOW), decision("b", "keep", date=NOW)])
    decided.to_parquet(tmp_path / "grid_decisions.parquet")
    once = merged(tmp_path)
    twice = merged(tmp_path, once)
    pd.testing.assert_frame_equal(twice.actions, once.actions)
    pd.testing.assert_frame_equal(twice.decisions, once.decisions)


def test_what_the_consultant_wrote_goes_before_proposals_where_a_sheet_is_full(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(registers, "MAX_ROWS", 2)
    propose(tmp_path, {"client_id": "a", "action": "visit"}, {"client_id": "b", "action": "call"})
    found = merged(tmp_path, last([action("z", "mine")])).actions
    assert found["client_id"].tolist() == ["a", "z"]


def test_the_next_run_knows_whoever_stands_in_a_register(tmp_path):
    before = last([action("z", "mine")], [decision("y", "keep"), decision(None, "refused")])
    assert registered_clients(merged(tmp_path, before))["client_id"].tolist() == ["y", "z"]
    assert registered_clients(merged(tmp_path))["client_id"].tolist() == []
