"""The actions that a run proposes, and which of those of the run before nobody has touched."""

from pathlib import Path
from typing import Any

import pandas as pd

from clientaudit.intake.registers.kept import ACTIONS, OPEN, Register
from clientaudit.text import Say

FRENCH = Say("fr")
FROM_ALERTS = {"step": "action", "rep_id": "owner", "due_date": "due_on"}
NO_SOLICITATION = "privileges"  # source of actions that take back what was granted
PROPOSERS = ("alerts", "grid_actions")
COLUMNS = ["client_id", "action", "owner", "due_on", "table"]


def proposed_actions(tables: Path) -> pd.DataFrame:
    """The actions that the tables of a run propose, without those that solicit who refuses it.

    tables: folder of the run's tables, of which grid_actions (client_id, action, owner, due_on,
    source, is_opted_out) and alerts (client_id, step, rep_id, due_date, is_opted_out,
    is_untouched: to be left alone) count.

    Returns the columns of the register and table, the table that proposes it.
    """
    alerts = rows_of(tables / "alerts.parquet").rename(columns=FROM_ALERTS)
    if len(alerts):
        alerts = alerts[~alerts["is_untouched"].astype(bool)]
    parts = (alerts, rows_of(tables / "grid_actions.parquet"))
    found = [
        as_register(part, ACTIONS).assign(table=name)
        for name, part in zip(PROPOSERS, parts, strict=True)
    ]
    return pd.concat(found, ignore_index=True)


def untouched_actions(actions: pd.DataFrame, tables: Path) -> pd.DataFrame:
    """The open actions of a register that stand there as the run proposes them: `COLUMNS`.

    The next run knows by them what the consultant has not touched.
    """
    proposals = proposed_actions(tables)
    table_of = dict(zip(_wholes(proposals), proposals["table"], strict=True))
    made_by: list[Any] = [table_of.get(whole) for whole in _wholes(actions)]
    found = actions.assign(table=pd.Series(made_by, actions.index, dtype=object))
    return found.loc[found["table"].notna() & (found["status"] == OPEN), COLUMNS].astype("object")


def proposing_tables(actions: pd.DataFrame, proposed: pd.DataFrame) -> "pd.Series[Any]":
    """The table that has proposed each action of a register that is as it was; None for the
    others: done, given a comment or otherwise changed by the consultant.

    proposed: from `untouched_actions` of the run that wrote the register.
    """
    before = as_register(proposed, ACTIONS)
    tables = proposed.get("table", pd.Series(dtype=object))
    table_of = dict(zip(_wholes(before), tables, strict=True))
    own = [name for name in actions if name not in (*COLUMNS, "date", "status", "name")]
    is_plain = (actions["status"] == OPEN) & actions[own].isna().all(axis=1)
    found = [table_of.get(whole) for whole in _wholes(actions)]
    return pd.Series(found, actions.index, dtype=object).where(is_plain, None)


def action_keys(actions: pd.DataFrame) -> list[tuple[str, str]]:
    """Client and action, the same in either language."""
    words = (FRENCH.translate(str(action)).casefold() for action in actions["action"])
    return [
        (str(client), " ".join(text.split()))
        for client, text in zip(actions["client_id"], words, strict=True)
    ]


def rows_of(path: Path) -> pd.DataFrame:
    """The rows of a table of the run that solicit nobody who refuses it."""
    if not path.is_file():
        return pd.DataFrame()
    frame = pd.read_parquet(path)
    if "is_opted_out" not in frame:
        return frame
    takes_back = frame.get("source", "") == NO_SOLICITATION
    return frame[~frame["is_opted_out"].astype(bool) | takes_back]


def as_register(frame: pd.DataFrame, register: Register) -> pd.DataFrame:
    """The columns of a register, of which those without a value hold None, and dates dates."""
    found = frame.reindex(columns=register.columns).astype(object)
    for name, kind in register.kinds.items():
        if kind == "date":
            days = pd.to_datetime(found[name]).dt.date
            found[name] = days.astype(object)
    return found.where(found.notna() & (found != ""), None)


def _wholes(actions: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Client, action, owner and day of each row."""
    columns = (action_keys(actions), actions["owner"], actions["due_on"])
    return list(zip(*columns, strict=True))
