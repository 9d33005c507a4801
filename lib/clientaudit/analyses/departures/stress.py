"""What the firm would lose with the clients on the work list, and what watching them costs."""

import numpy as np
import pandas as pd

from clientaudit.analyses.departures.watch import Watch
from clientaudit.analyses.portrait.concentration import stress
from clientaudit.engine.money import exact_total
from clientaudit.findings import Finding

MONTHS = 12
LIKELY = 0.5
LARGEST, LISTED, GONE = (
    "the largest clients", "every client on the work list", "those of the list more likely gone",
)  # fmt: skip
COLUMNS = ["scenario", "lost_count", "revenue", "revenue_share", "margin", "margin_share"]


def stress_table(clients: pd.DataFrame, alerts: pd.DataFrame) -> pd.DataFrame:
    """Revenue and margin of the period that go with the largest clients, and with those in alert.

    clients: from `watch_table`. alerts: from `alerts_table`.

    Returns scenario, lost_count, revenue, revenue_share, margin, margin_share (of the firm's; null
    where a margin is unknown or the total is not positive). A census of the period: no interval.
    """
    revenue, margin = clients["revenue_window"], clients["margin_window"]
    largest = stress(revenue, margin).assign(scenario=LARGEST)
    likely = alerts[alerts["p_gone"] >= LIKELY]
    rows = [
        _lost(name, clients[clients["client_id"].isin(rows["client_id"])], clients)
        for name, rows in ((LISTED, alerts), (GONE, likely))
    ]
    return pd.concat([largest, pd.DataFrame(rows)], ignore_index=True)[COLUMNS]


def stress_finding(table: pd.DataFrame, *, client_count: int) -> Finding:
    """What losing the whole list would cost. table: from `stress_table`."""
    row = table[table["scenario"] == LISTED].iloc[0]
    margin = not pd.isna(row["margin_share"])
    return Finding(
        "departures.stress",
        "Losing every client on the list would take {revenue:money} of the revenue of the period "
        "({revenue_share:pct}) and {margin:money} of the margin ({margin_share:pct})."
        if margin
        else "Losing every client on the list would take {revenue:money} of the revenue of the "
        "period ({revenue_share:pct})."
        if not pd.isna(row["revenue_share"])
        else "Losing every client on the list would take {revenue:money} of the revenue of the "
        "period.",
        {
            "revenue": float(row["revenue"]),
            "revenue_share": None if pd.isna(row["revenue_share"]) else row["revenue_share"],
            "margin": float(row["margin"]) if margin else None,
            "margin_share": float(row["margin_share"]) if margin else None,
        },
        n=client_count,
        evidence="stress",
    )


def cost_findings(watch: Watch, alerts: pd.DataFrame, *, alert_cost_month: float) -> list[Finding]:
    """What the watch must keep to be worth its cost (R12).

    alert_cost_month: cost of the watch in a month, in the currency. Nothing is said where no
    stake is known.
    """
    stake, cost = exact_total(alerts["stake"]), alert_cost_month * MONTHS
    if not len(alerts) or stake <= 0:
        return []
    return [Finding(
        "departures.alert_cost",
        "An alert costs {cost:money} ({month:money} a month for the watch), more than the "
        "{stake:money} a year at stake on average: such a watch does not pay."
        if cost > stake
        else "On average {stake:money} of yearly margin is at stake per alert, which costs "
        "{cost:money} "
        "({month:money} a month for the watch): it pays once calls keep {share:pct} of what is at "
        "stake."
        if watch.basis == "margin"
        else "On average {stake:money} of yearly revenue is at stake per alert, which costs "
        "{cost:money} ({month:money} a month for the watch): it pays once the margin on what calls "
        "keep passes {share:pct} of the revenue at stake.",
        {
            "stake": stake / len(alerts),
            "cost": cost / len(alerts),
            "month": alert_cost_month,
            "share": cost / stake,
        },
        n=len(alerts),
        evidence="alerts",
    )]  # fmt: skip


def _lost(name: str, lost: pd.DataFrame, clients: pd.DataFrame) -> dict[str, object]:
    revenue, total = (exact_total(rows["revenue_window"]) for rows in (lost, clients))
    margin, all_margin = (exact_total(rows["margin_window"]) for rows in (lost, clients))
    bought = lost["revenue_window"] != 0
    known = all_margin > 0 and bool(lost.loc[bought, "margin_window"].notna().all())
    return {
        "scenario": name,
        "lost_count": len(lost),
        "revenue": revenue,
        "revenue_share": revenue / total if total > 0 else np.nan,
        "margin": margin if known else np.nan,
        "margin_share": margin / all_margin if known else np.nan,
    }
