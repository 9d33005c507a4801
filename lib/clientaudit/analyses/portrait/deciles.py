"""The clients in ten groups: of equal numbers, or of equal revenue or margin."""

from typing import Literal

import numpy as np
import pandas as pd

from clientaudit.engine.money import UNITS, exact_total
from clientaudit.findings import Finding

GROUPS = 10
LARGEST_TENTH = 0.2  # share of the clients above which equal clients have swollen a tenth
Split = Literal["clients", "amount"]
AVERAGES = ("occasions_per_client", "average_value", "margin_rate")
COLUMNS = (
    "decile", "client_count", "revenue", "revenue_share", "margin", "margin_share", *AVERAGES
)  # fmt: skip


def client_deciles(amounts: "pd.Series[float]") -> "pd.Series[int]":
    """Ten groups of equal numbers of clients: 1 holds the largest amounts, 10 the smallest.

    A client's group is 1 + floor(10 x share of clients with a strictly larger amount). Equal
    clients are never parted, so a group may be larger than a tenth and the next one empty.
    """
    larger = amounts.rank(method="min", ascending=False).to_numpy().astype(np.int64) - 1
    return pd.Series(1 + GROUPS * larger // max(len(amounts), 1), amounts.index)


def amount_deciles(amounts: "pd.Series[float]") -> "pd.Series[int]":
    """Ten groups that bring about a tenth of the total each: 1 holds the fewest, largest clients.

    A client's group is 1 + floor(10 x share of the total brought by strictly larger clients),
    so a client that brings more than a tenth leaves the next group empty; clients with nothing
    or a loss are in group 10. `amounts` must have a positive total.
    """
    units = np.rint(amounts.to_numpy(dtype=float) * UNITS).astype(np.int64)
    values, place, counts = np.unique(units, return_inverse=True, return_counts=True)
    total = int(units.sum())
    larger = total - np.cumsum(values * counts)
    group = np.minimum(1 + GROUPS * larger // total, GROUPS)
    return pd.Series(group[place], amounts.index)


def decile_rows(
    clients: pd.DataFrame, *, by: str, split: Split = "clients", min_cell: int
) -> pd.DataFrame:
    """What each tenth buys, how often and with which margin; the rows add up to the totals.

    clients: one row per client of the period: revenue, margin (null = unknown), costed
        (revenue whose cost is known), occasion_count.
    by: column that ranks the clients. split: "clients" = equal numbers, "amount" = equal sums
        of `by`, with no row where its total is not positive.
    min_cell: averages over fewer clients are masked (null); counts and sums stay.

    Returns decile, client_count, revenue, revenue_share, margin, margin_share,
    occasions_per_client, average_value (revenue per purchase day), margin_rate.
    """
    ranked = clients[clients[by].notna()]
    if ranked.empty or (split == "amount" and exact_total(ranked[by]) <= 0):
        return pd.DataFrame(columns=list(COLUMNS))
    decile = (client_deciles if split == "clients" else amount_deciles)(ranked[by])
    rows = pd.DataFrame([_row(group) | {"decile": d} for d, group in ranked.groupby(decile)])
    for name in ("revenue", "margin"):
        total = exact_total(rows[name])
        rows[f"{name}_share"] = rows[name] / total if total > 0 else np.nan
    rows.loc[rows["client_count"] < min_cell, list(AVERAGES)] = np.nan
    return rows[list(COLUMNS)]


def decile_findings(rows: pd.DataFrame, *, min_cell: int) -> list[Finding]:
    """What sets the first tenth of the clients apart from the last.

    rows: from `decile_rows` with split="clients", ranked by revenue.
    """
    ends = rows.iloc[[0, -1]] if len(rows) else rows
    counts = ends["client_count"]
    even = counts.between(min_cell, LARGEST_TENTH * rows["client_count"].sum()).all()
    if len(rows) < 2 or not even or not ends["average_value"].notna().all():
        return [
            Finding(
                "portrait.window_deciles",
                "Tenths are not described: it takes {min_cell:int} buyers in the first and in the "
                "last, and no large group of equal clients.",
                {"min_cell": min_cell},
                verdict="REFUSE",
            )
        ]
    first, last = ends.iloc[0], ends.iloc[1]
    return [
        Finding(
            "portrait.window_deciles",
            "The first tenth ({clients:int} clients) brings {share:pct} of the revenue: "
            "{often:number} purchase days each at {value:money}, against {seldom:number} at "
            "{little:money} in the last.",
            {
                "clients": int(first["client_count"]),
                "share": float(first["revenue_share"]),
                "often": float(first["occasions_per_client"]),
                "value": float(first["average_value"]),
                "seldom": float(last["occasions_per_client"]),
                "little": float(last["average_value"]),
            },
            n=int(rows["client_count"].sum()),
            evidence="portrait_deciles",
        )
    ]


def _row(group: pd.DataFrame) -> dict[str, float]:
    revenue, costed = exact_total(group["revenue"]), exact_total(group["costed"])
    margin = exact_total(group["margin"]) if group["margin"].notna().any() else np.nan
    days = int(group["occasion_count"].sum())
    return {
        "client_count": len(group),
        "revenue": revenue,
        "margin": margin,
        "occasions_per_client": days / len(group),
        "average_value": revenue / days if days else np.nan,
        "margin_rate": margin / costed if costed > 0 else np.nan,
    }
