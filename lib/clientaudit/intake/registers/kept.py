"""The registers that a consultant keeps in the workbook of a run: actions and decisions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from python_calamine import CalamineWorkbook

from clientaudit.errors import AuditError, Fault
from clientaudit.intake.reading.excel import open_workbook
from clientaudit.intake.registers.cells import Cells, Codes, alike
from clientaudit.intake.registers.sheet import SheetRows, sheet_rows

Kind = Literal["client", "text", "sentence", "date", "word", "flag"]
STATUSES = {"open": "to do", "done": "done", "dropped": "dropped"}
OPEN, DROPPED = "open", "dropped"
DECISIONS = {
    "class_A": "class A",
    "class_B": "class B",
    "class_C": "class C",
    "class_D": "class D",
    "keep": "keep",
    "fix": "put right",
    "release": "let go",
    "refused": "refused",
    "re_entry": "taken back",
}
FLAGS = {"yes": "yes", "no": "no"}


@dataclass(frozen=True)
class Register:
    """One sheet that comes back: its name, and the kind of each of its columns, in order.

    keys: columns that the sheet must have. filled: columns that no row may leave empty. words:
    what the column `word` may hold, and how it is written in English.
    """

    title: str
    kinds: Mapping[str, Kind]
    keys: tuple[str, ...]
    filled: tuple[str, ...]
    words: Mapping[str, str]

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in their order on the sheet."""
        return list(self.kinds)


ACTIONS = Register(
    "Actions",
    {
        "client_id": "client",
        "date": "date",
        "action": "sentence",
        "owner": "text",
        "due_on": "date",
        "status": "word",
        "comment": "text",
    },
    ("client_id", "action", "status"),
    ("client_id", "action"),
    STATUSES,
)
DECISION_REGISTER = Register(
    "Decisions",
    {
        "client_id": "client",
        "prospect_id": "text",
        "date": "date",
        "decision": "word",
        "reason_code": "sentence",
        "told_honestly": "flag",
        "override_by": "text",
        "override_reason": "text",
        "review_on": "date",
    },
    ("client_id", "date", "decision"),
    ("date", "decision"),
    DECISIONS,
)


def _empty(register: Register) -> pd.DataFrame:
    return pd.DataFrame(columns=register.columns, dtype=object)


@dataclass(frozen=True)
class Registers:
    """The rows of both registers, further columns of the consultant's included.

    actions: client_id, date, action, owner, due_on, status, comment. decisions: client_id,
    prospect_id, date, decision, reason_code, told_honestly, override_by, override_reason,
    review_on. Dates are `datetime.date`; None where a cell is empty. Statuses and decisions are
    the keys of STATUSES and DECISIONS. proposed: the actions as the run had written them, where
    it had made them up itself: client_id, action, owner, due_on, table.
    """

    actions: pd.DataFrame = field(default_factory=lambda: _empty(ACTIONS))
    decisions: pd.DataFrame = field(default_factory=lambda: _empty(DECISION_REGISTER))
    proposed: pd.DataFrame = field(default_factory=pd.DataFrame)


def read_registers(workbook: Path, *, clients: Iterable[str]) -> Registers:
    """The registers of a workbook that a consultant has worked in, in French or English.

    clients: every code that may stand in them; a code that a spreadsheet has turned into a number
        is recognised where only one of them can be meant.

    Rows and columns may stand in any order. Without a workbook, both are empty.
    Raises AuditError with every fault of both sheets: a sheet or a key column that is missing, a
    cell that cannot be what its column holds, a column without a heading.
    """
    if not workbook.is_file():
        return Registers()
    faults: list[Fault] = []
    codes = Codes(clients)
    with open_workbook(workbook, workbook.name) as book:
        actions, decisions = (
            _register(workbook, book, register, codes, faults)
            for register in (ACTIONS, DECISION_REGISTER)
        )
    if faults:
        counts = {workbook.name: len(faults)}
        raise AuditError(f"{workbook}: its registers cannot be read.", faults, counts)
    return Registers(actions, decisions)


def _register(
    workbook: Path,
    book: CalamineWorkbook,
    register: Register,
    codes: Codes,
    faults: list[Fault],
) -> pd.DataFrame:
    sheet = sheet_rows(workbook, book, register.title, register.columns, faults)
    missing = [name for name in register.keys if sheet and name not in sheet.places]
    if sheet is None or missing:
        faults += [Fault(sheet.where, sheet.missing(name)) for name in missing] if sheet else []
        return _empty(register)
    cells = Cells(codes, sheet.language, register.words, FLAGS)
    rows = list(_rows(register, sheet, cells, faults))
    further = [name for name in sheet.places if name not in register.kinds]
    columns = [*register.columns, *further, *sheet.extra]
    frame = pd.DataFrame(rows, columns=columns, dtype=object)
    for name in sheet.extra:
        frame[name] = pd.Series(alike(frame[name].tolist()), frame.index, dtype=object)
    return frame.where(frame.notna(), None)


def _rows(
    register: Register, sheet: SheetRows, cells: Cells, faults: list[Fault]
) -> Iterator[dict[str, Any]]:
    for number, values in sheet.rows:
        found: dict[str, Any] = {name: values[at] for name, at in sheet.extra.items()}
        for name, at in sheet.places.items():
            kind = register.kinds.get(name, "text")
            try:
                found[name] = cells.read(kind, values[at])
            except ValueError as problem:
                faults.append(Fault(sheet.cell(number, at), str(problem)))
                found[name] = values[at]
        yield _checked(register, sheet, number, found, faults)


def _checked(
    register: Register, sheet: SheetRows, number: int, row: dict[str, Any], faults: list[Fault]
) -> dict[str, Any]:
    """The row, if it says what no row may leave out; what is empty by default is filled."""
    for name in register.filled:
        if row.get(name) is None:
            at = sheet.places[name]
            faults.append(Fault(sheet.cell(number, at), f"{sheet.heading(name)} is empty."))
    named = row.get("client_id") or row.get("prospect_id")
    if "client_id" not in register.filled and not named:
        at = sheet.places["client_id"]
        faults.append(Fault(sheet.cell(number, at), f"{sheet.heading('client_id')} is empty."))
    if register is ACTIONS:
        row["status"] = row["status"] or OPEN
    return row
