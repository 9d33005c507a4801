"""How what each client brings changes from year to year, and how sure that is (R63)."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from ibis.expr.types import Table

from clientaudit.audit import Audit
from clientaudit.engine.summary import months_before
from clientaudit.intake.quality.line_checks import COSTED
from clientaudit.models.intervals import Floats
from clientaudit.models.trend import LEAST_YEARS, seasonal_slopes

YEARS, QUARTERS, MONTHS = 5, 4, 3  # looked back on at most; of a year; of a quarter
TREND = ["trend_amount", "low_amount", "high_amount"]


@dataclass(frozen=True, eq=False)
class Trends:
    """The trend of each client.

    frame: one row per client of the summary, by client_id: trend_amount (change of the year's
    amount from one year to the next), low_amount, high_amount (95 %, see `seasonal_slopes`); null
    for a client of less than three full years. of_margin: of margin, else of revenue.
    """

    frame: pd.DataFrame
    of_margin: bool


def trends_of(audit: Audit) -> Trends:
    """The trend of what each client brings, over quarters counted back from the cut-off date.

    A client counts with the full years since its first purchase, five at most. Of margin where 95 %
    of the revenue of every year has a known cost, else of revenue.
    """
    first = audit.summary.select("client_id", "first_purchase").order_by("client_id").execute()
    bounds = [months_before(audit.as_of, MONTHS * k) for k in range(YEARS * QUARTERS, -1, -1)]
    sums = quarters_table(audit.occasions, bounds).execute()
    places = pd.Index(first["client_id"]).get_indexer(sums["client_id"]), sums["quarter"]
    money = {}
    for name in ("revenue", "costed", "margin"):
        money[name] = np.zeros((len(first), YEARS * QUARTERS))
        money[name][places] = sums[name]
    of_margin = _is_costed(money["revenue"], money["costed"])
    amounts = money["margin" if of_margin else "revenue"].reshape(-1, YEARS, QUARTERS)
    slopes = _slopes(amounts, _full_years(first["first_purchase"], bounds))
    return Trends(pd.DataFrame(slopes, pd.Index(first["client_id"]), TREND), of_margin)


def quarters_table(occasions: Table, bounds: list[dt.date]) -> Table:
    """What each client bought between bounds: days after the first, up to and with the last.

    Returns client_id, quarter (0 = between the first two bounds), revenue, costed (revenue with a
    known cost) and margin (of that).
    """
    seen = occasions.filter(occasions.date > bounds[0], occasions.date <= bounds[-1])
    quarter = sum((seen.date > day).cast("int64") for day in bounds[1:-1])
    return seen.group_by("client_id", quarter=quarter).agg(
        revenue=seen.revenue.sum().cast("float64"),
        costed=seen.revenue_with_cost.sum().cast("float64").fill_null(0.0),
        margin=(seen.revenue_with_cost - seen.cost).sum().cast("float64").fill_null(0.0),
    )


def _slopes(amounts: Floats, years: "pd.Series[int]") -> Floats:
    """(clients, 3) change of the year's amount a year, with its bounds."""
    found = np.full((len(amounts), len(TREND)), np.nan)
    for length in range(LEAST_YEARS, YEARS + 1):
        members = (years == length).to_numpy()
        if members.any():
            slopes = seasonal_slopes(amounts[members, YEARS - length :])
            found[members] = QUARTERS * np.column_stack(slopes)
    return found


def _full_years(first: "pd.Series[pd.Timestamp]", bounds: list[dt.date]) -> "pd.Series[int]":
    """Years that begin after the first purchase, up to `YEARS`."""
    starts = [pd.Timestamp(day) for day in bounds[:-1:QUARTERS]]
    days = pd.to_datetime(first)
    return sum((days <= start).astype(int) for start in starts)  # type: ignore[return-value]


def _is_costed(revenue: Floats, costed: Floats) -> bool:
    """Whether 95 % of the revenue of every year has a known cost."""
    sums = (money.sum(axis=0).reshape(YEARS, QUARTERS) for money in (revenue, costed))
    whole, known = (by_quarter.sum(axis=1) for by_quarter in sums)
    return bool((known >= COSTED * whole).all() and known.any())
