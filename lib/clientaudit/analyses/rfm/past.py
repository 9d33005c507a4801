"""What the RFM groups were worth a year ago: who bought again, group by group."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pandas as pd
from ibis.expr.types import Table

from clientaudit.analyses.portrait.overview import has_previous_period
from clientaudit.analyses.rfm.scores import RfmRules, quantile_score, rfm_table
from clientaudit.analyses.rfm.segments import CREDIT_ONLY, SEGMENT_MAPS, SEGMENTS
from clientaudit.engine.order import by_values
from clientaudit.engine.summary import months_before
from clientaudit.findings import Finding, settle_claims
from clientaudit.models.intervals import wilson
from clientaudit.settings import Thresholds

FOLLOW_MONTHS = 12
DRAWS = 2000
BY_SEGMENT, BY_RECENCY = "RFM groups", "Recency alone"
COLUMNS = [
    "grouping", "group", "recency_from", "recency_to", "client_count", "returned_count",
    "repeat_rate", "low_rate", "high_rate",
]  # fmt: skip


@dataclass(frozen=True)
class Separation:
    """How well two groupings tell who bought again from who did not.

    segments, recency: chance that of two clients, one who came back and one who did not, the
        first stands in the better group (AUC; half for the same group). RFM groups rank by their
        repeat rate, less what they gain by having been ranked on the same clients; recency groups
        rank by recency.
    gain: segments - recency. interval: of the gain, 95 %, by bootstrap over clients. p_value:
        two-sided.
    """

    segments: float
    recency: float
    gain: float
    interval: tuple[float, float]
    p_value: float


def past_day(as_of: dt.date) -> dt.date:
    """The day on which the clients are scored again: 12 months before `as_of`."""
    return months_before(as_of, FOLLOW_MONTHS)


def past_table(
    past_summary: Table,
    occasions: Table,
    rules: RfmRules,
    *,
    as_of: dt.date,
    first_date: dt.date,
) -> Table:
    """The clients scored on what was known 12 months before `as_of`, and who bought since.

    past_summary: from `client_summary` at `past_day(as_of)`. occasions: client_id, date,
    is_purchase.

    Returns one row per client with a purchase by then: client_id, recency_days, rfm_segment,
    recency_group (1 to the number of groups of the map; equal silences, equal groups),
    came_back (a purchase in the 12 months that followed). No row where the exports begin
    (`first_date`) less than 24 months before `as_of`: half the history would be missing.
    """
    scored = rfm_table(past_summary, rules)
    is_covered = has_previous_period(first_date, as_of=as_of, window_months=FOLLOW_MONTHS)
    scored = scored.filter(scored.rfm_segment != CREDIT_ONLY, ibis.literal(is_covered))
    start = past_day(as_of)
    since = occasions.filter(occasions.is_purchase, occasions.date > start, occasions.date <= as_of)
    returned = since.group_by("client_id").agg(purchases=since.count())
    joined = scored.left_join(returned, "client_id")
    groups = len(set(SEGMENT_MAPS[rules.bins].values()))
    past = joined.select(
        scored.client_id,
        scored.recency_days,
        scored.rfm_segment,
        recency_group=quantile_score(-scored.recency_days, ibis.literal(True), groups),
        came_back=returned.purchases.notnull(),
    )
    return by_values(past)


def repeat_rates(past: pd.DataFrame, *, min_cell: int) -> pd.DataFrame:
    """Share of each group that bought again within 12 months, beside groups of recency alone.

    past: from `past_table`. Rates of fewer than `min_cell` clients are masked (null).

    Returns grouping (English), group (name of the RFM group, "" for recency), recency_from,
    recency_to (days), client_count, returned_count, repeat_rate, low_rate and high_rate
    (Wilson, 95 %).
    """
    rows = [
        _rate(past[past["rfm_segment"] == name], BY_SEGMENT, name, min_cell)
        for name in SEGMENTS
        if (past["rfm_segment"] == name).any()
    ]
    for _, group in sorted(past.groupby("recency_group"), reverse=True):
        rows.append(_rate(group, BY_RECENCY, "", min_cell))
    return pd.DataFrame(rows, columns=COLUMNS)


def separation(past: pd.DataFrame, *, seed: int) -> Separation:
    """Whether the groups tell who comes back better than recency alone, cut into as many groups.

    past: from `past_table`, with clients who came back and clients who did not. What the RFM
    groups gain by being ranked on the clients that judge them is estimated by bootstrap and taken
    off: rank by a draw, judge by the draw and by the base (Harrell, Lee & Mark 1996).
    """
    table = pd.crosstab([past["rfm_segment"], past["recency_group"]], past["came_back"]).reindex(
        columns=[False, True], fill_value=0
    )
    counts = table.to_numpy()
    draws = np.random.default_rng(seed).multinomial(
        int(counts.sum()), counts.ravel() / counts.sum(), size=DRAWS
    )
    draws = np.concatenate([counts.reshape(1, -1), draws]).reshape(-1, *counts.shape)
    segments, recency = (
        _merged(draws, table.index.get_level_values(level).to_numpy()) for level in (0, 1)
    )
    ranks = _by_rate(segments)
    optimism = np.nanmean(_auc(segments, ranks) - _auc(segments[:1], ranks))
    by_segment = _auc(segments, ranks[:1]) - optimism
    by_recency = _auc(recency, np.arange(recency.shape[1]).reshape(1, -1))
    gain = by_segment - by_recency
    low, high = np.nanquantile(gain[1:], [0.025, 0.975])
    tail = min(int((gain[1:] <= 0).sum()), int((gain[1:] >= 0).sum()))
    return Separation(
        float(by_segment[0]), float(by_recency[0]), float(gain[0]), (float(low), float(high)),
        p_value=min(1.0, 2 * (tail + 1) / (DRAWS + 1)),
    )  # fmt: skip


def past_findings(
    past: pd.DataFrame, *, as_of: dt.date, first_date: dt.date, thresholds: Thresholds
) -> list[Finding]:
    """What the groups of a year ago were worth, or why that cannot be said.

    past: from `past_table`. first_date: day of the first line of the exports. thresholds:
    min_cell, min_clients, seed.
    """
    values = {"day": past_day(as_of).isoformat(), "months": FOLLOW_MONTHS, "clients": len(past)}
    if not has_previous_period(first_date, as_of=as_of, window_months=FOLLOW_MONTHS):
        return [_refused(
            "What the groups are worth is not computed: the exports begin on {first:day} and it "
            "takes {needed:int} months. Ask for earlier invoices.",
            values | {"first": first_date.isoformat(), "needed": 2 * FOLLOW_MONTHS},
        )]  # fmt: skip
    min_cell, min_clients = thresholds.min_cell, thresholds.min_clients
    back = int(past["came_back"].sum())
    if len(past) < min_clients or min(back, len(past) - back) < min_cell:
        return [_refused(
            "What the groups are worth is not computed: of {clients:int} "
            "{clients:plural:client|clients} on {day:day}, {back:int} bought again; it takes "
            "{min_clients:int} clients, of whom {min_cell:int} bought again and {min_cell:int} did "
            "not.",
            values | {"back": back, "min_clients": min_clients, "min_cell": min_cell},
        )]  # fmt: skip
    rates = repeat_rates(past, min_cell=min_cell)
    comparison = _comparison(separation(past, seed=thresholds.seed), values)
    return list(settle_claims([comparison, *_extremes(rates, values)]))


def _refused(sentence: str, values: dict[str, Any]) -> Finding:
    return Finding("rfm.past", sentence, values, verdict="REFUSE")


def _rate(group: pd.DataFrame, grouping: str, name: str, min_cell: int) -> dict[str, Any]:
    n, returned = len(group), int(group["came_back"].sum())
    row = {
        "grouping": grouping, "group": name, "recency_from": int(group["recency_days"].min()),
        "recency_to": int(group["recency_days"].max()), "client_count": n,
    }  # fmt: skip
    if n < min_cell:
        return row
    low, high = wilson(returned, n)
    rates = {"repeat_rate": returned / n, "low_rate": low, "high_rate": high}
    return row | {"returned_count": returned} | rates


def _merged(draws: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Counts by draw, group of one grouping in the order of its labels, and came back or not."""
    return np.stack([draws[:, labels == label].sum(axis=1) for label in np.unique(labels)], axis=1)


