"""What one source of the engagement file will say, with how sure each part of it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any

from clientaudit.intake.mapping.formula import MAX_LENGTH
from clientaudit.intake.proposal.evidence import Evidence
from clientaudit.intake.proposal.gathering import Gathered
from clientaudit.intake.proposal.headings import shown, words
from clientaudit.intake.proposal.links import Link
from clientaudit.intake.proposal.matching import Match
from clientaudit.intake.proposal.words import THOUSANDS


@dataclass
class ColumnDraft:
    """One canonical column: what the file says, how sure it is, what to know about it.

    heading: as the reader will call it once look-ups are joined. facts: of its values, None where
    they are computed. confirm: the consultant has to look at it.
    """

    name: str
    value: dict[str, Any]
    confidence: float
    facts: Evidence | None = None
    source: Gathered | None = None
    heading: str = ""
    remarks: list[str] = field(default_factory=list)
    confirm: bool = False


@dataclass(frozen=True)
class Rule:
    """A line of `keep`, `drop` or `join`, and what was seen; off: written as a comment."""

    value: dict[str, Any]
    remark: str = ""
    off: bool = False


@dataclass
class SourceDraft:
    """One source of one canonical table."""

    table: str
    source: Gathered
    files: list[str]
    columns: dict[str, ColumnDraft] = field(default_factory=dict)
    joins: list[Rule] = field(default_factory=list)
    join_names: dict[str, Gathered] = field(default_factory=dict)
    credit_notes: Rule | None = None
    keep: list[Rule] = field(default_factory=list)
    drop: list[Rule] = field(default_factory=list)
    unique: Rule | None = None
    remarks: list[str] = field(default_factory=list)
    preset: str = ""

    def add(self, match: Match, source: Gathered, heading: str = "") -> ColumnDraft:
        """Take a heading of the source, or of a look-up under the name it has once joined."""
        heading = heading or match.heading
        column = ColumnDraft(
            match.column,
            {"from": heading},
            match.confidence,
            source.evidence[match.heading],
            source,
            heading,
        )
        if match.others:
            column.remarks.append("or " + quoted(match.others[:2]))
        self.columns[match.column] = column
        return column

    def compute(self, name: str, formula: str, confidence: float, remark: str) -> None:
        """Let a column be computed, unless its headings are too long for a formula."""
        if len(formula) > MAX_LENGTH:
            return
        value = {"formula": formula}
        self.columns[name] = ColumnDraft(name, value, confidence, remarks=[remark])

    def join(self, link: Link, left: str, files: list[str]) -> None:
        """Look a row up in another file, under the column `left` of what is known so far."""
        rule: dict[str, Any] = {
            "files": files[0] if len(files) == 1 else files,
            "on": {left: link.key},
        }
        rule |= placed(link.target)
        self.joins.append(Rule(rule, f"{link.overlap:.0%} of the values are found there"))
        for heading in link.target.first.headings:
            self.join_names.setdefault(self.joined(link.target, heading), link.target)

    def joined(self, target: Gathered, heading: str) -> str:
        """What a column of a look-up is called: by its file where the name is taken."""
        taken = {*self.source.first.headings} | {
            name for name, table in self.join_names.items() if table is not target
        }
        stem = PurePosixPath(target.files[0]).name.partition(".")[0]
        return f"{stem}.{heading}" if heading in taken else heading


def placed(source: Gathered) -> dict[str, Any]:
    """Where the table stands in its files, as the engagement file says it."""
    first = source.first
    where: dict[str, Any] = {}
    if first.sheet:
        where["sheet"] = first.sheet
    if first.header_row > 1:
        where["header_row"] = first.header_row
    if source.stop_at:
        where["stop_at"] = source.stop_at
    return where


def quoted(names: Sequence[str]) -> str:
    """Headings between quotes, for a remark."""
    return ", ".join(f'"{shown(name)}"' for name in names)


def bracketed(heading: str) -> str:
    """A heading as a formula names it.

    >>> bracketed("a]b")
    '[a]]b]'
    """
    return f"[{heading.replace(']', ']]')}]"


def in_thousands(heading: str) -> bool:
    """Whether a heading says that its amounts are in thousands: k€, kEUR, milliers."""
    found = words(heading)
    return bool(THOUSANDS & set(found)) or any(pair == ("k", "eur") for pair in pairwise(found))
