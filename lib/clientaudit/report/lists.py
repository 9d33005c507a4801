"""The sheets of a workbook that name clients to act on: alerts, actions, decisions."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from clientaudit.intake.registers.kept import (
    ACTIONS,
    DECISION_REGISTER,
    FLAGS,
    Register,
    Registers,
)
from clientaudit.report.page import Page
from clientaudit.report.sheets import MAX_ROWS, Sheet
from clientaudit.settings import Engagement
from clientaudit.text import Say

OWN = "own:"  # before the heading of a column that the consultant has added


def list_sheets(
    page: Page, *, tables: Path, prepared: Path, registers: Registers
) -> tuple[Sheet, Sheet, Sheet]:
    """Alerts, actions and decisions, with names unless the firm wants none (`names_in`).

    tables: folder of the run's tables. prepared: folder of the prepared tables, for the names.
    """
    names = _names(page.engagement, prepared)
    alerts = table(tables / "alerts.parquet")
    for name in ("step", "level"):
        if name in alerts:
            alerts[name] = [page.say.translate(text) for text in alerts[name]]
    return (
        Sheet("Alerts", named(alerts, names), "There is no alert."),
        _register(ACTIONS, registers.actions, names, page.say),
        _register(DECISION_REGISTER, registers.decisions, names, page.say),
    )


def named(frame: pd.DataFrame, names: Mapping[str, str] | None) -> pd.DataFrame:
    """The rows with the client's name after its code; without names, or with None, as they are."""
    if names is None or frame.empty:
        return frame
    known = frame["client_id"].map(names)
    if "name" in frame:  # of a prospect, typed by the consultant
        known = known.fillna(frame.pop("name"))
    frame.insert(1, "name", known)
    return frame


def known_names(prepared: Path) -> dict[str, str] | None:
    """The name of each client, as far as the client file gives it."""
    clients = table(prepared / "clients.parquet")
    if "name" not in clients:
        return None
    return dict(zip(clients["client_id"], clients["name"], strict=True))


def table(path: Path, *, by: str = "") -> pd.DataFrame:
    """A Parquet table as far as a sheet holds it; by: column whose largest values come first."""
    if not path.is_file():
        return pd.DataFrame()
    found = pq.read_table(path)
    if by:
        found = found.sort_by([(by, "descending"), ("client_id", "ascending")])
    frame: pd.DataFrame = found.slice(0, MAX_ROWS).to_pandas(date_as_object=True)
    return frame


def _names(engagement: Engagement, prepared: Path) -> dict[str, str] | None:
    privacy = engagement.privacy
    listed = privacy.mode == "codes" and "action_list" in privacy.names_in
    return known_names(prepared) if listed or privacy.mode == "names" else None


def _register(
    register: Register, rows: pd.DataFrame, names: Mapping[str, str] | None, say: Say
) -> Sheet:
    """A sheet that the consultant fills and the next run reads back."""
    frame = rows.copy()
    choices: dict[str, list[str]] = {}
    for name, kind in register.kinds.items():
        if kind in ("word", "flag"):
            words = register.words if kind == "word" else FLAGS
            choices[name] = [say.translate(text) for text in words.values()]
            frame[name] = [_word(value, words, say) for value in frame[name]]
        elif kind == "sentence":
            frame[name] = [say.translate(text) if text else None for text in frame[name]]
    frame = frame.drop(columns="name", errors="ignore") if names is None else named(frame, names)
    known = (*register.columns, "name")
    own = {name: f"{OWN}{name}" for name in map(str, frame) if name not in known}
    frame = frame.assign(**{name: frame[name].infer_objects() for name in own})
    labels = {key: name for name, key in own.items()}
    return Sheet(register.title, frame.rename(columns=own), "", labels, choices, is_said=True)


def _word(value: Any, written: Mapping[str, str], say: Say) -> str | None:
    if value is None or pd.isna(value):
        return None
    key = value if isinstance(value, str) else "yes" if value else "no"
    return say.translate(written[key])