def _by_rate(counts: np.ndarray) -> np.ndarray:
    """The groups of each draw, lowest repeat rate first. counts: draw, group, (not back, back)."""
    return np.argsort(counts[..., 1] / np.maximum(counts.sum(axis=2), 1), axis=1, kind="stable")


def _auc(counts: np.ndarray, order: np.ndarray) -> np.ndarray:
    """AUC of groups in an order, worst first. counts: as in `_by_rate`; order: draw, group."""
    lost, back = counts[..., 0].astype(float), counts[..., 1].astype(float)
    lost, back = np.take_along_axis(lost, order, 1), np.take_along_axis(back, order, 1)
    below = np.cumsum(lost, axis=1) - lost / 2
    pairs = lost.sum(axis=1) * back.sum(axis=1)
    found: np.ndarray = (back * below).sum(axis=1) / np.where(pairs > 0, pairs, np.nan)
    return found


def _comparison(found: Separation, values: dict[str, Any]) -> Finding:
    return Finding(
        "rfm.past",
        "Scored on {day:day}, the groups tell who buys again within {months:int} months better "
        "than recency alone ({segments:pct} of pairs in the right order against {recency:pct}: "
        "{gain:points})."
        if found.gain > 0
        else "Scored on {day:day}, recency alone tells who buys again within {months:int} months "
        "better than the groups ({recency:pct} of pairs in the right order against "
        "{segments:pct}: {gain:points} for the groups).",
        values | {"segments": found.segments, "recency": found.recency, "gain": found.gain},
        interval=found.interval,
        n=values["clients"],
        evidence="rfm_past",
        claim_p=found.p_value,
        neutral="Scored on {day:day}, neither the groups nor recency alone tell better, beyond "
        "chance, who buys again within {months:int} months ({segments:pct} of pairs in the right "
        "order against {recency:pct}: {gain:points} for the groups).",
    )


