"""The A/B/C/D grid of one audit: who deserves which treatment, and why (R67-R74)."""

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from clientaudit.analyses.grid.points import (
    CLASSES,
    Classes,
    Scores,
    classes_of,
    codes_of,
    criteria_table,
    points_table,
)
from clientaudit.analyses.grid.potential import client_potential
from clientaudit.analyses.grid.profit import client_profit
from clientaudit.analyses.grid.relation import client_relation
from clientaudit.analyses.portrait.overview import START_TOLERANCE_DAYS
from clientaudit.analyses.standing import standing_of
from clientaudit.audit import Audit
from clientaudit.engine.summary import months_before
from clientaudit.models.classes import distance_to_next

YEAR_MONTHS = 12
OF_STANDING = ("client_id", "is_strategic", "tenure_years", "rep_id", "is_opted_out")


@dataclass(frozen=True, eq=False)
class Grid:
    """The grid at the cut-off date.

    scores: see `Scores`. clients: one row per classed client: its columns with grid_class (after
    overrides), computed_class, previous_class, distance, those of `standing_table`, override_by,
    override_reason. incumbent: the class of the last audit (-1 = none) by client, None at a first
    audit. lapsed: overrides past their day of review, which no longer hold.
    """

    scores: Scores
    clients: pd.DataFrame
    incumbent: Classes | None
    lapsed: int = 0


@dataclass(frozen=True, eq=False)
class Then:
    """The grid that the present one is compared with.

    classes: client_id, then_class. day: its date. grid: as it is worked out now on what was known
    on that day; None for the grid of the last audit, which stands as it was published.
    """

    classes: pd.DataFrame
    day: dt.date
    grid: Grid | None = None


def scores_of(audit: Audit) -> Scores:
    """The clients that bought in the period that ends on the audit's date, with their points."""
    profit, potential = client_profit(audit), client_potential(audit)
    relation = client_relation(audit)
    summary = audit.summary.execute()
    criteria = criteria_table(summary, profit, potential, relation)
    if len(criteria) < audit.thresholds.min_cell:
        criteria = criteria.head(0)
    return Scores(
        points_table(criteria, basis=profit.basis, thresholds=audit.thresholds),
        basis=profit.basis,
        source=potential.source,
        parts=tuple(relation.parts),
        base_count=len(summary),
        profit=profit,
    )


def grid_of(audit: Audit, scores: Scores, overrides: pd.DataFrame) -> Grid:
    """The class of each client. scores: from `scores_of`. overrides: from `overrides_of`."""
    before = audit.previous_table("grid_clients")
    known = scores.clients.merge(_previous(before), on="client_id", how="left")
    incumbent = None if before is None else codes_of(known["previous_class"])
    points, lost = known["points"].to_numpy(float), known["is_loss_maker"].to_numpy(bool)
    codes = classes_of(points, lost, audit.thresholds, incumbent)
    now = overrides[~overrides["is_lapsed"]].drop(columns="is_lapsed")
    clients = (
        known.assign(
            computed_class=np.array(CLASSES, dtype=object)[codes],
            distance=distance_to_next(points, codes, is_loss=lost),
        )
        .merge(standing_of(audit)[list(OF_STANDING)], on="client_id", how="left")
        .merge(now, on="client_id", how="left")
    )
    chosen = clients["override_class"].fillna(clients["computed_class"])
    lapsed = int(overrides["client_id"].isin(clients["client_id"])[overrides["is_lapsed"]].sum())
    return Grid(scores, clients.assign(grid_class=chosen), incumbent, lapsed)


def then_of(audit: Audit) -> Then | None:
    """The last audit's grid; at a first audit, the grid of a year earlier on what was known then.

    None where the exports do not hold the period before. The grid of a year earlier is worked out
    by the same rule, on the tables up to that day, without hysteresis.
    """
    published = audit.previous_table("grid_clients")
    if audit.last_audit is not None and published is not None:
        return Then(_classes(published), audit.last_audit.as_of)
    day = months_before(audit.as_of, YEAR_MONTHS)
    if not _covers(audit, day):
        return None
    scores = scores_of(replace(audit, as_of=day))
    points = scores.clients["points"].to_numpy(float)
    codes = classes_of(points, scores.clients["is_loss_maker"].to_numpy(bool), audit.thresholds)
    names = np.array(CLASSES, dtype=object)[codes]
    clients = scores.clients.assign(computed_class=names, grid_class=names)
    return Then(_classes(clients), day, Grid(scores, clients, None)) if len(clients) else None


def _covers(audit: Audit, day: dt.date) -> bool:
    """Whether the exports hold the whole period up to that day."""
    start = months_before(day, audit.thresholds.window_months)
    return audit.facts.lines.first_date <= start + dt.timedelta(days=START_TOLERANCE_DAYS)


def _classes(clients: pd.DataFrame) -> pd.DataFrame:
    return clients[["client_id", "grid_class"]].rename(columns={"grid_class": "then_class"})


def _previous(before: pd.DataFrame | None) -> pd.DataFrame:
    if before is None:
        return pd.DataFrame({"client_id": [], "previous_class": []}, dtype=object)
    return before[["client_id", "grid_class"]].rename(columns={"grid_class": "previous_class"})
