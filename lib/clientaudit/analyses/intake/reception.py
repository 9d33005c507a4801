"""What came in: files, months, the firm's accounts, and lines to check by hand."""

from collections.abc import Sequence

import ibis
import pandas as pd
from ibis.expr.types import Table

from clientaudit.analyses.intake.rules import TABLES
from clientaudit.findings import Finding, KeyFigure
from clientaudit.intake.facts import FileFact, IntakeFacts
from clientaudit.intake.mapping.rule_counts import REJECTING
from clientaudit.intake.quality.calendar_checks import month_gaps
from clientaudit.intake.quality.reconciliation import YearReconciliation
from clientaudit.text import Say

STATUSES = {
    "agrees": "Agrees",
    "differs": "Differs",
    "far off": "Far off",
    "partly covered": "Only partly in the data",
    "not in the data": "Not in the data",
}
LABELS = {
    "path": "File",
    "table": "What it holds",
    "row_count": "Rows",
    "encoding": "Encoding",
    "separator": "Separator",
    "decimal_mark": "Decimal mark",
    "date_format": "Dates",
    "detected": "Left to detection",
    "sha256": "Fingerprint (SHA-256)",
    "fiscal_year": "Fiscal year",
    "start": "Start",
    "end": "End",
    "files_revenue": "Files",
    "accounts_revenue": "Accounts",
    "gap_revenue": "Difference",
    "gap_share": "Difference in %",
    "status": "Result",
    "row": "Row under the headings",
}
DETECTED = {
    "encoding": "Encoding",
    "separator": "Separator",
    "decimal": "Decimal mark",
    "date_format": "Dates",
    "thousands": "Thousands mark",
}
DELIMITED = (".csv", ".tsv", ".txt")  # the only files whose encoding and separator were used
DATE_PARTS = {"%Y": "yyyy", "%y": "yy", "%m": "mm", "%d": "dd", "%H": "hh", "%M": "mm", "%S": "ss"}
SAMPLE_SIZE = 60
SAMPLE_KEYS = ("client_id", "doc_id", "product_id")
SAMPLE_COLUMNS = ("client_id", "date", "doc_id", "product_id", "quantity", "amount_net")


def files_frame(facts: IntakeFacts, say: Say) -> pd.DataFrame:
    """One row per export: how it was read, and the fingerprint that proves which file it was.

    detected (what the engagement file leaves open) is a column only where there is such a thing.
    """
    frame = pd.DataFrame(
        {
            "path": file.path,
            "table": say(TABLES[file.table]),
            "row_count": file.rows,
            "encoding": file.encoding if is_delimited(file) else "",
            "separator": _separator(file, say) if is_delimited(file) else "",
            "decimal_mark": file.decimal,
            "date_format": date_pattern(file.date_format, say),
            "detected": ", ".join(
                say(DETECTED[name]) if name in DETECTED else name for name in file.detected
            ),
            "sha256": file.sha256,
        }
        for file in facts.files
    )
    return frame if any(frame["detected"]) else frame.drop(columns="detected")


def date_pattern(text: str, say: Say) -> str:
    """Formats of dates as a reader writes them: dd/mm/yyyy for %d/%m/%Y."""
    text = text.replace(".%f", "")
    for code, part in DATE_PARTS.items():
        text = text.replace(code, say(part))
    return text


