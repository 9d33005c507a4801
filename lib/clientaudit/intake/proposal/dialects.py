"""How values are written: what all sources share, what one has of its own, what nobody can tell."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from clientaudit.intake.proposal.draft import SourceDraft
from clientaudit.intake.proposal.evidence import MONTHS, Evidence
from clientaudit.intake.proposal.gathering import Gathered
from clientaudit.intake.proposal.layout import Export
from clientaudit.intake.proposal.matching import READABLE
from clientaudit.intake.reading.files import DELIMITED
from clientaudit.schema import TABLES


@dataclass
class Written:
    """How the values of one source are written; open: what the values do not tell, and the
    readings to choose from.
    """

    decimal: str = ""
    formats: list[str] = field(default_factory=list)
    open: dict[str, list[str]] = field(default_factory=dict)


def written(draft: SourceDraft) -> Written:
    """The decimal mark and the date formats of the columns that a source uses."""
    found = Written()
    facts = _numbers(draft)
    marks = {fact.decimal for fact in facts if fact.decimal in (",", ".")}
    if len(marks) == 1:
        found.decimal = marks.pop()
    elif not marks and any(fact.decimal == "?" for fact in facts):
        found.open["decimal"] = [",", "."]
    dates = [column.facts for column in draft.columns.values() if _is_date(draft, column.name)]
    told = [fact for fact in dates if fact and not fact.rival]
    for fact in told:
        formats = fact.formats or fact.months
        found.formats += [fmt for fmt in formats if fmt not in found.formats]
    for doubtful in dates:
        if doubtful and doubtful.rival:
            _settle(found, doubtful)
    return found


def read_like_others(drafts: Sequence[SourceDraft], ways: Sequence[Written]) -> None:
    """Read the dates of a side table that fit two formats like those of the other files, to be
    confirmed. The dates of invoice lines stay open.
    """
    told = {fmt for way in ways for fmt in way.formats}
    for draft, way in zip(drafts, ways, strict=True):
        known = [fmt for fmt in way.open.get("date_format", ()) if fmt in told]
        if draft.table != "transactions" and len(known) == 1:
            way.formats += known
            del way.open["date_format"]
            draft.remarks.append(f"CONFIRM: dates read as {known[0]}, as in the other files.")


def shared(drafts: Sequence[SourceDraft], ways: Sequence[Written]) -> dict[str, Any]:
    """What can be said once for all sources."""
    drafts = [draft for draft in drafts if not draft.preset]
    common: dict[str, Any] = {}
    for key in ("encoding", "separator"):
        values = encodings(drafts, key)
        if len(values) == 1:
            common[key] = next(iter(values))
    marks = Counter(way.decimal for way in ways if way.decimal)
    if marks:
        common["decimal"] = max(sorted(marks), key=marks.__getitem__)
    formats = [fmt for way in ways if not _conflict(way.formats) for fmt in way.formats]
    formats = [fmt for fmt in formats if fmt not in MONTHS]
    union = list(dict.fromkeys(sorted(formats, key=lambda fmt: "%Y" not in fmt)))
    if union and not _conflict(union):
        common["date_format"] = union
    elif union:
        whole = Counter(tuple(way.formats) for way in ways if way.formats)
        most = max(sorted(whole), key=whole.__getitem__)
        common["date_format"] = list(most)
    return common


def own(way: Written, common: dict[str, Any]) -> dict[str, Any]:
    """What a source writes otherwise than all together."""
    other: dict[str, Any] = {}
    if way.decimal and way.decimal != common.get("decimal"):
        other["decimal"] = way.decimal
    if not set(way.formats) <= set(common.get("date_format", way.formats)):
        other["date_format"] = way.formats
    return other


def encodings(drafts: Sequence[SourceDraft], key: str) -> dict[str, list[str]]:
    """Each encoding (or separator) found, and the files that have it."""
    found: dict[str, list[str]] = {}
    for draft in drafts:
        for source in _delimited(draft):
            for export in source.exports:
                if key == "encoding" and not has_accents(export):
                    continue
                value = getattr(export.sample.dialect, key)
                names = found.setdefault(value, [])
                names += [export.title] if export.title not in names else []
    return found


def _numbers(draft: SourceDraft) -> list[Evidence]:
    """Evidence of the columns of numbers; any column may stand in a formula."""
    sources = [draft.source, *draft.join_names.values()]
    every = {id(source): source for source in sources}.values()
    return [f for source in every for f in source.evidence.values() if f.numbers >= READABLE]


def _settle(found: Written, fact: Evidence) -> None:
    """A date that two formats read: another column of the source may tell which."""
    if not {*fact.formats, fact.rival} & set(found.formats):
        found.open["date_format"] = [fact.formats[0], fact.rival]


def _is_date(draft: SourceDraft, name: str) -> bool:
    return TABLES[draft.table].column(name).kind == "date"


def _conflict(formats: Sequence[str]) -> bool:
    """Whether two formats write the same signs in another order."""
    shapes = {"".join(sorted(fmt)) for fmt in formats}
    return len(shapes) < len(set(formats))


def _delimited(draft: SourceDraft) -> list[Gathered]:
    every = {id(source): source for source in (draft.source, *draft.join_names.values())}
    return [s for s in every.values() if s.first.sample.file.format in DELIMITED]


def has_accents(export: Export) -> bool:
    """Whether the sample holds any sign by which encodings differ."""
    return not all(cell.isascii() for row in (export.headings, *export.rows) for cell in row)
