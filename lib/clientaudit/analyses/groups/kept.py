"""The groups of the last audit: who is in them now, who moved, and whether they still hold."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from clientaudit.analyses.groups.names import MEASURES
from clientaudit.audit import Audit
from clientaudit.models.groups.grouping import GroupFit, Grouping, NoGroups, matched
from clientaudit.models.groups.stability import jaccard

MODEL, CLIENTS = "group_model", "group_clients"


@dataclass(frozen=True, eq=False)
class Kept:
    """The groups of the last audit, applied to the clients of this one.

    grouping, names: as they were frozen. before: group (from 1) of each client at the last audit.
    now: group (from 0) of each of today's clients by the old centres. beyond: which of them are
    farther from every centre than any client of their group was. alike: how much each old group
    has in common with the group found anew that continues it (Jaccard; 0 where none does).
    continues: for each group found anew the old group (from 0) that it continues, None for a new
    one. holds: every old group was found again, with at least the similarity asked of groups.
    """

    grouping: Grouping
    names: tuple[str, ...]
    before: Mapping[str, int]
    now: np.ndarray
    beyond: np.ndarray
    alike: np.ndarray
    continues: tuple[int | None, ...]
    holds: bool


def kept_of(audit: Audit, clients: pd.DataFrame, fit: GroupFit | NoGroups) -> Kept | None:
    """The groups of the last audit, None where it kept none over a period of the same length.

    clients: those of this period, with the measures. fit: what they say by themselves.
    """
    model, before = audit.previous_table(MODEL), audit.previous_table(CLIENTS)
    if model is None or before is None or model.empty or clients.empty:
        return None
    if set(model["window_months"]) != {audit.thresholds.window_months}:
        return None
    grouping, names = grouping_from(model)
    now, distances = grouping.assign(clients[list(MEASURES)].to_numpy(dtype=np.float64))
    k = len(names)
    alike, continues = np.zeros(k), list[int | None]()
    if isinstance(fit, GroupFit):
        found = len(fit.grouping.centres)
        continues = matched(fit.labels, now, found, k)
        table = jaccard(fit.labels, now, found, k)
        for new, old in enumerate(continues):
            if old is not None:
                alike[old] = table[new, old]
    holds = isinstance(fit, GroupFit) and bool(alike.min() >= audit.thresholds.min_jaccard)
    return Kept(
        grouping, names, dict(zip(before["client_id"], before["group"], strict=True)), now,
        distances > grouping.reach[now], alike, tuple(continues), holds,
    )  # fmt: skip


def model_table(grouping: Grouping | None, names: tuple[str, ...], *, months: int) -> pd.DataFrame:
    """What the next audit needs to group its clients in the same way.

    Returns one row per group and measure: group (from 1), group_name, feature, centre (of the
    standardised logarithm), mean and scale (of the logarithm), reach (distance to the centre of
    the farthest client), window_months; no row without groups.
    """
    columns = [
        "group", "group_name", "feature", "centre", "mean", "scale", "reach", "window_months",
    ]  # fmt: skip
    if grouping is None:
        return pd.DataFrame({name: [] for name in columns})
    rows = [
        (g + 1, names[g], feature, grouping.centres[g, f], grouping.mean[f], grouping.scale[f],
         grouping.reach[g], months)
        for g in range(len(names))
        for f, feature in enumerate(MEASURES)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def grouping_from(model: pd.DataFrame) -> tuple[Grouping, tuple[str, ...]]:
    """The groups and their names as `model_table` kept them."""
    wide = model.pivot(index="group", columns="feature", values="centre")[list(MEASURES)]
    groups = model.drop_duplicates("group").set_index("group").loc[wide.index]
    features = model.drop_duplicates("feature").set_index("feature").loc[list(MEASURES)]
    grouping = Grouping(
        wide.to_numpy(dtype=np.float64),
        features["mean"].to_numpy(dtype=np.float64),
        features["scale"].to_numpy(dtype=np.float64),
        groups["reach"].to_numpy(dtype=np.float64),
    )
    return grouping, tuple(groups["group_name"])


def renumbered(
    grouping: Grouping, names: tuple[str, ...], continues: tuple[int | None, ...]
) -> tuple[Grouping, tuple[str, ...]]:
    """The groups found anew, each in the place of the old group that it continues where it can."""
    k = len(names)
    order: list[int | None] = [None] * k
    for new, old in enumerate(continues):
        if old is not None and old < k:
            order[old] = new
    rest = [new for new in range(k) if new not in order]
    places = [new if new is not None else rest.pop(0) for new in order]
    moved = replace(grouping, centres=grouping.centres[places], reach=grouping.reach[places])
    return moved, tuple(names[place] for place in places)
