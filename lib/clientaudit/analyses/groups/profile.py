"""The groups as tables: what each weighs, how it buys, and a rule that says who is in it."""

import math

import numpy as np
import pandas as pd

from clientaudit.analyses.groups.kinds import Groups
from clientaudit.analyses.groups.names import MEASURES
from clientaudit.engine.money import exact_total
from clientaudit.models.groups.grouping import GroupFit
from clientaudit.models.groups.plane import Plane, plane_of
from clientaudit.models.groups.rules import Box, GroupRule, group_rule
from clientaudit.text import Say

WEIGHTS = [
    "group", "group_name", "client_count", "client_share", "revenue", "revenue_share", "margin",
    "margin_share",
]  # fmt: skip
HABITS = [
    "group", "group_name", "client_count", *MEASURES, "found_again_share", "low_rate", "high_rate",
]  # fmt: skip
PROFILE = [
    "group", "group_name", "client_count", "client_share", "revenue", "revenue_share", "margin",
    "margin_share", *MEASURES, "found_again_share", "low_rate", "high_rate",
]  # fmt: skip
SAYINGS = {
    ("occasion_count", "low"): "at least {low:int} purchase {low:plural:day|days}",
    ("occasion_count", "high"): "fewer than {high:int} purchase {high:plural:day|days}",
    ("occasion_count", "both"): "{low:int} to {most:int} purchase days",
    ("average_value", "low"): "at least {low:money} per purchase day",
    ("average_value", "high"): "less than {high:money} per purchase day",
    ("average_value", "both"): "{low:money} to {high:money} per purchase day",
    ("family_count", "low"): "at least {low:int} product {low:plural:family|families}",
    ("family_count", "high"): "fewer than {high:int} product {high:plural:family|families}",
    ("family_count", "both"): "{low:int} to {most:int} product families",
}


def profile_table(groups: Groups, *, min_cell: int) -> pd.DataFrame:
    """What each group weighs and how it buys; no row without groups.

    Returns group, group_name (English), client_count, client_share, revenue, revenue_share,
    margin, margin_share (null without a known cost), the medians of the measures (null for fewer
    than `min_cell` clients), and where the groups were found this year how well each comes back
    when clients are drawn again (mean Jaccard similarity, and the range of 95 % of the draws).
    """
    clients = groups.clients
    totals = {name: exact_total(clients[name]) for name in ("revenue", "margin")}
    rows = []
    for place, name in enumerate(groups.names):
        part = clients[clients["group"] == place + 1]
        row = {
            "group": place + 1,
            "group_name": name,
            "client_count": len(part),
            "client_share": len(part) / len(clients),
            **_amounts(part, totals),
            **_found_again(groups, place),
        }
        if len(part) >= min_cell:
            row |= {measure: float(part[measure].median()) for measure in MEASURES}
        rows.append(row)
    return pd.DataFrame(rows, columns=PROFILE)


def rule_of(groups: Groups, *, seed: int) -> GroupRule | None:
    """A short rule that says who is in which group; None without groups."""
    if not groups.names:
        return None
    values = groups.clients[list(MEASURES)].to_numpy(dtype=np.float64)
    labels = groups.clients["group"].to_numpy(dtype=np.int64) - 1
    return group_rule(values, labels, seed=seed)


def rules_table(groups: Groups, rule: GroupRule | None, say: Say) -> pd.DataFrame:
    """One row per group: group, group_name, rule (in the reader's language), fidelity_rate."""
    columns = ["group", "group_name", "rule", "fidelity_rate"]
    if rule is None:
        return pd.DataFrame({name: [] for name in columns})
    rows = []
    for place, name in enumerate(groups.names):
        ways = [_in_words(box, say) for box in rule.boxes if box.group == place]
        text = ways[0] if ways else say("no short rule")
        for way in ways[1:]:
            text = say("{first:text}; or {second:text}", first=text, second=way)
        rows.append((place + 1, name, text, float(rule.fidelity[place])))
    return pd.DataFrame(rows, columns=columns)


def group_plane(groups: Groups, *, seed: int) -> Plane | None:
    """The clients and their groups on one plane; None without groups."""
    if groups.grouping is None:
        return None
    points = groups.grouping.points(groups.clients[list(MEASURES)].to_numpy(dtype=np.float64))
    labels = groups.clients["group"].to_numpy(dtype=np.int64) - 1
    return plane_of(points, labels, groups.grouping.centres, seed=seed)


def _amounts(part: pd.DataFrame, totals: dict[str, float]) -> dict[str, float]:
    revenue = exact_total(part["revenue"])
    row = {"revenue": revenue, "revenue_share": revenue / totals["revenue"]}
    if part["margin"].notna().any():
        margin = exact_total(part["margin"])
        row["margin"] = margin
        row["margin_share"] = margin / totals["margin"] if totals["margin"] > 0 else math.nan
    return row


def _found_again(groups: Groups, place: int) -> dict[str, float]:
    if not isinstance(groups.fit, GroupFit) or (groups.kept and groups.kept.holds):
        return {}
    centre = groups.grouping.centres[place] if groups.grouping else None
    own = int((groups.fit.grouping.centres == centre).all(axis=1).argmax())
    found = groups.fit.jaccard[:, own]
    low, high = np.quantile(found, [0.025, 0.975])
    return {
        "found_again_share": float(found.mean()),
        "low_rate": float(low),
        "high_rate": float(high),
    }


def _in_words(box: Box, say: Say) -> str:
    parts = []
    for measure, low, high in zip(MEASURES, box.low, box.high, strict=True):
        sides = [side for side, value in (("low", low), ("high", high)) if math.isfinite(value)]
        if sides:
            kind = "both" if len(sides) == 2 else sides[0]
            most = high - 1 if math.isfinite(high) else high
            parts.append(say(SAYINGS[measure, kind], low=low, high=high, most=most))
    return ", ".join(parts) or say("all clients")
