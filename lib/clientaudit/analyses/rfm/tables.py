"""The RFM groups as tables: their sizes, revenue and margin, and their largest clients."""

import numpy as np
import pandas as pd
from ibis.expr.types import Table

from clientaudit.analyses.rfm.scores import OWN_RHYTHM
from clientaudit.analyses.rfm.segments import ADVICE, CREDIT_ONLY, SEGMENTS
from clientaudit.engine.money import exact_total
from clientaudit.engine.order import by_values

SCORES = ("r_score", "f_score", "m_score")
MEDIANS = {
    "recency_days": "Median days since the last purchase",
    "occasion_count": "Median purchase days",
}


def rfm_clients(rfm: Table) -> pd.DataFrame:
    """The scored clients, scores as whole numbers. rfm: from `rfm_table`."""
    clients: pd.DataFrame = by_values(rfm).execute()
    return clients.astype(dict.fromkeys(SCORES, "Int64"))


def segment_rows(clients: pd.DataFrame, *, min_cell: int) -> pd.DataFrame:
    """Clients, revenue and margin of each group, in the order of the map; sums to the totals.

    clients: from `rfm_clients`. Medians of fewer than `min_cell` clients are masked (null).

    Returns rfm_segment, client_count, client_share, revenue, revenue_share, margin,
    revenue_window, recency_days and occasion_count (medians), advice.
    """
    total = exact_total(clients["revenue"])
    rows = []
    for name in SEGMENTS:
        group = clients[clients["rfm_segment"] == name]
        if len(group):
            rows.append({"rfm_segment": name, **_amounts(group), "advice": ADVICE[name]})
    columns = [
        "rfm_segment", "client_count", "client_share", "revenue", "revenue_share", "margin",
        "revenue_window", "recency_days", "occasion_count", "advice",
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    table["client_share"] = table["client_count"] / max(len(clients), 1)
    table["revenue_share"] = table["revenue"] / total if total > 0 else np.nan
    masked = table["client_count"] < min_cell
    return table.assign(
        recency_days=table["recency_days"].mask(masked),
        occasion_count=table["occasion_count"].mask(masked),
    )


def cell_rows(clients: pd.DataFrame) -> pd.DataFrame:
    """Clients, revenue and margin of each pair of recency and frequency scores.

    clients: from `rfm_clients`. Returns r_score, f_score, rfm_segment, client_count, revenue,
    margin; only the pairs that hold a client.
    """
    scored = clients[clients["rfm_segment"] != CREDIT_ONLY]
    keys = ["r_score", "f_score", "rfm_segment"]
    rows = [
        dict(zip(keys, cell, strict=True)) | _totals(group) for cell, group in scored.groupby(keys)
    ]
    columns = ["r_score", "f_score", "rfm_segment", "client_count", "revenue", "margin"]
    return pd.DataFrame(rows, columns=columns)


def leaders(clients: pd.DataFrame, *, per_segment: int = 5) -> pd.DataFrame:
    """The largest clients of each group by revenue; equals of the last one are all listed.

    clients: from `rfm_clients`. Returns rfm_segment, client_id, r_score, f_score, m_score,
    recency_days, occasion_count, revenue, revenue_window.
    """
    scored = clients[clients["rfm_segment"] != CREDIT_ONLY]
    place = scored.groupby("rfm_segment")["revenue"].rank(method="min", ascending=False)
    order = scored["rfm_segment"].map({name: i for i, name in enumerate(SEGMENTS)})
    listed = scored.assign(order=order)[place <= per_segment].sort_values(
        ["order", "revenue", "client_id"], ascending=[True, False, True]
    )
    columns = [
        "rfm_segment", "client_id", *SCORES, "recency_days", "occasion_count", "revenue",
        "revenue_window",
    ]  # fmt: skip
    return listed[columns].reset_index(drop=True)


def cut_rows(clients: pd.DataFrame) -> pd.DataFrame:
    """The values behind each score, so that the cuts can be read and kept for next year.

    clients: from `rfm_clients`. Returns criterion (English), score, client_count, lowest, highest.
    """
    scored = clients[clients["rfm_segment"] != CREDIT_ONLY]
    own = scored["recency_basis"] == OWN_RHYTHM
    parts = (
        ("Days since the last purchase", scored[~own], "r_score", "recency_days"),
        ("Silence over own interval", scored[own], "r_score", "silence_ratio"),
        ("Purchase days", scored, "f_score", "occasion_count"),
        ("Revenue", scored, "m_score", "revenue"),
    )
    rows = [
        (criterion, score, len(values), float(values.min()), float(values.max()))
        for criterion, part, name, measure in parts
        for score, values in part.groupby(name)[measure]
    ]
    return pd.DataFrame(rows, columns=["criterion", "score", "client_count", "lowest", "highest"])


def _amounts(group: pd.DataFrame) -> dict[str, float]:
    return _totals(group) | {
        "revenue_window": exact_total(group["revenue_window"]),
        "recency_days": float(group["recency_days"].median()),
        "occasion_count": float(group["occasion_count"].median()),
    }


def _totals(group: pd.DataFrame) -> dict[str, float]:
    known = group["margin"].notna().any()
    return {
        "client_count": len(group),
        "revenue": exact_total(group["revenue"]),
        "margin": exact_total(group["margin"]) if known else np.nan,
    }
