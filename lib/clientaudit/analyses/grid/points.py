"""The points of the grid: each criterion against the other clients, then weighed (R67-R70)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from clientaudit.analyses.grid.potential import PotentialTable
from clientaudit.analyses.grid.profit import ProfitTable
from clientaudit.analyses.grid.relation import RelationTable
from clientaudit.models.classes import class_of
from clientaudit.models.intervals import Flags, Floats
from clientaudit.settings import Thresholds

Classes = npt.NDArray[np.int8]
CRITERIA = ("margin", "potential", "relation")
CLASSES = ("A", "B", "C", "D")
OPINION, SAID = "rep", ("client", "rep")  # sources of a potential that somebody stated
NOBODY = -1  # the class of a client that had none
DIGITS = 6  # points closer than that are equal: a class never rests on a rounding
OF_SUMMARY = [
    "client_id", "revenue_window", "revenue_prior_window", "margin_window", "margin_prior_window",
    "margin", "occasion_count_window",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Scores:
    """The clients that bought in the period, scored at one date.

    clients: one row per client, from `points_table`. basis: of the margin criterion: "profit",
    "margin" (no cost to serve is known) or "revenue" (no cost at all is known: a proxy). source:
    of the potential, None where there is none. parts: what the relation was measured on.
    base_count: clients of the exports, classed or not. profit: theirs, as it was computed.
    """

    clients: pd.DataFrame
    basis: str
    source: str | None
    parts: tuple[str, ...]
    base_count: int
    profit: ProfitTable

    @property
    def missing(self) -> tuple[str, ...]:
        """Criteria that nothing measures: their weight goes to the others."""
        absent = {"potential": self.source is None, "relation": not self.parts}
        return tuple(name for name in CRITERIA if absent.get(name, False))


def criteria_table(
    summary: pd.DataFrame, profit: ProfitTable, potential: PotentialTable, relation: RelationTable
) -> pd.DataFrame:
    """What the clients that bought in the period are judged by.

    summary: from `client_summary`. The others: one row per client (see their modules).

    Returns one row per client with a purchase in the period: the columns of the summary that the
    grid reads, those of the criteria, and is_loss_maker: the client lost money over the period, or
    over all the exports. Where no cost is known, nobody is one.
    """
    bought = summary.loc[summary["occasion_count_window"] > 0, OF_SUMMARY]
    base = bought
    for table in (profit.frame, potential.frame, relation.frame):
        new = ["client_id", *(name for name in table if name not in base)]
        base = base.merge(table[new], on="client_id", how="left")
    lost = (base["profit_window"] < 0) | (base["margin"] < 0)
    is_known = profit.basis != "revenue"
    return base.assign(is_loss_maker=lost & is_known).sort_values("client_id", ignore_index=True)


def points_table(criteria: pd.DataFrame, *, basis: str, thresholds: Thresholds) -> pd.DataFrame:
    """The points of each client, from 0 to 100.

    criteria: from `criteria_table`. basis: of the margin criterion. thresholds: w_margin,
    w_potential, w_relation, max_subjective_weight.

    Returns the columns of `criteria` with, for each criterion, NAME_points (100 times the share of
    the other clients that do worse, those that do as well counted for half; null where it is not
    measured) and NAME_weight; points, their weighted sum; measured_share, the share of the weight
    that nobody merely stated.
    """
    values = {
        "margin": criteria["revenue_window" if basis == "revenue" else "profit_window"],
        "potential": criteria["potential_gap"],
        "relation": criteria["relation"],
    }
    points = np.column_stack([rank_points(v.to_numpy(float)) for v in values.values()])
    weights = weights_of(points, criteria["source"], chosen_weights(thresholds), thresholds)
    said = criteria["source"].isin(SAID).to_numpy(bool)
    columns = {f"{name}_points": points[:, k] for k, name in enumerate(CRITERIA)}
    columns |= {f"{name}_weight": weights[:, k] for k, name in enumerate(CRITERIA)}
    return criteria.assign(
        **columns,
        points=weighed(points, weights),
        measured_share=weights.sum(axis=1) - np.where(said, weights[:, 1], 0.0),
    )


def rank_points(values: Floats) -> Floats:
    """100 x the mid-rank percentile among the clients with a value; equal values, equal points.

    >>> rank_points(np.array([10.0, 20.0, 20.0, np.nan])).round(1).tolist()
    [16.7, 66.7, 66.7, nan]
    """
    from scipy.stats import rankdata

    known = ~np.isnan(values)
    points = np.full(len(values), np.nan)
    if known.any():
        points[known] = 100 * (rankdata(values[known]) - 0.5) / known.sum()
    return points


def chosen_weights(thresholds: Thresholds) -> Floats:
    """The weights of the three criteria as the engagement wants them."""
    return np.array([thresholds.w_margin, thresholds.w_potential, thresholds.w_relation])


def weights_of(
    points: Floats, source: "pd.Series[str]", chosen: Floats, thresholds: Thresholds
) -> Floats:
    """The weights of the three criteria for each client, 1 in all.

    points: (clients, 3), null where not measured. source: of the potential; the word of a sales
    person weighs at most `max_subjective_weight` where anything else is measured. chosen: (3,).
    What is not measured, or is above that, goes to the other criteria in proportion; a client of
    whom nothing is measured has no weight.
    """
    weights = np.where(np.isnan(points), 0.0, chosen)
    total = weights.sum(axis=1, keepdims=True)
    weights = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    cap, own = thresholds.max_subjective_weight, weights[:, 1].copy()
    capped = (source == OPINION).to_numpy(bool) & (own > cap) & (own < 1)
    weights *= np.where(capped, (1 - cap) / np.where(capped, 1 - own, 1.0), 1.0)[:, None]
    weights[:, 1] = np.where(capped, cap, own)
    return np.asarray(weights)


def weighed(points: Floats, weights: Floats) -> Floats:
    """The weighted sum of the criteria, those not measured counting for nothing."""
    return np.asarray(np.round((np.nan_to_num(points) * weights).sum(axis=-1), DIGITS))


def class_shares(thresholds: Thresholds) -> tuple[float, float, float]:
    """The ceilings of A, B and C as shares of the clients."""
    return thresholds.share_a, thresholds.share_b, thresholds.share_c


def classes_of(
    points: Floats, is_loss: Flags, thresholds: Thresholds, incumbent: Classes | None = None
) -> Classes:
    """The classes 0 = A to 3 = D under the ceilings and the gate (see `class_of`)."""
    return class_of(
        points,
        shares=class_shares(thresholds),
        is_loss=is_loss,
        incumbent=incumbent,
        hysteresis=thresholds.hysteresis if incumbent is not None else 0.0,
    )


def codes_of(names: "pd.Series[str]") -> Classes:
    """0 for A to 3 for D, -1 for none."""
    codes = names.map({name: code for code, name in enumerate(CLASSES)})
    return np.asarray(codes.astype(float).fillna(NOBODY), dtype=np.int8)
