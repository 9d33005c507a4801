"""One line of a FEC, typed: the columns that article A47 A-1 of the tax procedures code sets."""

from clientaudit.errors import AuditError, Fault
from clientaudit.intake.mapping.date_text import ISO, date_sql, in_calendar
from clientaudit.intake.mapping.number_text import MONEY, NumberStyle, plain_number
from clientaudit.intake.reading.relation import RawTable
from clientaudit.intake.sql import identifier, layered, listed, literal

FEC_DATE = "%Y%m%d"
COLUMNS = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib",
    "CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit",
    "EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise",
)  # fmt: skip
NEEDED = (*COLUMNS[:10], "EcritureLet", "DateLet")
FILLED = ("EcritureNum", "EcritureDate", "CompteNum")
DEBIT, CREDIT = ("D", "+1", "1", "+"), ("C", "-1", "-")
PROBLEMS = {
    "EcritureNum": "is empty; every line of a FEC bears the number of its entry.",
    "CompteNum": "is empty; every line of a FEC bears an account.",
    "EcritureDate": "is not a date from 1900 to 2200; a FEC writes dates as AAAAMMJJ (20251231).",
    "PieceDate": "is not a date from 1900 to 2200; a FEC writes dates as AAAAMMJJ (20251231).",
    "DateLet": "is not a date from 1900 to 2200; a FEC writes dates as AAAAMMJJ (20251231).",
    "Debit": "is not a number.",
    "Credit": "is not a number.",
    "Sens": "is neither debit (D or +1) nor credit (C or -1).",
}


def refuse_other_files(raw: RawTable) -> None:
    """Raise AuditError if a file that was read is no FEC, with the columns that it lacks."""
    found = _headings(raw)
    lacking = [name for name in NEEDED if name.casefold() not in found]
    if not ({"debit", "credit"} <= found.keys() or {"montant", "sens"} <= found.keys()):
        lacking.append("Debit and Credit (or Montant and Sens)")
    if lacking:
        name = raw.files[0].name
        headings = ", ".join(column.name for column in raw.columns[:20])
        raise AuditError(
            f"{name}: is no FEC: it lacks {', '.join(lacking)}. A FEC has the 18 columns "
            f"{' '.join(COLUMNS)}; this file has {headings}.",
            [Fault(name, f"is no FEC: it lacks {', '.join(lacking)}.")],
        )


def decimal_query(raw: RawTable) -> str:
    """SQL that counts the lines of a file whose amounts are written with a comma."""
    found = _headings(raw)
    amounts = [found[name] for name in ("debit", "credit", "montant") if name in found]
    comma = " or ".join(f"contains({_text(name)}, ',')" for name in amounts)
    return f"select count(*) from {identifier(raw.relation)} where {comma}"


def lines_sql(raw: RawTable, file: int, *, decimal: str) -> str:
    """SQL of the lines of one file.

    raw: one file, as read. file: its number. decimal: its decimal mark.

    One row per line: _file, _row, the 18 columns as trimmed text ('' where empty), day (of the
    entry), piece_day, matched_day, amount (debit less credit), fault (the first column that
    cannot be read, or NULL).
    """
    formats = list(dict.fromkeys([FEC_DATE, *(raw.dialect.date_format or []), ISO]))
    style = NumberStyle(decimal, (), "EUR")
    days = {"day": "EcritureDate", "piece_day": "PieceDate", "matched_day": "DateLet"}
    sides = {f"_{side}": f"try_cast({plain_number(side, style)} as {MONEY})" for side in
             ("Debit", "Credit")}  # fmt: skip
    query = layered(
        _texts(raw, file),
        sides | {name: in_calendar(date_sql(column, formats)) for name, column in days.items()},
        {"amount": "coalesce(_Debit, 0) - coalesce(_Credit, 0)"},
        {"fault": _first_fault(days)},
    )
    return f"select * exclude (_Debit, _Credit, _side) from ({query})"


def _texts(raw: RawTable, file: int) -> str:
    found = _headings(raw)
    values = {name: _text(found[name.casefold()]) for name in COLUMNS if name.casefold() in found}
    values = dict.fromkeys(COLUMNS, "''") | values
    side = "true"
    if not {"debit", "credit"} <= found.keys():
        amount, sign = _text(found["montant"]), f"upper({_text(found['sens'])})"
        debit, credit = f"{sign} in {listed(DEBIT)}", f"{sign} in {listed(CREDIT)}"
        values["Debit"] = f"case when {debit} then {amount} else '' end"
        values["Credit"] = f"case when {credit} then {amount} else '' end"
        side = f"{debit} or {credit} or {amount} = ''"
    selected = ", ".join(f"{sql} as {name}" for name, sql in values.items())
    return (
        f"select cast({file} as integer) as _file, _row, {selected}, ({side}) as _side "
        f"from {identifier(raw.relation)}"
    )


def _first_fault(days: dict[str, str]) -> str:
    tests = {name: f"{name} = ''" for name in FILLED}
    tests |= {column: f"{column} <> '' and {name} is null" for name, column in days.items()}
    tests["EcritureDate"] = "day is null"
    tests |= {side: f"{side} <> '' and _{side} is null" for side in ("Debit", "Credit")}
    tests["Sens"] = "not _side"
    whens = " ".join(f"when {test} then {literal(name)}" for name, test in tests.items())
    return f"case {whens} end"


def _headings(raw: RawTable) -> dict[str, str]:
    """The file's headings, by their form without blanks and capitals."""
    return {"".join(column.name.casefold().split()): column.name for column in raw.columns}


def _text(heading: str) -> str:
    return f"coalesce(trim(cast({identifier(heading)} as varchar)), '')"
