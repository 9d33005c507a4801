"""Which heading is which canonical column: the words of the heading, tried by its values."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from clientaudit.intake.mapping.casting import NO, YES
from clientaudit.intake.proposal.coded_values import VALUES
from clientaudit.intake.proposal.evidence import Evidence
from clientaudit.intake.proposal.headings import name_scores, words
from clientaudit.intake.proposal.vocabulary import HEADINGS
from clientaudit.intake.proposal.words import GROSS, SAGE_TYPES
from clientaudit.schema import TABLES, Column

BEST, LEAST = 0.99, 0.45
READABLE = 0.8  # of the cells, for a column of dates or numbers
LONG_ID = 40
NEGATIONS = frozenset(("annule", "annulee", "no", "non", "not", "pas", "sans"))
_GRADE = re.compile(r"\d\s*[-–:.)]\s*\D+")  # "2 - serious"
UNTESTED = 0.95  # text can be anything
MONTHLY = ("period", "month")  # only these may be dates without a day
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


def value_map(table: str, column: str, facts: Evidence) -> tuple[dict[str, str | None], list[str]]:
    """Source value to canonical value where it is known, and the values that are not.

    A sign such as "?" is no answer to yes or no.
    """
    if column == "doc_type" and words(facts.heading)[:2] == ("do", "type"):
        sage: dict[str, str | None] = {v: SAGE_TYPES[v] for v, _ in facts.values if v in SAGE_TYPES}
        return sage, [value for value, _ in facts.values if value not in sage]
    meanings: dict[tuple[str, ...], str | None] = {
        words(name): target
        for target, names in VALUES.get(f"{table}.{column}", {}).items()
        for name in names.split(",")
    }
    kind = TABLES[table].column(column).kind
    if kind == "boolean":
        meanings |= {words(yes): "true" for yes in YES} | {words(no): "false" for no in NO}
        meanings |= {(): None}
    if kind == "integer":
        meanings |= {words(v): v[0] for v, _ in facts.values if _GRADE.fullmatch(v)}
    own: dict[tuple[str, ...], str | None] = {
        words(value): value for value in TABLES[table].column(column).values
    }
    meanings = own if {words(v) for v, _ in facts.values} <= set(own) else own | meanings
    if table != "transactions":
        meanings |= _by_one_word(meanings, [v for v, _ in facts.values])
    known = {v: meanings[words(v)] for v, _ in facts.values if words(v) in meanings}
    return known, [value for value, _ in facts.values if value not in known]


def _by_one_word(
    meanings: dict[tuple[str, ...], str | None], values: list[str]
) -> dict[tuple[str, ...], str | None]:
    """Values of several words of which one or more tell their meaning, and none another one."""
    telling = {name[0]: t for name, t in meanings.items() if len(name) == 1 and len(name[0]) > 2}
    found: dict[tuple[str, ...], str | None] = {}
    for value in values:
        name = words(value)
        targets = {telling[word] for word in name if word in telling}
        if name not in meanings and len(targets) == 1 and not NEGATIONS & set(name):
            found[name] = targets.pop()
    return found


def _fit(table: str, name: str, facts: Evidence) -> float:
    """How well the values of a column agree with what it is taken for, 0 to 1."""
    if not facts.filled:
        return 0.0
    if name in HELPERS:
        return _number_fit(facts)
    column = TABLES[table].column(name)
    is_gross = name == "amount_net" and GROSS & set(words(facts.heading))
    is_key = name == "currency" and facts.numbers > READABLE
    return 0.0 if is_gross or is_key else _kind_fit(table, column, facts)


def _kind_fit(table: str, column: Column, facts: Evidence) -> float:
    if column.kind == "enum":
        return _enum_fit(table, column, facts)
    coded = column.kind == "boolean" and facts.kind != "boolean"
    if coded or (column.kind == "integer" and facts.numbers < READABLE):
        return 1.0 if facts.values and not value_map(table, column.name, facts)[1] else 0.0
    if column.name in MONTHLY and facts.months:
        return 1.0
    return _FITS.get(column.kind, _number_fit)(facts)


def _date_fit(facts: Evidence) -> float:
    whole_number = 0.8 if facts.kind == "number" else 1.0
    return facts.dates * whole_number if facts.dates >= READABLE else 0.0


def _number_fit(facts: Evidence) -> float:
    return facts.numbers if facts.numbers >= READABLE and facts.kind != "date" else 0.0


def _whole_fit(facts: Evidence) -> float:
    return _number_fit(facts) * facts.whole


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
    "boolean": lambda _: 1.0,
    "text": _text_fit,
}