def months_frame(facts: IntakeFacts) -> pd.DataFrame:
    """One row per file and calendar month, months that are missing included with no line."""
    paths = _transaction_paths(facts)
    rows = [
        (entry.month, paths.get(entry.file, ""), entry.rows, float(entry.revenue), False)
        for entry in facts.lines.months
    ]
    rows += [
        (month, paths.get(file, ""), 0, 0.0, True) for file, month, _ in month_gaps(facts.lines)
    ]
    columns = ["sales_month", "path", "line_count", "revenue", "is_missing"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values(["sales_month", "path"], ignore_index=True)


def reconciliation_frame(years: Sequence[YearReconciliation]) -> pd.DataFrame:
    """One row per fiscal year of the accounts; the difference only where the data cover it."""
    columns = ("fiscal_year", "start", "end", "files_revenue", "accounts_revenue", "gap_revenue",
               "gap_share", "status")  # fmt: skip
    rows = [
        (
            year.fiscal_year,
            year.start,
            year.end,
            float(year.revenue),
            float(year.accounts),
            None if year.difference is None else float(year.revenue - year.accounts),
            year.difference,
            STATUSES[year.status],
        )
        for year in years
    ]
    return pd.DataFrame(rows, columns=list(columns)).astype(
        {"gap_revenue": "float64", "gap_share": "float64"}
    )


def sample_table(lines: Table, facts: IntakeFacts, *, seed: int) -> Table:
    """Invoice lines drawn at random for a check by hand against the source.

    lines: one row per invoice line, with `_file` and `_row`.

    Returns 60 rows: path, row (its place under the headings), client_id, date, doc_id,
    product_id, quantity, amount_net; no names, no free text. The lines with the smallest hash of
    seed and content are drawn: the order of the rows changes nothing. If none of 60 is faulty,
    under 5 % of all lines are, with 95 % confidence (0.95^60 = 0.046).
    """
    shown = [name for name in SAMPLE_COLUMNS if name in lines.columns]
    # Text alone tells lines apart where it can: turning numbers into text is what takes time.
    keys = SAMPLE_KEYS if set(SAMPLE_KEYS) <= set(shown) else shown
    content = [lines[name].cast("string").fill_null("") for name in keys]
    drawn = ibis.literal("|").join([ibis.literal(str(seed)), *content]).hexdigest("md5")
    picked = (
        lines.select(*shown, "_file", "_row", drawn=drawn)
        .order_by("drawn", *shown, "_file", "_row")
        .limit(SAMPLE_SIZE)
    )
    paths = _transaction_paths(facts)
    files = ibis.memtable({"_file": list(paths), "path": list(paths.values())})
    joined = picked.left_join(files, picked._file == files._file)
    return joined.select(
        "path", row=picked._row, **{name: picked[name] for name in shown}
    ).order_by("path", "row")


def intake_findings(facts: IntakeFacts) -> list[Finding]:
    """How many lines came in, and how many were set aside."""
    transactions = [rule for rule in facts.rules if rule.table == "transactions"]
    read = sum(rule.rows for rule in transactions if rule.step == "read")
    rejected = sum(rule.rows for rule in transactions if rule.step in REJECTING)
    files = sum(file.table == "transactions" for file in facts.files)
    return [
        Finding(
            "intake.line_count",
            "{value:int} invoice {value:plural:line is|lines are} kept, of {read:int} read in "
            "{files:int} {files:plural:file|files}.",
            {"value": facts.lines.rows, "read": read, "files": files},
            evidence="intake_rules",
        ),
        Finding(
            "intake.rejected_line_count",
            "{value:int} {value:plural:line was|lines were} set aside by the rules of the "
            "engagement file ({share:pct} of those read), each for a stated reason."
            if rejected
            else "No line was set aside.",
            {"value": rejected, "share": rejected / read if read else 0.0},
            evidence="intake_rules",
        ),
    ]


def intake_key_figures(facts: IntakeFacts) -> list[KeyFigure]:
    """What the page shows first."""
    return [
        KeyFigure("Lines kept", facts.lines.rows),
        KeyFigure("Revenue of these lines", float(facts.lines.revenue), "money"),
        KeyFigure("Clients with a line", facts.lines.client_count),
        KeyFigure("Days with sales", facts.lines.days.count),
    ]


def is_delimited(file: FileFact) -> bool:
    """Whether an export has an encoding and a separator: workbooks and Parquet files do not."""
    return file.path.lower().removesuffix(".gz").endswith(DELIMITED)


def _separator(file: FileFact, say: Say) -> str:
    return say("tab") if file.separator == "\t" else file.separator


def _transaction_paths(facts: IntakeFacts) -> dict[int, str]:
    """Index of each file of the transactions, as `_file` counts them, and its name."""
    return dict(enumerate(file.path for file in facts.files if file.table == "transactions"))
