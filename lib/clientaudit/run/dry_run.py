"""What intake made of the exports, as plain text: `clientaudit check`."""

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from clientaudit.analyses.intake.reception import is_delimited
from clientaudit.audit import Audit
from clientaudit.errors import printable
from clientaudit.intake.facts import FileFact
from clientaudit.intake.mapping.rule_counts import RuleCount
from clientaudit.intake.quality.gate import reconciled_years

SHOWN_REJECTED = 5
MAX_ROW = 160
TRANSACTIONS = "transactions"


def dry_run(audit: Audit) -> str:
    """Files, rows in and out of each rule, revenue and accounts, rejected rows, verdicts."""
    facts = audit.facts
    parts = [
        _section("Files", ["file", "table", "rows", "read as"], map(_file_row, facts.files)),
        _section(
            "Rows, rule by rule",
            ["table", "source", "step", "rows", "rule"],
            map(_rule_row, facts.rules),
        ),
        _section("Revenue by calendar year", ["year", "as read", "kept"], _calendar_rows(audit)),
        _section(
            "Revenue by fiscal year",
            ["year", "files", "accounts", "difference", ""],
            _fiscal_rows(audit),
        ),
        _rejected(audit),
        _section("Verdicts", ["", "what was found"], _verdict_rows(audit)),
    ]
    return printable("\n\n".join(part for part in parts if part))


def aligned(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as columns of text; numbers to the right, the last column as long as it is."""
    table = [list(map(str, heading)), *([str(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    right = [_is_number([row[i] for row in table[1:]]) for i in range(len(widths))]
    lines = []
    for row in table:
        cells = zip(row, widths, right, strict=True)
        lines.append("  ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in cells).rstrip())
    return "\n".join(lines)


def _section(title: str, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    rows = list(rows)
    return f"{title}\n{aligned(heading, rows)}" if rows else ""


def _is_number(cells: list[str]) -> bool:
    return any(cells) and all(re.fullmatch(r"[-\d, .%]*", cell) for cell in cells)


def _file_row(file: FileFact) -> tuple[str, str, str, str]:
    known = {"decimal": file.decimal, "date_format": file.date_format}
    if is_delimited(file):
        known = {"encoding": file.encoding, "separator": file.separator} | known
    read_as = [
        f"{name} {value}" + (" (detected)" if name in file.detected else "")
        for name, value in known.items()
        if value
    ]
    return file.path, file.table, f"{file.rows:,}", ", ".join(read_as)


def _rule_row(rule: RuleCount) -> tuple[str, int, str, str, str]:
    why = f" ({rule.why})" if rule.why else ""
    return rule.table, rule.source, rule.step, f"{rule.rows:,}", f"{rule.rule}{why}"


def _calendar_rows(audit: Audit) -> Iterator[tuple[str, str, str]]:
    read, kept = (_by_year(audit.facts.rules, step) for step in ("read", "kept"))
    for year in sorted({*read, *kept}):
        yield year or "no date", f"{read.get(year, 0):,.2f}", f"{kept.get(year, 0):,.2f}"


def _fiscal_rows(audit: Audit) -> Iterator[tuple[int, str, str, str, str]]:
    for year in reconciled_years(audit.facts, audit.engagement, audit.thresholds):
        difference = "" if year.difference is None else f"{year.difference:+.2%}"
        amounts = f"{year.revenue:,.2f}", f"{year.accounts:,.2f}"
        yield year.fiscal_year, *amounts, difference, year.status


def _by_year(rules: Iterable[RuleCount], step: str) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = {}
    for rule in rules:
        if (rule.table, rule.step) == (TRANSACTIONS, step):
            for year, amount in rule.revenue_by_year.items():
                totals[str(year)] = totals.get(str(year), Decimal(0)) + Decimal(amount)
    return totals


def _rejected(audit: Audit) -> str:
    path = audit.prepared.path("rejected_rows")
    if path is None:
        return ""
    frame = pd.read_parquet(path)
    # A duplicate's reason names its twin: they are one group all the same.
    reasons = frame["why"].where(frame["step"] != "unique", "duplicates")
    parts = []
    for (table, why), rows in frame.groupby([frame["table"], reasons], dropna=False):
        title = f"Rejected from {table}: {why} ({len(rows):,})"
        shown = rows.head(SHOWN_REJECTED).to_dict("records")
        parts.append("\n".join([title, *(_rejected_line(row) for row in shown)]))
    return "\n\n".join(parts)


def _rejected_line(row: dict[Hashable, Any]) -> str:
    return f"  {row['file']}, line {row['line']}: {str(row.get('row', ''))[:MAX_ROW]}".rstrip(": ")


def _verdict_rows(audit: Audit) -> Iterator[tuple[str, str]]:
    for check in audit.checks:
        finding = check.finding
        yield finding.verdict, finding.say(audit.say)
        if check.bias and finding.verdict != "PASS":
            yield "", f"Bias: {audit.say(check.bias, **finding.values)}"
        if check.request:
            yield "", f"Ask for: {audit.say(check.request, **finding.values)}"
