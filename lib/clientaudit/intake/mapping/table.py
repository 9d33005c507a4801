"""Raw exports become one canonical table, as the engagement's mapping says."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from clientaudit.errors import AuditError
from clientaudit.intake.mapping.casting import SQL_TYPES
from clientaudit.intake.mapping.cell_faults import any_fault, kept_rows, raise_faults
from clientaudit.intake.mapping.duplicates import (
    ALL_ALIKE,
    UnlikeDuplicates,
    unlike_duplicates,
    write_duplicates,
)
from clientaudit.intake.mapping.overlaps import FOUND, NO_OVERLAPS, Overlaps, find_overlaps
from clientaudit.intake.mapping.plan import MappingTask, SourcePlan, plan_source
from clientaudit.intake.mapping.rejects import write_rejected
from clientaudit.intake.mapping.rule_counts import REJECTING, RuleCount, overlap_counts, rule_counts
from clientaudit.intake.reading.files import find_files
from clientaudit.intake.reading.parquet import refuse_damage
from clientaudit.intake.reading.relation import SourceFile
from clientaudit.intake.sql import copy_sql, identifier, literal
from clientaudit.schema import TABLES
from clientaudit.settings.sources import Source

__all__ = ["MappedTable", "RuleCount", "map_table"]
UNREADABLE = "a cell cannot be read"


@dataclass(frozen=True)
class MappedTable:
    """A canonical table on disk, and how its rows came about.

    columns: canonical columns present, in the order of the schema. files: `_file` counts them.
    overlaps: what two files of invoice lines held both, and was counted once. unlike: lines that
    `unique` set aside though their amount is another.
    """

    name: str
    path: Path
    rows: int
    files: tuple[SourceFile, ...]
    rules: tuple[RuleCount, ...]
    columns: tuple[str, ...]
    overlaps: Overlaps = NO_OVERLAPS
    unlike: UnlikeDuplicates = ALL_ALIKE


def map_table(task: MappingTask, sources: list[Source]) -> MappedTable:
    """Read and map the sources of one canonical table.

    Order of work on one source: read, join, keep, drop, columns, credit notes, unique; then
    invoices that two exports hold are counted once.
    Writes `out/<name>.parquet` with the canonical columns that are mapped, typed, and `_source`
    SMALLINT, `_file` INTEGER, `_row` BIGINT (where a row comes from); and
    `out/rejected_rows_<name>.parquet` with every row that was not kept, if any.
    Raises AuditError with all faults of all sources at once.
    """
    try:
        return _mapped(task, sources)
    except duckdb.Error:
        # Parquet files are read as they lie: damage shows wherever a query meets it.
        for source in (own for each in sources for own in (each, *each.join)):
            for file in find_files(source.files, task.folder):
                refuse_damage(task.connection, file)
        raise
    finally:
        _forget(task.connection, task.table)


def _mapped(task: MappingTask, sources: list[Source]) -> MappedTable:
    plans, errors = _plans(task, sources)
    duplicates = _duplicates(task.connection, plans, errors)
    path = task.out / f"{task.table}.parquet"
    columns = _columns(task.table, plans)
    is_open = bool(errors) or any(plan.questions for plan in plans)
    if is_open or not _write(task.connection, plans, duplicates, columns, path):
        raise_faults(task, plans, duplicates, errors)
    overlaps = _count_once(task, plans, path)
    twice = overlap_counts(overlaps, plans)
    rules = tuple(
        rule
        for plan in plans
        for rule in rule_counts(task.connection, plan, duplicates.get(plan.number), twice, path)
    )
    if any(rule.rows for rule in rules if rule.step in REJECTING):
        write_rejected(task, plans, duplicates, twice)
    rows = sum(rule.rows for rule in rules if rule.step == "kept")
    files = tuple(file for plan in plans for file in plan.files)
    unlike = unlike_duplicates(task.connection, duplicates.values())
    return MappedTable(task.table, path, rows, files, rules, columns, overlaps, unlike)


def _plans(task: MappingTask, sources: list[Source]) -> tuple[list[SourcePlan], list[AuditError]]:
    plans: list[SourcePlan] = []
    errors: list[AuditError] = []
    for number, source in enumerate(sources):
        try:
            first = sum(len(plan.raw.files) for plan in plans)
            plans.append(plan_source(task, number, first, source))
        except AuditError as error:
            errors.append(error)
    return plans, errors


def _duplicates(
    connection: duckdb.DuckDBPyConnection, plans: list[SourcePlan], errors: list[AuditError]
) -> dict[int, str]:
    tables = {}
    for plan in plans:
        try:
            if table := write_duplicates(connection, plan):
                tables[plan.number] = table
        except AuditError as error:
            errors.append(error)
    return tables


def _columns(name: str, plans: list[SourcePlan]) -> tuple[str, ...]:
    present = {column for plan in plans for column in plan.query.names}
    return tuple(column.name for column in TABLES[name].columns if column.name in present)


def _write(
    connection: duckdb.DuckDBPyConnection,
    plans: list[SourcePlan],
    duplicates: dict[int, str],
    columns: tuple[str, ...],
    path: Path,
) -> bool:
    """Read, cast and write in one pass; False if a cell cannot be read, which stops it."""
    selects = [_select(plan, duplicates.get(plan.number), columns) for plan in plans]
    try:
        connection.execute(copy_sql(" union all ".join(selects), path))
    except duckdb.InvalidInputException as error:
        if UNREADABLE not in str(error):
            raise
        return False
    return True


def _select(plan: SourcePlan, duplicates: str | None, columns: tuple[str, ...]) -> str:
    schema = TABLES[plan.query.table]
    values = []
    for name in columns:
        value = f"o_{name}" if name in plan.query.names else "NULL"
        kind = SQL_TYPES[schema.column(name).kind]
        values.append(f"CAST({value} AS {kind}) as {identifier(name)}")
    row = f"CASE WHEN {any_fault(plan)} THEN error({literal(UNREADABLE)}) ELSE _row END"
    values += [
        f"CAST({plan.number} AS SMALLINT) as _source",
        f"CAST(_file + {plan.first_file} AS INTEGER) as _file",
        f"CAST({row} AS BIGINT) as _row",
    ]
    return f"select {', '.join(values)} {kept_rows(plan, duplicates)}"


def _count_once(task: MappingTask, plans: list[SourcePlan], path: Path) -> Overlaps:
    """Leave out of the invoice lines what another export holds too."""
    if task.table != "transactions" or sum(len(plan.raw.files) for plan in plans) < 2:
        return NO_OVERLAPS
    mapped_by_all = set.intersection(*(set(plan.query.names) for plan in plans))
    overlaps = find_overlaps(task.connection, path, mapped_by_all)
    if overlaps.pairs:
        rest = path.with_name("transactions_once.parquet")
        lines = f"read_parquet({literal(str(path))})"
        once = f"select * from {lines} anti join {identifier(FOUND)} using (_file, _row)"
        task.connection.execute(copy_sql(f"{once} order by _source, _file, _row", rest))
        rest.replace(path)
    return overlaps


def _forget(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Drop what the reading and the mapping of a table left in the database."""
    for kind in ("view", "table"):
        rows = connection.execute(
            f"select distinct {kind}_name from duckdb_{kind}s() where starts_with({kind}_name, $1)",
            [f"{name} "],
        ).fetchall()
        for (relation,) in rows:
            connection.execute(f"drop {kind} if exists {identifier(relation)}")
