"""CRM files: the lists of a run as csv that the firm's own software reads without a question."""

import csv
import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from clientaudit.intake.registers.kept import OPEN
from clientaudit.report.columns import heading
from clientaudit.text import Say, cleaned

ALERTS = (
    "client_id", "reasons", "due_date", "rep_id", "step", "stake", "level", "is_strategic",
    "unanswered_count", "contract_end", "is_untouched",
)  # fmt: skip
CLASSES = (
    "client_id", "grid_class", "previous_class", "actions", "contact_frequency", "rep_id",
    "next_contact_date",
)  # fmt: skip
TO_SOLICIT = ["actions", "contact_frequency", "next_contact_date"]
TASKS = ("client_id", "action", "owner", "due_on", "comment")
LISTS = ("alerts", "grid_clients", "grid_actions")  # tables that say who refuses solicitation
SEPARATORS = {"fr": (";", ","), "en": (",", ".")}  # between fields, before decimals
OURS = ("step", "level", "actions", "action")  # columns of our own words
# A spreadsheet takes a text that begins so for a formula (CWE-1236).
FORMULA = re.compile(r"[=+\-@\x00-\x20]")


def write_crm(
    folder: Path, *, tables: Path, prepared: Path, actions: pd.DataFrame, say: Say
) -> None:
    """Write crm/alerts.csv, classes.csv and tasks.csv for what the run holds; no list, no file.

    tables: folder of the run's Parquet tables. prepared: folder of the prepared tables. actions:
    the register of actions; those that are open become tasks. Who refuses solicitation is on no
    list of calls, and has a class without any (R84). UTF-8 with a byte-order mark, so that Excel
    reads the accents; dates as YYYY-MM-DD; a text that could be a formula begins with an
    apostrophe.
    """
    refusing = _refusing(tables, prepared)
    files: dict[str, pd.DataFrame] = {}
    if (alerts := _table(tables / "alerts.parquet")) is not None:
        files["alerts"] = _without(alerts, refusing).reindex(columns=list(ALERTS))
    if (classes := _table(tables / "grid_clients.parquet")) is not None:
        files["classes"] = _classes(classes, refusing)
    if len(actions):
        tasks = actions[actions["status"] == OPEN]
        files["tasks"] = _without(tasks, refusing).reindex(columns=list(TASKS))
    for name, frame in files.items():
        folder.mkdir(exist_ok=True)
        write_list(folder / f"{name}.csv", frame, say)


def write_list(path: Path, frame: pd.DataFrame, say: Say) -> None:
    """One frame as csv: headings and our own words in the reader's language, amounts in cents."""
    between, point = SEPARATORS[say.language]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=between, lineterminator="\r\n")
        writer.writerow([heading(str(name), say, {}) for name in frame])
        writer.writerows(_rows(frame, point, say))


def _classes(classes: pd.DataFrame, refusing: set[str]) -> pd.DataFrame:
    """The class of each client, and what to do for those who may be solicited."""
    found = classes.reindex(columns=list(CLASSES))
    found["contact_frequency"] = found["contact_frequency"].astype("Int64")
    found[TO_SOLICIT] = found[TO_SOLICIT].mask(found["client_id"].isin(refusing))
    return found


def _refusing(tables: Path, prepared: Path) -> set[str]:
    """The clients who refuse to be solicited, by the lists of the run and the client file."""
    found: set[str] = set()
    for path, flag in (
        *((tables / f"{name}.parquet", "is_opted_out") for name in LISTS),
        (prepared / "clients.parquet", "opt_out"),
    ):
        rows = _table(path)
        if rows is not None and flag in rows:
            found.update(rows.loc[rows[flag].eq(True).fillna(False), "client_id"])
    return found


def _without(rows: pd.DataFrame, refusing: set[str]) -> pd.DataFrame:
    return rows[~rows["client_id"].isin(refusing)]


def _table(path: Path) -> pd.DataFrame | None:
    return pd.read_parquet(path) if path.is_file() else None


def _rows(frame: pd.DataFrame, point: str, say: Say) -> Iterator[list[str]]:
    ours = [name in OURS for name in frame]
    for values in frame.itertuples(index=False, name=None):
        yield [_written(v, o, point, say) for v, o in zip(values, ours, strict=True)]


def _written(value: Any, is_ours: bool, point: str, say: Say) -> str:
    if pd.isna(value):
        return ""
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, dt.date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"{value:.2f}".replace(".", point)
    text = cleaned(value)
    text = say.translate(text) if is_ours else text
    return f"'{text}" if FORMULA.match(text) else text
