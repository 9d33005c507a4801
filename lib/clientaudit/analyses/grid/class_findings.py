"""What the classes bring, and what their points are made of, in words of what was measured."""

import pandas as pd

from clientaudit.analyses.grid.classing import Grid
from clientaudit.analyses.grid.points import CLASSES, CRITERIA, Scores
from clientaudit.engine.money import exact_total
from clientaudit.findings import Finding, KeyFigure

SHARES = {
    "profit": "The {clients:int} A {clients:plural:client|clients} ({share:pct} of those classed) "
    "{clients:plural:brings|bring} {profit_share:pct} of the profit and "
    "{revenue_share:pct} of the revenue.",
    "margin": "The {clients:int} A {clients:plural:client|clients} ({share:pct} of those classed) "
    "{clients:plural:brings|bring} {profit_share:pct} of the margin and "
    "{revenue_share:pct} of the revenue.",
}
AMOUNTS = {
    "profit": "The {clients:int} A {clients:plural:client|clients} ({share:pct} of those classed) "
    "{clients:plural:brings|bring} {profit:money} of profit, and all clients together "
    "{total:money}.",
    "margin": "The {clients:int} A {clients:plural:client|clients} ({share:pct} of those classed) "
    "{clients:plural:brings|bring} {profit:money} of margin, and all clients together "
    "{total:money}.",
}
BEST_FIGURES = {
    "profit": ("Profit of class A", "Profit share of class A"),
    "margin": ("Margin of class A", "Margin share of class A"),
}
OWES: dict[tuple[str, ...], dict[str, str]] = {  # by what is not measured
    (): {
        "profit": "Class {name:text} owes {margin:pct} of its points to profit, {potential:pct} to "
        "the unused potential and {relation:pct} to the relation.",
        "margin": "Class {name:text} owes {margin:pct} of its points to margin, {potential:pct} to "
        "the unused potential and {relation:pct} to the relation.",
        "revenue": "Class {name:text} owes {margin:pct} of its points to revenue, {potential:pct} "
        "to the unused potential and {relation:pct} to the relation.",
    },
    ("potential",): {
        "profit": "Class {name:text} owes {margin:pct} of its points to profit and {relation:pct} "
        "to the relation.",
        "margin": "Class {name:text} owes {margin:pct} of its points to margin and {relation:pct} "
        "to the relation.",
        "revenue": "Class {name:text} owes {margin:pct} of its points to revenue and "
        "{relation:pct} to the relation.",
    },
    ("relation",): {
        "profit": "Class {name:text} owes {margin:pct} of its points to profit and {potential:pct} "
        "to the unused potential.",
        "margin": "Class {name:text} owes {margin:pct} of its points to margin and {potential:pct} "
        "to the unused potential.",
        "revenue": "Class {name:text} owes {margin:pct} of its points to revenue and "
        "{potential:pct} to the unused potential.",
    },
}


def grid_key_figures(grid: Grid, rows: pd.DataFrame) -> list[KeyFigure]:
    """The strip on top of the page."""
    best = rows[rows["grid_class"] == CLASSES[0]].iloc[0]
    found = [
        KeyFigure("Clients classed", len(grid.clients)),
        KeyFigure("Clients in class A", int(best["client_count"])),
    ]
    if grid.scores.basis == "revenue":
        return [*found, KeyFigure("Revenue share of class A", best["revenue_share"], "pct")]
    amount, share = BEST_FIGURES[grid.scores.basis]
    return [
        *found,
        KeyFigure(amount, best["profit_window"], "money")
        if not best["profit_share"] <= 1  # nor where others lose what it brings
        else KeyFigure(share, best["profit_share"], "pct"),
        KeyFigure("Clients that lose money", int(grid.clients["is_loss_maker"].sum())),
    ]


def class_finding(grid: Grid, rows: pd.DataFrame) -> Finding:
    """How many A clients there are, and what they bring. rows: from `class_rows`."""
    best = rows[rows["grid_class"] == CLASSES[0]].iloc[0]
    values = {
        "clients": int(best["client_count"]),
        "share": float(best["client_share"]),
        "revenue_share": _value(best["revenue_share"]),
        "profit_share": _value(best["profit_share"]),
        "profit": _value(best["profit_window"]),
        "total": exact_total(grid.clients["profit_window"]),
        "classed": len(grid.clients),
        "unclassed": grid.scores.base_count - len(grid.clients),
    }
    return Finding(
        "grid.classes",
        _bring(values, grid.scores.basis),
        values,
        n=len(grid.clients),
        verdict="PASS" if grid.scores.basis == "profit" else "FLAG",
        evidence="grid_classes",
    )


def _bring(values: dict[str, float | None], basis: str) -> str:
    if not values["clients"]:
        return (
            "No client is an A: none of the {classed:int} stands apart from the others under the "
            "limit of the class."
            if basis == "revenue"
            else "No client is an A: none of the {classed:int} stands apart from the others under "
            "the limit of the class, or all lose money."
        )
    if values["profit_share"] is not None and values["profit_share"] <= 1:
        return SHARES[basis]
    if values["profit"] is not None:
        return AMOUNTS[basis]
    if values["revenue_share"] is not None:
        return (
            "The {clients:int} A {clients:plural:client|clients} ({share:pct} of those classed) "
            "{clients:plural:brings|bring} {revenue_share:pct} of the revenue."
        )
    return (
        "{clients:int} {clients:plural:client is|clients are} in class A ({share:pct} of those "
        "classed)."
    )


def composition_findings(rows: pd.DataFrame, scores: Scores) -> list[Finding]:
    """What the points of the best class that can be shown are made of, if of several criteria."""
    shown = rows[rows["points"].notna() & (rows["points"] > 0)]
    if shown.empty or len(scores.missing) == len(CRITERIA) - 1:
        return []
    best = shown.iloc[0]
    parts = {name: float(best[f"{name}_part"] / best["points"]) for name in CRITERIA}
    return [
        Finding(
            "grid.composition",
            OWES[scores.missing][scores.basis],
            {"name": best["grid_class"], **parts},
            n=int(best["client_count"]),
            evidence="grid_classes",
        )
    ]


def _value(number: float) -> float | None:
    return None if pd.isna(number) else float(number)
