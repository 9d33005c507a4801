"""Revenue = clients x purchase days per client x value of a purchase day; margin = its rate."""

from math import log

import numpy as np
import pandas as pd

from clientaudit.engine.money import exact_total

FACTORS = ("client_count", "occasions_per_client", "average_value")
COLUMNS = ("period", *FACTORS, "revenue", "costed_share", "margin_rate", "margin")


def decomposition(periods: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The factors of revenue and margin, one row per period.

    periods: name of the period (English) and its clients: revenue, margin (null = unknown),
        costed (revenue whose cost is known), occasion_count.

    Returns period, client_count (clients with a purchase day), occasions_per_client,
    average_value, revenue, costed_share, margin_rate, margin.

    revenue = client_count x occasions_per_client x average_value, and
    margin = revenue x costed_share x margin_rate. Credit notes lower the average value, also
    those of clients who bought nothing in the period. A factor that does not exist (no
    purchase, no cost) is null.
    """
    rows = [{"period": name} | _factors(clients) for name, clients in periods.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def largest_difference(factors: pd.DataFrame) -> float:
    """Largest gap, in the currency, between a total and the product of its factors."""
    revenue = factors["client_count"] * factors["occasions_per_client"] * factors["average_value"]
    margin = factors["revenue"] * factors["costed_share"] * factors["margin_rate"]
    gaps = pd.concat([revenue - factors["revenue"], margin - factors["margin"]]).abs()
    return float(gaps.max()) if gaps.notna().any() else 0.0


FACTOR_NAMES = {
    "client_count": "Clients who bought",
    "occasions_per_client": "Purchase days per client",
    "average_value": "Revenue per purchase day",
}


def contributions(factors: pd.DataFrame, *, comparable: bool) -> pd.DataFrame:
    """How much of the change in revenue goes with each factor, in the currency; sums exactly.

    factors: from `decomposition`, the period before first. comparable: whether the exports cover
    both periods.

    Returns factor (English), ratio (now / before), revenue_change = L x log(ratio), with L the
    logarithmic mean of the two revenues (LMDI, Ang 2005: no residual, and no factor is favoured
    by the order of the sums). Empty where the periods do not compare, or where a factor or a
    revenue is not positive in both.
    """
    columns = ["factor", "ratio", "revenue_change"]
    values = factors[[*FACTORS, "revenue"]].astype(float)
    if not comparable or not (values > 0).all(axis=None):
        return pd.DataFrame(columns=columns)
    before, after = values["revenue"]
    mean = before if before == after else (after - before) / log(after / before)
    ratios = values.iloc[1] / values.iloc[0]
    rows = [(FACTOR_NAMES[name], ratios[name], mean * log(ratios[name])) for name in FACTORS]
    return pd.DataFrame(rows, columns=columns)


def _factors(clients: pd.DataFrame) -> dict[str, float]:
    revenue, costed = exact_total(clients["revenue"]), exact_total(clients["costed"])
    margin = exact_total(clients["margin"]) if clients["margin"].notna().any() else np.nan
    buyers = int((clients["occasion_count"] > 0).sum())
    days = int(clients["occasion_count"].sum())
    return {
        "client_count": buyers,
        "occasions_per_client": days / buyers if buyers else np.nan,
        "average_value": revenue / days if days else np.nan,
        "revenue": revenue,
        "costed_share": costed / revenue if revenue else np.nan,
        "margin_rate": margin / costed if costed else np.nan,
        "margin": margin,
    }
