"""One source as one query: cells, columns, rules and signs, layer upon layer, nothing stored."""

from dataclasses import dataclass, replace
from typing import Literal

from clientaudit.intake.mapping.cells import Cell, number_style
from clientaudit.intake.mapping.columns import TargetColumn
from clientaudit.intake.mapping.conditions import ConditionCell, condition_sql, needs_number
from clientaudit.intake.mapping.date_text import in_calendar
from clientaudit.intake.mapping.detection import Detected, Subject
from clientaudit.intake.mapping.joins import LookUp, unmatched_sql
from clientaudit.intake.mapping.maps import MapTable
from clientaudit.intake.mapping.number_text import money_from_double, plain_number, within_reason
from clientaudit.intake.sql import identifier, layered
from clientaudit.schema import REQUIRED
from clientaudit.settings.sources import Condition, CreditNotes

CONVERTED = ("amount_net", "cost_amount", "list_price", "unit_price", "rebate_amount")
SIGNED = ("amount_net", "cost_amount", "quantity")


@dataclass(frozen=True)
class Rule:
    """One keep or drop condition and the cell it looks at."""

    step: Literal["keep", "drop"]
    condition: Condition
    cell: Cell
    why: str = ""

    @property
    def rejects(self) -> str:
        """SQL that is true for a row that the rule takes out."""
        held = held_sql(self.condition, self.cell)
        return f"NOT {held}" if self.step == "keep" else held


