"""The proposal as an engagement file that a person reads, corrects and keeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from clientaudit.intake.proposal.dialects import (
    Written,
    encodings,
    own,
    read_like_others,
    shared,
    written,
)
from clientaudit.intake.proposal.draft import ColumnDraft, Rule, SourceDraft, placed
from clientaudit.intake.proposal.headings import shown
from clientaudit.intake.proposal.layout import listing
from clientaudit.intake.proposal.rules import counted
from clientaudit.intake.proposal.yaml_text import Page, flow, scalar
from clientaudit.schema import TABLES

SURE = 0.8
CONFIRM = "CONFIRM"
HEAD = """\
Proposed by `clientaudit init` after a look at {count} exports. Nothing was run, and nothing is
sure before you have looked at it:

  1. go through the {marks} lines marked {mark}: correct them, or delete the word;
  2. run `clientaudit check` on this file: it shows what each rule keeps and sets aside;
  3. compare the revenue by year with the firm's accounts.

A percentage tells how sure a column is, by its heading and by the values of a sample."""
MARK_NAMES = {"decimal": "a decimal comma or a decimal point", "date_format": "day or month first"}


@dataclass(frozen=True)
class Unused:
    """An export that the proposal leaves out, and why."""

    name: str
    because: str


def engagement_text(
    drafts: Sequence[SourceDraft], unused: Sequence[Unused], language: str, count: int
) -> str:
    """The engagement file of these sources, every guess marked as one.

    count: of the exports that were looked at.
    """
    page = Page()
    _frame(page, language)
    ways = [Written() if draft.preset else written(draft) for draft in drafts]
    read_like_others(drafts, ways)
    common = shared(drafts, ways)
    _defaults(page, drafts, common)
    page.blank()
    page.add("tables:" if drafts else "tables: {}")
    if not any(draft.table == "transactions" for draft in drafts):
        page.note("No invoice lines were recognised: add `transactions` (docs/mapping.md).", 2)
    for table in TABLES:
        found = [(d, w) for d, w in zip(drafts, ways, strict=True) if d.table == table]
        if found:
            _table(page, table, found, common)
    _unused(page, unused)
    return _head(page.text, count) + page.text


def confirmations(text: str) -> int:
    """How many lines of the file ask to be confirmed."""
    return sum(f"# {CONFIRM}" in line for line in text.splitlines())


def _head(text: str, count: int) -> str:
    page = Page()
    for line in HEAD.format(count=count, marks=confirmations(text), mark=CONFIRM).splitlines():
        page.add(f"# {line}".rstrip())
    return page.text + "\n"


def _unused(page: Page, unused: Sequence[Unused]) -> None:
    if unused:
        page.blank()
        page.note("Exports that are not used:")
    for export in unused:
        page.add(f"#   {shown(export.name)}: {export.because}")


def _frame(page: Page, language: str) -> None:
    page.add("version: 1")
    page.add('firm: "NAME OF THE FIRM"', f"{CONFIRM}: printed on the reports")
    page.add("# as_of: 2025-12-31", "left out: the last complete month of the lines")
    page.add(f"language: {language}", "of the reports: fr or en")
    page.add("currency: EUR", f"{CONFIRM}: of all amounts")
    page.add("fiscal_year_start: 1", f"{CONFIRM}: first month of the fiscal year")
    page.add(
        "# accounts: {2025: 1234567.89}", "revenue by fiscal year: ask for it, it proves the rest"
    )


def _defaults(page: Page, drafts: Sequence[SourceDraft], common: dict[str, Any]) -> None:
    page.blank()
    if common:
        page.note("How values are written, as detected in the files.")
        page.add("defaults:")
    for key, value in common.items():
        if key == "separator" and value == "\t":
            value = "tab"
        page.add(f"  {key}: {flow(value)}")
    for key in ("encoding", "separator"):
        found = encodings(drafts, key)
        if len(found) > 1:
            told = (f"{value!r} in {listing(names, 3)}" for value, names in sorted(found.items()))
            page.note(f"{key} differs and is left to detection: {'; '.join(told)}.", 2)


def _table(
    page: Page, table: str, found: list[tuple[SourceDraft, Written]], common: dict[str, Any]
) -> None:
    page.blank()
    page.note(f"{TABLES[table].grain.capitalize()}.", 2)
    page.add(f"  {table}:")
    for place, (draft, way) in enumerate(found):
        several = len(found) > 1
        if place:
            page.blank()
        if draft.preset:
            page.add(f"    preset: {draft.preset}", "the accounting file: 18 fixed columns")
            page.add(f"    files: {_files(draft)}")
        else:
            _source(page, draft, (way, common), several)


def _source(
    page: Page, draft: SourceDraft, ways: tuple[Written, dict[str, Any]], several: bool
) -> None:
    pad = "      " if several else "    "
    rows = sum(len(export.rows) for export in draft.source.exports)
    told = counted(rows) if draft.source.whole else f"a sample of {counted(rows)} was read"
    page.add(f"{pad[:-2]}{'- ' if several else '  '}files: {_files(draft)}", told)
    for key, value in placed(draft.source).items():
        page.add(f"{pad}{key}: {flow(value)}")
    for remark in _remarks(draft):
        page.note(remark, len(pad))
    _own_defaults(page, *ways, pad)
    page.add(f"{pad}columns:")
    _columns(page, draft, pad)
    _rules(page, draft, pad)
    rest = _unmapped(draft)
    if rest:
        page.note(f"not used: {listing(rest, 40)}", len(pad))


def _remarks(draft: SourceDraft) -> list[str]:
    remarks = [*draft.remarks]
    remarks += [f"{e.title}: {remark}" for e in draft.source.exports for remark in e.remarks]
    if draft.source.left_out:
        left = listing([name.rpartition("/")[2] for name in draft.source.left_out])
        remarks.append(f"{CONFIRM}: left out, their rows stand in other files already: {left}.")
    return remarks


def _own_defaults(page: Page, way: Written, common: dict[str, Any], pad: str) -> None:
    other = own(way, common)
    if not other and not way.open:
        return
    page.add(f"{pad}defaults:")
    for key, value in other.items():
        page.add(f"{pad}  {key}: {flow(value)}")
    for key, readings in way.open.items():
        page.note(
            f"{MARK_NAMES[key].capitalize()}? Every value seen fits both. Keep one:", len(pad) + 2
        )
        for reading in readings:
            page.add(f"{pad}  # {key}: {scalar(reading)}")
        page.add(f'{pad}  {key}: "?"', f"{CONFIRM}: check stops here until one is chosen")


def _columns(page: Page, draft: SourceDraft, pad: str) -> None:
    order = [column.name for column in TABLES[draft.table].columns]
    names = sorted(draft.columns, key=order.index)
    width = max(map(len, names), default=0) + 1
    for name in names:
        column = draft.columns[name]
        value = (
            scalar(column.value["from"]) if set(column.value) == {"from"} else flow(column.value)
        )
        page.add(f"{pad}  {(name + ':').ljust(width)} {value}", _beside(column))
    required = TABLES[draft.table].required
    for name in [name for name in required if name not in draft.columns]:
        page.note(f"{name}: not found, and required", len(pad) + 2)


def needs_look(column: ColumnDraft) -> bool:
    """Whether a column has to be confirmed."""
    return column.confirm or column.confidence < SURE


def _beside(column: ColumnDraft) -> str:
    mark = f"{CONFIRM} " if needs_look(column) else ""
    told = column.remarks or ["is it this?"] * needs_look(column)
    remarks = "; ".join(told)
    return f"{mark}{column.confidence:.0%}" + (f": {remarks}" if remarks else "")


def _rules(page: Page, draft: SourceDraft, pad: str) -> None:
    _listed(page, "join", draft.joins, pad)
    if draft.credit_notes:
        page.add(
            f"{pad}credit_notes: {flow(draft.credit_notes.value)}",
            f"{CONFIRM}: {draft.credit_notes.remark}",
        )
    _listed(page, "keep", draft.keep, pad)
    _listed(page, "drop", draft.drop, pad)
    if draft.unique:
        off = "# " * draft.unique.off
        value = flow(draft.unique.value["unique"], "unique")
        page.add(f"{pad}{off}unique: {value}", f"{CONFIRM}: {draft.unique.remark}")


def _listed(page: Page, key: str, rules: Sequence[Rule], pad: str) -> None:
    if rules:
        page.add(f"{pad}{'# ' * all(rule.off for rule in rules)}{key}:")
    for rule in rules:
        mark = "" if key == "join" else f"{CONFIRM}: "
        page.add(f"{pad}  {'# ' * rule.off}- {flow(rule.value)}", mark + rule.remark)


def _files(draft: SourceDraft) -> str:
    return flow(draft.files[0] if len(draft.files) == 1 else draft.files)


def _unmapped(draft: SourceDraft) -> list[str]:
    used = {c.facts.heading for c in draft.columns.values() if c.facts and c.source is draft.source}
    formulas = " ".join(str(c.value.get("formula", "")) for c in draft.columns.values())
    return [
        heading
        for heading in draft.source.first.headings
        if heading not in used and f"[{heading.replace(']', ']]')}]" not in formulas
    ]
