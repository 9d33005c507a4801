"""What has moved between the classes since the last time, beside what chance moves (R73)."""

import numpy as np
import pandas as pd

from clientaudit.analyses.grid.chance import Chances
from clientaudit.analyses.grid.classing import Grid, Then
from clientaudit.analyses.grid.points import CLASSES
from clientaudit.findings import Finding

GONE, NEW = "no purchase in the period", "not classed before"
MOVES = ["then_class", *(f"class_{name.lower()}_count" for name in CLASSES), "left_count"]


def migration_rows(grid: Grid, then: Then | None) -> pd.DataFrame:
    """How many clients of each class of the last time are in which class now; empty without it.

    Returns then_class (the four classes, then those that were not classed), then one column of
    counts per class and `left_count`, those that bought nothing in the period.
    """
    if then is None:
        return pd.DataFrame(columns=MOVES)
    both = then.classes.merge(
        grid.clients[["client_id", "grid_class"]], on="client_id", how="outer"
    )
    before, now = both["then_class"].fillna(NEW), both["grid_class"].fillna(GONE)
    counts = pd.crosstab(before, now).reindex(
        index=[*CLASSES, NEW], columns=[*CLASSES, GONE], fill_value=0
    )
    named = {name: f"class_{name.lower()}_count" for name in CLASSES} | {GONE: "left_count"}
    return counts.rename(columns=named).rename_axis("then_class").reset_index()


def move_findings(
    moves: pd.DataFrame,
    then: Then | None,
    chances: Chances | None,
    grid: Grid,
) -> list[Finding]:
    """How many changed class since the last time, beside what the chance of orders would move.

    moves: from `migration_rows`.
    """
    if then is None:
        return [
            Finding(
                "grid.moves",
                "Moves between classes are not shown: the exports do not hold the year before. "
                "The next audit will compare with this one.",
                verdict="REFUSE",
            )
        ]
    counts = moves.iloc[:4, 1:5].to_numpy(int)
    both, stayed = int(counts.sum()), int(np.trace(counts))
    if not both:
        return [
            Finding(
                "grid.moves",
                "Moves between classes are not shown: no client was classed both times.",
                verdict="REFUSE",
            )
        ]
    values = {
        "moved": both - stayed,
        "both": both,
        "share": (both - stayed) / both,
        "left": int(counts[0].sum() - counts[0, 0]),
        "best": int(counts[0].sum()),
        "profit": chances.moved if chances else None,
        "noise": chances.noise.changed if chances else None,
        "limit": chances.noise.threshold if chances else None,
    }
    first = Finding("grid.moves", _moved(chances), values, n=both, evidence="grid_moves")
    return [first, *_unlike(then, grid), *_power(chances, both)]


def _moved(chances: Chances | None) -> str:
    if chances is None or chances.moved is None:
        return (
            "{moved:int} of {both:int} clients have changed class; {left:int} of the {best:int} A "
            "are no longer one. How many chance alone would move is not known."
        )
    if chances.is_moved:
        return (
            "{moved:int} of {both:int} clients ({share:pct}) have changed class; {left:int} of the "
            "{best:int} A are no longer one. Their orders alone move {profit:pct}, more than the "
            "{noise:pct} that the chance of orders would move."
        )
    return (
        "{moved:int} of {both:int} clients ({share:pct}) have changed class; {left:int} of the "
        "{best:int} A are no longer one. Their orders alone move {profit:pct} and the chance of "
        "orders {noise:pct}: no change can be told from chance."
    )


def _unlike(then: Then, grid: Grid) -> list[Finding]:
    """That the grid of a year earlier was made of other things, where it was."""
    before, now = then.grid.scores if then.grid else None, grid.scores
    if before is None or (before.basis, before.source, before.parts) == (
        now.basis, now.source, now.parts
    ):  # fmt: skip
        return []
    return [
        Finding(
            "grid.moves_unlike",
            "The grid of {day:day} had to do with other data (other costs, another source of the "
            "potential, or less of the relation): part of the moves comes from there.",
            {"day": then.day.isoformat()},
            verdict="FLAG",
        )
    ]


def _power(chances: Chances | None, both: int) -> list[Finding]:
    if chances is None or not chances.is_searched or chances.is_moved:
        return []
    return [
        Finding(
            "grid.power",
            "A base of this size would show a change if {share:pct} of the clients brought twice "
            "or half as much, not less."
            if chances.detectable is not None
            else "A base of this size would not even show that every client brought twice or half "
            "as much.",
            {"share": chances.detectable},
            n=both,
        )
    ]
