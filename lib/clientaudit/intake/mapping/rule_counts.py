"""What every rule of the mapping did: rows and revenue by year, before and after."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal

import duckdb

from clientaudit.intake.mapping.conditions import described
from clientaudit.intake.mapping.overlaps import Overlaps
from clientaudit.intake.mapping.plan import SourcePlan
from clientaudit.intake.sql import literal

Step = Literal["read", "join", "keep", "drop", "credit_notes", "unique", "overlap", "version",
               "kept", "perimeter"]  # fmt: skip
REJECTING = ("keep", "drop", "unique", "overlap", "version")
WHY = {"overlap": "counted once", "version": "older version of an invoice"}


@dataclass(frozen=True)
class RuleCount:
    """One rule of one source, and what it touched.

    rows, revenue_by_year: of the rows that the rule took out (keep, drop, unique, overlap,
    version), left without a match (join), or standing before and after all rules (read, kept);
    for credit_notes the rows whose sign was turned and by how much revenue changed. So kept =
    read - keep - drop + credit_notes - unique - overlap - version, rows and revenue alike. Rows
    without a readable date and amount stand under the year "". Revenue is that of transactions;
    other tables have none.
    """

    table: str
    source: int
    step: Step
    rule: str
    why: str
    rows: int
    revenue_by_year: dict[str, Decimal]


@dataclass
class _Tally:
    rows: int = 0
    revenue: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def add(self, rows: int, year: str, amount: Decimal | None) -> None:
        self.rows += rows
        self.revenue[year] += amount or Decimal(0)


@dataclass(frozen=True)
class _Line:
    """A rule before it is counted; `key` finds its tally."""

    key: str
    step: Step
    rule: str
    why: str = ""


def rule_counts(
    connection: duckdb.DuckDBPyConnection,
    plan: SourcePlan,
    duplicates: str | None,
    overlaps: Sequence[RuleCount],
    out: Path,
) -> list[RuleCount]:
    """The counts of one source, in the order of its work; `out` holds the rows that were kept.

    overlaps: what other files hold too, of any source.
    """
    kept = _kept(connection, plan, out)
    lines = _lines(plan)
    shared = [rule for rule in overlaps if rule.source == plan.number]
    tallies = _tallies(connection, plan) if shared or len(lines) > 2 else {"read": kept}
    if duplicates:
        by_year = f"select year, count(*), sum(after) from {duplicates} group by year"
        tallies["unique"] = _tally(connection, by_year)
    tallies["kept"] = kept
    counts = [_count(plan, line, tallies.get(line.key, _Tally())) for line in lines]
    return [*counts[:-1], *shared, counts[-1]]


def overlap_counts(overlaps: Overlaps, plans: Sequence[SourcePlan]) -> list[RuleCount]:
    """One rule for each two files that hold the same invoices: what was left out of the first."""
    files = [(plan, file.name) for plan in plans for file in plan.raw.files]
    counts = []
    for pair in overlaps.pairs:
        (plan, name), (_, kept) = files[pair.file], files[pair.kept_file]
        rule, years = f"{name} also in {kept}", dict(sorted(pair.revenue_by_year.items()))
        table, why = plan.query.table, WHY[pair.step]
        counts.append(RuleCount(table, plan.number, pair.step, rule, why, pair.rows, years))
    return counts


def _lines(plan: SourcePlan) -> list[_Line]:
    """Every rule in order of work, between what was read and what is kept."""
    source = plan.source
    lines = [_Line("read", "read", ", ".join(source.files))]
    lines += [_Line(j.unmatched, "join", j.rule, "without a match") for j in plan.query.look_ups]
    lines += [
        _Line(str(i), rule.step, described(rule.condition), rule.why)
        for i, rule in enumerate(plan.query.rules, start=1)
    ]
    if source.credit_notes.sign == "negative_if_positive":
        condition = source.credit_notes.condition
        which = described(condition) if condition else '"doc_type" equals credit_note'
        lines.append(_Line("credit_notes", "credit_notes", f"negative_if_positive: {which}"))
    if source.unique is not None:
        lines.append(_Line("unique", "unique", ", ".join(source.unique), "duplicate"))
    return [*lines, _Line("kept", "kept", "")]


def _tallies(connection: duckdb.DuckDBPyConnection, plan: SourcePlan) -> dict[str, _Tally]:
    """One pass over the source; rows by what touched them."""
    unmatched = [look_up.unmatched for look_up in plan.query.look_ups]
    flags = ", ".join(["step", "turned", *unmatched, "year"])
    rows = connection.execute(
        f"select {flags}, count(*), sum(before), sum(after) from ({plan.sql}) group by {flags}"
    ).fetchall()
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    for step, turned, *misses, year, count, before, after in rows:
        touched = ["read"]
        touched += [name for name, missed in zip(unmatched, misses, strict=True) if missed]
        touched += [str(step)] if step else []
        for key in touched:
            tallies[key].add(count, year, before)
        if turned and not step:
            tallies["credit_notes"].add(count, year, after - before if after is not None else None)
    return tallies


def _kept(connection: duckdb.DuckDBPyConnection, plan: SourcePlan, out: Path) -> _Tally:
    rows = f"from read_parquet({literal(str(out))}) where _source = {plan.number}"
    if plan.query.table != "transactions":
        return _tally(connection, f"select '', count(*), NULL {rows} having count(*) > 0")
    by_year = f"select CAST(year(date) AS VARCHAR) y, count(*), sum(amount_net) {rows} group by y"
    return _tally(connection, by_year)


def _tally(connection: duckdb.DuckDBPyConnection, query: str) -> _Tally:
    tally = _Tally()
    for year, count, amount in connection.execute(query).fetchall():
        tally.add(count, year, amount)
    return tally


def _count(plan: SourcePlan, line: _Line, tally: _Tally) -> RuleCount:
    table = plan.query.table
    revenue = dict(sorted(tally.revenue.items())) if table == "transactions" else {}
    return RuleCount(table, plan.number, line.step, line.rule, line.why, tally.rows, revenue)
