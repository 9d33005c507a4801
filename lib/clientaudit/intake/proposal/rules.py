"""Which rows are credit notes, which are no sales, which are there twice."""

import re
from collections import Counter
from collections.abc import Sequence

import duckdb

from clientaudit.intake.proposal.draft import ColumnDraft, Rule, SourceDraft
from clientaudit.intake.proposal.evidence import read_numbers
from clientaudit.intake.proposal.headings import words
from clientaudit.intake.proposal.layout import TOTAL
from clientaudit.intake.proposal.matching import value_map
from clientaudit.intake.proposal.words import COUNTER, NOT_A_SALE, VOID
from clientaudit.schema import TABLES

CREDIT_PREFIXES = ("AVO", "AV", "CN", "CR", "A", "C")
MAX_CREDIT_SHARE = 0.25
MOSTLY = 0.95
NAMED = 0.7
FEW_TOTALS = 3
ONLY_TOTAL = re.compile(
    r"(?i)\W*(sous|sub|grand)?[- ]?(total|totaux|somme|cumul|sum)"
    r"(\W+(général|generale?|générale|ht|ttc|page|exercice|du|de|la|mois|année))*\W*"
)
TOTALS = r"(?i)\W*(sous[- ]?|sub[- ]?|grand )?(total|totaux|somme|cumul|sum)\b.*"
MAX_COPIES = 0.1
MANY_EMPTY = 0.3  # of the rows: so many are no rows to drop


def set_rules(connection: duckdb.DuckDBPyConnection, draft: SourceDraft) -> None:
    """Credit notes, rows to set aside and duplicates of the invoice lines."""
    _credit_notes(connection, draft)
    set_totals_aside(draft)
    for name, test, why in (
        ("client_id", COUNTER, "counter sales or tests, not a client"),
        ("doc_type", NOT_A_SALE, "not an invoice"),
    ):
        _drop_words(draft, name, test, why)
    _drop_void(draft)
    set_empty_aside(draft)
    _duplicates(draft)


def set_totals_aside(draft: SourceDraft) -> None:
    """Total rows inside the table: told by their words, never read as data."""
    totals = [total for export in draft.source.exports for total in export.totals]
    if draft.source.stop_at:
        totals = [total for total in totals if total.rows > 1]
    for heading in dict.fromkeys(total.heading for total in totals):
        own = [total for total in totals if total.heading == heading]
        rule = _total_rule(draft, heading, sorted({value for t in own for value in t.values}))
        rule["why"] = "total row"
        draft.drop.append(Rule(rule, counted(sum(total.rows for total in own)) + " seen"))


def _total_rule(draft: SourceDraft, heading: str, values: list[str]) -> dict[str, object]:
    """How the total rows are told: by their words alone; where a name stands behind the word, by
    its beginning; where a client is called so, by their empty date.
    """
    if len(values) <= FEW_TOTALS and all(ONLY_TOTAL.fullmatch(value) for value in values):
        return _one_of(heading, values)
    date = draft.columns.get("date")
    if date and any(TOTAL.fullmatch(value) for value in draft.source.values.get(heading, ())):
        return {"column": date.heading, "is_empty": True}
    return {"column": heading, "matches": TOTALS}


def set_empty_aside(draft: SourceDraft) -> None:
    """Rows without a value that the table cannot do without."""
    for name in TABLES[draft.table].required:
        column = draft.columns.get(name)
        if column is None or column.facts is None or column.source is not draft.source:
            continue
        empty = column.facts.rows - column.facts.filled
        if empty:
            label = TABLES[draft.table].column(name).label.lower()
            rule = {"column": column.heading, "is_empty": True, "why": f"no {label}"}
            told = f"{counted(empty)} of the sample, {empty / column.facts.rows:.1%}"
            lost = _holds_sales(draft, column.heading)
            told += ": does each belong to the row above? Then fill it in first" * lost
            draft.drop.append(Rule(rule, told, off=lost))


def _holds_sales(draft: SourceDraft, heading: str) -> bool:
    """Whether many rows have an amount and not this cell: reports say it on a first row only."""
    amount = draft.columns.get("amount_net")
    own = amount is not None and amount.facts is not None and amount.source is draft.source
    rows = draft.source.rows([heading, *([amount.heading] if own and amount else [])])
    lost = sum(not row[0] and all(row[1:]) for row in rows)
    return draft.table == "transactions" and lost > MANY_EMPTY * len(rows)


def _drop_words(draft: SourceDraft, name: str, known: frozenset[str], why: str) -> None:
    column = draft.columns.get(name)
    if column is None or column.source is None or column.facts is None:
        return
    if column.facts.heading.upper().startswith("DO_") and name == "doc_type":
        values = sorted(column.value.get("map", {}))
        draft.keep.append(Rule({"column": column.heading, "in": values}, "invoices and credits"))
        return
    cells = column.source.rows([column.facts.heading])
    counts = Counter(cell for (cell,) in cells if cell and " ".join(words(cell)) in known)
    if counts:
        rule = _one_of(column.heading, sorted(counts)) | {"why": why}
        draft.drop.append(Rule(rule, f"{counted(counts.total())} of the sample"))


