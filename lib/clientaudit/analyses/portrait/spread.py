"""How different the clients of a period are: four amounts, their means, medians and tails."""

from math import fsum

import numpy as np
import pandas as pd

from clientaudit.findings import Finding

MEASURES = {
    "revenue": "portrait.window_spread_revenue",
    "occasion_count": "portrait.window_spread_purchase_days",
    "average_value": "portrait.window_spread_average_value",
    "margin": "portrait.window_spread_margin",
}
SPREADS = {
    "revenue": "Half of the clients bring {median:money} or less; the mean is {mean:money} and "
    "{below:pct} of the clients are below it.",
    "occasion_count": "Half of the clients bought on {median:number} "
    "{median:plural:day|days} or fewer; the mean is {mean:number} and {below:pct} of the clients "
    "are below it.",
    "average_value": "Half of the clients spend {median:money} or less per purchase day; the "
    "mean over clients is {mean:money} and {below:pct} of the clients are below it.",
    "margin": "Half of the clients leave {median:money} of margin or less; the mean is "
    "{mean:money}, {below:pct} of the clients are below it and {negative:int} "
    "{negative:plural:loses|lose} money.",
}
NO_LOSS = (
    "Half of the clients leave {median:money} of margin or less; the mean is {mean:money} and "
    "{below:pct} of the clients are below it; none loses money."
)
NOT_SPREAD = {
    "revenue": "Revenue per client is not described: fewer than {min_cell:int} clients have "
    "revenue in the period.",
    "occasion_count": "Purchase days are not described: fewer than {min_cell:int} clients bought "
    "in the period.",
    "average_value": "Revenue per purchase day is not described: fewer than {min_cell:int} "
    "clients bought in the period.",
    "margin": "Margin is not described: its cost is known for fewer than {min_cell:int} clients. "
    "Ask for the cost price of the invoice lines.",
}


def spread(values: "pd.Series[float]") -> dict[str, float]:
    """Mean, median, first and last tenth of one amount, and the share of clients below the mean."""
    known = values.dropna()
    mean = fsum(known) / len(known) if len(known) else np.nan
    return {
        "n": len(known),
        "mean": mean,
        "median": float(known.median()),
        "low_tenth": float(known.quantile(0.1)),
        "high_tenth": float(known.quantile(0.9)),
        "below_mean": float((known < mean).mean()) if len(known) else np.nan,
        "negative_count": int((known < 0).sum()),
    }


def spread_rows(clients: pd.DataFrame) -> pd.DataFrame:
    """Mean, median and tenths of the four amounts of a period's clients.

    clients: from `period_clients`. Purchase days and average value are those of the clients who
    bought. Returns statistic (English), revenue, occasion_count, average_value, margin.
    """
    columns = {name: spread(_measured(clients, name)) for name in MEASURES}
    labels = {
        "mean": "Mean",
        "median": "Median",
        "low_tenth": "One client in ten is below",
        "high_tenth": "One client in ten is above",
    }
    rows = [
        {"statistic": label} | {name: columns[name][key] for name in MEASURES}
        for key, label in labels.items()
    ]
    return pd.DataFrame(rows)


def spread_findings(clients: pd.DataFrame, *, min_cell: int) -> list[Finding]:
    """How different the period's clients are, one sentence per amount.

    clients: from `period_clients`. Under `min_cell` clients nothing is said of an amount.
    """
    return [_spread_finding(clients, name, min_cell) for name in MEASURES]


def habit_findings(clients: pd.DataFrame, *, min_cell: int) -> list[Finding]:
    """How many buy once only, and whether who comes more often also spends more each time.

    clients: from `period_clients`, with repeat_count over the whole history.
    """
    buyers = clients[clients["occasion_count"] > 0]
    if len(buyers) < min_cell:
        return []
    once = buyers["occasion_count"] == 1
    never_again = buyers["repeat_count"] == 0
    one_time = Finding(
        "portrait.window_one_time",
        "{share:pct} of the clients who bought did so on one day only in the period; {ever:pct} "
        "bought on one day only in all the exports.",
        {"share": float(once.mean()), "ever": float(never_again.mean())},
        n=len(buyers),
    )
    return [one_time, *_frequency_and_value(buyers, min_cell)]


def _frequency_and_value(buyers: pd.DataFrame, min_cell: int) -> list[Finding]:
    repeated = buyers["occasion_count"] > 1
    if min(repeated.sum(), (~repeated).sum()) < min_cell:
        return []
    values = {
        "often": float(buyers.loc[repeated, "average_value"].median()),
        "once": float(buyers.loc[~repeated, "average_value"].median()),
        "rank_correlation": _rank_correlation(buyers["occasion_count"], buyers["average_value"]),
    }
    return [
        Finding(
            "portrait.window_frequency_and_value",
            "Median revenue per purchase day: {often:money} for clients who bought on several "
            "days, {once:money} for those who bought on one (rank correlation of frequency and "
            "value over all buyers: {rank_correlation:number}).",
            values,
            n=len(buyers),
        )
    ]


def _rank_correlation(x: "pd.Series[float]", y: "pd.Series[float]") -> float | None:
    if x.nunique() < 2 or y.nunique() < 2:
        return None
    return float(x.rank().corr(y.rank()))


def _spread_finding(clients: pd.DataFrame, name: str, min_cell: int) -> Finding:
    found = spread(_measured(clients, name))
    if found["n"] < min_cell:
        return Finding(MEASURES[name], NOT_SPREAD[name], {"min_cell": min_cell}, verdict="REFUSE")
    values = {
        "median": found["median"], "mean": found["mean"], "below": found["below_mean"],
        "negative": found["negative_count"],
    }  # fmt: skip
    sentence = SPREADS[name] if name != "margin" or found["negative_count"] else NO_LOSS
    return Finding(MEASURES[name], sentence, values, n=int(found["n"]), evidence="portrait_spread")


def _measured(clients: pd.DataFrame, name: str) -> "pd.Series[float]":
    """One amount of the clients it exists for: who bought nothing has no purchase day to count."""
    bought = clients["occasion_count"] > 0
    return clients.loc[bought, name] if name not in ("revenue", "margin") else clients[name]
