"""One canonical column of one source: from the cell to its typed value, step by step, in SQL."""

from dataclasses import dataclass, field, replace

from clientaudit.intake.mapping.casting import (
    NUMERIC,
    SQL_TYPES,
    from_formula,
    from_plain,
    from_text,
    from_typed,
)
from clientaudit.intake.mapping.cells import Cell
from clientaudit.intake.mapping.date_text import ISO
from clientaudit.intake.mapping.formula import Node, exact, floating
from clientaudit.intake.mapping.number_text import PLAIN, NumberStyle, plain_number
from clientaudit.intake.sql import literal
from clientaudit.schema import Column
from clientaudit.settings.sources import ColumnMapping


@dataclass(frozen=True)
class TargetColumn:
    """A canonical column and where it comes from: a cell, a constant, or a formula over cells.

    The steps of a value are columns of the query, named by a letter and the canonical name:
    k cleaned text, x mapped text, p plain number, v formula, c value, g whether the source holds
    something there. style and formats: how the text is written, once that is known.
    """

    schema: Column
    mapping: ColumnMapping
    cell: Cell | None = None
    formula: Node | None = None
    operands: dict[str, Cell] = field(default_factory=dict)
    style: NumberStyle = PLAIN
    formats: tuple[str, ...] = (ISO,)

    @property
    def name(self) -> str:
        return self.schema.name

    @property
    def is_mapped(self) -> bool:
        """Whether the text is looked up in map or map_file."""
        return self.mapping.map is not None or self.mapping.map_file is not None

    @property
    def typed(self) -> str | None:
        """SQL of a value that needs no reading as text, else None."""
        text_work = self.mapping.remove or self.mapping.pad or self.mapping.upper or self.is_mapped
        if self.cell is None or text_work:
            return None
        return from_typed(self.schema, self.cell, thousand=self.thousand)

    @property
    def is_share(self) -> bool:
        """Whether it is a share, of which 35 % is 0.35."""
        return self.schema.unit.startswith("share")

    @property
    def thousand(self) -> bool:
        return (self.mapping.unit or "").startswith("k")

    @property
    def reads_text(self) -> bool:
        """Whether how the text is written matters: a date or a number from text."""
        kinds = (*NUMERIC, "date")
        return self.cell is not None and self.typed is None and self.schema.kind in kinds

    @property
    def unrounded(self) -> str:
        """SQL of an amount as a DOUBLE, before money keeps four decimals of it."""
        number = f"v_{self.name}" if self.formula else f"try_cast(p_{self.name} AS DOUBLE)"
        if self.typed and self.cell:
            number = f"CAST({self.cell.raw} AS DOUBLE)"
        return f"{number} * 1000" if self.thousand else number

    def cleaned(self) -> dict[str, str]:
        """Trimmed, then remove, upper, pad with zeros on the left; NULL where nothing is left."""
        if self.formula or self.typed:
            return {}
        if self.cell is None:
            return {f"k_{self.name}": literal((self.mapping.value or "").strip() or None)}
        sql = self.cell.text
        for text in self.mapping.remove:
            sql = f"replace({sql}, {literal(text)}, '')"
        sql = f"nullif(trim({sql}), '')" if self.mapping.remove else sql
        sql = f"upper({sql})" if self.mapping.upper else sql
        if (pad := self.mapping.pad) is not None:
            sql = f"CASE WHEN length({sql}) < {pad} THEN lpad({sql}, {pad}, '0') ELSE {sql} END"
        return {f"k_{self.name}": sql}

    def mapped(self) -> dict[str, str]:
        """The target of map or map_file; without a map the cleaned text itself."""
        if self.formula or self.typed:
            return {}
        text = f"k_{self.name}"
        if not self.is_mapped:
            return {f"x_{self.name}": text, f"g_{self.name}": f"{text} IS NOT NULL"}
        hit, target = f"h_{self.name}", f"m_{self.name}"
        otherwise = literal((self.mapping.otherwise or "").strip() or None)
        found = f"CASE WHEN {hit} THEN {target} WHEN {text} IS NOT NULL THEN {otherwise} END"
        given = f"{text} IS NOT NULL AND NOT ({hit} AND {target} IS NULL)"
        if self.mapping.otherwise == "":
            given = f"{hit} AND {target} IS NOT NULL"
        return {f"x_{self.name}": found, f"g_{self.name}": given}

    def read(self) -> dict[str, str]:
        """The number of a text, or of a formula, before it becomes a value."""
        if self.formula:
            numbers = {heading: cell.number for heading, cell in self.operands.items()}
            return {f"v_{self.name}": floating(self.formula, numbers)}
        if self.schema.kind in NUMERIC and not self.typed:
            style = replace(self.style, percent=self.schema.kind != "money")
            return {f"p_{self.name}": plain_number(f"x_{self.name}", style)}
        return {}

    def value(self) -> dict[str, str]:
        """The typed value, NULL where it cannot be read, and whether there was something."""
        found, given = f"c_{self.name}", f"g_{self.name}"
        if self.formula:
            sql = self._formula_value()
            return {found: f"CAST({sql} AS {SQL_TYPES[self.schema.kind]})", given: self._given()}
        if self.typed and self.cell:
            return {found: self.typed, given: f"{self.cell.raw} IS NOT NULL"}
        if self.schema.kind in NUMERIC:
            sql = from_plain(self.schema, f"p_{self.name}", thousand=self.thousand)
            if self.is_share:
                sql = f"{sql} / CASE WHEN suffix(x_{self.name}, '%') THEN 100 ELSE 1 END"
            return {found: sql}
        sql = from_text(self.schema, f"x_{self.name}", list(self.formats))
        return {found: f"CAST({sql} AS {SQL_TYPES[self.schema.kind]})"}

    def _formula_value(self) -> str:
        assert self.formula is not None
        decimals = {
            h: f"try_cast({c.readable} AS DECIMAL(18, 6))" for h, c in self.operands.items()
        }
        product = exact(self.formula, decimals)
        number = f"v_{self.name}"
        factor = " * 1000" if self.thousand else ""
        if product:
            # Only operands that six decimals hold whole make the product exact.
            whole = " AND ".join(
                f"CAST({decimals[h]} AS DOUBLE) = {c.number}" for h, c in self.operands.items()
            )
            product = f"try(CAST({product}{factor} AS DECIMAL(18, 4)))"
            product = f"CASE WHEN {whole or 'true'} THEN {product} END"
        return from_formula(self.schema, f"({number}{factor})", product)

    def _given(self) -> str:
        """A formula with an empty operand is empty, unless another operand cannot be read."""
        texts = [cell.text for cell in self.operands.values()]
        filled = " AND ".join(f"{text} IS NOT NULL" for text in texts) or "true"
        unread = " OR ".join(
            f"({cell.text} IS NOT NULL AND {cell.number} IS NULL)"
            for cell in self.operands.values()
        )
        return f"(({filled}) OR {unread or 'false'})"
