"""What the grid says: what each class brings, who is not A and why, what the classes rest on."""

import pandas as pd

from clientaudit.analyses.grid.class_findings import class_finding, composition_findings
from clientaudit.analyses.grid.classing import Grid
from clientaudit.analyses.grid.losses import loss_findings, named
from clientaudit.analyses.grid.register import review_day
from clientaudit.audit import Audit
from clientaudit.findings import Finding
from clientaudit.intake.quality.line_checks import COSTED
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
        class_finding(grid, rows),
        *loss_findings(grid),
        *composition_findings(rows, grid.scores),
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
            "The cost is known for less than {least:pct} of revenue: the grid ranks clients by "
            "revenue in place of profit. A large client that loses money can stand in class A "
            "here; ask for the cost price of the lines before acting on it.",
            {"least": COSTED},
            verdict="FLAG",
        ))  # fmt: skip
    elif grid.scores.basis == "margin":
        found.append(Finding(
            "grid.gross",
            "The grid ranks clients by margin in place of profit: what it costs to serve each of "
            "them is not known. A client that takes much time can stand too high.",
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
        "Class A has room for {places:int} {places:plural:client|clients} ({share:pct} of those "
        "classed); {count:int} {count:plural:is|are} in it by their points. Clients of equal "
        "points are never told apart by chance: a group that does not fit goes down whole.",
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
        "{late:int} {late:plural:client pays|clients pay} {days:int} days late or more on average "
        "and {unfounded:int} complained without ground, which costs points of the relation. "
        "{founded:int} had founded complaints only: these are the firm's fault and lower nobody.",
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
            "{lapsed:plural:decision has|decisions have} passed the day of review and no longer "
            "{lapsed:plural:holds|hold}.",
            {"chosen": len(chosen), "moved": len(moved), "lapsed": grid.lapsed},
            n=len(grid.clients),
            evidence="grid_overrides",
        )
    ]