def _drop_void(draft: SourceDraft) -> None:
    """Rows that a column calls cancelled, failed or a draft."""
    for heading, facts in draft.source.evidence.items():
        rows = {value: n for value, n in facts.values if " ".join(words(value)) in VOID}
        if rows and len(rows) < len(facts.values):
            rule = _one_of(heading, sorted(rows)) | {"why": "cancelled, failed or a draft"}
            draft.drop.append(Rule(rule, f"{counted(sum(rows.values()))} of the sample"))


def counted(rows: int) -> str:
    """A number of rows in words.

    >>> counted(1), counted(1200)
    ('1 row', '1,200 rows')
    """
    return "1 row" if rows == 1 else f"{rows:,} rows"


def _one_of(heading: str, values: Sequence[str]) -> dict[str, object]:
    if len(values) == 1:
        return {"column": heading, "equals": values[0]}
    return {"column": heading, "in": list(values)}


def _credit_notes(connection: duckdb.DuckDBPyConnection, draft: SourceDraft) -> None:
    typed = draft.columns.get("doc_type")
    if typed and typed.facts:
        known, _ = value_map(draft.table, "doc_type", typed.facts)
        credits = {value for value, target in known.items() if target == "credit_note"}
        if credits:
            positive = _positive_share(connection, draft, typed, credits)
            _say_sign(draft, positive, {})
            return
    if draft.source.first.holds_credit_notes:
        draft.columns["doc_type"] = ColumnDraft("doc_type", {"value": "credit_note"}, NAMED)
        draft.columns["doc_type"].remarks.append("by the name of the file")
        _say_sign(draft, 1 - _negative_share(draft), {})
        return
    document = draft.columns.get("doc_id")
    if document and document.facts and document.source is draft.source:
        _credit_prefix(connection, draft, document)
    if draft.credit_notes is None and not _negative_share(draft):
        draft.remarks.append("No credit note was seen: ask whether the export leaves them out.")


def _say_sign(draft: SourceDraft, positive: float | None, which: dict[str, object]) -> None:
    if positive is not None and positive <= 1 - MOSTLY:
        if which:
            draft.credit_notes = Rule({"sign": "as_is"} | which, "negative in the file already")
        return
    told = "not seen in the sample" if positive is None else f"{positive:.0%} of them are positive"
    rule = {"sign": "negative_if_positive"} | which
    draft.credit_notes = Rule(rule, f"credit notes are written with a plus: {told}")


def _positive_share(
    connection: duckdb.DuckDBPyConnection, draft: SourceDraft, by: ColumnDraft, values: set[str]
) -> float | None:
    """Share of positive amounts (else quantities) among the rows with these values."""
    sized = _sized(draft)
    if sized is None or sized.facts is None or by.source is not draft.source or not by.facts:
        return None
    rows = draft.source.rows([by.facts.heading, sized.facts.heading])
    texts = [amount for value, amount in rows if value in values and amount]
    numbers = read_numbers(connection, texts, sized.facts.decimal)
    found = [numbers[text] for text in texts if numbers.get(text)]
    return sum(number > 0 for number in found) / len(found) if found else None


def _sized(draft: SourceDraft) -> ColumnDraft | None:
    columns = (draft.columns.get(name) for name in ("amount_net", "quantity"))
    return next((c for c in columns if c and c.facts and c.source is draft.source), None)


def _negative_share(draft: SourceDraft) -> float:
    """Share of amounts (else quantities) below zero, 0 where they are computed."""
    sized = _sized(draft)
    return sized.facts.negative if sized and sized.facts else 0.0


def _credit_prefix(
    connection: duckdb.DuckDBPyConnection, draft: SourceDraft, document: ColumnDraft
) -> None:
    """Credit notes told by the first letters of their number."""
    assert document.facts is not None
    numbers = draft.source.values[document.facts.heading]
    for prefix in CREDIT_PREFIXES:
        begun = {
            n
            for n in numbers
            if n.startswith(prefix) and n[len(prefix) : len(prefix) + 1].isdigit()
        }
        if not 0 < len(begun) <= MAX_CREDIT_SHARE * len(numbers):
            continue
        positive = _positive_share(connection, draft, document, begun)
        if positive is None or 1 - MOSTLY < positive < MOSTLY:
            continue
        _say_sign(draft, positive, {"column": document.heading, "starts_with": prefix})
        return


def _duplicates(draft: SourceDraft) -> None:
    """Lines of one document with one number, or whole rows that are there twice."""
    names = [name for name in ("doc_id", "line_no") if name in draft.columns]
    own = [draft.columns[name] for name in names]
    if len(names) > 1 and all(column.source is draft.source for column in own):
        copies = _copy_share(draft, [column.heading for column in own])
        if 0 < copies <= MAX_COPIES:
            draft.unique = Rule({"unique": names}, f"{copies:.1%} of the rows are there twice")
        return
    copies = _copy_share(draft, draft.source.first.headings)
    if copies:
        told = f"{copies:.1%} of the rows are exact copies of others"
        draft.unique = Rule({"unique": "all"}, told, off=True)


def _copy_share(draft: SourceDraft, headings: Sequence[str]) -> float:
    rows = draft.source.rows(headings)
    return 1 - len(set(rows)) / len(rows) if rows else 0.0
