"""How the values of a column become canonical ones: maps, units, rates, codes typed otherwise."""

from collections.abc import Sequence
from itertools import product

from clientaudit.intake.mapping.casting import NO, YES
from clientaudit.intake.mapping.formula import MAX_LENGTH
from clientaudit.intake.proposal.draft import ColumnDraft, SourceDraft, bracketed, in_thousands
from clientaudit.intake.proposal.evidence import Evidence
from clientaudit.intake.proposal.gathering import Gathered
from clientaudit.intake.proposal.headings import words
from clientaudit.intake.proposal.links import map_file
from clientaudit.intake.proposal.matching import BEST, READABLE, value_map
from clientaudit.intake.proposal.words import CENTS
from clientaudit.schema import TABLES, Column

UNSURE = 0.6
ALL_ONE_LENGTH = 0.9
LEAST_REPAIRED = 1
KNOWN = 0.8
FEW_KNOWN = 0.3
ORDERED = frozenset(["order", "commande", "cde", "bc", "livraison", "bl", "delivery", "ship"])
MAX_VALUE = 30  # a longer one is no code: it stays out of the file


def finish_columns(draft: SourceDraft, sources: Sequence[Gathered]) -> None:
    """Complete the mapping of every column that is read from a heading."""
    for name, drafted in list(draft.columns.items()):
        facts = drafted.facts
        if facts is None:
            continue
        column = TABLES[draft.table].column(name)
        if _is_coded(column, facts):
            _map_values(draft, drafted, column)
        elif column.kind in ("money", "decimal", "integer"):
            _note_unread(drafted, facts.numbers, "number")
            _set_unit(drafted, column)
        elif column.kind == "date":
            _note_unread(drafted, 1.0 if facts.months else facts.dates, "date")
            if name == "date" and ORDERED & set(words(drafted.heading)):
                drafted.confirm = True
                drafted.remarks.append("not the date of the invoice: is there none?")
        else:
            _finish_text(drafted, sources)


def _is_coded(column: Column, facts: Evidence) -> bool:
    """Whether its values are words that stand for others."""
    worded = column.kind == "integer" and facts.numbers < READABLE
    return worded or column.kind in ("enum", "boolean")


def check_codes(draft: SourceDraft, known: set[str], where: str, whole: bool) -> bool:
    """Compare the client codes with those of the client file, and rewrite what was typed
    otherwise: small letters, signs between, zeros in front. Returns whether they agree.

    whole: whether all codes of the client file are known.
    """
    column = draft.columns.get("client_id")
    if column is None or column.source is None or column.facts is None:
        return False
    codes = column.source.values[column.facts.heading]
    before = len(codes & known) / len(codes)
    told = f"{before:.0%} of the codes are in {where}"
    after, rewriting = _best_rewriting(codes, known)
    if rewriting and (after - before) * len(codes) > LEAST_REPAIRED:
        column.value |= rewriting
        column.confirm = True
        told += f", {after:.1%} when rewritten so"
    column.remarks.append(told)
    if after >= KNOWN:
        column.confidence = BEST
    elif after < FEW_KNOWN and whole:
        column.confidence = round(column.confidence * UNSURE, 2)
        column.confirm = True
    return after >= KNOWN


def _best_rewriting(codes: set[str], known: set[str]) -> tuple[float, dict[str, object]]:
    """The share of codes that are known when rewritten, and the least that it takes."""
    best, found = len(codes & known), dict[str, object]()
    for signs, upper, pad in product(([], ["-", " "]), (False, True), (0, _one_length(known))):
        matched = sum(_rewritten(code, signs, upper, pad) in known for code in codes)
        if matched > best:
            best = matched
            parts = {"remove": signs, "upper": upper, "pad": pad}
            found = {name: value for name, value in parts.items() if value}
    return best / len(codes), found


def _rewritten(code: str, signs: list[str], upper: bool, pad: int) -> str:
    for sign in signs:
        code = code.replace(sign, "")
    return (code.upper() if upper else code).rjust(pad, "0")


def _one_length(codes: set[str]) -> int:
    """The length of nearly all codes, 0 where they differ."""
    lengths = [len(code) for code in codes]
    usual = max(set(lengths), key=lambda n: (lengths.count(n), n))
    return usual if lengths.count(usual) >= ALL_ONE_LENGTH * len(lengths) else 0


def _map_values(draft: SourceDraft, drafted: ColumnDraft, column: Column) -> None:
    facts = drafted.facts
    assert facts is not None
    known, unknown = value_map(draft.table, column.name, facts)
    plain = YES + NO if column.kind == "boolean" else ()
    same = (v.lower() in (*plain, str(target).lower()) for v, target in known.items())
    if all(same) and not unknown:
        return
    drafted.value["map"] = {value: known[value] for value in known if len(value) <= MAX_VALUE}
    drafted.confirm = True
    drafted.remarks.append("what each code means")
    if words(facts.heading)[:2] == ("do", "type"):
        drafted.remarks.append("the codes of Sage differ between versions: look at a few documents")
    if unknown:
        rest = sum(n for value, n in facts.values if value in unknown) / facts.filled
        drafted.remarks.append(f"{len(unknown)} other on {rest:.1%} of the rows")
        if "other" in column.values:
            drafted.value["otherwise"] = "other"


def _set_unit(drafted: ColumnDraft, column: Column) -> None:
    facts = drafted.facts
    assert facts is not None
    if column.kind == "money" and in_thousands(drafted.heading):
        drafted.value["unit"] = "kEUR"
        drafted.confidence = min(drafted.confidence, UNSURE)
        drafted.confirm = True
        drafted.remarks.append("the heading speaks of thousands")
    elif column.kind == "money" and CENTS & set(words(drafted.heading)):
        _compute(drafted, f"{bracketed(drafted.heading)} / 100", "the heading speaks of cents")
        drafted.confirm = True
    elif column.name.endswith("_pct") and 0 < facts.largest <= 1:
        _compute(drafted, f"{bracketed(drafted.heading)} * 100", "a share from 0 to 1 in the file")
    elif column.unit.startswith("share") and facts.largest > 1:
        _compute(drafted, f"{bracketed(drafted.heading)} / 100", "a percentage in the file")


def _compute(drafted: ColumnDraft, formula: str, remark: str) -> None:
    drafted.value = {"formula": formula} if len(formula) <= MAX_LENGTH else drafted.value
    drafted.remarks.append(remark)


def _note_unread(drafted: ColumnDraft, share: float, what: str) -> None:
    if share < 1:
        drafted.confirm = True
        drafted.remarks.append(f"{1 - share:.1%} of the cells are no {what}")


def _finish_text(drafted: ColumnDraft, sources: Sequence[Gathered]) -> None:
    if drafted.name in ("product_family", "family"):
        _name_families(drafted, sources)
    elif drafted.name == "currency" and drafted.facts and drafted.facts.distinct > 1:
        drafted.confirm = True
        drafted.remarks.append("several: give the column fx_rate, or keep one of them")


def _name_families(drafted: ColumnDraft, sources: Sequence[Gathered]) -> None:
    facts, own = drafted.facts, drafted.source
    if facts is None or own is None:
        return
    found = map_file(own.values[facts.heading], own, sources)
    if found:
        drafted.value["map_file"] = found.files[0]
        drafted.remarks.append("codes, named by that file")
