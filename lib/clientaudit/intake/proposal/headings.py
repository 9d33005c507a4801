"""What a heading may stand for, by its words alone: French, English, and names of programs."""

import re
import unicodedata
from functools import cache

from clientaudit.intake.proposal.line_headings import GENERIC, NEUTRAL
from clientaudit.intake.proposal.vocabulary import HEADINGS

EXACT, SECOND, PART, PART_OF_OTHER = 1.0, 0.8, 0.9, 0.5
SHOWN = 60
SHORT_WORD = 3
_CAMEL = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])|(?<=[A-Z])(?=[A-Z][a-z])")
_SCALE = re.compile(r"\s*\([^()]*\d[^()]*\)\s*$")  # "Rating (1 to 3)"
_INITIALS = re.compile(r"\b(\w)\.(?=\w\b)")
_SIGNS = (("%", " pct "), ("€", " eur "), ("№", " no "), ("°", "o "), ("#", " no "))


@cache
def words(text: str) -> tuple[str, ...]:
    """The words of a heading without accents, capitals and signs; joined words are cut apart.

    >>> words("N° pièce"), words("InvoiceDate"), words("DL_MontantHT"), words("Remise (%)")
    (('no', 'piece'), ('invoice', 'date'), ('dl', 'montant', 'ht'), ('remise', 'pct'))
    """
    cut = _CAMEL.sub(" ", _INITIALS.sub(r"\1", text[:SHOWN]))
    for sign, word in _SIGNS:
        cut = cut.replace(sign, word)
    folded = unicodedata.normalize("NFKD", cut).casefold()
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    return tuple(re.findall(r"[a-z]+|\d+", plain.replace("œ", "oe")))


@cache
def name_scores(table: str, heading: str) -> dict[str, float]:
    """How well a heading names each column of a table, from 0 to 1; columns it does not name are
    left out.

    A name of the first choice is worth more than one of the second; a name among other words is
    worth less, and little if those words mean something else ("date" in "date of birth").
    """
    found = words(_SCALE.sub("", heading))
    scores = {
        column: max((_score(found, name) * rank for name, rank in names), default=0.0)
        for column, names in _names(table).items()
    }
    return {column: score for column, score in scores.items() if score > 0}


def names_a_table(hints: str, name: str) -> bool:
    """Whether the name of a file or sheet begins one of its words like one of the hints."""
    return any(word.startswith(hint) for word in words(name) for hint in hints.split())


def shown(text: str) -> str:
    """The beginning of a heading or file name in one line of plain signs, for a comment."""
    clean = "".join(c if c.isprintable() else "\ufffd" for c in " ".join(text.split()))
    return clean if len(clean) <= SHOWN else clean[: SHOWN - 1] + "…"


def _score(found: tuple[str, ...], name: tuple[str, ...]) -> float:
    stems, own = [_singular(word) for word in name], [_singular(word) for word in found]
    if own == stems or "".join(found) == "".join(name):
        return EXACT
    alone = len(name) == 1 and name[0] in GENERIC
    if alone or not set(stems) <= set(own):
        return 0.0
    others = {word for word in found if _singular(word) not in stems}
    return PART if others <= NEUTRAL else PART_OF_OTHER


def _singular(word: str) -> str:
    return word.removesuffix("s") if len(word) > SHORT_WORD else word


@cache
def _names(table: str) -> dict[str, list[tuple[tuple[str, ...], float]]]:
    """Names of each column of a table as words, with the rank of the choice."""
    return {
        column: [
            (words(name), rank)
            for choice, rank in zip(text.split(">"), (EXACT, SECOND), strict=False)
            for name in choice.split(",")
            if words(name)
        ]
        for column, text in HEADINGS[table].items()
    }
