"""How many clients, and how much of the revenue, left in each of the last years."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pandas as pd
from ibis.expr.types import Table

from clientaudit.engine.order import by_values
from clientaudit.engine.summary import months_before
from clientaudit.models.intervals import Floats, smooth_interval, wilson

YEAR_MONTHS = 12
RATES = [
    "year_end", "client_count", "lost_count", "loss_rate", "low_rate", "high_rate",
    "lost_revenue", "revenue_loss_rate", "revenue_low_rate", "revenue_high_rate",
    "margin_loss_rate",
]  # fmt: skip


@dataclass(frozen=True)
class Year:
    """Twelve months up to `end`; `start` is the day before its first."""

    start: dt.date
    end: dt.date


def attrition_years(
    as_of: dt.date, *, first_date: dt.date, lost_days: int, years: int
) -> list[Year]:
    """The years up to the cut-off date whose clients at the start are known, latest first.

    Who was a client at the start of a year shows in the `lost_days` before it: a year is known if
    the exports reach that far back.
    """
    ends = [months_before(as_of, YEAR_MONTHS * n) for n in range(years)]
    found = [Year(months_before(end, YEAR_MONTHS), end) for end in ends]
    return [year for year in found if first_date <= year.start - dt.timedelta(days=lost_days - 31)]


def losses_table(occasions: Table, *, as_of: dt.date, lost_days: int) -> Table:
    """Every loss up to the cut-off date, dated on the day when the silence reached `lost_days`.

    occasions: client_id, date, is_purchase, gap_days.

    Returns one row per client and loss: client_id, last_purchase, lost_on, is_back (the client
    bought again later). The same client may be lost, come back and be lost again (R9, R13).
    """
    bought = occasions.filter(occasions.is_purchase, occasions.date <= as_of)
    came_back = bought.filter(bought.gap_days > lost_days)
    before = came_back.date - came_back.gap_days.cast("int64") * ibis.interval(days=1)
    back = came_back.select("client_id", last_purchase=before.cast("date"), is_back=True)
    last = bought.group_by("client_id").agg(last_purchase=bought.date.max())
    silent = last.filter(last.last_purchase <= as_of - dt.timedelta(days=lost_days))
    found = back.union(silent.mutate(is_back=False))
    lost_on = (found.last_purchase + ibis.interval(days=lost_days)).cast("date")
    return found.select("client_id", "last_purchase", "is_back", lost_on=lost_on)


def attrition_table(occasions: Table, year: Year, *, lost_days: int) -> Table:
    """The clients of the start of a year, what they bought in the year before, and who was lost.

    occasions: client_id, date, is_purchase, gap_days, revenue, revenue_with_cost, cost.

    Returns one row per client with a purchase in the `lost_days` before the year: client_id,
    revenue, margin (of the twelve months before the year; margin null without a cost), is_lost
    (its silence reached `lost_days` within the year).
    """
    before = months_before(year.start, YEAR_MONTHS)
    window = (occasions.date > before) & (occasions.date <= year.start)
    recent = (occasions.date > year.start - dt.timedelta(days=lost_days)) & (
        occasions.date <= year.start
    )
    priced = window & occasions.cost.notnull()
    clients = occasions.group_by("client_id").agg(
        was_client=(occasions.is_purchase & recent).any(),
        revenue=occasions.revenue.sum(where=window).cast("float64").fill_null(0.0),
        margin=(occasions.revenue_with_cost - occasions.cost).sum(where=priced).cast("float64"),
    )
    clients = clients.filter(clients.was_client).drop("was_client")
    losses = losses_table(occasions, as_of=year.end, lost_days=lost_days)
    lost = losses.filter(losses.lost_on > year.start).select("client_id").distinct()
    return by_values(clients.mutate(is_lost=clients.client_id.isin(lost.client_id)))


def attrition_rates(years: Sequence[tuple[Year, pd.DataFrame]]) -> pd.DataFrame:
    """Attrition of each year by clients, by revenue and by margin (R13).

    years: each year with the rows of `attrition_table`, latest first.

    Returns one row per year: year_end, client_count (at its start), lost_count, loss_rate,
    low_rate, high_rate (Wilson), lost_revenue, revenue_loss_rate, revenue_low_rate,
    revenue_high_rate (`smooth_interval`), margin_loss_rate (null without a cost).
    """
    return pd.DataFrame([_rates(year, rows) for year, rows in years if len(rows)], columns=RATES)


def yearly_loss(rates: pd.DataFrame) -> float | None:
    """Share of the clients lost in a year, over all years known; None where none is.

    Where nobody was lost, half a client of one more (Jeffreys): it is no proof that nobody leaves.
    """
    at_start, lost = int(rates["client_count"].sum()), int(rates["lost_count"].sum())
    if not at_start:
        return None
    return lost / at_start if lost else 0.5 / (at_start + 1)


def attrition_change(
    latest: pd.DataFrame, earlier: pd.DataFrame
) -> tuple[float, tuple[float, float], float]:
    """Difference in attrition between two years in points, its interval, and in relative terms.

    latest, earlier: from `attrition_table`, not empty. Clients of both years are paired (R14).
    """
    both = latest[["client_id", "is_lost"]].merge(
        earlier[["client_id", "is_lost"]], on="client_id", how="outer", suffixes=("", "_before")
    )
    columns = [
        both["is_lost"].fillna(False), both["is_lost"].notna(),
        both["is_lost_before"].fillna(False), both["is_lost_before"].notna(),
    ]  # fmt: skip
    values = np.column_stack([column.to_numpy(float) for column in columns])

    def difference(means: Floats) -> float:
        return float(means[..., 0] / means[..., 1] - means[..., 2] / means[..., 3])

    points = difference(values.mean(axis=0))
    before = float(earlier["is_lost"].mean())
    relative = points / before if before else float("nan")
    return points, smooth_interval(values, difference), relative


def _rates(year: Year, rows: pd.DataFrame) -> tuple[Any, ...]:
    n, lost = len(rows), int(rows["is_lost"].sum())
    gone = rows["is_lost"].to_numpy(float)
    revenue = rows["revenue"].to_numpy(float)
    weighted = _weighted(revenue, gone)
    margin = rows["margin"].dropna()
    kept = rows.loc[margin.index, "is_lost"].to_numpy(float)
    total = float(margin.sum())
    margin_rate = float(kept @ margin.to_numpy(float)) / total if total > 0 else np.nan
    return (
        year.end, n, lost, lost / n, *wilson(lost, n), float(gone @ revenue), *weighted, margin_rate
    )  # fmt: skip


def _weighted(revenue: Floats, gone: Floats) -> tuple[float, float, float]:
    """Share of the revenue that was lost, with its interval; null where there is none."""
    if revenue.sum() <= 0 or len(revenue) < 2:
        return np.nan, np.nan, np.nan
    if not gone.any():
        return 0.0, np.nan, np.nan  # nobody lost says nothing of how much a loss would weigh
    values = np.column_stack([gone * revenue, revenue])
    low, high = smooth_interval(values, lambda means: float(means[..., 0] / means[..., 1]))
    return float((gone * revenue).sum() / revenue.sum()), max(low, 0.0), min(high, 1.0)
