"""CRM files: the lists of a run as csv that the firm's own software reads without a question."""

import csv
import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from clientaudit.report.columns import cleaned, heading
from clientaudit.text import Say

ALERTS = (
    "client_id", "reasons", "due_date", "rep_id", "step", "stake", "level", "is_strategic",
    "unanswered_count", "contract_end", "is_untouched",
)  # fmt: skip
FILES = {"alerts": ALERTS}  # tables of the run that become crm/NAME.csv, and their columns
SEPARATORS = {"fr": (";", ","), "en": (",", ".")}  # between fields, before decimals
OURS = ("step", "level")  # columns of our own words
# A spreadsheet takes a text that begins so for a formula (CWE-1236).
FORMULA = re.compile(r"[=+\-@\x00-\x20]")


def write_crm(folder: Path, *, tables: Path, say: Say) -> None:
    """Write crm/NAME.csv for each list that the run holds; no list, no file.

    tables: folder of the run's Parquet tables. UTF-8 with a byte-order mark, so that Excel reads
    the accents; dates as YYYY-MM-DD; a text that could be a formula begins with an apostrophe.
    """
    for name, columns in FILES.items():
        source = tables / f"{name}.parquet"
        if source.is_file():
            folder.mkdir(exist_ok=True)
            rows = pd.read_parquet(source)
            # Who refuses to be solicited is on no list (R84).
            kept = rows[~rows["is_opted_out"]].reindex(columns=list(columns))
            write_list(folder / f"{name}.csv", kept, say)


def write_list(path: Path, frame: pd.DataFrame, say: Say) -> None:
    """One frame as csv: headings and our own words in the reader's language, amounts in cents."""
    between, point = SEPARATORS[say.language]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=between, lineterminator="\r\n")
        writer.writerow([heading(str(name), say, {}) for name in frame])
        writer.writerows(_rows(frame, point, say))


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