def _extremes(rates: pd.DataFrame, values: dict[str, Any]) -> list[Finding]:
    known = rates[(rates["grouping"] == BY_SEGMENT) & rates["repeat_rate"].notna()]
    if len(known) < 2:
        return []
    lowest, highest = (known.loc[known["repeat_rate"].agg(f)] for f in ("idxmin", "idxmax"))
    return [
        Finding(
            "rfm.past_rates",
            "Of the {high_n:int} clients of the group that came back most, {high:pct} bought again "
            "within {months:int} months; of the {low_n:int} of the group that came back least, "
            "{low:pct}.",
            values
            | {
                "high": float(highest["repeat_rate"]), "high_n": int(highest["client_count"]),
                "low": float(lowest["repeat_rate"]), "low_n": int(lowest["client_count"]),
            },
            evidence="rfm_past",
            claim_p=_chance(lowest, highest, comparisons=len(known) * (len(known) - 1) // 2),
            neutral="The highest and the lowest repeat rate of the groups of a year before "
            "({high:pct} and {low:pct}) rest on too few clients to be told apart.",
        )
    ]  # fmt: skip


def _chance(lowest: pd.Series, highest: pd.Series, *, comparisons: int) -> float:
    """Fisher's exact p-value of two rates, times the number of pairs they are the extremes of."""
    from scipy.stats import fisher_exact

    table = [
        [int(r["returned_count"]), int(r["client_count"] - r["returned_count"])]
        for r in (lowest, highest)
    ]
    return min(1.0, comparisons * float(fisher_exact(table).pvalue))
