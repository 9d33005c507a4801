"""What the grid says: what each class brings, who is not A and why, what the classes rest on."""

import pandas as pd

from clientaudit.analyses.grid.classing import Grid
from clientaudit.analyses.grid.losses import loss_findings, named
from clientaudit.analyses.grid.points import CLASSES, CRITERIA
from clientaudit.analyses.grid.register import review_day
from clientaudit.audit import Audit
from clientaudit.engine.money import exact_total
from clientaudit.findings import Finding, KeyFigure
from clientaudit.settings import Thresholds

ANSWER = (
    "grid.classes", "grid.losses", "grid.big_losses", "grid.privileges", "grid.moves",
    "grid.treatment", "grid.chances",
)  # fmt: skip
LATE_DAYS = 15  # mean delay of a client that pays late, weighted by amount [our default]


def grid_findings(grid: Grid, rows: pd.DataFrame, *, audit: Audit) -> list[Finding]:
    """What the classes bring, who loses money, what is not known.

    rows: from `class_rows`.
    """
    if grid.clients.empty:
        return [_nobody(grid, audit.thresholds)]
    return [
        _shares(grid, rows),
        *loss_findings(grid),
        *_composition(rows),
        *_strategic(grid, audit.thresholds),
        _limits(grid, audit.thresholds),
        _criteria(grid),
        _relation(grid),
        *_overrides(grid),
        Finding(
            "grid.review",
            "The classes hold until {day:day}: by then the next audit is due.",
            {"day": review_day(audit).isoformat()},
        ),
    ]


def grid_caveats(grid: Grid) -> list[Finding]:
    """What a reader must know before anything else."""
    found = []
    if grid.scores.basis == "revenue":
        found.append(Finding(
            "grid.proxy",
            "No cost is known: the grid ranks clients by revenue in place of profit. A large "
            "client that loses money can stand in class A here; ask for the cost price of the "
            "lines before acting on it.",
            verdict="FLAG",
        ))  # fmt: skip
    elif grid.scores.basis == "margin":
        found.append(Finding(
            "grid.gross",
            "The profit is the gross margin: what it costs to serve each client is not known. A "
            "client that takes much time can stand too high.",
            verdict="FLAG",
        ))  # fmt: skip
    return [
        *found,
        Finding(
            "grid.ours",
            "The criteria, their weights and the limits of B, C and D are our proposal; the firm "
            "may set others. That only one client in five is an A is the rule of the reference "
            "articles.",
        ),
        Finding(
            "grid.law",
            "Worse terms for an established client can count as ending the relation in part, and "
            "take written notice in proportion to its length (French commercial code, L442-1 II). "
            "Have counsel check.",
        ),
    ]


def grid_key_figures(grid: Grid, rows: pd.DataFrame) -> list[KeyFigure]:
    """The strip on top of the page."""
    best = rows[rows["grid_class"] == CLASSES[0]].iloc[0]
    found = [
        KeyFigure("Clients classed", len(grid.clients)),
        KeyFigure("Clients in class A", int(best["client_count"])),
    ]
    if grid.scores.basis == "revenue":
        return [*found, KeyFigure("Revenue share of class A", best["revenue_share"], "pct")]
    return [
        *found,
        KeyFigure("Profit of class A", best["profit_window"], "money")
        if pd.isna(best["profit_share"])
        else KeyFigure("Profit share of class A", best["profit_share"], "pct"),
        KeyFigure("Clients that lose money", int(grid.clients["is_loss_maker"].sum())),
    ]


def _nobody(grid: Grid, thresholds: Thresholds) -> Finding:
    return Finding(
        "grid.classes",
        "No client is classed: it takes {min_cell:int} clients with a purchase in the last "
        "{months:int} months. Ask for exports that reach the cut-off date.",
        {
            "min_cell": thresholds.min_cell,
            "months": thresholds.window_months,
            "clients": grid.scores.base_count,
        },
        verdict="REFUSE",
        n=0,
    )


def _shares(grid: Grid, rows: pd.DataFrame) -> Finding:
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
    if not values["clients"]:
        sentence = (
            "No client is an A: none of the {classed:int} stands apart from the others under the "
            "limit of the class, or all lose money."
        )
    elif values["profit_share"] is not None:
        sentence = (
            "The {clients:int} A clients ({share:pct} of those classed) bring {profit_share:pct} "
            "of the profit and {revenue_share:pct} of the revenue."
        )
    elif values["profit"] is not None:
        sentence = (
            "The {clients:int} A clients ({share:pct} of those classed) bring {profit:money} of "
            "profit, and all clients together {total:money}."
        )
    elif values["revenue_share"] is not None:
        sentence = (
            "The {clients:int} A clients ({share:pct} of those classed) bring "
            "{revenue_share:pct} of the revenue."
        )
    else:
        sentence = "{clients:int} clients ({share:pct} of those classed) are in class A."
    return Finding(
        "grid.classes",
        sentence,
        values,
        n=len(grid.clients),
        verdict="PASS" if grid.scores.basis == "profit" else "FLAG",
        evidence="grid_classes",
    )