@dataclass(frozen=True)
class SourceQuery:
    """All that turns a relation that was read into canonical rows.

    relation: the raw table. source_cells: its columns. cells: those in use, of look-ups too.
    """

    table: str
    relation: str
    source_cells: tuple[Cell, ...]
    cells: tuple[Cell, ...]
    look_ups: tuple[LookUp, ...]
    columns: tuple[TargetColumn, ...]
    maps: tuple[MapTable, ...]
    rules: tuple[Rule, ...]
    credit_notes: CreditNotes
    credit_cell: Cell | None = None
    fx: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Canonical columns that come out."""
        names = tuple(column.name for column in self.columns)
        return names if "doc_type" in names or not self.credit_cell else (*names, "doc_type")

    @property
    def numbers(self) -> tuple[Cell, ...]:
        """Cells that formulas and conditions read as numbers."""
        found = {c.index: c for column in self.columns for c in column.operands.values()}
        found |= {rule.cell.index: rule.cell for rule in self.rules if needs_number(rule.condition)}
        if self.credit_cell and needs_number(self.credit_condition):
            found[self.credit_cell.index] = self.credit_cell
        return tuple(found.values())

    @property
    def credit_condition(self) -> Condition:
        condition = self.credit_notes.condition
        assert condition is not None
        return condition

    def texts(self) -> str:
        """Every cell as text, every text column cleaned and mapped."""
        cleaned = {k: v for column in self.columns for k, v in column.cleaned().items()}
        query = layered(self._base(), {cell.text: cell.text_sql for cell in self.cells}, cleaned)
        if self.maps:
            added = ", ".join(table.columns for table in self.maps)
            query = f"select q.*, {added} from ({query}) q " + " ".join(
                table.joined for table in self.maps
            )
        return layered(query, {k: v for c in self.columns for k, v in c.mapped().items()})

    def detectable(self) -> str:
        """The texts of the rows that no rule on text takes out."""
        rules = [rule for rule in self.rules if not needs_number(rule.condition)]
        kept = " AND ".join(f"NOT ({rule.rejects})" for rule in rules)
        return f"select * from ({self.texts()}) where {kept or 'true'}"

    def subjects(self) -> list[Subject]:
        """The texts whose writing the settings leave open."""
        found = [Subject(cell.text, cell, "number") for cell in self.numbers if cell.is_text]
        for column in self.columns:
            if column.reads_text and column.cell:
                is_date = column.schema.kind == "date"
                if is_date or column.cell.is_text:
                    kind: Literal["date", "number"] = "date" if is_date else "number"
                    found.append(Subject(f"x_{column.name}", column.cell, kind))
        return [subject for subject in found if not _is_given(subject)]

    def written(self, detected: Detected, currency: str) -> "SourceQuery":
        """The same query, knowing how every text is written."""
        columns = tuple(_written(column, detected, currency) for column in self.columns)
        return replace(self, columns=columns)

    def sql(self, detected: Detected, currency: str) -> str:
        """The whole query.

        step: 0 where a row is kept, else the number of the rule that took it out; o_ final values;
        f_ faults; u1.. look-ups without a match; turned; year, before and after for the counts;
        r.., t.. cells; raw_line, _file, _row.
        """
        plain = {
            cell.plain: plain_number(
                cell.text,
                number_style(cell, _mark(cell, cell.text, detected), currency),
            )
            for cell in self.numbers
            if cell.is_text
        }
        steps = [
            plain,
            {cell.number: f"try_cast({cell.readable} AS DOUBLE)" for cell in self.numbers},
            {"step": self._step()} | {k: v for c in self.columns for k, v in c.read().items()},
            {k: v for column in self.columns for k, v in column.value().items()},
            {f"s_{column.name}": self._checked(column) for column in self.columns},
            {"is_credit": self._is_credit()},
            self._final(),
            self._counted(),
        ]
        return layered(self.texts(), *steps)

    def _base(self) -> str:
        values = [f"{cell.raw_sql} as {cell.raw}" for cell in self.cells]
        values += [f"{unmatched_sql(look_up)} as {look_up.unmatched}" for look_up in self.look_ups]
        fields = ", ".join(
            f"{identifier(cell.heading)} := {cell.source}" for cell in self.source_cells
        )
        values += ["s._file", "s._row", f"struct_pack({fields}) as raw_line"]
        joins = " ".join(look_up.sql for look_up in self.look_ups)
        return f"select {', '.join(values)} from {identifier(self.relation)} s {joins}"

    def _step(self) -> str:
        whens = " ".join(f"WHEN {r.rejects} THEN {i}" for i, r in enumerate(self.rules, start=1))
        return f"CASE {whens} ELSE 0 END" if whens else "0"

    def _checked(self, column: TargetColumn) -> str:
        """Dates within the calendar, discounts within the price, shares within the whole; amounts
        in the engagement's currency, and of this world.
        """
        value = f"c_{column.name}"
        if column.schema.kind == "date":
            return in_calendar(value)
        if self.fx and column.name in CONVERTED:
            sign = "*" if self.fx == "multiply" else "/"
            rate = "CASE WHEN c_fx_rate > 0 THEN c_fx_rate END"
            value = money_from_double(f"{column.unrounded} {sign} {rate}")
        if column.name == "discount_pct":
            return f"CASE WHEN {value} BETWEEN -100 AND 100 THEN {value} END"
        if column.is_share:
            return f"CASE WHEN {value} BETWEEN -1 AND 1 THEN {value} END"
        return within_reason(value) if column.schema.kind == "money" else value

    def _is_credit(self) -> str:
        if self.credit_cell:
            return held_sql(self.credit_condition, self.credit_cell)
        typed = any(column.name == "doc_type" for column in self.columns)
        return "coalesce(s_doc_type = 'credit_note', false)" if typed else "false"

    def _final(self) -> dict[str, str]:
        """Signs turned, lines marked, and what could not be read."""
        final = {f"o_{column.name}": f"s_{column.name}" for column in self.columns}
        turned = []
        if self.credit_notes.sign == "negative_if_positive":
            for column in self.columns:
                if column.name in SIGNED:
                    value = f"s_{column.name}"
                    turned.append(f"coalesce(is_credit AND {value} > 0, false)")
                    final[f"o_{column.name}"] = (
                        f"CASE WHEN {turned[-1]} THEN -{value} ELSE {value} END"
                    )
        if self.credit_cell:
            other = final.get("o_doc_type", "CAST(NULL AS VARCHAR)")
            final["o_doc_type"] = f"CASE WHEN is_credit THEN 'credit_note' ELSE {other} END"
        faults = {f"f_{column.name}": self._fault(column) for column in self.columns}
        return final | faults | {"turned": " OR ".join(turned) or "false"}

    def _fault(self, column: TargetColumn) -> str:
        missing = f"s_{column.name} IS NULL"
        return missing if self.is_required(column) else f"(g_{column.name} AND {missing})"

    def is_required(self, column: TargetColumn) -> bool:
        """Whether an empty cell is a fault. Lines without a client are kept and counted."""
        if self.table == "transactions" and column.name == "client_id":
            return False
        return column.schema.need == REQUIRED

    def _counted(self) -> dict[str, str]:
        """The year of a row, and its revenue before and after signs were turned."""
        if self.table != "transactions":
            return {"year": "''", "before": "NULL::DECIMAL(18, 4)", "after": "NULL::DECIMAL(18, 4)"}
        year = "CAST(year(s_date) AS VARCHAR)"
        readable = "s_date IS NOT NULL AND s_amount_net IS NOT NULL"
        return {
            "year": f"CASE WHEN {readable} THEN {year} ELSE '' END",
            "before": "s_amount_net",
            "after": "o_amount_net",
        }


def held_sql(condition: Condition, cell: Cell) -> str:
    """SQL that is true where a condition holds."""
    raw = cell.raw if cell.type == "VARCHAR" else cell.text
    return condition_sql(condition, ConditionCell(raw, cell.text, cell.number))


def _is_given(subject: Subject) -> bool:
    dialect = subject.cell.dialect
    return (dialect.decimal if subject.kind == "number" else dialect.date_format) is not None


def _mark(cell: Cell, sql: str, detected: Detected) -> str:
    return cell.dialect.decimal or detected.decimals.get(sql, ".")


def _written(column: TargetColumn, detected: Detected, currency: str) -> TargetColumn:
    if column.cell is None or not column.reads_text:
        return column
    text = f"x_{column.name}"
    formats = column.cell.dialect.date_format or [detected.formats.get(text, "%Y-%m-%d")]
    style = number_style(column.cell, _mark(column.cell, text, detected), currency)
    return replace(column, style=style, formats=tuple(formats))
