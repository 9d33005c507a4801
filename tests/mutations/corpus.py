"""The register of mutations: each damages the clean exports in one way, and says what must come
of it.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mutations.firm import Exports, File

Kind = Literal["exact", "refused", "refused by the gate", "flagged", "undetectable"]
Change = Callable[..., None]


@dataclass(frozen=True)
class Expected:
    """What must come of a mutation.

    by: check that names the defect; or what the refusal must say (a regular expression); or the
        item of the list of what no file can show. An exact result is flagged by nothing else.
    """

    kind: Kind
    by: str = ""


@dataclass(frozen=True)
class Case:
    """One mutation in one variant, under one engagement.

    told: the engagement says how values are written; else that is left to detection.
    accounts: it gives the revenue of the firm's accounts.
    """

    family: str
    change: Change
    variant: Mapping[str, Any]
    expected: Expected
    told: bool
    accounts: bool

    def __str__(self) -> str:
        values = [self.change.__name__, *map(str, self.variant.values())]
        values += ["told" if self.told else "detected", *["accounts"] * self.accounts]
        return "-".join(values).replace("/", "|")

    def apply(self, exports: Exports) -> None:
        """Damage the exports."""
        self.change(exports, **self.variant)


_CASES: list[Case] = []


def mutation(
    family: str,
    expected: Expected,
    *,
    told: tuple[bool, ...] = (True,),
    accounts: tuple[bool, ...] = (False,),
    **variants: tuple[Any, ...],
) -> Callable[[Change], Change]:
    """Register a function for every combination of its variants; it may bear several of these."""

    def register(change: Change) -> Change:
        settings = itertools.product(told, accounts, *variants.values())
        for is_told, has_accounts, *values in settings:
            variant = dict(zip(variants, values, strict=True))
            _CASES.append(Case(family, change, variant, expected, is_told, has_accounts))
        return change

    return register


def exact(*, flagged_by: str = "") -> Expected:
    """The totals are true to the cent; flagged_by: a check that tells of it all the same."""
    return Expected("exact", flagged_by)


def refused(words: str) -> Expected:
    """An AuditError that says so, with the file."""
    return Expected("refused", words)


def refused_by(check: str) -> Expected:
    """A check of the quality gate that stops the run."""
    return Expected("refused by the gate", check)


def flagged(check: str) -> Expected:
    """A check of the quality gate that names the defect; totals may be wrong."""
    return Expected("flagged", check)


def undetectable(item: str) -> Expected:
    """The totals are wrong and nothing can show it: an item of the list that report 00 prints."""
    return Expected("undetectable", item)


def cases() -> list[Case]:
    """The corpus, in order."""
    from mutations import (  # noqa: F401
        amounts,
        columns,
        copies,
        dates,
        identifiers,
        numbers,
        old_workbooks,
        opendocument,
        parquet,
        rows,
        texts,
        workbooks,
    )

    # A test run may import a module twice: one case of a name is enough.
    return list({str(case): case for case in _CASES}.values())


def files(exports: Exports, where: str) -> Iterator[File]:
    """The files that a mutation touches: `one` (the middle one), `first`, `last` or `all`."""
    chosen = {
        "one": [exports.middle],
        "first": exports.files[:1],
        "last": [exports.last],
        "all": exports.files,
    }
    yield from chosen[where]
