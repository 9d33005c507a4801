"""The grid as tables: its classes, its moves since the last time, what came of the classes."""

import numpy as np
import pandas as pd

from clientaudit.analyses.grid.classing import Grid
from clientaudit.analyses.grid.points import CLASSES, CRITERIA, Scores, codes_of
from clientaudit.engine.money import exact_total
from clientaudit.intake.facts import IntakeFacts

SAVED = [
    "client_id", "grid_class", "previous_class", "computed_class", "points", "margin_points",
    "potential_points", "relation_points", "margin_weight", "potential_weight", "relation_weight",
    "measured_share", "revenue_window", "profit_window", "potential_gap", "wallet_share",
    "attention", "relation", "distance",
    "p_class", "p_a", "p_b", "p_c", "p_d", "is_grey_zone", "is_loss_maker", "override_by",
    "rep_id", "actions", "contact_frequency", "next_contact_date", "is_opted_out",
]  # fmt: skip
OF_PROFIT = (
    "margin_window", "profit_window", "profit_share", "is_loss_maker", "loss_count", "margin",
)  # fmt: skip
SHOWN = [
    "client_id", "grid_class", "points", "margin_points", "potential_points", "relation_points",
    "revenue_window", "profit_window", "distance", "p_class", "is_grey_zone", "next_contact_date",
]  # fmt: skip


def worded(frame: pd.DataFrame, scores: Scores) -> pd.DataFrame:
    """The same rows, their columns of profit named by what was measured.

    margin_points, margin_weight and margin_part become those of the basis. Where it is "margin",
    profit_window is the margin of the period (net_margin_window where the firm pays rebates) and
    profit_share its share; where it is "revenue", nothing is known of profits and losses.
    """
    basis = scores.basis
    names = {f"margin_{what}": f"{basis}_{what}" for what in ("points", "weight", "part")}
    if basis == "revenue":
        frame = frame.drop(columns=[name for name in OF_PROFIT if name in frame])
    elif basis == "margin":
        has_rebates = bool(scores.profit.frame["rebate_cost"].notna().any())
        if not has_rebates:
            frame = frame.drop(columns="margin_window", errors="ignore")
        window = "net_margin_window" if has_rebates else "margin_window"
        names |= {"profit_window": window, "profit_share": "margin_share"}
    return frame.rename(columns=names)


def class_rows(grid: Grid, *, min_cell: int) -> pd.DataFrame:
    """Clients, revenue and profit of each class; they sum to the totals, to the cent.

    grid: from `grid_of`. Means of fewer than `min_cell` clients are masked (null).

    Returns grid_class, client_count, client_share, revenue_window, revenue_share, profit_window,
    profit_share (null where no cost is known, or the total is not positive), loss_count, points
    (mean), and for each criterion NAME_part, the points it adds on average.
    """
    clients = grid.clients
    known = {n: clients[n].notna().any() for n in ("revenue_window", "profit_window")}
    totals = {name: exact_total(clients[name]) if known[name] else np.nan for name in known}
    rows = []
    for name in CLASSES:
        group = clients[clients["grid_class"] == name]
        amounts = {key: exact_total(group[key]) if known[key] else np.nan for key in totals}
        shares = {
            f"{key.removesuffix('_window')}_share": amounts[key] / total if total > 0 else np.nan
            for key, total in totals.items()
        }
        rows.append({
            "grid_class": name, "client_count": len(group),
            "client_share": len(group) / max(len(clients), 1), **amounts, **shares,
            "loss_count": int(group["is_loss_maker"].sum()), **_means(group, min_cell),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _means(group: pd.DataFrame, min_cell: int) -> dict[str, float]:
    shown = len(group) >= min_cell
    parts = {
        f"{name}_part": (group[f"{name}_points"] * group[f"{name}_weight"]).fillna(0.0)
        for name in CRITERIA
    }
    means = {"points": group["points"], **parts}
    return {name: float(values.mean()) if shown else np.nan for name, values in means.items()}


def lookalike_rows(grid: Grid, facts: IntakeFacts) -> pd.DataFrame:
    """Codes that may be one company, classed apart: nothing was merged.

    Returns codes, classes (of those that are classed), revenue.
    """
    known = dict(zip(grid.clients["client_id"], grid.clients["grid_class"], strict=True))
    rows = [
        (", ".join(one.codes), ", ".join(known.get(c, "–") for c in one.codes), float(one.revenue))
        for one in facts.lookalikes
        if any(code in known for code in one.codes)
    ]
    return pd.DataFrame(rows, columns=["codes", "classes", "revenue"])


def classes_shown(rows: pd.DataFrame, scores: Scores) -> pd.DataFrame:
    """The columns of `class_rows` that a page has room for, as `worded`."""
    names = [
        "grid_class", "client_count", "client_share", "revenue_window", "revenue_share",
        "profit_window", "profit_share", "loss_count", "points",
    ]  # fmt: skip
    return worded(rows[names], scores).dropna(axis="columns", how="all")


def grid_shown(clients: pd.DataFrame, scores: Scores) -> pd.DataFrame:
    """The grid as a page shows it: best first, and nothing that is not known of anybody."""
    ordered = clients.assign(place=codes_of(clients["grid_class"])).sort_values(
        ["place", "points", "revenue_window", "client_id"], ascending=[True, False, False, True]
    )
    shown = worded(ordered[SHOWN], scores).dropna(axis="columns", how="all")
    return shown.reset_index(drop=True)


def losses_shown(clients: pd.DataFrame, scores: Scores) -> pd.DataFrame:
    """The loss-makers, largest first, with what their profit is made of."""
    names = [
        "client_id", "grid_class", "revenue_window", "margin_window", "rebate_cost",
        "cost_to_serve",
        "late_payment_cost", "incident_cost", "concession_cost", "profit_window", "margin",
    ]  # fmt: skip
    losing = clients[clients["is_loss_maker"]]
    ordered = losing.sort_values(["revenue_window", "client_id"], ascending=[False, True])
    shown = worded(ordered[names], scores).dropna(axis="columns", how="all")
    return shown.reset_index(drop=True)


def plan_rows(clients: pd.DataFrame) -> pd.DataFrame:
    """The treatment of each class: grid_class, actions, client_count, contact_frequency."""
    keys = ["grid_class", "actions", "contact_frequency"]
    return clients.groupby(keys, as_index=False).agg(client_count=("client_id", "size"))


def overrides_shown(clients: pd.DataFrame, scores: Scores) -> pd.DataFrame:
    """The classes set by decision beside the computed ones; reasons stay in the register."""
    chosen = clients[clients["override_by"].notna()]
    names = ["client_id", "grid_class", "computed_class", "points", "profit_window", "override_by"]
    return worded(chosen[names], scores).reset_index(drop=True)
