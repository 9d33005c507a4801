"""Which column of one file leads to which row of another: keys found by their values."""

from collections.abc import Sequence
from dataclasses import dataclass

from clientaudit.intake.proposal.evidence import Evidence
from clientaudit.intake.proposal.gathering import Gathered
from clientaudit.intake.proposal.headings import name_scores, words
from clientaudit.intake.proposal.matching import match_columns

KEYS = ("client_id", "doc_id", "product_id", "product_family")
UNIQUE = 0.98
NAMED_OVERLAP, UNNAMED_OVERLAP, SAMPLED_OVERLAP = 0.5, 0.95, 0.2
TELLING = 4  # signs of a code that cannot be met in another column by chance
DEPTH, DEPTH_COST, KEY_COST = 3, 0.02, 0.1
MAP_COLUMNS = 4
MAP_OVERLAP = 0.9
MAX_KEY = 100  # YAML takes no key of over 1,024 signs, escapes included


@dataclass(frozen=True)
class Link:
    """A row of `target` for each value of a column: heading = key, on that share of the values."""

    heading: str
    target: Gathered
    key: str
    overlap: float


def find_links(source: Gathered, others: Sequence[Gathered]) -> list[Link]:
    """The surest link from a source to each of the other files that it leads to."""
    found = []
    for target in others:
        if target is source:
            continue
        links = [
            Link(heading, target, key, overlap)
            for key in target.first.headings
            if _is_key(target, key)
            for heading in source.first.headings
            if (overlap := _overlap(source, heading, target, key))
        ]
        if links:
            found.append(
                max(links, key=lambda link: (_alike(link.heading, link.key), link.overlap))
            )
    return found


def concept(heading: str) -> str:
    """Which of KEYS a heading names, "" if none."""
    scores = name_scores("transactions", heading)
    best = max(scores, key=scores.__getitem__, default="")
    return best if best in KEYS and scores[best] > 0.5 else ""


def family_path(
    source: Gathered, heading: str, others: Sequence[Gathered]
) -> tuple[float, list[Link], str] | None:
    """How sure, by which links, and under which heading a product's family is found.

    heading: the product of the source.
    """
    starts = [link for link in find_links(source, others) if link.heading == heading]
    paths: list[list[Link]] = [[link] for link in starts]
    found: list[tuple[float, int, list[Link], str]] = []
    for depth in range(1, DEPTH + 1):
        for path in paths:
            last = path[-1]
            match = match_columns("transactions", _without_key(last)).get("product_family")
            if match:
                is_key = words(match.heading)[-1] in ("id", "key")
                sure = match.confidence - DEPTH_COST * depth - KEY_COST * is_key
                found.append((sure, -depth, path, match.heading))
        paths = [[*path, link] for path in paths for link in _onward(path, source, others)]
    best = max(found, key=lambda item: item[:2], default=None)
    return (best[0], best[2], best[3]) if best else None


def map_file(values: set[str], own: Gathered, others: Sequence[Gathered]) -> Gathered | None:
    """A file of a code and its meaning that knows these codes."""
    for other in others:
        headings = other.first.headings
        if other is own or not 2 <= len(headings) <= MAP_COLUMNS or not _is_key(other, headings[0]):
            continue
        codes, meaning = other.values[headings[0]], other.evidence[headings[1]]
        known = len(values & codes) >= MAP_OVERLAP * len(values)
        if known and meaning.numbers < 1 - MAP_OVERLAP and _one_file(other):
            return other
    return None


def _one_file(table: Gathered) -> bool:
    plain = not table.first.sheet and table.first.header_row == 1 and not table.stop_at
    return len(table.exports) == 1 and plain


def _onward(path: list[Link], source: Gathered, others: Sequence[Gathered]) -> list[Link]:
    seen = [source, *(link.target for link in path)]
    rest = [other for other in others if all(other is not table for table in seen)]
    return [link for link in find_links(path[-1].target, rest) if concept(link.heading)]


def _without_key(link: Link) -> dict[str, Evidence]:
    return {h: facts for h, facts in link.target.evidence.items() if h != link.key}


def _is_key(table: Gathered, heading: str) -> bool:
    facts = table.evidence[heading]
    return facts.filled > 1 and facts.unique >= UNIQUE and len(heading) <= MAX_KEY


def _overlap(source: Gathered, heading: str, target: Gathered, key: str) -> float:
    """Share of the values of a column that are keys of the other file; 0 where that is chance."""
    values, keys = source.values[heading], target.values[key]
    if not values or len(heading) > MAX_KEY:
        return 0.0
    share = len(values & keys) / len(values)
    if _alike(heading, key):
        least = NAMED_OVERLAP if source.whole and target.whole else SAMPLED_OVERLAP
        return share if share >= least else 0.0
    telling = source.evidence[heading].length >= TELLING and len(values) >= TELLING**2
    return share if telling and share >= UNNAMED_OVERLAP and concept(heading) else 0.0


def _alike(heading: str, key: str) -> bool:
    same = bool(concept(heading)) and concept(heading) == concept(key)
    return same or words(heading) == words(key)
