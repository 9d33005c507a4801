"""Whether the probabilities of the classes came true: said a year ago, and reached since."""

from dataclasses import replace

import numpy as np
import pandas as pd

from clientaudit.analyses.grid.chance import GREY, SURE, Lived, lived_again, with_chances
from clientaudit.analyses.grid.classing import Grid, Then
from clientaudit.audit import Audit
from clientaudit.engine.summary import months_before
from clientaudit.findings import Finding
from clientaudit.models.intervals import wilson

BANDS = (
    ("At least 80% sure", SURE, 2.0),
    ("50% to 80%", GREY, SURE),
    ("Grey zone: under 50%", -1.0, GREY),
)
SAID = ["client_id", "said_class", "p_class", "by_orders"]
ROWS = [
    "band", "client_count", "said_share", "orders_share", "orders_low_rate", "orders_high_rate",
    "came_share", "low_rate", "high_rate",
]  # fmt: skip


def reached_table(audit: Audit, grid: Grid, then: Then | None) -> pd.DataFrame | None:
    """How probable a year ago each client's class was to be had again, and whether it is.

    grid: of now. then: from `then_of`. A class set by decision was no result of the points, and is
    left out.

    Returns client_id, said_class, p_class, by_orders (the amounts of this year alone, everything
    else as it was, give the same class; null where the grid of that day is the published one, or
    costs are known no longer) and came (the client has it by its points now; one that bought
    nothing has no class). None where nothing was said, or where the period of that day goes on
    into the present one: what it said would be part of what came.
    """
    if then is None or then.day > months_before(audit.as_of, audit.thresholds.window_months):
        return None
    said = _published(audit) if then.grid is None else _worked_out(audit, grid, then)
    if said.empty:
        return None
    now = said["client_id"].map(grid.clients.set_index("client_id")["computed_class"])
    return said.assign(came=now == said["said_class"])


def calibration_rows(reached: pd.DataFrame | None, *, min_cell: int) -> pd.DataFrame:
    """Said and come true, by band of probability; empty where nothing was said.

    reached: from `reached_table`. Bands under `min_cell` clients are left out.

    Returns band, client_count, said_share (mean of the probabilities); orders_share (by this
    year's orders alone) and came_share, each with its 95 % bounds over the clients.
    """
    if reached is None:
        return pd.DataFrame(columns=ROWS)
    rows = []
    for name, low, high in BANDS:
        group = reached[(reached["p_class"] >= low) & (reached["p_class"] < high)]
        if len(group) >= min_cell:
            parts = _rate(group["by_orders"]), _rate(group["came"])
            rows.append((name, len(group), float(group["p_class"].mean()), *parts[0], *parts[1]))
    return pd.DataFrame(rows, columns=ROWS).dropna(axis="columns", how="all")


def calibration_finding(reached: pd.DataFrame | None, then: Then | None) -> Finding:
    """How many have the same class as said a year ago. reached: from `reached_table`."""
    if then is None or reached is None:
        return Finding(
            "grid.calibration",
            "Whether such probabilities come true is not shown: it takes the exports of the two "
            "years before, or an audit a year ago, and 20 orders in each class.",
            verdict="REFUSE",
        )
    said = float(reached["p_class"].mean())
    is_alone = bool(reached["by_orders"].isna().all())
    rate, low, high = _rate(reached["came" if is_alone else "by_orders"])
    return Finding(
        "grid.calibration",
        _came(is_alone=is_alone, is_within=low <= said <= high),
        {
            "clients": len(reached),
            "day": then.day.isoformat(),
            "said": said,
            "rate": rate,
            "low": low,
            "high": high,
            "came": float(reached["came"].mean()),
        },
        interval=(low, high),
        n=len(reached),
        evidence="grid_calibration",
    )


def _came(*, is_alone: bool, is_within: bool) -> str:
    if is_alone:
        return (
            "Of the {clients:int} clients classed on {day:day}, {said:pct} were to be in the same "
            "class again if nothing changed; {rate:pct} are ({low:pct} to {high:pct}). The gap is "
            "real change, in the orders and in all else, and the error of the model together."
        )
    if is_within:
        return (
            "Of the {clients:int} clients classed on {day:day}, {said:pct} were to be in the same "
            "class again if nothing changed; the orders of this year alone put {rate:pct} there "
            "({low:pct} to {high:pct}), as said. With all else as it is this year, {came:pct} are "
            "in it."
        )
    return (
        "Of the {clients:int} clients classed on {day:day}, {said:pct} were to be in the same "
        "class again if nothing changed; the orders of this year alone put {rate:pct} there "
        "({low:pct} to {high:pct}): the gap is real change and the error of the model together. "
        "With all else as it is this year, {came:pct} are in it."
    )


def _published(audit: Audit) -> pd.DataFrame:
    """What the last audit said of the classes that it worked out."""
    found = audit.previous_table("grid_clients")
    if found is None or not {"p_class", "override_by"} <= set(found.columns):
        return pd.DataFrame(columns=SAID)
    known = found[found["p_class"].notna() & found["override_by"].isna()]
    named = known.rename(columns={"grid_class": "said_class"}).assign(by_orders=None)
    return named[SAID].reset_index(drop=True)


def _worked_out(audit: Audit, grid: Grid, then: Then) -> pd.DataFrame:
    """What this audit would have said a year ago."""
    assert then.grid is not None
    lived = lived_again(replace(audit, as_of=then.day), then.grid)
    if lived is None:
        return pd.DataFrame(columns=SAID)
    known = with_chances(then.grid, lived).clients
    named = known.assign(said_class=known["grid_class"], by_orders=None)
    if (amounts := _amounts_now(audit, grid, then.grid)) is not None:
        named["by_orders"] = _by_orders(lived, amounts)
    return named.loc[named["p_class"].notna(), SAID].reset_index(drop=True)


def _by_orders(lived: Lived, amounts: "pd.Series[float]") -> "pd.Series[bool]":
    same = lived.classify(np.asarray(amounts, dtype=np.float64)) == lived.noise.classes
    return pd.Series(np.asarray(same), amounts.index)


def _amounts_now(audit: Audit, grid: Grid, then: Grid) -> "pd.Series[float] | None":
    """What the clients of the grid of that day have brought since; None without their costs."""
    if grid.scores.basis == "revenue" != then.scores.basis:
        return None
    name = "revenue_window" if then.scores.basis == "revenue" else "margin_window"
    now = audit.summary.select("client_id", name).execute().set_index("client_id")[name]
    return then.clients["client_id"].map(now).fillna(0.0)


def _rate(came: "pd.Series[bool]") -> tuple[float, float, float]:
    """The share that is true, with its interval; null where it is not known."""
    if came.isna().all():
        return np.nan, np.nan, np.nan
    count = int(came.sum())
    return count / len(came), *wilson(count, len(came))
