"""How old the relations are: the pyramid of tenure, and the long relations."""

import datetime as dt

import numpy as np
import pandas as pd

from clientaudit.engine.money import exact_total
from clientaudit.findings import Finding

YEAR_DAYS = 365.25
ACTIVE_YEARS = 0.8  # share of its years in which a long relation bought (R7)
BANDS = {
    0: "Under 1 year", 1: "1 to 2 years", 2: "2 to 3 years", 3: "3 to 5 years",
    5: "5 to 10 years", 10: "10 years and more",
}  # fmt: skip
OLDER = "Older than the exports"
NO_PURCHASE = "Credit notes only"


def with_tenure(clients: pd.DataFrame, *, as_of: dt.date) -> pd.DataFrame:
    """The clients with how long they have been clients.

    clients: first_purchase, client_since, is_left_truncated.

    Adds least_years, from the first purchase or from `client_since` where that is earlier (null
    for a client that never bought); tenure_years, the same, but null where the relation is older
    than the exports and the firm gave no `client_since`; and `tenure_band` (English).
    """
    first = pd.to_datetime(clients["first_purchase"])
    since = pd.to_datetime(clients["client_since"])
    start = first.where(~(since < first), since)
    least = (pd.Timestamp(as_of) - start).dt.days / YEAR_DAYS
    unseen = clients["is_left_truncated"] & since.isna()
    years = least.mask(unseen)
    band = pd.Series(pd.NA, clients.index, dtype="object")
    for lower, label in BANDS.items():
        band = band.mask(years >= lower, label)
    band = band.mask(unseen, OLDER).mask(first.isna(), NO_PURCHASE)
    return clients.assign(least_years=least, tenure_years=years, tenure_band=band)


def tenure_rows(clients: pd.DataFrame) -> pd.DataFrame:
    """Clients and revenue of the period by age of the relation; sums to the period's totals.

    clients: from `with_tenure`, with revenue and margin of the period.

    Returns tenure_band, client_count, client_share, revenue, revenue_share; relations older
    than the exports have a row of their own.
    """
    total = exact_total(clients["revenue"])
    rows = []
    for label in (*BANDS.values(), OLDER, NO_PURCHASE):
        band = clients[clients["tenure_band"] == label]
        if len(band):
            revenue = exact_total(band["revenue"])
            rows.append((label, len(band), len(band) / len(clients), revenue,
                         revenue / total if total > 0 else np.nan))  # fmt: skip
    columns = ["tenure_band", "client_count", "client_share", "revenue", "revenue_share"]
    return pd.DataFrame(rows, columns=columns)


def long_relations(clients: pd.DataFrame, *, long_tenure_years: float) -> "pd.Series[bool]":
    """Which clients have a long relation: old enough, and buying in most of their years (R7).

    clients: from `with_tenure`, with observed_days and active_year_count. Only the years that
    the exports show can be judged; who has bought through all of them is at least as old.
    """
    observed_years = np.floor(clients["observed_days"].fillna(0) / YEAR_DAYS) + 1
    steady = clients["active_year_count"] / observed_years >= ACTIVE_YEARS
    is_long: pd.Series[bool] = (clients["least_years"] >= long_tenure_years) & steady
    return is_long


def tenure_findings(
    clients: pd.DataFrame, *, long_tenure_years: float, min_cell: int
) -> list[Finding]:
    """How old the period's clients are, and which revenue long relations hold.

    clients: from `with_tenure`, with the columns of `tenure_rows` and `long_relations`.
    """
    known = clients["tenure_years"].dropna()
    older = int((clients["tenure_band"] == OLDER).sum())
    if len(known) < min_cell:
        return [
            Finding(
                "portrait.window_tenure",
                "The age of relations is not described: it is known for {known:int} "
                "{known:plural:client|clients}, and {older:int} {older:plural:is|are} older than "
                "the exports. Ask for the date of the first purchase in the client file."
                if older
                else "The age of relations is not described: it takes {min_cell:int} buyers.",
                {"older": older, "known": len(known), "min_cell": min_cell},
                verdict="REFUSE",
            )
        ]
    age = Finding(
        "portrait.window_tenure",
        "Half of the {known:int} clients whose start is known have been clients for "
        "{median:number} years or less; {older:int} more {older:plural:is|are} older than the "
        "exports."
        if older
        else "Half of the {known:int} clients have been clients for {median:number} years or less.",
        {"known": len(known), "median": float(known.median()), "older": older},
        n=len(known),
        verdict="FLAG" if older else "PASS",
        evidence="portrait_tenure",
    )
    return [age, _long(clients, long_tenure_years, older)]


def _long(clients: pd.DataFrame, years: float, older: int) -> Finding:
    total = exact_total(clients["revenue"])
    if not (clients["least_years"] >= years).any():
        return Finding(
            "portrait.window_long_relations",
            "No relation is known to be {years:number} years old. Ask for the date of the first "
            "purchase in the client file where the exports are too short to tell.",
            {"years": years, "count": 0},
            verdict="FLAG" if older else "PASS",
        )
    long = clients[long_relations(clients, long_tenure_years=years)]
    revenue = exact_total(long["revenue"])
    return Finding(
        "portrait.window_long_relations",
        "{count:int} {count:plural:client is|clients are} {years:number} years old or more and "
        "bought in at least {steady:pct} of the years that the exports show: {revenue:money} of "
        "revenue, {share:pct} of the period's.",
        {
            "count": len(long),
            "years": years,
            "steady": ACTIVE_YEARS,
            "revenue": revenue,
            "share": revenue / total if total > 0 else None,
        },
        n=len(long),
        stake=revenue,
        evidence="portrait_tenure",
    )
