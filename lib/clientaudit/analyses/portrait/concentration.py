"""On how few clients the total rests: shares of the largest, Lorenz curve, loss of the first."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import numpy as np
import pandas as pd
from ibis.expr.types import Table

from clientaudit.engine.money import UNITS
from clientaudit.engine.order import by_values
from clientaudit.engine.summary import months_before

TOP_SHARE = 5  # the top 20 %: one client in five
USUAL_MONTHS = (3, 12, 24, 36)
CURVE_POINTS = 400
Units = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True)
class Concentration:
    """How unequally one amount is spread over clients.

    top20_share: share of the total that the largest fifth of the clients brings; the fifth is
        rounded up to whole clients (`top20_count`).
    clients_for_80_share: smallest share of the clients, largest first, whose sum reaches 80 %
        of the total. With losses among the clients the sum may pass 80 % again on its way down:
        this is the first crossing, and `peak_share` the highest point, as a share of the total.
    gini: None where an amount is negative (undefined). hhi: sum of the squared shares of the
        clients with a positive amount, in their own total.
    """

    client_count: int
    negative_count: int
    total: float
    top20_count: int
    top20_share: float
    clients_for_80_share: float
    first_ten_share: float
    peak_share: float
    peak_client_share: float
    hhi: float
    gini: float | None


def concentration(amounts: "pd.Series[float]") -> Concentration | None:
    """How unequally an amount is spread; None where there is no client or no positive total.

    amounts: one per client, in the currency; summed as whole 1/10,000, so exact in any order.
    """
    largest = _units(amounts)
    cumulative = np.cumsum(largest)
    if not len(largest) or cumulative[-1] <= 0:
        return None
    n, total = len(largest), int(cumulative[-1])
    fifth = -(-n // TOP_SHARE)
    positive = largest[largest > 0] / int(largest[largest > 0].sum())
    return Concentration(
        client_count=n,
        negative_count=int((largest < 0).sum()),
        total=total / UNITS,
        top20_count=fifth,
        top20_share=int(cumulative[fifth - 1]) / total,
        clients_for_80_share=(int(np.argmax(cumulative * 5 >= total * 4)) + 1) / n,
        first_ten_share=int(cumulative[min(10, n) - 1]) / total,
        peak_share=int(cumulative.max()) / total,
        peak_client_share=(int(np.argmax(cumulative)) + 1) / n,
        hhi=float((positive * positive).sum()),
        gini=_gini(largest, total),
    )


def lorenz(amounts: "pd.Series[float]") -> pd.DataFrame:
    """The curve of concentration: client_share (largest first), cumulative_share of the total.

    Starts at 0, 0 and ends at 1, 1; thinned to a few hundred points. Empty where
    `concentration` is None.
    """
    cumulative = np.concatenate([[0], np.cumsum(_units(amounts))])
    if cumulative[-1] <= 0:
        return pd.DataFrame({"client_share": [], "cumulative_share": []}, dtype=float)
    n = len(cumulative) - 1
    steps = np.arange(CURVE_POINTS + 1)
    # Dense at the start, where a few clients make the curve.
    points = np.unique(np.concatenate([steps[: n + 1], steps * n // CURVE_POINTS]))
    return pd.DataFrame(
        {"client_share": points / n, "cumulative_share": cumulative[points] / cumulative[-1]}
    )


def period_revenue_table(occasions: Table, *, as_of: dt.date, months: Sequence[int]) -> Table:
    """Revenue per client over periods of several lengths that all end on `as_of`.

    occasions: one row per client and day: client_id, date, revenue.

    Returns one row per client and period with a line in it: months, client_id, revenue.
    """
    periods = [_period_revenue(occasions, as_of, m) for m in months]
    return by_values(ibis.union(*periods, distinct=False))


def period_lengths(first_date: dt.date, *, as_of: dt.date, window_months: int) -> tuple[int, ...]:
    """Lengths in months of the periods to compare: those the exports cover, and all of them.

    first_date: day of the first line of the exports.
    """
    usual = {*USUAL_MONTHS, window_months}
    covered = {m for m in usual if months_before(as_of, m) >= first_date - dt.timedelta(days=1)}
    whole = 12 * (as_of.year - first_date.year) + as_of.month - first_date.month + 1
    return tuple(sorted({*covered, whole}))


def concentration_by_period(periods: pd.DataFrame, *, min_clients: int) -> pd.DataFrame:
    """Concentration of revenue by length of the period: the shares depend on it (R55).

    periods: from `period_revenue_table`. Periods with fewer clients than `min_clients` are left
    out. Returns months, client_count, revenue, top20_share, clients_for_80_share,
    first_ten_share, gini; undefined figures are null.
    """
    rows = []
    for months, period in periods.groupby("months", sort=True):
        found = concentration(period["revenue"])
        if found is not None and found.client_count >= min_clients:
            rows.append({"months": months, **concentration_row(found)})
    return pd.DataFrame(rows, columns=["months", *ROW])


ROW = ("client_count", "revenue", "top20_share", "clients_for_80_share", "first_ten_share", "gini")


def concentration_row(found: Concentration) -> dict[str, float | int | None]:
    """One row of a table of concentrations; `revenue` is the total."""
    return {
        "client_count": found.client_count,
        "revenue": found.total,
        "top20_share": found.top20_share,
        "clients_for_80_share": None if found.negative_count else found.clients_for_80_share,
        "first_ten_share": found.first_ten_share,
        "gini": found.gini,
    }


def stress(revenue: "pd.Series[float]", margin: "pd.Series[float]") -> pd.DataFrame:
    """What is lost with the 1, 3 and 5 largest clients, revenue first.

    Of clients with equal revenue the larger margin counts first, never the id. Returns
    lost_count, revenue, revenue_share, margin, margin_share (null where the margin of one of them
    is unknown or the total is not positive); a row for each number of clients below that of the
    base, none where the total revenue is not positive.
    """
    order = np.lexsort((-margin.fillna(0.0).to_numpy(), -revenue.to_numpy()))
    lost = np.cumsum(np.rint(revenue.to_numpy()[order] * UNITS).astype(np.int64))
    gone = np.cumsum(np.rint(margin.fillna(0.0).to_numpy()[order] * UNITS).astype(np.int64))
    counts = [k for k in (1, 3, 5) if k < len(order)]
    if not len(order) or lost[-1] <= 0:
        counts = []
    known = [k for k in counts if gone[-1] > 0 and margin.notna().to_numpy()[order[:k]].all()]
    return pd.DataFrame(
        {
            "lost_count": counts,
            "revenue": [int(lost[k - 1]) / UNITS for k in counts],
            "revenue_share": [int(lost[k - 1]) / int(lost[-1]) for k in counts],
            "margin": [int(gone[k - 1]) / UNITS if k in known else np.nan for k in counts],
            "margin_share": [
                int(gone[k - 1]) / int(gone[-1]) if k in known else np.nan for k in counts
            ],
        }
    )


def _units(amounts: "pd.Series[float]") -> Units:
    """Amounts as whole 1/10,000, largest first; missing amounts are left out."""
    units = np.rint(amounts.dropna().to_numpy(dtype=float) * UNITS).astype(np.int64)
    return np.sort(units)[::-1]


def _gini(largest: Units, total: int) -> float | None:
    n = len(largest)
    if largest[-1] < 0:
        return None
    ranks = np.arange(n, 0, -1, dtype=float)
    return float(2 * (ranks * largest).sum() / (n * total) - (n + 1) / n)


def _period_revenue(occasions: Table, as_of: dt.date, months: int) -> Table:
    start = months_before(as_of, months)
    days = occasions.filter(occasions.date > start, occasions.date <= as_of)
    sums = days.group_by("client_id").agg(revenue=days.revenue.sum())
    return sums.select(
        months=ibis.literal(months, "int64"),
        client_id=sums.client_id,
        revenue=sums.revenue.cast("float64"),
    )
