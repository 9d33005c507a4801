"""Cells that cannot be read, told all at once: where, the value found, what is allowed."""

import re
from typing import NoReturn

from clientaudit.errors import SHOWN_FAULTS, AuditError, Fault
from clientaudit.intake.mapping.casting import NO, NUMERIC, YES
from clientaudit.intake.mapping.columns import TargetColumn
from clientaudit.intake.mapping.plan import MappingTask, SourcePlan

SHOWN_LENGTH = 60
CURRENCY = re.compile(r"[$£€]|\b[A-Z]{3}\b")


def raise_faults(
    task: MappingTask, plans: list[SourcePlan], excluded: dict[int, str], errors: list[AuditError]
) -> NoReturn:
    """Raise AuditError with the faults of every column of every source.

    excluded: duplicates of a source, by its number. errors: faults of settings, told first.
    """
    faults = [f for error in errors for f in error.faults or [Fault("", error.message)]]
    counts = {group: count for error in errors for group, count in error.counts.items()}
    for plan in plans:
        faults += plan.questions
        found, numbers = _faults(task, plan, excluded.get(plan.number))
        faults += found
        for name, number in numbers.items():
            counts[name] = counts.get(name, 0) + number
    if len(errors) == 1 and not counts and not any(plan.questions for plan in plans):
        raise errors[0]
    assert faults, "a cell could not be read, and cannot be found again"
    raise AuditError(f"{task.table} cannot be read as the engagement says.", faults, counts)


def kept_rows(plan: SourcePlan, duplicates: str | None) -> str:
    """SQL of the rows of a source that its rules keep."""
    kept = f"from ({plan.sql}) q where step = 0"
    if duplicates:
        kept += f" and not exists (from {duplicates} d where d._file = q._file and d._row = q._row)"
    return kept


def any_fault(plan: SourcePlan) -> str:
    """SQL that is true for a row with a cell that cannot be read."""
    return " OR ".join(f"f_{column.name}" for column in plan.query.columns) or "false"


def _faults(
    task: MappingTask, plan: SourcePlan, duplicates: str | None
) -> tuple[list[Fault], dict[str, int]]:
    columns = plan.query.columns
    kept = kept_rows(plan, duplicates)
    totals = ", ".join(f"count(*) filter (f_{column.name})" for column in columns)
    row = task.connection.execute(f"select {totals} {kept}").fetchone() or ()
    counts = [(c, int(count)) for c, count in zip(columns, row, strict=True) if count]
    faults = [fault for column, _ in counts for fault in _examples(task, plan, column, kept)]
    return faults, {f"{task.table}.{column.name}": count for column, count in counts}


def _examples(task: MappingTask, plan: SourcePlan, column: TargetColumn, kept: str) -> list[Fault]:
    cells = [column.cell] if column.cell else list(column.operands.values())
    texts = "".join(f", {cell.text}" for cell in cells)
    numbers = "".join(f", {cell.number} IS NULL" for cell in column.operands.values())
    rows = task.connection.execute(
        f"select _file, _row{texts}{numbers} {kept} and f_{column.name} "
        f"order by _file, _row limit {SHOWN_FAULTS}"
    ).fetchall()
    faults = []
    for file, number, *values in rows:
        found, unread = values[: len(cells)], values[len(cells) :]
        problem = _problem(plan, column, found, unread)
        named = f', column "{column.cell.heading}"' if column.cell else f", {column.name}"
        where = plan.raw.where(file, number) + named
        faults.append(Fault(where, problem, f"{task.table}.{column.name}"))
    return faults


def _problem(
    plan: SourcePlan, column: TargetColumn, found: list[str | None], unread: list[bool]
) -> str:
    if column.formula:
        return _formula_problem(plan, column, found, unread)
    value = found[0] if found else column.mapping.value
    if value is None:
        return f"is empty; {column.name} is required. Drop such rows with is_empty: true, or fill."
    foreign = column.schema.kind == "money" and not plan.source.fx and CURRENCY.search(value)
    coin = f" Amounts are in {column.style.currency}: convert with fx_rate." if foreign else ""
    return f'"{_shortened(value)}" {_allowed(plan, column)}{coin}'


def _formula_problem(
    plan: SourcePlan, column: TargetColumn, found: list[str | None], unread: list[bool]
) -> str:
    named = list(zip(column.operands, found, unread, strict=True))
    shown = ", ".join(f"[{h}] = {_shortened(value or 'empty')}" for h, value, _ in named)
    bad = [f"[{heading}]" for heading, value, wrong in named if wrong and value is not None]
    if bad:
        return f"{shown}: {', '.join(bad)} is not a number{_decimal(plan, column)}."
    if any(value is None for value in found):
        return f"{shown}: {column.name} is required, and empty."
    return f"{shown}: the formula divides by zero, or its result cannot be held{_rate(plan)}."


def _allowed(plan: SourcePlan, column: TargetColumn) -> str:
    kind = column.schema.kind
    if column.is_mapped:
        return _allowed_map(column)
    if kind == "date":
        return (
            f"is not a date from 1900 to 2200; allowed: {', '.join(column.formats)}. "
            "Correct it, or set date_format."
        )
    if kind == "boolean":
        return f"is neither yes ({', '.join(YES)}) nor no ({', '.join(NO)}); use map."
    if kind == "enum":
        return f"is not one of {', '.join(column.schema.values)}; use map."
    if kind in NUMERIC:
        what = "whole number" if kind == "integer" else "number"
        what = "percentage of at most 100" if column.name == "discount_pct" else what
        what = (
            "share of at most 1 (0.35, or 35%; of 35 make [...] / 100)" if column.is_share else what
        )
        return f"is not a {what}{_decimal(plan, column)}, or too large{_rate(plan)}."
    return (
        "is the error of a spreadsheet, not a code. Correct its formula or widen its column, and "
        "save the export again; or drop such rows."
    )


def _allowed_map(column: TargetColumn) -> str:
    problem = "is not in its map, or maps to a value that is not allowed"
    if column.mapping.otherwise is None:
        return f"{problem}; add it or give otherwise."
    values = f"one of {', '.join(column.schema.values)}" if column.schema.values else "allowed"
    return f'{problem}, or its otherwise "{column.mapping.otherwise}" is not {values}.'


def _decimal(plan: SourcePlan, column: TargetColumn) -> str:
    cells = [column.cell] if column.cell else list(column.operands.values())
    if column.cell:
        mark, groups = column.style.decimal, column.style.thousands
    else:
        marks = {c.dialect.decimal or plan.detected.decimals.get(c.text, ".") for c in cells}
        mark, groups = " or ".join(sorted(marks)), ()
    shown = "".join(f' and "{group}"' for group in groups if group.strip())
    return f' with the decimal mark "{mark}" and thousands set apart by blanks{shown}'


def _rate(plan: SourcePlan) -> str:
    return ", or its fx_rate is empty or not positive" if plan.source.fx else ""


def _shortened(value: str) -> str:
    return value if len(value) <= SHOWN_LENGTH else value[: SHOWN_LENGTH - 1] + "…"
