"""Invoice lines: revenue and cost where no column says them, columns of other files."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from clientaudit.intake.proposal.draft import SourceDraft, bracketed
from clientaudit.intake.proposal.evidence import read_numbers
from clientaudit.intake.proposal.gathering import Gathered, pattern_of
from clientaudit.intake.proposal.links import Link, family_path
from clientaudit.intake.proposal.matching import BEST, HELPERS, Match, match_columns
from clientaudit.intake.proposal.tables import LINES, Choice

COMPUTED, LESS_VAT, WITH_VAT = 0.85, 0.7, 0.3
CENT, ROUNDING = 0.011, 1e-6
PROVED = 0.95


def draft_lines(choice: Choice, sources: Sequence[Gathered], folder: Path) -> SourceDraft:
    """The invoice lines of a choice: its own columns first, then those of its look-ups."""
    source = choice.source
    draft = SourceDraft(LINES, source, pattern_of(source.files, folder))
    draft.remarks += choice.remarks
    places = {name: (match, source, match.heading) for name, match in choice.matches.items()}
    if choice.header:
        document = replace(choice.matches["doc_id"], confidence=BEST)
        places["doc_id"] = (document, source, document.heading)
        places = _header_columns(draft, choice.header, folder) | places
    for name, (match, table, heading) in places.items():
        if name not in HELPERS:
            draft.add(match, table, heading)
    _find_family(draft, sources, folder)
    headings = {name: heading for name, (_, _, heading) in places.items()}
    _find_amount(draft, headings)
    if "cost_amount" not in places and {"unit_cost", "quantity"} <= set(headings):
        formula = f"{bracketed(headings['unit_cost'])} * {bracketed(headings['quantity'])}"
        draft.compute("cost_amount", formula, COMPUTED, "unit cost times quantity")
    return draft


def _header_columns(
    draft: SourceDraft, header: Link, folder: Path
) -> dict[str, tuple[Match, Gathered, str]]:
    """Join the file of the documents; its columns, and what they are called then."""
    target = header.target
    draft.join(header, header.heading, pattern_of(target.files, folder))
    return {
        name: (match, target, draft.joined(target, match.heading))
        for name, match in match_columns(LINES, target.evidence).items()
        if name != "doc_id"
    }


def prove_amount(connection: duckdb.DuckDBPyConnection, draft: SourceDraft) -> None:
    """Say on how many rows the amount is quantity times price, less the discount."""
    amount = draft.columns.get("amount_net")
    own = {
        name: column.facts
        for name, column in draft.columns.items()
        if column.facts and column.source is draft.source
    }
    price = own.get("list_price") or own.get("unit_price")
    parts = [own.get("amount_net"), own.get("quantity"), price]
    facts = [fact for fact in parts if fact]
    if amount is None or len(facts) < len(parts):
        return
    discount = own.get("discount_pct")
    facts += [discount] if discount else []
    numbers = [read_numbers(connection, draft.source.values[f.heading], f.decimal) for f in facts]
    cells = draft.source.rows([fact.heading for fact in facts])
    rows = [[abs(n.get(c, 0)) for n, c in zip(numbers, row, strict=True)] for row in cells]
    whole = 100 if discount and discount.largest > 1 else 1
    share = sum(_is_product(row, whole) for row in rows) / len(rows)
    if share >= PROVED:
        amount.confidence = BEST
        amount.remarks.append(f"is quantity × price less discount on {share:.0%} of the rows")


def _is_product(row: Sequence[float], whole: int) -> bool:
    """Whether an amount is quantity times price less discount, but for signs."""
    amount, quantity, price, *discount = row
    kept = 1 - sum(discount) / whole
    return abs(amount - quantity * price * kept) <= CENT + ROUNDING * amount


def _find_family(draft: SourceDraft, sources: Sequence[Gathered], folder: Path) -> None:
    product = draft.columns.get("product_id")
    if "product_family" in draft.columns or product is None or product.source is not draft.source:
        return
    found = family_path(draft.source, product.heading, sources)
    if found is None:
        return
    sure, path, heading = found
    _join_all(draft, path, folder)
    target = path[-1].target
    match = Match("product_family", heading, round(sure, 2))
    draft.add(match, target, draft.joined(target, heading))


def _join_all(draft: SourceDraft, path: Sequence[Link], folder: Path) -> None:
    before: Gathered | None = None
    for link in path:
        left = link.heading if before is None else draft.joined(before, link.heading)
        draft.join(link, left, pattern_of(link.target.files, folder))
        before = link.target


def _find_amount(draft: SourceDraft, headings: dict[str, str]) -> None:
    """Revenue excluding VAT: a column, else computed, else with VAT and a warning."""
    found = {name: bracketed(heading) for name, heading in headings.items()}
    price = found.get("unit_price") or found.get("list_price")
    if "amount_net" in draft.columns:
        return
    if {"amount_incl_vat", "vat_amount"} <= set(found):
        formula = f"{found['amount_incl_vat']} - {found['vat_amount']}"
        draft.compute("amount_net", formula, LESS_VAT, "amount with VAT less VAT")
    elif "quantity" in found and price:
        formula = f"{found['quantity']} * {price}{_less_discount(draft, found)}"
        draft.compute("amount_net", formula, COMPUTED, "no column holds it: computed")
    else:
        heading = headings["amount_incl_vat"]
        source = draft.source
        column = draft.add(Match("amount_net", heading, WITH_VAT), source)
        column.remarks = ["may include VAT: revenue too high; ask for amounts before VAT"]
    if "amount_net" in draft.columns:
        draft.columns["amount_net"].confirm = True


def _less_discount(draft: SourceDraft, found: dict[str, str]) -> str:
    discount = draft.columns.get("discount_pct")
    if discount is None or discount.facts is None:
        return ""
    share = found["discount_pct"] + (" / 100" if discount.facts.largest > 1 else "")
    return f" * (1 - {share})"
