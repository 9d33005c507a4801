"""The registers of a run: the last ones as the consultant left them, and what is proposed now."""

import datetime as dt
from collections.abc import Hashable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from clientaudit.intake.registers.kept import ACTIONS, DECISION_REGISTER, DROPPED, OPEN, Registers
from clientaudit.report.proposals import (
    PROPOSERS,
    action_keys,
    as_register,
    proposed_actions,
    proposing_tables,
    rows_of,
)
from clientaudit.report.sheets import MAX_ROWS

# A client has one class, one treatment and one admission a day.
TREATMENTS = ("keep", "fix", "release")


def merged_registers(last: Registers, *, tables: Path, as_of: dt.date) -> Registers:
    """The registers of this run.

    last: the registers of the previous run. tables: folder of the run's Parquet tables: those of
    `proposed_actions`, and grid_decisions (the columns of the register). as_of: day on which the
    proposals of this run are made.

    Every row that the consultant has touched stays as it was left. A proposal is added, unless
    the client has the same action open, or closed since `as_of`; or, for a decision, one of the
    same kind on the same day. An action that nobody has touched gives way to the same one of this
    run, and is dropped where the run that proposed it would propose it no more. The date of an
    open action is that of the last run that proposed it.
    """
    return Registers(
        _actions(last, tables, as_of),
        _decisions(
            last.decisions,
            as_register(rows_of(tables / "grid_decisions.parquet"), DECISION_REGISTER),
        ),
    )


def registered_clients(registers: Registers) -> pd.DataFrame:
    """Who stands in a register, so that the next run knows their codes: client_id."""
    both = pd.concat([registers.actions["client_id"], registers.decisions["client_id"]])
    return pd.DataFrame({"client_id": sorted(set(both.dropna()))}, dtype="str")


def _actions(last: Registers, tables: Path, as_of: dt.date) -> pd.DataFrame:
    proposals = proposed_actions(tables)
    kept = _met_again(last, proposals, tables, as_of)
    stops = kept[(kept["status"] == OPEN) | (kept["date"] == as_of)]
    new = _new(action_keys(proposals), taken=action_keys(stops))
    added = proposals.loc[new, ACTIONS.columns].assign(date=as_of, status=OPEN)
    whole = _joined(kept, added)
    by = ["closed", "due_on", "client_id", "action"]
    order = whole.assign(closed=whole["status"] != OPEN, due_on=pd.to_datetime(whole["due_on"]))
    return whole.loc[order.sort_values(by, kind="stable").index].reset_index(drop=True)


def _met_again(
    last: Registers, proposals: pd.DataFrame, tables: Path, as_of: dt.date
) -> pd.DataFrame:
    """The last actions as this run finds them, without those that it only proposes once more."""
    kept = last.actions.assign(
        date=[as_of if pd.isna(day) else day for day in last.actions["date"]]
    )
    keys = set(action_keys(proposals))
    proposed = pd.Series([key in keys for key in action_keys(kept)], kept.index, dtype=bool)
    again = kept["status"].eq(OPEN) & proposed
    made_by = proposing_tables(kept, last.proposed)
    computed = made_by.isin([name for name in PROPOSERS if (tables / f"{name}.parquet").is_file()])
    kept.loc[again, "date"] = as_of
    kept.loc[computed & ~again, "status"] = DROPPED
    stay = ~(again & made_by.notna())
    return kept.loc[stay]


def _decisions(last: pd.DataFrame, proposals: pd.DataFrame) -> pd.DataFrame:
    new = _new(_decision_keys(proposals), taken=_decision_keys(last))
    whole = _joined(last, proposals[new])
    by = ["date", "client_id", "prospect_id", "decision"]
    order = whole[by].assign(date=pd.to_datetime(whole["date"]))
    latest_first = order.sort_values(by, ascending=[False, True, True, True], kind="stable").index
    return whole.loc[latest_first].reset_index(drop=True)


def _joined(last: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Both, as far as a sheet holds them; what the consultant has worked on comes first."""
    room = max(MAX_ROWS - len(last), 0)
    whole = pd.concat([last, new.head(room)], ignore_index=True).astype(object)
    return whole.where(whole.notna(), None)


def _new(keys: Sequence[Hashable], *, taken: Iterable[Hashable]) -> list[bool]:
    """Whether each key is met for the first time."""
    seen = set(taken)
    first = []
    for key in keys:
        first.append(key not in seen)
        seen.add(key)
    return first


def _decision_keys(decisions: pd.DataFrame) -> list[tuple[Any, ...]]:
    who = decisions["client_id"].fillna(decisions["prospect_id"])
    return list(zip(who, decisions["date"], map(_family, decisions["decision"]), strict=True))


def _family(decision: str) -> str:
    if decision.startswith("class_"):
        return "class"
    return "treatment" if decision in TREATMENTS else "admission"
