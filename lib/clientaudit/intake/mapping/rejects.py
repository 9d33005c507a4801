"""The rows that were not kept, with the reason, for whoever wants to look at them."""

import re
from collections.abc import Iterator, Sequence

import duckdb

from clientaudit.intake.mapping.conditions import described
from clientaudit.intake.mapping.overlaps import FOUND
from clientaudit.intake.mapping.plan import MappingTask, SourcePlan
from clientaudit.intake.mapping.rule_counts import RuleCount
from clientaudit.intake.reading.relation import RawTable
from clientaudit.intake.sql import identifier, literal

ROW = "q._file, q._row, q.step, to_json(q.raw_line) as raw_line"
NO_OVERLAP = "CAST(NULL AS INTEGER) as kept_file, CAST(NULL AS VARCHAR) as overlap"


def write_rejected(
    task: MappingTask,
    plans: list[SourcePlan],
    duplicates: dict[int, str],
    overlaps: Sequence[RuleCount],
) -> None:
    """Write every rejected row: table, file, line, step, why, row (its cells as JSON text).

    line: the line of a csv, the row of a sheet or of a Parquet file.
    """
    names = ", ".join(literal(file.name) for plan in plans for file in plan.raw.files)
    out = task.out / f"rejected_rows_{task.table}.parquet"
    selects = []
    for plan in plans:
        found = duplicates.get(plan.number)
        shared = any(rule.source == plan.number for rule in overlaps)
        if plan.query.rules or found or shared:
            _write_lines(task.connection, plan.raw)
            rows = _rows(plan, found) + (_overlapping(plan) if shared else "")
            selects.append(_rejected(plan, rows, names))
    task.connection.execute(
        f'copy (select {literal(task.table)} as "table", file, line, step, why, '
        f"CAST(raw_line AS VARCHAR) as row from ({' union all by name '.join(selects)}) "
        f"order by _source, _file, _row) to {literal(str(out))} (format parquet)"
    )


def _rejected(plan: SourcePlan, rows: str, names: str) -> str:
    """SQL of the rejected rows of one source, with where they stand and why they are out."""
    rules = plan.query.rules
    steps = ", ".join(literal(step) for step in ("unique", *(rule.step for rule in rules)))
    other = f"'also in ' || [{names}][kept_file + 1]"
    reasons = [rule.why or described(rule.condition) for rule in rules]
    whys = ", ".join(literal(why) for why in (None, *reasons))
    files = ", ".join(literal(file.name) for file in plan.raw.files)
    first = f"'duplicate of ' || [{files}][first_file + 1] || ', line ' || (f.shift + first_row)"
    lines = identifier(_lines_name(plan.raw))
    return (
        f"select {plan.number} as _source, r._file, r._row, [{files}][r._file + 1] as file, "
        f"l.shift + r._row as line, coalesce(overlap, [{steps}][step + 1]) as step, raw_line, "
        f"coalesce({other}, CAST([{whys}] AS VARCHAR[])[step + 1], {first}) as why "
        f"from ({rows}) r "
        f"asof join {lines} l on l._file = r._file and l._row <= r._row "
        f"asof left join {lines} f on f._file = r.first_file and f._row <= r.first_row"
    )


def _rows(plan: SourcePlan, duplicates: str | None) -> str:
    nothing = "CAST(NULL AS INTEGER) as first_file, CAST(NULL AS BIGINT) as first_row"
    rows = f"select {ROW}, {nothing}, {NO_OVERLAP} from ({plan.sql}) q where step > 0"
    if not duplicates:
        return rows
    return (
        f"{rows} union all select {ROW}, d.first_file, d.first_row, {NO_OVERLAP} "
        f"from ({plan.sql}) q join {duplicates} d on d._file = q._file and d._row = q._row"
    )


def _overlapping(plan: SourcePlan) -> str:
    """SQL that adds the rows that stay in another file."""
    return (
        f" union all select {ROW}, NULL, NULL, d.kept_file, d.step from ({plan.sql}) q "
        f"join {identifier(FOUND)} d on d._file = q._file + {plan.first_file} and d._row = q._row"
    )


def _lines_name(raw: RawTable) -> str:
    return f"{raw.relation} lines"


def _write_lines(connection: duckdb.DuckDBPyConnection, raw: RawTable) -> None:
    """Write where the rows stand: from `_row` on, the line is the row plus `shift`."""
    name = identifier(_lines_name(raw))
    connection.execute(
        f"create or replace temp table {name} (_file integer, _row bigint, shift bigint)"
    )
    last_rows = connection.execute(
        f"select _file, max(_row) from {identifier(raw.relation)} group by _file order by _file"
    ).fetchall()
    shifts = [(file, *shift) for file, last in last_rows for shift in _shifts(raw, file, 1, last)]
    connection.executemany(f"insert into {name} values (?, ?, ?)", shifts)


def _shifts(raw: RawTable, file: int, first: int, last: int) -> Iterator[tuple[int, int]]:
    """(row, line minus row) wherever lines stop following rows; a row takes a line or more."""
    start, end = _line(raw, file, first), _line(raw, file, last)
    if end - start == last - first:
        yield first, start - first
        return
    middle = (first + last) // 2
    yield from _shifts(raw, file, first, middle)
    yield from _shifts(raw, file, middle + 1, last)


def _line(raw: RawTable, file: int, row: int) -> int:
    """The number at the end of `ventes.csv, line 812`."""
    found = re.search(r"\d+$", raw.where(file, row))
    assert found is not None
    return int(found[0])