def _composition(rows: pd.DataFrame) -> list[Finding]:
    """What the points of the best class that can be shown are made of."""
    shown = rows[rows["points"].notna() & (rows["points"] > 0)]
    if shown.empty or not shown[["potential_part", "relation_part"]].any(axis=None):
        return []
    best = shown.iloc[0]
    parts = {name: float(best[f"{name}_part"] / best["points"]) for name in CRITERIA}
    return [
        Finding(
            "grid.composition",
            "Class {name:text} owes {margin:pct} of its points to profit, {potential:pct} to the "
            "unused potential and {relation:pct} to the relation."
            if rows["profit_window"].notna().any()
            else "Class {name:text} owes {margin:pct} of its points to revenue, {potential:pct} to "
            "the unused potential and {relation:pct} to the relation.",
            {"name": best["grid_class"], **parts},
            n=int(best["client_count"]),
            evidence="grid_classes",
        )
    ]


def _strategic(grid: Grid, thresholds: Thresholds) -> list[Finding]:
    large = grid.clients[grid.clients["is_strategic"].fillna(False).astype(bool)]
    if large.empty:
        return []
    ordered = large.sort_values(["revenue_window", "client_id"], ascending=[False, True])
    pairs = [f"{c} ({k})" for c, k in zip(ordered["client_id"], ordered["grid_class"], strict=True)]
    return [
        Finding(
            "grid.strategic",
            "{clients:int} {clients:plural:client|clients} above {limit:pct} of the revenue of the "
            "period, with the class in brackets: {names:text}.",
            {"clients": len(large), "limit": thresholds.strategic_share,
             "names": named(pd.Series(pairs))},
            n=len(grid.clients),
            evidence="grid_clients",
        )
    ]  # fmt: skip


def _limits(grid: Grid, thresholds: Thresholds) -> Finding:
    computed = grid.clients["computed_class"].value_counts()
    places = int(thresholds.share_a * len(grid.clients) + 1e-9)
    return Finding(
        "grid.limits",
        "Class A has room for {places:int} clients ({share:pct} of those classed); {count:int} "
        "{count:plural:is|are} in it by their points. Clients of equal points are never told apart "
        "by chance: a group that does not fit goes down whole.",
        {"places": places, "share": thresholds.share_a, "count": int(computed.get("A", 0))},
        n=len(grid.clients),
        evidence="grid_classes",
    )


def _criteria(grid: Grid) -> Finding:
    scores = grid.scores
    measured = float(grid.clients["measured_share"].mean())
    without = int((grid.clients["margin_weight"] == 0).sum())
    values = {"missing": ", ".join(scores.missing), "measured": measured, "without": without,
              "uncosted": len(scores.profit.uncosted)}  # fmt: skip
    sentences = {
        (): "All three criteria are there: {measured:pct} of the weight is measured, the rest is "
        "what a client or a sales person stated.",
        ("potential",): "The unused potential is not known: its weight has gone to the other "
        "criteria. Ask for what each client could buy in a year.",
        ("relation",): "The quality of the relation is not measured: its weight has gone to the "
        "other criteria. Ask for contacts, payments and complaints.",
        ("potential", "relation"): "Neither the unused potential nor the quality of the relation "
        "is known: the grid rests on money alone. Ask for potentials, contacts, payments and "
        "complaints.",
    }
    return Finding(
        "grid.criteria",
        sentences[scores.missing],
        values,
        n=len(grid.clients),
        verdict="FLAG" if scores.missing else "PASS",
    )


def _relation(grid: Grid) -> Finding:
    clients, parts = grid.clients, grid.scores.parts
    if "compliance" not in parts:
        return Finding(
            "grid.relation",
            "Whether clients keep the rules is not measured: ask for payments with due dates, and "
            "for complaints marked founded or not.",
            verdict="REFUSE",
        )
    return Finding(
        "grid.relation",
        "{late:int} clients pay {days:int} days late or more on average and {unfounded:int} "
        "complained without ground: it costs them points of the relation. {founded:int} had "
        "founded complaints only: these are the firm's fault and lower nobody.",
        {
            "days": LATE_DAYS,
            "late": int((clients["late_days"] >= LATE_DAYS).sum()),
            "unfounded": int((clients["unfounded_count"] > 0).sum()),
            "founded": int(
                ((clients["founded_count"] > 0) & ~(clients["unfounded_count"] > 0)).sum()
            ),
        },
        n=len(clients),
        evidence="grid_clients",
    )


def _overrides(grid: Grid) -> list[Finding]:
    chosen = grid.clients[grid.clients["override_by"].notna()]
    if chosen.empty and not grid.lapsed:
        return []
    moved = chosen[chosen["grid_class"] != chosen["computed_class"]]
    return [
        Finding(
            "grid.overrides",
            "{chosen:int} {chosen:plural:class was|classes were} set by decision, {moved:int} of "
            "them against the grid; the computed class is kept beside. {lapsed:int} earlier "
            "decisions have passed their day of review and no longer hold.",
            {"chosen": len(chosen), "moved": len(moved), "lapsed": grid.lapsed},
            n=len(grid.clients),
            evidence="grid_overrides",
        )
    ]


def _value(number: float) -> float | None:
    return None if pd.isna(number) else float(number)
