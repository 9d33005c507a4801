"""What each client leaves: margin, less what serving it, waiting for it and its demands cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd
from ibis.expr.types import Table

from clientaudit.analyses.grid.lateness import late_invoices, lateness_table
from clientaudit.analyses.grid.service_costs import (
    costs_by_client,
    priced_events,
    rates_table,
    uncosted_activities,
)
from clientaudit.analyses.grid.service_events import service_events
from clientaudit.audit import Audit
from clientaudit.engine.money import exact_total
from clientaudit.engine.orders import order_sums
from clientaudit.engine.period import Period, period_to
from clientaudit.engine.tables import beside
from clientaudit.intake.quality.line_checks import COSTED

Basis = Literal["profit", "margin", "revenue"]
# What the invoices show already: a discount is in the net amount, a waived fee was never invoiced.
INVOICED: Final = ("discount", "fee_waiver")
EVENTS: Final = ("contacts", "incidents", "payments", "quotes")
REBATE: Final = "rebate_cost"
PARTS: Final = (
    REBATE, "cost_to_serve", "late_payment_cost", "incident_cost", "concession_cost",
)  # fmt: skip
COUNTED: Final = {  # what each part is the sum of
    "cost_to_serve": ("service_cost", "direct_cost"),
    **{name: (name,) for name in (*PARTS, "founded_cost") if name != "cost_to_serve"},
}
COSTS: Final = ("cost_to_serve", "incident_cost", "founded_cost")  # those of unit costs
COLUMNS: Final = (
    "client_id", "revenue_window", "margin_window", *PARTS, "profit_window", "founded_cost",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class ProfitTable:
    """What each client left in the period.

    frame: one row per client of the summary, in order of client_id, money as floats:
        client_id, revenue_window, margin_window,
        rebate_cost (rebates of the lines, paid beside the invoice),
        cost_to_serve (events at the firm's unit costs, and client_costs as they stand),
        late_payment_cost, incident_cost (unfounded incidents only),
        concession_cost (exceptions with a value, but for discounts and waived fees, which the
        revenue lacks already),
        profit_window, founded_cost (founded incidents: our own cost, in no client's profit).
        A cost is NaN for everybody where the firm's data do not tell it, and counts as none.
    basis: "profit" (margin less these costs), "margin" (no unit cost is known: profit_window is
        the margin less rebates), or "revenue" (less than 95 % of the period's revenue has a known
        cost: profit_window is NaN, revenue stands in for it).
    uncosted: activities that the data show and of which some event has no cost.
    """

    frame: pd.DataFrame
    basis: Basis
    uncosted: tuple[str, ...]


def client_profit(audit: Audit) -> ProfitTable:
    """Profit per client over the audit's period (R30, R58, R68).

    Raises AuditError where the unit costs contradict each other.
    """
    period = period_to(audit.as_of, audit.thresholds.window_months)
    tables = _tables(audit)
    priced = priced_events(service_events(tables), rates_table(audit.table("costs")), period)
    direct = audit.table("client_costs")
    capital = audit.thresholds.capital_cost
    base = audit.summary.select("client_id", "revenue_window", "margin_window")
    parts = [
        _known_cost(audit.occasions, period),
        costs_by_client(priced),
        *_late(tables, period, capital),
        *_direct(direct, period),
        *_conceded(audit.table("concessions"), period),
        *_rebates(audit.lines, period),
    ]
    frame = beside(base, parts).order_by("client_id").execute()
    uncosted = uncosted_activities(priced, direct, period)
    basis, full = _settled(frame)
    return ProfitTable(full[list(COLUMNS)], basis, uncosted)


def client_years(audit: Audit, found: ProfitTable) -> pd.DataFrame:
    """The orders of the period, as the model of a year lived again takes them (METHODS §7).

    found: from `client_profit`; amounts are margins, or revenue where that is its basis.

    Returns one row per client of the summary, in order of client_id: client_id, order_count,
        margin_sum, gross_sum, margin_square_sum, loss_count (see `order_sums`), yearly_cost
        (what the profit deducts from the margin in the period, whatever is bought).
    """
    period = period_to(audit.as_of, audit.thresholds.window_months)
    sums = order_sums(audit.occasions, period, of_margin=found.basis != "revenue")
    base = audit.summary.select("client_id")
    frame = beside(base, [sums]).order_by("client_id").execute()
    numbers = frame.drop(columns="client_id").astype("float64").fillna(0.0)
    numbers["yearly_cost"] = _deducted(found.frame, found.basis)
    found_orders: pd.DataFrame = numbers.assign(client_id=frame["client_id"])
    return found_orders[["client_id", *numbers.columns]]


def _settled(frame: pd.DataFrame) -> tuple[Basis, pd.DataFrame]:
    """The basis, and the frame with every part of the profit."""
    money = frame.drop(columns="client_id").astype("float64")
    for name, columns in COUNTED.items():
        known = [column for column in columns if column in money and money[column].notna().any()]
        money[name] = money[known].fillna(0.0).sum(axis=1) if known else np.nan
    basis = _basis(money, has_costs=bool(money[list(COSTS)].notna().any(axis=None)))
    # Nothing invoiced is a margin of zero; lines without a cost leave it unknown.
    idle = money["line_count"].isna()
    money["margin_window"] = money["margin_window"].mask(idle & (basis != "revenue"), 0.0)
    left = money["margin_window"] - _deducted(money, basis)
    profit = left if basis != "revenue" else left * np.nan
    return basis, money.assign(client_id=frame["client_id"], profit_window=profit)


def _deducted(money: pd.DataFrame, basis: Basis) -> "pd.Series[float]":
    parts = {"profit": PARTS, "margin": (REBATE,), "revenue": ()}
    return money[list(parts[basis])].fillna(0.0).sum(axis=1)


def _basis(money: pd.DataFrame, *, has_costs: bool) -> Basis:
    revenue, costed = exact_total(money["revenue_window"]), exact_total(money["costed"])
    if money["margin_window"].isna().all() or costed < COSTED * revenue:
        return "revenue"
    return "profit" if has_costs else "margin"


def _tables(audit: Audit) -> dict[str, Table]:
    given = {name: audit.table(name) for name in EVENTS}
    found = {name: table for name, table in given.items() if table is not None}
    return found | {"lines": audit.lines, "occasions": audit.occasions}


def _known_cost(occasions: Table, period: Period) -> Table:
    seen = occasions.filter(period.holds(occasions.date))
    return seen.group_by("client_id").agg(
        line_count=seen.line_count.sum(), costed=seen.revenue_with_cost.sum().cast("float64")
    )


def _late(tables: Mapping[str, Table], period: Period, capital_cost: float) -> list[Table]:
    invoices = late_invoices(tables.get("payments"), period)
    if invoices is None:
        return []
    late = lateness_table(invoices, capital_cost=capital_cost)
    return [late.select("client_id", "late_payment_cost")]


def _direct(direct: Table | None, period: Period) -> list[Table]:
    if direct is None:
        return []
    seen = direct.filter(period.holds(direct.period))
    return [seen.group_by("client_id").agg(direct_cost=seen.amount.sum())]


def _conceded(concessions: Table | None, period: Period) -> list[Table]:
    if concessions is None or "value" not in concessions.columns:
        return []
    seen = concessions.filter(period.holds(concessions.date), ~concessions.kind.isin(INVOICED))
    return [seen.group_by("client_id").agg(concession_cost=seen.value.sum())]


def _rebates(lines: Table, period: Period) -> list[Table]:
    if "rebate_amount" not in lines.columns:
        return []
    seen = lines.filter(period.holds(lines.date), lines.client_id.notnull())
    return [seen.group_by("client_id").agg(rebate_cost=seen.rebate_amount.sum())]
