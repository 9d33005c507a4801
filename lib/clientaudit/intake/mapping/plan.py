"""From one source of the engagement file to its query: read, resolve the headings, detect."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import duckdb

from clientaudit.errors import AuditError, Fault
from clientaudit.intake.fec.books import Books
from clientaudit.intake.fec.preset import with_preset
from clientaudit.intake.mapping.casting import NUMERIC
from clientaudit.intake.mapping.cells import Cell, Headings, relation_cells
from clientaudit.intake.mapping.columns import TargetColumn
from clientaudit.intake.mapping.detection import Detected, detect
from clientaudit.intake.mapping.formula import headings as formula_headings
from clientaudit.intake.mapping.formula import parse_formula
from clientaudit.intake.mapping.joins import LookUp, add_look_up, write_keyed
from clientaudit.intake.mapping.maps import MapTable, write_map, write_map_file
from clientaudit.intake.mapping.number_text import NumberStyle
from clientaudit.intake.mapping.query import Rule, SourceQuery
from clientaudit.intake.reading.files import folder_of
from clientaudit.intake.reading.relation import RawTable, SourceFile, read_source
from clientaudit.schema import TABLES
from clientaudit.settings.sources import ColumnMapping, Condition, Dialect, Source


@dataclass(frozen=True)
class MappingTask:
    """What the mapping of one canonical table works with.

    home: folder of the engagement file, where a map_file may also stand. books: the accounts, for
    the sources whose preset is fec. out: the folder written.
    """

    table: str
    home: Path
    defaults: Dialect
    currency: str
    books: Books
    out: Path

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        return self.books.connection

    @property
    def folder(self) -> Path:
        """Where the exports are."""
        return self.books.folder


@dataclass(frozen=True)
class SourcePlan:
    """One source, ready to run: sql over its rows, and the questions that detection leaves.

    number: from 0. first_file: place of its first file among the files of the table.
    """

    number: int
    first_file: int
    source: Source
    raw: RawTable
    query: SourceQuery
    detected: Detected
    sql: str
    questions: tuple[Fault, ...]

    @property
    def files(self) -> tuple[SourceFile, ...]:
        """The files, with what was detected of how their values are written."""
        sure = [s.sql for s in self.query.subjects() if not s.cell.origin]
        sure = [sql for sql in sure if sql in self.detected.sure]
        formats = {self.detected.formats[sql] for sql in sure if sql in self.detected.formats}
        marks = {self.detected.decimals[sql] for sql in sure if sql in self.detected.decimals}
        found: dict[str, object] = {"date_format": sorted(formats)} if formats else {}
        if len(marks) == 1:
            found["decimal"] = marks.pop()
        return tuple(
            replace(
                file,
                dialect=file.dialect.model_copy(update=found),
                detected=tuple(dict.fromkeys((*file.detected, *found))),
                doubled=self._unclear(file.doubled),
            )
            for file in self.raw.files
        )

    def _unclear(self, doubled: Iterable[str]) -> tuple[str, ...]:
        """The headings in use that stand several times, and no other of their columns is in use."""
        used = {cell.heading for cell in self.query.cells if not cell.origin}
        return tuple(
            name
            for name in doubled
            if name in used and not any(other.startswith(f"{name} (") for other in used)
        )


def plan_source(task: MappingTask, number: int, first_file: int, source: Source) -> SourcePlan:
    """Read one source and write its query.

    Raises AuditError with every fault of its settings: headings that do not exist, keys that
    stand twice in a look-up, formulas, patterns, units, maps.
    """
    name, source = f"{task.table} {number}", with_preset(task.table, source)
    if source.preset:
        raw = task.books.table(task.table, name, source)
    else:
        raw = read_source(task.connection, name, source, folder=task.folder, defaults=task.defaults)
    where = f"{task.table}, {', '.join(source.files)}"
    cells = relation_cells(task.connection, raw, "s")
    headings = Headings(where, cells, raw)
    query = _Resolver(task, source, headings, name).query(raw, cells)
    currency = "" if source.fx else task.currency
    detected = detect(task.connection, query.detectable(), query.subjects(), currency)
    query = query.written(detected, currency)
    sql = query.sql(detected, currency)
    questions = tuple(
        Fault(f'{where}, column "{subject.cell.heading}"', detected.questions[subject.sql])
        for subject in query.subjects()
        if subject.sql in detected.questions
    )
    return SourcePlan(number, first_file, source, raw, query, detected, sql, questions)


class _Resolver:
    """Every name of one source resolved; faults are gathered, then raised together."""

    def __init__(
        self, task: MappingTask, source: Source, headings: Headings, relation: str
    ) -> None:
        self.task = task
        self.source = source
        self.headings = headings
        self.relation = relation
        self.defaults = source.defaults.over(task.defaults)

    def query(self, raw: RawTable, cells: list[Cell]) -> SourceQuery:
        """The query of the source. Raises AuditError with all faults."""
        look_ups = self._look_ups()
        columns = self._columns()
        maps = [found for column in columns if (found := self._map(column))]
        rules = [self._rule("keep", condition, "") for condition in self.source.keep]
        rules += [self._rule("drop", condition, condition.why) for condition in self.source.drop]
        credit = self._credit_cell()
        self._check_fx()
        if self.headings.faults:
            message = f"{self.headings.where}: the mapping cannot be used."
            raise AuditError(message, self.headings.faults)
        return SourceQuery(
            table=self.task.table,
            relation=raw.relation,
            source_cells=tuple(cells),
            cells=tuple(self.headings.used.values()),
            look_ups=tuple(look_ups),
            columns=tuple(columns),
            maps=tuple(maps),
            rules=tuple(rule for rule in rules if rule),
            credit_notes=self.source.credit_notes,
            credit_cell=credit,
            fx=self.source.fx,
        )

    def _fault(self, problem: str) -> None:
        self.headings.faults.append(Fault(self.headings.where, problem))

    def _look_ups(self) -> list[LookUp]:
        found = []
        for i, join in enumerate(self.source.join, start=1):
            raw = read_source(
                self.task.connection,
                f"{self.relation} join {i}",
                join,
                folder=self.task.folder,
                defaults=self.defaults,
            )
            look_up = add_look_up(self.task.connection, join, raw, self.headings)
            if look_up:
                self.headings.faults += write_keyed(self.task.connection, look_up)
                found.append(look_up)
        return found

    def _columns(self) -> list[TargetColumn]:
        order = [column.name for column in TABLES[self.task.table].columns]
        names = sorted(self.source.columns, key=order.index)
        return [c for name in names if (c := self._column(name, self.source.columns[name]))]

    def _column(self, name: str, mapping: ColumnMapping) -> TargetColumn | None:
        column = TargetColumn(TABLES[self.task.table].column(name), mapping)
        self._check_column(column)
        if mapping.formula is not None:
            return self._formula(column, mapping.formula)
        if mapping.from_ is None:
            return replace(column, style=NumberStyle(currency=self.task.currency))
        cell = self.headings.use(mapping.from_, name)
        return replace(column, cell=cell) if cell else None

    def _formula(self, column: TargetColumn, text: str) -> TargetColumn | None:
        if column.schema.kind not in NUMERIC:
            self._fault(f"{column.name}: a formula gives a number; {column.name} holds none.")
            return None
        try:
            formula = parse_formula(text)
        except AuditError as error:
            self._fault(f"{column.name}: {error.message}")
            return None
        cells = {h: self.headings.use(h, column.name) for h in formula_headings(formula)}
        operands = {heading: cell for heading, cell in cells.items() if cell}
        whole = len(operands) == len(cells)
        return replace(column, formula=formula, operands=operands) if whole else None

    def _check_column(self, column: TargetColumn) -> None:
        name, mapping = column.name, column.mapping
        if mapping.otherwise is not None and not column.is_mapped:
            self._fault(f"{name}: otherwise is for values that map or map_file does not name.")
        if mapping.formula is not None and (
            mapping.remove or mapping.pad or mapping.upper or column.is_mapped
        ):
            self._fault(f"{name}: a formula takes no remove, pad, upper, map or map_file.")
        if mapping.unit is None:
            return
        if column.schema.kind != "money":
            self._fault(f"{name}: unit is for amounts.")
        elif mapping.unit[-3:] != self.task.currency and not self.source.fx:
            self._fault(
                f"{name}: its unit is {mapping.unit}, the engagement's currency is "
                f"{self.task.currency}; give the column fx_rate, and fx: multiply or divide."
            )

    def _map(self, column: TargetColumn) -> MapTable | None:
        mapping, table = column.mapping, f"{self.relation} map {column.name}"
        if mapping.map is not None:
            return write_map(self.task.connection, column.name, mapping, table)
        if mapping.map_file is None:
            return None
        target = (column.name, table)
        folder = folder_of(mapping.map_file, self.task.folder, self.task.home)
        try:
            return write_map_file(
                self.task.connection, target, mapping.map_file, folder, self.defaults
            )
        except AuditError as error:
            self.headings.faults += error.faults or [Fault(self.headings.where, error.message)]
            return None

    def _rule(self, step: Literal["keep", "drop"], condition: Condition, why: str) -> Rule | None:
        cell = self.headings.use(condition.column, step)
        return Rule(step, condition, cell, why) if cell else None

    def _credit_cell(self) -> Cell | None:
        condition = self.source.credit_notes.condition
        if condition:
            return self.headings.use(condition.column, "credit_notes")
        turns = self.source.credit_notes.sign == "negative_if_positive"
        if turns and "doc_type" not in self.source.columns:
            self._fault(
                "credit_notes: which lines are credit notes? Map doc_type, or give a condition "
                'such as {column: ..., starts_with: "A"}.'
            )
        return None

    def _check_fx(self) -> None:
        if self.source.fx and "fx_rate" not in self.source.columns:
            self._fault("fx needs the column fx_rate.")
