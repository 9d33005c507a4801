"""How far to believe the grid, what it has come to, and what each class is really given."""

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from clientaudit.analyses.grid.chance import GREY, Chances
from clientaudit.analyses.grid.classing import Grid, Then
from clientaudit.analyses.grid.losses import named
from clientaudit.analyses.grid.points import CRITERIA, Scores
from clientaudit.analyses.portrait.overview import has_previous_period
from clientaudit.audit import Audit
from clientaudit.findings import Finding
from clientaudit.models.classes import MIN_ORDERS, Sensitivity
from clientaudit.models.intervals import Floats

INVERSIONS = {
    "contacts": "Class {other:text} is contacted more often than class {better:text}: "
    "{other_value:number} times in the period against {value:number} (difference "
    "{low:number} to {high:number}).",
    "visits": "Class {other:text} is visited more often than class {better:text}: "
    "{other_value:number} times in the period against {value:number} (difference "
    "{low:number} to {high:number}).",
    "resolution": "Incidents of class {other:text} are settled faster than those of class "
    "{better:text}: {other_value:number} days against {value:number} (difference {low:number} to "
    "{high:number}).",
    "discount": "Class {other:text} gets larger discounts than class {better:text}: "
    "{other_value:pct} of the list price against {value:pct} (difference {low:points} to "
    "{high:points}).",
    "senior": "Senior sales people follow class {other:text} more than class {better:text}: "
    "{other_value:pct} of its clients against {value:pct} (difference {low:points} to "
    "{high:points}).",
}
KEPT = {
    "potential": "From one year to the next the order of the clients by unused potential holds "
    "with a correlation of {r:number} ({low:number} to {high:number}).",
    "relation": "From one year to the next the order of the clients by the relation holds with a "
    "correlation of {r:number} ({low:number} to {high:number}).",
}


def chance_findings(
    grid: Grid, chances: Chances | None, sensitivity: Sensitivity | None, *, audit: Audit
) -> list[Finding]:
    """How sure the classes are, and how much hangs on the weights.

    grid: with the columns of `with_chances`. chances, sensitivity: None where refused.
    """
    first, limits = audit.facts.lines.first_date, audit.thresholds
    has_before = has_previous_period(first, as_of=audit.as_of, window_months=limits.window_months)
    known = reliability(grid.scores) if has_before else None
    found = [_chances(grid, chances, limits.min_clients), _reliability(known, grid.scores.basis)]
    if sensitivity is not None and len(grid.scores.missing) < len(CRITERIA) - 1:
        found.append(
            Finding(
                "grid.weights",
                "With weights up to {spread:pct} larger or smaller, {median:pct} of class A stays "
                "in it ({low:pct} to {high:pct}).",
                {
                    "spread": 0.3,
                    "median": sensitivity.median,
                    "low": sensitivity.low,
                    "high": sensitivity.high,
                },
                interval=(sensitivity.low, sensitivity.high),
                n=int((grid.clients["computed_class"] == "A").sum()),
            )
        )
    return found


def _chances(grid: Grid, chances: Chances | None, min_clients: int) -> Finding:
    clients = grid.clients
    printed = clients["p_class"].notna()
    if chances is None or not printed.any():
        return Finding(
            "grid.chances",
            "How sure the classes are is not said: it takes {clients:int} clients and "
            "{orders:int} orders in each class.",
            {"clients": min_clients, "orders": MIN_ORDERS},
            verdict="REFUSE",
        )
    best = clients[(clients["grid_class"] == "A") & printed]
    return Finding(
        "grid.chances",
        "{grey:int} of the {clients:int} clients are in the grey zone: in a year like this one "
        "they would more likely be in another class. An A client would be an A again "
        "{p_a:pct} of the time on average."
        if len(best)
        else "{grey:int} of the {clients:int} clients are in the grey zone: in a year like this "
        "one they would more likely be in another class.",
        {
            "grey": int(clients["is_grey_zone"].sum()),
            "clients": int(printed.sum()),
            "grey_limit": GREY,
            "p_a": float(best["p_a"].mean()) if len(best) else None,
        },
        n=int(printed.sum()),
        evidence="grid_clients",
    )


def _reliability(found: tuple[float, tuple[float, float], int] | None, basis: str) -> Finding:
    if found is None:
        return Finding(
            "grid.reliability",
            "Whether clients keep their rank from one year to the next is not said: it takes 30 "
            "clients with both years.",
            verdict="REFUSE",
        )
    r, (low, high), n = found
    return Finding(
        "grid.reliability",
        "From one year to the next the order of the clients by revenue holds with a correlation "
        "of {r:number} ({low:number} to {high:number}; 1 = the same order, 0 = chance)."
        if basis == "revenue"
        else "From one year to the next the order of the clients by margin holds with a "
        "correlation of {r:number} ({low:number} to {high:number}; 1 = the same order, "
        "0 = chance).",
        {"r": r, "low": low, "high": high},
        interval=(low, high),
        n=n,
    )


