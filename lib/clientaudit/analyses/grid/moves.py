"""What has moved between the classes since the last time, beside what chance moves (R73, R76)."""

import numpy as np
import pandas as pd

from clientaudit.analyses.grid.chance import Chances
from clientaudit.analyses.grid.classing import Grid, Then
from clientaudit.analyses.grid.points import CLASSES
from clientaudit.audit import Audit
from clientaudit.engine.money import exact_total
from clientaudit.findings import Finding
from clientaudit.models.intervals import Floats, smooth_interval

GONE, NEW = "no purchase in the period", "not classed before"
MOVES = ["then_class", *(f"class_{name.lower()}_count" for name in CLASSES), "left_count"]
YEARS = ("revenue_window", "revenue_prior_window")


def moves_of(audit: Audit, grid: Grid, then: Then | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`migration_rows` and `growth_rows`, both empty where there is nothing to compare with."""
    known = then or Then(pd.DataFrame({"client_id": [], "then_class": []}, dtype=str))
    names = ["client_id", "revenue_window", "revenue_prior_window"]
    summary = audit.summary.select(*names).execute()
    growth = growth_rows(summary, known, min_cell=audit.thresholds.min_cell)
    return (migration_rows(grid, known) if then else pd.DataFrame(columns=MOVES)), growth


def migration_rows(grid: Grid, then: Then) -> pd.DataFrame:
    """How many clients of each class of the last time are in which class now.

    Returns then_class (the four classes, then those that were not classed), then one column of
    counts per class and `left_count`, those that bought nothing in the period.
    """
    both = then.classes.merge(
        grid.clients[["client_id", "grid_class"]], on="client_id", how="outer"
    )
    before, now = both["then_class"].fillna(NEW), both["grid_class"].fillna(GONE)
    counts = pd.crosstab(before, now).reindex(
        index=[*CLASSES, NEW], columns=[*CLASSES, GONE], fill_value=0
    )
    named = {name: f"class_{name.lower()}_count" for name in CLASSES} | {GONE: "left_count"}
    return counts.rename(columns=named).rename_axis("then_class").reset_index()


def growth_rows(summary: pd.DataFrame, then: Then, *, min_cell: int) -> pd.DataFrame:
    """What the revenue of each class of the last time has done since, lost clients included (R76).

    summary: from `client_summary` over all clients: client_id, revenue_window,
    revenue_prior_window. Classes under `min_cell` clients are left out.

    Returns then_class, client_count, revenue_prior_window, revenue_window, growth_rate, low_rate,
    high_rate (95 %, over the clients).
    """
    known = then.classes.merge(summary, on="client_id")
    rows = []
    for name, group in known.groupby("then_class"):
        before = exact_total(group["revenue_prior_window"])
        if len(group) >= min_cell and before > 0:
            now, values = exact_total(group["revenue_window"]), group[list(YEARS)].to_numpy(float)
            bounds = smooth_interval(values, _change)
            rows.append((name, len(group), before, now, now / before - 1, *bounds))
    names = ["then_class", "client_count", "revenue_prior_window", "revenue_window", "growth_rate",
             "low_rate", "high_rate"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def _change(means: Floats) -> float:
    return float(means[..., 0] / means[..., 1]) - 1


def move_findings(
    moves: pd.DataFrame,
    then: Then | None,
    chances: Chances | None,
    growth: pd.DataFrame,
    grid: Grid,
) -> list[Finding]:
    """How many changed class since the last time, beside what the chance of orders would move.

    moves: from `migration_rows`. growth: from `growth_rows`.
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
    values = {
        "moved": both - stayed,
        "both": both,
        "share": (both - stayed) / both if both else None,
        "left": int(counts[0].sum() - counts[0, 0]),
        "best": int(counts[0].sum()),
        "profit": chances.moved if chances else None,
        "noise": chances.noise.changed if chances else None,
        "limit": chances.noise.threshold if chances else None,
    }
    first = Finding("grid.moves", _moved(chances), values, n=both, evidence="grid_moves")
    return [first, *_unlike(then, grid), *_power(chances, both), *_growth(growth)]


def _moved(chances: Chances | None) -> str:
    if chances is None or chances.moved is None:
        return (
            "{moved:int} of {both:int} clients have changed class; {left:int} of the {best:int} A "
            "are no longer one. How many chance alone would move is not known."
        )
    if chances.is_moved:
        return (
            "{moved:int} of {both:int} clients ({share:pct}) have changed class; {left:int} of the "
            "{best:int} A are no longer one. Profit alone moves {profit:pct}, more than the "
            "{noise:pct} that the chance of orders would move."
        )
    return (
        "{moved:int} of {both:int} clients ({share:pct}) have changed class; {left:int} of the "
        "{best:int} A are no longer one. Profit alone moves {profit:pct} and the chance of orders "
        "{noise:pct}: no change can be told from chance."
    )


def _unlike(then: Then, grid: Grid) -> list[Finding]:
    """That the grid of a year earlier was made of other things, where it was."""
    before, now = then.scores, grid.scores
    if before is None or (before.basis, before.source, before.parts) == (
        now.basis, now.source, now.parts
    ):  # fmt: skip
        return []
    return [
        Finding(
            "grid.moves_unlike",
            "The grid of {day:day} had to do with other data (other costs, another source of the "
            "potential, or less of the relation): part of the moves comes from there.",
            {"day": then.day.isoformat() if then.day else ""},
            verdict="FLAG",
        )
    ]


def _power(chances: Chances | None, both: int) -> list[Finding]:
    if chances is None or not chances.is_searched or chances.is_moved:
        return []
    return [
        Finding(
            "grid.power",
            "A base of this size would show a change if the margin of {share:pct} of the clients "
            "doubled or halved, not less."
            if chances.detectable is not None
            else "A base of this size would not even show that the margin of every client doubled "
            "or halved.",
            {"share": chances.detectable},
            n=both,
        )
    ]


def _growth(growth: pd.DataFrame) -> list[Finding]:
    best = growth[growth["then_class"] == "A"]
    others = growth[growth["then_class"] != "A"]
    if best.empty or others.empty:
        return []
    row = best.iloc[0]
    now, before = (exact_total(others[name]) for name in ("revenue_window", "revenue_prior_window"))
    return [
        Finding(
            "grid.growth",
            "The A clients of the last time changed their revenue by {growth:pct} ({low:pct} to "
            "{high:pct}), the others by {other:pct}. The best of one year fall back in the next by "
            "chance alone: this is no effect of the treatment.",
            {
                "growth": float(row["growth_rate"]),
                "low": float(row["low_rate"]),
                "high": float(row["high_rate"]),
                "other": now / before - 1,
            },
            interval=(float(row["low_rate"]), float(row["high_rate"])),
            n=int(row["client_count"]),
            evidence="grid_growth",
        )
    ]
