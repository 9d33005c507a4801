"""The work list: why a client stands on it, by when to act, and in which order."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analyses.sales import AS_OF
from clientaudit.analyses.departures.alerts import (
    COLUMNS,
    alerts_table,
    rep_numbers,
    sensitivity_table,
    upcoming_table,
    work_list,
    yearly_value,
)
from clientaudit.analyses.departures.deadlines import TO_SETTLE
from clientaudit.settings import Thresholds
from clientaudit.text import Say

LIMITS = Thresholds(untouched_share=0.0)
QUIET = {
    "state": "active", "silence_ratio": 0.5, "p_silence": 0.5, "p_gone": 0.1, "level": "in rhythm",
    "yearly_value": 100.0, "revenue": 500.0, "recency_days": 20, "open_silence_days": 20,
    "open_gap_days": 40.0, "last_purchase": dt.date(2025, 12, 11),
    "next_purchase": dt.date(2026, 1, 20), "alert_date": dt.date(2026, 2, 16),
}  # fmt: skip
LATE = {"silence_ratio": 2.0, "p_silence": 0.15, "level": "watch"}
RARE = {"silence_ratio": 1.0, "p_silence": 0.04, "level": "urgent"}
NOBODY = {
    "rep_id": "R1", "is_strategic": False, "is_long_standing": False, "is_opted_out": False
}  # fmt: skip
NO_CONTACT = pd.DataFrame(columns=["client_id", "unanswered_count", "last_contact"])
NO_CONTRACT = pd.DataFrame(columns=["contract_id", "client_id", "outcome"])


def frame(base: dict, **clients: dict) -> pd.DataFrame:
    return pd.DataFrame([{"client_id": name} | base | own for name, own in clients.items()])


def listed(clients, who=None, unanswered=None, contracts=(), limits=LIMITS) -> pd.DataFrame:
    who = who or {}
    calls = [(name, n, dt.date(2025, 11, 1)) for name, n in (unanswered or {}).items()]
    settle = [(f"K{i}", *row, TO_SETTLE) for i, row in enumerate(contracts)]
    return alerts_table(
        frame(QUIET, **clients),
        frame(NOBODY, **{name: who.get(name, {}) for name in clients}),
        pd.DataFrame(calls, columns=NO_CONTACT.columns) if calls else NO_CONTACT,
        pd.DataFrame(
            settle, columns=["contract_id", "client_id", "end_date", "decide_by", "outcome"]
        ) if settle else NO_CONTRACT,
        as_of=AS_OF,
        thresholds=limits,
    )  # fmt: skip


def test_a_client_without_a_reason_is_not_listed():
    found = listed({"a": {}})
    assert found.empty
    assert list(found) == COLUMNS


def test_each_reason_stands_by_itself_and_all_stand_together():
    contract = ("all", dt.date(2026, 3, 31), dt.date(2026, 1, 15))
    found = listed(
        {"late": LATE, "rare": RARE, "mute": {}, "all": LATE | RARE | {"silence_ratio": 3.0}},
        unanswered={"mute": 3, "late": 2, "all": 5},
        contracts=[contract, ("deal", *contract[1:])],
    ).set_index("client_id")
    assert found["reasons"].to_dict() == {
        "late": "RHYTHM",
        "rare": "SILENCE",
        "mute": "CONTACTS",
        "all": "CONTRACT, CONTACTS, RHYTHM, SILENCE",
    }
    assert found["unanswered_count"].to_dict() | {"rare": 0} == {
        "late": 2, "rare": 0, "mute": 3, "all": 5
    }  # fmt: skip


def test_the_next_step_follows_the_gravest_reason():
    found = listed(
        {"deal": RARE, "big": RARE, "mute": RARE, "rare": RARE, "late": LATE},
        who={"big": {"is_strategic": True}},
        unanswered={"mute": 3, "big": 3},
        contracts=[("deal", dt.date(2026, 3, 31), dt.date(2026, 1, 15))],
    )
    assert found.set_index("client_id")["step"].to_dict() == {
        "deal": "make the new offer before the deadline",
        "big": "have the director call",
        "mute": "change the person or the channel",
        "rare": "call this week",
        "late": "call this month",
    }


@pytest.mark.parametrize(
    ("own", "unanswered", "decide_by", "due"),
    [
        (LATE, 0, None, AS_OF),
        ({}, 3, None, dt.date(2026, 1, 2)),
        ({}, 0, dt.date(2026, 1, 20), dt.date(2026, 1, 20)),
        ({}, 3, dt.date(2026, 1, 20), dt.date(2026, 1, 2)),
        (LATE, 3, dt.date(2026, 1, 20), AS_OF),
        ({}, 0, dt.date(2025, 12, 1), AS_OF),
    ],
)
def test_the_earliest_reason_sets_the_day_never_one_gone_by(own, unanswered, decide_by, due):
    contracts = [("a", dt.date(2026, 3, 31), decide_by)] if decide_by else []
    found = listed({"a": own}, unanswered={"a": unanswered}, contracts=contracts)
    assert found["due_date"].tolist() == [due]


def test_the_contract_that_runs_out_first_is_shown():
    first, later = dt.date(2026, 2, 28), dt.date(2026, 3, 31)
    due = [("a", first, dt.date(2026, 1, 10)), ("a", later, dt.date(2026, 1, 20))]
    assert listed({"a": {}}, contracts=due)["contract_end"].tolist() == [first]


def test_weight_comes_before_age_and_age_before_stake():
    found = listed(
        {
            "small": LATE | {"p_gone": 0.1},
            "large": LATE | {"p_gone": 0.9},
            "even": LATE | {"p_gone": 0.9, "yearly_value": 50.0},
            "old": LATE | {"p_gone": 0.2},
            "key": LATE | {"p_gone": 0.01},
            "unknown": LATE | {"p_gone": None},
        },
        who={"old": {"is_long_standing": True}, "key": {"is_strategic": True}},
    )
    assert found["client_id"].tolist() == ["key", "old", "large", "even", "small", "unknown"]
    assert found["stake"].tolist()[:5] == pytest.approx([1, 20, 90, 45, 10])


def test_a_lost_client_is_off_the_list():
    gone = RARE | {"state": "lost"}
    rare = RARE | {"state": "long silence, ordinary for it"}
    assert listed({"a": gone, "b": rare})["client_id"].tolist() == ["b"]


def test_the_share_left_alone_is_the_same_in_every_run_and_never_what_cannot_wait():
    clients = {f"c{n:03}": LATE | {"revenue": n} for n in range(300)}
    who = {name: {"is_strategic": True} for name in list(clients)[:50]}
    contracts = [
        (name, dt.date(2026, 3, 31), dt.date(2026, 1, 15)) for name in list(clients)[50:99]
    ]
    limits = Thresholds(untouched_share=0.3, seed=7)
    found = listed(clients, who, contracts=contracts, limits=limits)
    again = listed(dict(reversed(clients.items())), who, contracts=contracts, limits=limits)
    left = set(found.loc[found["is_untouched"], "client_id"])
    assert left == set(again.loc[again["is_untouched"], "client_id"])
    assert not left & set(list(clients)[:99])
    assert 40 <= len(left) <= 80  # of 201, a share of .3 is 60


def test_the_value_of_a_year_follows_the_own_pace_else_the_last_period():
    watch = pd.DataFrame(
        {
            "margin": [600.0, 600.0, np.nan],
            "margin_window": [90.0, 90.0, np.nan],
            "occasion_count": [6, 2, 6],
            "mean_gap_days": [73.0, 73.0, 73.0],
            "p_silence": [0.5, np.nan, 0.5],
        }
    )
    found = yearly_value(watch, basis="margin")
    assert found[:2].tolist() == [500.0, 90.0]  # 100 a purchase, five purchases a year
    assert pd.isna(found[2])


def test_alerts_to_come_are_counted_from_tomorrow():
    dates = [AS_OF, *(AS_OF + dt.timedelta(days=n) for n in (1, 30, 31, 90, 91)), None]
    watch = pd.DataFrame({"alert_date": dates, "yearly_value": [1, 2, 4, 8, 16, 32, 64]})
    found = upcoming_table(watch, as_of=AS_OF)
    assert found.to_numpy().tolist() == [[30, 2, 6], [60, 3, 14], [90, 4, 30]]


def test_other_limits_of_a_loss_count_what_the_rhythm_does_not_explain():
    watch = pd.DataFrame(
        {
            "recency_days": [182, 183, 400, 731],
            "p_silence": [0.01, 0.2, np.nan, 0.01],
            "yearly_value": [1.0, 2.0, 4.0, 8.0],
        }
    )
    found = sensitivity_table(watch).set_index("months")
    assert found["client_count"].to_dict() == {6: 3, 9: 2, 12: 2, 18: 1, 24: 1}
    assert found["client_share"][6] == 0.75
    assert found["explained_count"].to_dict() == {6: 1, 9: 0, 12: 0, 18: 0, 24: 0}
    assert found["yearly_value"].to_dict() == {6: 12, 9: 12, 12: 12, 18: 8, 24: 8}
    assert sensitivity_table(watch.iloc[:0])["client_share"].tolist() == [0] * 5


def test_the_page_says_reasons_in_words_and_sales_people_by_number():
    alerts = listed({"a": LATE | RARE | {"silence_ratio": 2.0}}, unanswered={"a": 3})
    named = work_list(alerts, Say("en"), None)
    words = "contacts unanswered, late for its own rhythm, rare silence"
    assert named[["rep_id", "reasons"]].to_numpy().tolist() == [["R1", words]]
    hidden = work_list(alerts, Say("fr"), {"R1": 4})
    assert hidden["rep_id"].tolist() == [4]
    assert hidden["reasons"].iloc[0] != words
    assert hidden.index.tolist() == ["Autres clients"]
    assert work_list(alerts.iloc[:0], Say("en"), {"R1": 4}).empty


def test_the_page_puts_every_client_under_its_standing():
    alerts = listed(
        {"a": LATE, "b": LATE, "c": LATE},
        who={"b": {"is_strategic": True}, "c": {"is_long_standing": True}},
    )
    found = work_list(alerts, Say("en"), None)
    headings = ["Strategic clients", "Long-standing clients", "Other clients"]
    assert found.index.tolist() == headings
    assert found["client_id"].tolist() == ["b", "c", "a"]


def test_the_number_of_a_sales_person_does_not_move_when_others_come():
    then = pd.DataFrame(
        {
            "rep_id": ["X", "B", "A"],
            "from_date": [dt.date(2021, 1, 1), dt.date(2020, 1, 1), dt.date(2020, 1, 1)],
        }
    )
    new = {"rep_id": ["0", "X"], "from_date": [dt.date(2024, 1, 1)] * 2}
    now = pd.concat([pd.DataFrame(new), then])
    assert rep_numbers(then) == {"A": 1, "B": 2, "X": 3}
    assert rep_numbers(now) == {"A": 1, "B": 2, "X": 3, "0": 4}
