"""Which heading is which canonical column: the words of the heading, tried by its values."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from clientaudit.intake.casting import NO, YES
from clientaudit.intake.proposal.evidence import Evidence
from clientaudit.intake.proposal.headings import name_scores, words
from clientaudit.intake.proposal.vocabulary import HEADINGS
from clientaudit.intake.proposal.words import GROSS, SAGE_TYPES, VALUES
from clientaudit.schema import TABLES, Column

BEST, LEAST = 0.99, 0.45
READABLE = 0.8  # of the cells, for a column of dates or numbers
LONG_ID = 40
UNTESTED = 0.95  # text can be anything
# Of a transaction, columns that only help to find the canonical ones.
HELPERS = {"unit_cost": "money", "amount_incl_vat": "money", "vat_amount": "money"}


@dataclass(frozen=True)
class Match:
    """A heading taken for a canonical column; others: headings that may be it as well."""

    column: str
    heading: str
    confidence: float
    others: tuple[str, ...] = ()


def match_columns(table: str, evidence: dict[str, Evidence]) -> dict[str, Match]:
    """The best heading of each column of a table, each heading used once; required columns
    choose first, then the surest.
    """
    required, order = TABLES[table].required, list(HEADINGS[table])
    places = {heading: place for place, heading in enumerate(evidence)}
    candidates = sorted(
        _candidates(table, evidence),
        key=lambda m: (
            m.column not in required,
            -m.confidence,
            order.index(m.column),
            places[m.heading],
        ),
    )
    chosen: dict[str, Match] = {}
    for match in candidates:
        if match.column not in chosen and match.heading not in {m.heading for m in chosen.values()}:
            chosen[match.column] = match
    used = {match.heading for match in chosen.values()}
    for match in candidates:
        if match.heading not in used:
            first = chosen[match.column]
            chosen[match.column] = replace(first, others=(*first.others, match.heading))
    return chosen


def _candidates(table: str, evidence: dict[str, Evidence]) -> Iterator[Match]:
    """Every heading for every column that it may be."""
    for heading, facts in evidence.items():
        if _is_twin(heading, evidence):
            continue
        for column, score in name_scores(table, heading).items():
            sure = round(min(BEST, score * BEST * _fit(table, column, facts)), 2)
            if sure >= LEAST:
                yield Match(column, heading, sure)


def _is_twin(heading: str, evidence: dict[str, Evidence]) -> bool:
    """Whether it is the numeric key of a date that stands there as well (data warehouses)."""
    *stem, last = words(heading) or ("",)
    return last == "key" and any(
        facts.kind == "date" and words(other) == tuple(stem) for other, facts in evidence.items()
    )


def value_map(table: str, column: str, facts: Evidence) -> tuple[dict[str, str], list[str]]:
    """Source value to canonical value where it is known, and the values that are not."""
    if column == "doc_type" and words(facts.heading)[:2] == ("do", "type"):
        known = {value: SAGE_TYPES[value] for value, _ in facts.values if value in SAGE_TYPES}
        return known, [value for value, _ in facts.values if value not in known]
    meanings = {
        words(name): target
        for target, names in VALUES.get(f"{table}.{column}", {}).items()
        for name in names.split(",")
    }
    own = {words(value): value for value in TABLES[table].column(column).values}
    meanings = own if {words(v) for v, _ in facts.values} <= set(own) else own | meanings
    known = {v: meanings[words(v)] for v, _ in facts.values if words(v) in meanings}
    return known, [value for value, _ in facts.values if value not in known]


def _fit(table: str, name: str, facts: Evidence) -> float:
    """How well the values of a column agree with what it is taken for, 0 to 1."""
    if not facts.filled:
        return 0.0
    if name in HELPERS:
        return _number_fit(facts)
    column = TABLES[table].column(name)
    is_gross = name == "amount_net" and GROSS & set(words(facts.heading))
    is_key = name == "currency" and facts.numbers > READABLE
    if is_gross or is_key:
        return 0.0
    if column.kind == "enum":
        return _enum_fit(table, column, facts)
    return _FITS.get(column.kind, _number_fit)(facts)


def _date_fit(facts: Evidence) -> float:
    whole_number = 0.8 if facts.kind == "number" else 1.0
    return facts.dates * whole_number if facts.dates >= READABLE else 0.0


def _number_fit(facts: Evidence) -> float:
    return facts.numbers if facts.numbers >= READABLE and facts.kind != "date" else 0.0


def _whole_fit(facts: Evidence) -> float:
    return _number_fit(facts) * facts.whole


def _boolean_fit(facts: Evidence) -> float:
    known = {*YES, *NO}
    answers = bool(facts.values) and all(value.lower() in known for value, _ in facts.values)
    return 1.0 if facts.kind == "boolean" or answers else 0.0


def _text_fit(facts: Evidence) -> float:
    broken = facts.numbers > READABLE and facts.whole < READABLE
    dated = facts.kind == "date" or (facts.dates > READABLE and facts.numbers < READABLE)
    if broken or dated:
        return 0.2
    return 0.6 if facts.length > LONG_ID else UNTESTED


def _enum_fit(table: str, column: Column, facts: Evidence) -> float:
    if not facts.values:
        return 0.0
    known, _ = value_map(table, column.name, facts)
    share = sum(n for value, n in facts.values if value in known) / facts.filled
    if words(facts.heading)[:2] == ("do", "type"):
        return 0.6 if known else 0.0
    if share >= 0.5:
        return 0.6 + 0.4 * share
    return 0.5 if "other" in column.values and column.need == "required" else 0.0


_FITS: dict[str, Callable[[Evidence], float]] = {
    "date": _date_fit,
    "integer": _whole_fit,
    "boolean": _boolean_fit,
    "text": _text_fit,
}
