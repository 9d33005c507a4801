"""From unknown exports to a proposed engagement file, written aside and never over another."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import duckdb

from clientaudit.errors import AuditError
from clientaudit.intake.proposal.amounts import draft_lines, prove_amount
from clientaudit.intake.proposal.columns import check_codes, finish_columns
from clientaudit.intake.proposal.draft import SourceDraft
from clientaudit.intake.proposal.gathering import Gathered, gather, pattern_of
from clientaudit.intake.proposal.headings import words
from clientaudit.intake.proposal.layout import Export, read_layout
from clientaudit.intake.proposal.matching import BEST
from clientaudit.intake.proposal.rules import set_empty_aside, set_rules, set_totals_aside
from clientaudit.intake.proposal.samples import Sample, export_files, read_samples
from clientaudit.intake.proposal.tables import LINES, Choice, choose_tables, is_fec
from clientaudit.intake.proposal.writing import Unused, engagement_text

FILE_NAME = "engagement.yml"
FRENCH = {"montant", "ht", "facture", "piece", "qte", "quantite", "famille", "article", "libelle"}
ENGLISH = {"customer", "invoice", "amount", "order", "quantity", "product", "unit", "price", "name"}
COMMON = 0.3  # of the clients and of the days of the shorter of two files
FEC_PATTERN = "*FEC*.txt"


@dataclass(frozen=True)
class Proposal:
    """A proposed engagement file: where it would stand, its text, what it is made of."""

    path: Path
    text: str
    sources: tuple[SourceDraft, ...]
    unused: tuple[Unused, ...]


def propose(paths: Sequence[Path], out: Path | None = None) -> Proposal:
    """Look at a sample of the exports and propose how to read them. Nothing is written.

    paths: files, or folders of files. out: folder of the engagement file, by default the one
    that the exports share. Raises AuditError: nothing to read, files that cannot be read (all
    of them), an engagement file that stands there already.
    """
    folder = (out or _common_folder(paths)).absolute()
    if folder.exists() and not folder.is_dir():
        raise AuditError(f"{folder}: is a file; --out names a folder.")
    target = folder / FILE_NAME
    if target.exists():
        raise AuditError(f"{target}: exists already and is kept. Name another folder with --out.")
    files, others = export_files(paths, folder)
    with duckdb.connect() as connection:
        exports, unused = _exports(read_samples(connection, files))
        unused += [Unused(Path(name).name, "not an export (its ending)") for name in others]
        sources = gather(connection, exports)
        drafts = _drafts(connection, sources, folder)
    unused += _left(sources, drafts)
    headings = [word for e in exports for h in e.headings for word in words(h)]
    is_english = sum(w in ENGLISH for w in headings) > sum(w in FRENCH for w in headings)
    text = engagement_text(drafts, unused, "en" if is_english else "fr", len(exports))
    return Proposal(target, text, tuple(drafts), tuple(unused))


def write_proposal(proposal: Proposal) -> None:
    """Write the proposed file. Raises AuditError if one stands there or it cannot be written."""
    try:
        proposal.path.parent.mkdir(parents=True, exist_ok=True)
        with proposal.path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(proposal.text)
    except FileExistsError:
        raise AuditError(f"{proposal.path}: exists already and is kept.") from None
    except OSError as error:
        raise AuditError(f"{proposal.path}: cannot be written ({error.strerror}).") from None


def _common_folder(paths: Sequence[Path]) -> Path:
    folders = [path if path.is_dir() else path.parent for path in paths]
    return Path(os.path.commonpath([folder.absolute() for folder in folders]))


def _exports(samples: Sequence[Sample]) -> tuple[list[Export], list[Unused]]:
    """The tables of the samples, and those that hold none."""
    sheets = [sample.file.name for sample in samples]
    exports, unused = [], []
    for sample in samples:
        found = read_layout(sample)
        several = sheets.count(sample.file.name) > 1
        if isinstance(found, Export):
            found.sheet = sample.sheet if several else ""
            exports.append(found)
        else:
            suffix = f" [{sample.sheet}]" if several else ""
            unused.append(Unused(sample.file.path.name + suffix, found))
    return exports, unused


def _drafts(
    connection: duckdb.DuckDBPyConnection, sources: list[Gathered], folder: Path
) -> list[SourceDraft]:
    books = [source for source in sources if is_fec(source)]
    others = [source for source in sources if not is_fec(source)]
    choices = choose_tables(others)
    drafts = [_draft(connection, choice, others, folder) for choice in choices]
    if books and not any(draft.table == LINES for draft in drafts):
        drafts.insert(0, _books(books, folder))
    _compare_codes(drafts)
    _compare_lines([draft for draft in drafts if draft.table == LINES and not draft.preset])
    return drafts


def _draft(
    connection: duckdb.DuckDBPyConnection, choice: Choice, sources: list[Gathered], folder: Path
) -> SourceDraft:
    if choice.table == LINES:
        draft = draft_lines(choice, sources, folder)
        finish_columns(draft, sources)
        prove_amount(connection, draft)
        set_rules(connection, draft)
        return draft
    draft = SourceDraft(choice.table, choice.source, pattern_of(choice.source.files, folder))
    for match in choice.matches.values():
        draft.add(match, choice.source)
    finish_columns(draft, sources)
    set_totals_aside(draft)
    set_empty_aside(draft)
    return draft


def _books(books: list[Gathered], folder: Path) -> SourceDraft:
    files = sorted(name for source in books for name in source.files)
    pattern = pattern_of(files, folder, preferred=FEC_PATTERN)
    return SourceDraft(LINES, books[0], pattern, preset="fec")


def _compare_codes(drafts: list[SourceDraft]) -> None:
    files = [draft for draft in drafts if draft.table == "clients"]
    known = {
        code for draft in files for code in draft.source.values[draft.columns["client_id"].heading]
    }
    whole = all(file.source.whole for file in files)
    others = [draft for draft in drafts if draft.table != "clients" and known]
    agree = [check_codes(draft, known, files[0].source.name, whole) for draft in others]
    for file in files:
        if any(agree):
            file.columns["client_id"].confidence = BEST


def _compare_lines(drafts: list[SourceDraft]) -> None:
    """Ask where two files hold lines of the same clients on the same days."""
    for one, other in combinations(drafts, 2):
        if all(_common_share(one, other, name) >= COMMON for name in ("client_id", "date")):
            other.remarks.append(
                f"CONFIRM: holds lines of the same clients on the same days as {one.source.name}. "
                "Keep both only if they are other sales, never orders beside their invoices."
            )


def _common_share(one: SourceDraft, other: SourceDraft, name: str) -> float:
    """Share of the values of a column that both sources have."""
    columns = [draft.columns.get(name) for draft in (one, other)]
    values = [c.source.values[c.facts.heading] for c in columns if c and c.source and c.facts]
    if len(values) < len(columns):
        return 0.0
    return len(values[0] & values[1]) / min(map(len, values))


def _left(sources: list[Gathered], drafts: list[SourceDraft]) -> list[Unused]:
    """Sources that no table, look-up or map uses."""
    used = {name for draft in drafts for name in draft.source.files}
    for draft in drafts:
        used |= {name for table in draft.join_names.values() for name in table.files}
        used |= {str(column.value.get("map_file")) for column in draft.columns.values()}
        used |= set(draft.source.left_out)
    has_lines = any(draft.table == LINES and not draft.preset for draft in drafts)
    return [
        Unused(
            source.name,
            "the accounting file; preset: fec would audit it instead of the exports"
            if is_fec(source) and has_lines
            else "no canonical table recognised",
        )
        for source in sources
        if not used & set(source.files)
    ]
