"""Since the last audit: who moved between groups, and whether the old groups still hold."""

from typing import Any

import numpy as np
import pandas as pd

from clientaudit.analyses.groups.kept import Kept
from clientaudit.analyses.groups.kinds import Groups
from clientaudit.engine.money import exact_total
from clientaudit.findings import Finding
from clientaudit.models.groups.grouping import GroupFit
from clientaudit.settings import Thresholds

GONE, NEWCOMER = "In no group now", "In no group then"
MANY_BEYOND = 0.05
KEPT = {
    True: "The {groups:int} groups of the last audit still hold, and stay in use: grouped anew, "
    "the least alike has {alike:pct} in common with its successor.",
    False: "The {groups:int} groups of the last audit no longer hold: grouped anew, the least "
    "alike has {alike:pct} in common with its successor, and it takes {needed:pct}.",
}
NONE_LEFT = (
    "The {groups:int} groups of the last audit no longer hold: today's clients form no clear "
    "groups."
)


def movements_table(kept: Kept | None, clients: pd.DataFrame) -> pd.DataFrame:
    """Who moved from which group to which, both by the centres of the last audit.

    clients: those of this period: client_id, revenue.

    Returns one row per pair: previous_group_name, group_name (English; clients grouped at one
    audit only have their own line), client_count, revenue (of this period; 0 for those who left).
    """
    columns = ["previous_group_name", "group_name", "client_count", "revenue"]
    if kept is None:
        return pd.DataFrame({name: [] for name in columns})
    today = dict(zip(clients["client_id"], kept.now.tolist(), strict=True))
    revenue = dict(zip(clients["client_id"], clients["revenue"], strict=True))
    last = len(kept.names)
    before = {client: group - 1 for client, group in kept.before.items()}
    pairs = pd.DataFrame(
        [
            (before.get(client, last), today.get(client, last), revenue.get(client, 0.0))
            for client in sorted(before.keys() | today.keys())
        ],
        columns=["before", "now", "revenue"],
    )
    return _counted(pairs, kept.names)


def kept_findings(groups: Groups, *, thresholds: Thresholds) -> list[Finding]:
    """Whether the groups of the last audit still hold, and who moved; nothing without them."""
    kept = groups.kept
    if kept is None:
        return []
    values: dict[str, Any] = {
        "groups": len(kept.names), "alike": float(kept.alike.min()),
        "needed": thresholds.min_jaccard,
    }  # fmt: skip
    sentence = KEPT[kept.holds] if isinstance(groups.fit, GroupFit) else NONE_LEFT
    today = dict(zip(groups.clients["client_id"], kept.now + 1, strict=True))
    both = [client for client in kept.before if client in today]
    moved = sum(today[client] != kept.before[client] for client in both)
    moves = {
        "both": len(both), "moved": int(moved), "gone": len(kept.before) - len(both),
        "arrived": len(today) - len(both), "share": moved / len(both) if both else None,
    }  # fmt: skip
    return [
        Finding("groups.kept", sentence, values, verdict="PASS" if kept.holds else "FLAG",
                evidence="group_model"),
        Finding(
            "groups.moved",
            "Since the last audit {moved:int} of {both:int} clients changed group by the same "
            "limits ({share:pct}); {gone:int} bought nothing in the period and {arrived:int} were "
            "in no group before.",
            moves, n=len(both), evidence="group_movements",
        ),
        _beyond(groups),
    ]  # fmt: skip


def _beyond(groups: Groups) -> Finding:
    assert groups.kept is not None
    n, beyond = len(groups.kept.beyond), int(groups.kept.beyond.sum())
    return Finding(
        "groups.beyond",
        "{beyond:int} of {n:int} clients {beyond:plural:is|are} unlike any client that the groups "
        "of the last audit were made of ({share:pct}).",
        {"beyond": beyond, "n": n, "share": beyond / n},
        n=n,
        verdict="FLAG" if beyond > MANY_BEYOND * n else "PASS",
    )


def _counted(pairs: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    columns = ["previous_group_name", "group_name", "client_count", "revenue"]
    rows = []
    for places, part in pairs.groupby(["before", "now"]):
        before, now = (int(place) for place in np.asarray(places))
        pair = ((*names, NEWCOMER)[before], (*names, GONE)[now])
        rows.append((*pair, len(part), exact_total(part["revenue"])))
    return pd.DataFrame(rows, columns=columns)