def treatment_findings(
    rates: pd.DataFrame, inversions: pd.DataFrame, overserved: pd.DataFrame
) -> list[Finding]:
    """Whether good clients are treated better, and who of the others is.

    rates: from `treatment_rates`. inversions: from `inversions_table`. overserved: from
    `overserved_table`.
    """
    known = set(rates["measure"])
    if not known:
        return [
            Finding(
                "grid.treatment",
                "Whether good clients feel a difference is not measured: ask for contacts, "
                "incidents, list prices and the seniority of the sales people.",
                verdict="REFUSE",
            )
        ]
    worst = inversions.drop_duplicates("measure")
    values = {
        "count": len(inversions),
        "clients": len(overserved),
        "visits": int(overserved["visit_count"].sum()),
        "names": named(overserved["client_id"]),
    }
    return [
        Finding(
            "grid.treatment",
            _felt(inversions, overserved),
            values,
            n=int(rates.groupby("measure")["client_count"].sum().max()),
            evidence="grid_treatment",
        ),
        *(_inversion(row) for row in worst.to_dict("records")),
    ]


def _felt(inversions: pd.DataFrame, overserved: pd.DataFrame) -> str:
    if len(inversions):
        return (
            "Good clients do not feel a difference: in {count:int} "
            "{count:plural:comparison|comparisons} a lower class is treated better, beyond chance; "
            "{clients:int} C or D {clients:plural:client is|clients are} visited more often than "
            "nine A clients in ten."
        )
    if len(overserved):
        return (
            "{clients:int} C or D {clients:plural:client is|clients are} visited more often than "
            "nine A clients in ten ({names:text}): {visits:int} visits in the period. As a whole "
            "no lower class is treated better, beyond chance."
        )
    return "No lower class is treated better than a higher one, beyond chance."


def _inversion(row: dict[Hashable, Any]) -> Finding:
    measure = str(row["measure"])
    return Finding(
        f"grid.inversion_{measure}",
        INVERSIONS[measure],
        {
            "better": row["grid_class"],
            "other": row["other_class"],
            **{name: row[name] for name in ("value", "other_value", "low", "high")},
        },
        interval=(float(row["low"]), float(row["high"])),
        evidence="grid_treatment",
    )


def lookalike_findings(rows: pd.DataFrame) -> list[Finding]:
    """Codes that may be one company and are classed apart. rows: from `lookalike_rows`."""
    if rows.empty:
        return []
    return [
        Finding(
            "grid.lookalikes",
            "{groups:int} {groups:plural:company seems|companies seem} to buy under several codes "
            "and {groups:plural:is|are} classed under each of them apart: together "
            "{groups:plural:it|they} might be in a higher class. Nothing was merged.",
            {"groups": len(rows)},
            verdict="FLAG",
            evidence="grid_lookalikes",
        )
    ]


def reliability(scores: Scores) -> tuple[float, tuple[float, float], int] | None:
    """How far the order of the clients by margin is the one of the year before.

    Spearman's rank correlation over the clients with a margin (revenue where no cost is known) in
    both years, its 95 % interval (Bonett and Wright 2000) and their number. None under 30 clients
    or where all are equal.
    """
    name = "revenue" if scores.basis == "revenue" else "margin"
    pairs = scores.clients[[f"{name}_window", f"{name}_prior_window"]].to_numpy(float)
    return _rank_correlation(pairs[pairs[:, 1] != 0])


def criteria_findings(scores: Scores, then: Then | None) -> list[Finding]:
    """How far the order of the clients by potential and relation is that of a year ago.

    then: from `then_of`. A criterion that was measured otherwise then has no such figure.
    """
    if then is None or then.grid is None:
        return []
    before = then.grid.scores
    same = {
        "potential": scores.source is not None and scores.source == before.source,
        "relation": bool(scores.parts) and scores.parts == before.parts,
    }
    values = {"potential": "potential_gap", "relation": "relation"}
    both = scores.clients.merge(before.clients, on="client_id", suffixes=("", "_before"))
    found = []
    for name in (name for name, is_same in same.items() if is_same):
        pairs = both[[values[name], f"{values[name]}_before"]].to_numpy(float)
        if (known := _rank_correlation(pairs)) is not None:
            r, (low, high), n = known
            figures = {"r": r, "low": low, "high": high}
            key = f"grid.reliability_{name}"
            found.append(Finding(key, KEPT[name], figures, interval=(low, high), n=n))
    return found


def _rank_correlation(pairs: Floats) -> tuple[float, tuple[float, float], int] | None:
    """See `reliability`. pairs: (clients, 2), null where not known."""
    from scipy.stats import rankdata

    pairs = pairs[~np.isnan(pairs).any(axis=1)]
    if len(pairs) < 30 or (pairs == pairs[0]).all(axis=0).any():
        return None
    r = float(np.corrcoef(rankdata(pairs[:, 0]), rankdata(pairs[:, 1]))[0, 1])
    half = 1.96 * np.sqrt((1 + r * r / 2) / (len(pairs) - 3))
    bounded = np.arctanh(np.clip(r, -0.999999, 0.999999))
    return r, (float(np.tanh(bounded - half)), float(np.tanh(bounded + half))), len(pairs)
