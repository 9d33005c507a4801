"""The one error that a consultant can put right."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

SHOWN_FAULTS = 20
_OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """A text without the signs that a terminal would obey, or that show other signs elsewhere."""
    return _OBEYED.sub("?", text)


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file: where it stands, the value found, what is allowed.

    where: file, line, and column or key, e.g. `ventes_2024.csv, line 812, column "Date facture"`.
    problem: what is wrong with the value and what would be right.
    group: faults of one group are counted together (a column of a source).
    """

    where: str
    problem: str
    group: str = ""

    def __str__(self) -> str:
        told = f"{self.where}: {self.problem}" if self.where else self.problem
        return " ".join(told.splitlines())  # no value looks like a line of ours


class AuditError(Exception):
    """A mistake in the settings, the usage or the data, with all its faults at once.

    message: what is wrong, where, the value found, what is allowed or what to do.
    faults: every fault found; `counts` gives the true number per group where only
        the first faults of a group are listed.
    """

    def __init__(
        self, message: str, faults: Sequence[Fault] = (), counts: dict[str, int] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.faults = tuple(faults)
        self.counts = dict(counts or {})

    def __str__(self) -> str:
        lines = [self.message]
        lines += [f"  {group}: {count} faults" for group, count in self.counts.items()]
        lines += [f"  {fault}" for fault in self.faults[:SHOWN_FAULTS]]
        if len(self.faults) > SHOWN_FAULTS:
            lines.append(f"  ... and {len(self.faults) - SHOWN_FAULTS} more")
        return "\n".join(lines)
