"""Which export is which canonical table, and which others it needs."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from clientaudit.intake.proposal.gathering import Gathered, holds_rows_of
from clientaudit.intake.proposal.headings import name_scores, names_a_table, words
from clientaudit.intake.proposal.links import Link, concept, find_links
from clientaudit.intake.proposal.matching import READABLE, Match, match_columns
from clientaudit.intake.proposal.vocabulary import HEADINGS
from clientaudit.intake.proposal.words import FEC, FILE_NAMES, NAMED_ONLY
from clientaudit.schema import TABLES

LINES = "transactions"
UNIQUE = 0.9
REQUIRED_WEIGHT, NAME_WEIGHT = 2.0, 2.0
CLIENT_COLUMNS = 3
FEC_COLUMNS = 10
RELATED = {"clients": "client_id", "products": "product_id"}
LEAST_KNOWN = 0.1
GUESSED, FEW_CODES = 0.3, 3


@dataclass
class Choice:
    """A source of a canonical table: the exports, their columns, the look-ups they need.

    header: file with one row per document, for a file of lines.
    """

    table: str
    source: Gathered
    matches: dict[str, Match]
    header: Link | None = None
    remarks: list[str] = field(default_factory=list)


def choose_tables(sources: Sequence[Gathered]) -> list[Choice]:
    """The canonical table of each source that holds one, in the order of the schema."""
    choices = [choice for source in sources if (choice := _best(source))]
    lines = [c for source in sources if (c := _lines(source, sources, choices))]
    headers = [c.header.target for c in lines if c.header]
    kept = [c for c in choices if c.table != LINES]
    chosen = [c for c in lines if all(c.source is not header for header in headers)]
    chosen = _without_copies(chosen) or _stand_in(kept)
    chosen = chosen or _guess([s for s in sources if all(c.source is not s for c in kept)])
    kept = [choice for choice in kept if _is_related(choice, chosen)]
    order = list(TABLES)
    return chosen + sorted(kept, key=lambda choice: order.index(choice.table))


def is_fec(source: Gathered) -> bool:
    """Whether it is the accounting file that French firms must be able to produce."""
    headings = {"".join(words(heading)) for heading in source.first.headings}
    return len(headings & FEC) >= FEC_COLUMNS


def has_amount(matches: dict[str, Match]) -> bool:
    """Whether revenue can be read or computed, if only with VAT."""
    product = "quantity" in matches and "unit_price" in matches
    return "amount_net" in matches or "amount_incl_vat" in matches or product


def _best(source: Gathered) -> Choice | None:
    scored = []
    for rank, table in enumerate(HEADINGS):
        matches = match_columns(table, source.evidence)
        if _is_possible(table, source, matches):
            score = _score(table, source, matches)
            scored.append((score, -rank, Choice(table, source, matches)))
    return max(scored, key=lambda item: item[:2])[2] if scored else None


def _is_possible(table: str, source: Gathered, matches: dict[str, Match]) -> bool:
    if table == LINES:
        return {"client_id", "date"} <= set(matches) and has_amount(matches)
    if not set(TABLES[table].required) <= set(matches):
        return False
    if table in NAMED_ONLY:
        return _is_named(table, source) and len(matches) > 1
    if table == "clients":
        known = "name" in matches or len(matches) >= CLIENT_COLUMNS
        return known and len(matches) > 1 and _is_unique(source, matches["client_id"])
    return table != "products" or _is_unique(source, matches["product_id"])


def _is_unique(source: Gathered, match: Match) -> bool:
    return source.evidence[match.heading].unique >= UNIQUE


def _is_named(table: str, source: Gathered) -> bool:
    names = (source.first.sample.file.name.rpartition("/")[2], source.first.sample.sheet)
    return any(names_a_table(FILE_NAMES[table], name) for name in names)


def _score(table: str, source: Gathered, matches: dict[str, Match]) -> float:
    required = TABLES[table].required
    weights = {name: REQUIRED_WEIGHT if name in required else 1.0 for name in matches}
    found = sum(weights[name] * match.confidence for name, match in matches.items())
    return found + NAME_WEIGHT * _is_named(table, source)


def _lines(
    source: Gathered, sources: Sequence[Gathered], choices: Sequence[Choice]
) -> Choice | None:
    """The source as invoice lines, with the file of its documents where it has one."""
    own = next((choice for choice in choices if choice.source is source), None)
    if own and own.table != LINES:
        return None
    matches = match_columns(LINES, source.evidence)
    if not has_amount(matches) or not (own or "doc_id" in matches):
        return None
    taken = [c.source for c in choices if c.table != LINES]
    others = [other for other in sources if not own or all(other is not t for t in taken)]
    header = None
    if "doc_id" in matches and not _is_unique(source, matches["doc_id"]):
        links = [
            link
            for link in find_links(source, others)
            if concept(link.key) == "doc_id" and link.heading == matches["doc_id"].heading
        ]
        header = max(links, key=lambda link: link.overlap, default=None)
    choice = Choice(LINES, source, matches, header)
    known = set(matches)
    if header:
        known |= set(match_columns(LINES, header.target.evidence))
    return choice if {"client_id", "date"} <= known else None


def _is_related(choice: Choice, lines: list[Choice]) -> bool:
    """Whether clients and products have codes of the lines; other tables are taken as they are."""
    name = RELATED.get(choice.table, "")
    if name not in choice.matches or not lines:
        return True
    own = choice.source.values[choice.matches[name].heading]
    used: set[str] = set()
    for other in lines:
        for source in (other.source, *([other.header.target] if other.header else [])):
            match = match_columns(LINES, source.evidence).get(name)
            used |= source.values[match.heading] if match else set()
    return not used or len(own & used) >= LEAST_KNOWN * min(len(own), len(used))


def _without_copies(lines: list[Choice]) -> list[Choice]:
    """Without the sources whose rows all stand in another one."""
    kept: list[Choice] = []
    for choice in sorted(lines, key=lambda c: -sum(e.sample.file.size for e in c.source.exports)):
        larger = next((other for other in kept if _repeats(other, choice)), None)
        if larger:
            larger.source.left_out += choice.source.files
        else:
            kept.append(choice)
    return [choice for choice in lines if choice in kept]


def _repeats(larger: Choice, smaller: Choice) -> bool:
    names = [
        name
        for name in ("client_id", "date", "doc_id", "amount_net", "quantity")
        if name in larger.matches and name in smaller.matches
    ]
    columns = [(larger.matches[n].heading, smaller.matches[n].heading) for n in names]
    enough = names[:2] == ["client_id", "date"] and len(names) > CLIENT_COLUMNS - 1
    return enough and holds_rows_of(larger.source, smaller.source, columns)


def _stand_in(choices: list[Choice]) -> list[Choice]:
    """The invoices of the payments, where there are no invoice lines."""
    payments = next((choice for choice in choices if choice.table == "payments"), None)
    if payments is None:
        return []
    names = {"doc_id": "doc_id", "client_id": "client_id", "date": "invoice_date"}
    names["amount_incl_vat"] = "amount_incl_vat"
    found = {new: replace(payments.matches[old], column=new) for new, old in names.items()}
    remark = "No invoice lines were found: the invoices of the payments stand in."
    return [Choice(LINES, payments.source, found, remarks=[remark])]


def _names_another(heading: str) -> bool:
    """Whether a heading is that of another column of the lines: products are no clients."""
    scores = name_scores(LINES, heading)
    return max(scores.values(), default=0.0) > scores.get("client_id", 0.0)


def _guess(sources: Sequence[Gathered]) -> list[Choice]:
    """The largest file that has a date, an amount and a code that comes back, whatever the
    headings say.
    """
    for source in sorted(sources, key=lambda s: -sum(len(e.rows) for e in s.exports)):
        facts = list(source.evidence.values())
        dates = [f for f in facts if f.dates > READABLE]
        amounts = [f for f in facts if f.numbers > READABLE and f.whole < READABLE]
        codes = [f for f in facts if f.numbers < READABLE and f.dates < READABLE and f.filled]
        codes = [f for f in codes if FEW_CODES < f.distinct <= f.filled / 2]
        codes = [f for f in codes if not _names_another(f.heading)]
        if dates and amounts and codes:
            found = {
                "client_id": min(codes, key=lambda f: f.distinct),
                "date": dates[0],
                "amount_net": max(amounts, key=lambda f: f.largest),
            }
            matches = {name: Match(name, f.heading, GUESSED) for name, f in found.items()}
            remark = "No heading says what it holds: these are guesses by the values."
            return [Choice(LINES, source, matches, remarks=[remark])]
    return []
