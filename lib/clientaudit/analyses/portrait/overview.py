"""The base today: how many clients, what they bring, and how different they are."""

import datetime as dt

import ibis
import numpy as np
import pandas as pd
from ibis.expr.types import Table, Value

from clientaudit.analyses.portrait.concentration import concentration
from clientaudit.analyses.portrait.decomposition import decomposition
from clientaudit.engine.money import exact_total
from clientaudit.engine.order import by_values
from clientaudit.engine.summary import months_before
from clientaudit.findings import Finding, KeyFigure

YEAR_DAYS = 365.25
START_TOLERANCE_DAYS = 31  # the first invoice may come some days after the start of the exports
FULL_COST = 0.995  # share of revenue with a known cost under which margins are flagged
NEEDED = (
    "client_id", "first_purchase", "last_purchase", "repeat_count", "revenue", "observed_days",
    "is_left_truncated", "revenue_window", "revenue_prior_window", "margin_window",
    "margin_prior_window", "occasion_count_window", "occasion_count_prior_window",
)  # fmt: skip
YEAR_MONTHS = 12
ANSWER = (
    "portrait.window_top20_share", "portrait.window_strategic", "portrait.window_strategic_loss",
    "portrait.window_stress", "portrait.window_change", "portrait.window_margin_top20_share",
    "portrait.window_long_relations", "portrait.window_spread_revenue",
    "portrait.window_incomplete",
)  # fmt: skip
PERIODS = {"prior_window": "Period before", "window": "Period"}


def portrait_table(
    summary: Table, occasions: Table, clients: Table | None = None, *, as_of: dt.date,
    window_months: int,
) -> Table:  # fmt: skip
    """What the portrait needs of each client.

    summary: one row per client, from `client_summary` at the same date and window.
    occasions: one row per client and day: client_id, date, is_purchase, revenue_with_cost.
    clients: client_id, client_since, where the firm gave it.

    Returns one row per client: the columns of the summary that the portrait reads,
    `costed_window` and `costed_prior_window` (revenue whose cost is known), `in_window` and
    `in_prior_window` (a line in the period), `active_year_count` (years counted back from
    `as_of` with a purchase), `client_since` (null where unknown).
    """
    known = occasions.filter(occasions.date <= as_of)
    start, prior_start = (months_before(as_of, k * window_months) for k in (1, 2))
    now = known.date > start
    before = (known.date > prior_start) & (known.date <= start)
    costed = known.group_by("client_id").agg(
        costed_window=_costed(known, now),
        costed_prior_window=_costed(known, before),
        in_window=now.any(),
        in_prior_window=before.any(),
    )
    bought = known.filter(known.is_purchase)
    age = ibis.literal(as_of).delta(bought.date, unit="day")
    yearly = bought.group_by("client_id", year=(age / YEAR_DAYS).floor().cast("int32")).agg()
    active = yearly.group_by("client_id").agg(active_year_count=yearly.count())
    joined = (
        summary.left_join(costed, "client_id")
        .left_join(active, "client_id")
        .left_join(_since(summary, clients), "client_id")
    )
    kept = [summary[name] for name in NEEDED]
    kept += [costed[name] for name in costed.columns if name != "client_id"]
    years = active.active_year_count.fill_null(0)
    return by_values(joined.select(*kept, ibis._.client_since, active_year_count=years))


def period_clients(portrait: pd.DataFrame, period: str = "window") -> pd.DataFrame:
    """The clients of one period: those with a line in it, if only a credit note.

    portrait: from `portrait_table`. period: "window", or "prior_window" for the one before.

    Returns the columns of `portrait` where revenue, margin, costed and occasion_count are those
    of the period, and average_value (revenue per purchase day; null without one).
    """
    clients = portrait.assign(
        **{
            name: portrait[f"{name}_{period}"]
            for name in ("revenue", "margin", "costed", "occasion_count")
        }
    )
    clients = clients[clients[f"in_{period}"]]
    days = clients["occasion_count"].replace(0, np.nan)
    return clients.assign(average_value=clients["revenue"] / days).reset_index(drop=True)


def has_previous_period(first_date: dt.date, *, as_of: dt.date, window_months: int) -> bool:
    """Whether the exports cover the period before, so that the two compare.

    first_date: day of the first line of the exports (`audit.facts.lines.first_date`).
    """
    start = months_before(as_of, 2 * window_months)
    return first_date <= start + dt.timedelta(days=START_TOLERANCE_DAYS)


def coverage_findings(first_date: dt.date, *, as_of: dt.date, window_months: int) -> list[Finding]:
    """That the exports begin within the period, where they do. first_date: of the exports."""
    start = months_before(as_of, window_months)
    if first_date <= start + dt.timedelta(days=START_TOLERANCE_DAYS):
        return []
    return [
        Finding(
            "portrait.window_incomplete",
            "The exports begin on {first:day}: they do not hold the whole {months:int} months, and "
            "what is said of the period covers less.",
            {"first": first_date.isoformat(), "months": window_months},
            verdict="FLAG",
        )
    ]


def base_findings(portrait: pd.DataFrame, *, as_of: dt.date) -> list[Finding]:
    """How many clients the exports hold and what they brought in all, to the cent."""
    first = portrait["first_purchase"].min()
    values = {
        "as_of": as_of.isoformat(),
        "first": "" if pd.isna(first) else pd.Timestamp(first).date().isoformat(),
    }
    if portrait.empty or not values["first"]:
        sentence = "Up to {as_of:day}, {value:int} clients have an invoice line or a credit note."
        money = "Up to {as_of:day}, they brought {value:cents} net of credit notes."
    else:
        sentence = (
            "From {first:day} to {as_of:day}, {value:int} "
            "{value:plural:client has|clients have} an invoice line or a credit note."
        )
        money = (
            "From {first:day} to {as_of:day}, the lines with a client code come to {value:cents}, "
            "net of credit notes."
        )
    total = exact_total(portrait["revenue"])
    return [
        Finding("portrait.client_count", sentence, values | {"value": len(portrait)}),
        Finding("portrait.revenue_total", money, values | {"value": total}, n=len(portrait)),
    ]


def activity_findings(
    factors: pd.DataFrame, *, as_of: dt.date, window_months: int, comparable: bool
) -> list[Finding]:
    """What the period's revenue is made of, and what each factor became since the period before.

    factors: from `decomposition`, the period before first. comparable: from
    `has_previous_period`.
    """
    before, now = factors.iloc[0], factors.iloc[1]
    values = {
        "as_of": as_of.isoformat(),
        "months": window_months,
        "clients": int(now.client_count),
        "revenue": now.revenue,
    }
    if not now.client_count:
        return [
            Finding(
                "portrait.window_activity",
                "No client bought in the {months:int} months to {as_of:day}: the portrait of the "
                "period is not computed.",
                values,
                verdict="REFUSE",
            )
        ]
    activity = Finding(
        "portrait.window_activity",
        "In the {months:int} months to {as_of:day}, {clients:int} {clients:plural:client|clients} "
        "×\u00a0{frequency:number} purchase {frequency:plural:day|days} each ×\u00a0{value:money} "
        "per purchase day = {revenue:money} of revenue.",
        values | {"frequency": now.occasions_per_client, "value": now.average_value},
        n=int(now.client_count),
        evidence="portrait_decomposition",
    )
    return [activity, _change(before, now, window_months, comparable)]


def key_figures(
    factors: pd.DataFrame,
    clients: pd.DataFrame,
    previous: pd.DataFrame,
    *,
    window_months: int,
    comparable: bool,
    min_clients: int,
) -> list[KeyFigure]:
    """The strip on top of the page: the period and, where the exports cover it, a year earlier.

    factors: from `decomposition`. clients, previous: from `period_clients`. The period before
    stands in the strip only if it is a year long: the strip calls it "a year earlier". The share
    of the largest fifth takes `min_clients` clients.
    """
    comparable = comparable and window_months == YEAR_MONTHS
    before, now = factors.iloc[0], factors.iloc[1]
    shares = [
        found.top20_share if found and found.client_count >= min_clients else None
        for found in map(concentration, (previous["revenue"], clients["revenue"]))
    ]
    strip = [
        ("Clients who bought", "int", now.client_count, before.client_count),
        ("Revenue", "money", now.revenue, before.revenue),
        ("Purchase days per client", "number", now.occasions_per_client,
         before.occasions_per_client),
        ("Revenue per purchase day", "money", now.average_value, before.average_value),
        ("Margin rate", "pct", now.margin_rate, before.margin_rate),
        ("Share of the largest fifth", "pct", shares[1], shares[0]),
    ]  # fmt: skip
    return [
        KeyFigure(label, float(value), kind, float(old) if comparable and pd.notna(old) else None)
        for label, kind, value, old in strip
        if pd.notna(value)
    ]


def period_factors(portrait: pd.DataFrame) -> pd.DataFrame:
    """`decomposition` of the period before and of the period. portrait: from `portrait_table`."""
    return decomposition({name: period_clients(portrait, p) for p, name in PERIODS.items()})


def portrait_caveats(clients: pd.DataFrame, factors: pd.DataFrame) -> list[Finding]:
    """What the reader must know of these figures. clients: from `period_clients`."""
    now = factors.iloc[1]
    credit = clients[clients["occasion_count"] == 0]
    found = [
        Finding(
            "portrait.census",
            "These totals and shares count every client: they are no estimates and carry no "
            "interval. They describe one period; the next one will differ.",
        )
    ]
    if len(credit):
        found.append(
            Finding(
                "portrait.window_credit_only",
                "{clients:int} {clients:plural:client has|clients have} credit notes and no "
                "purchase in the period: their {revenue:money} are in the totals, and they are not "
                "counted as buyers.",
                {"clients": len(credit), "revenue": exact_total(credit["revenue"])},
            )
        )
    if now.revenue and 0 < now.costed_share < FULL_COST:
        found.append(
            Finding(
                "portrait.window_cost_coverage",
                "The cost is known for {share:pct} of the period's revenue: margins leave the rest "
                "out. Ask for the cost price of the missing lines.",
                {"share": now.costed_share},
                verdict="FLAG",
            )
        )
    return found


def _change(
    before: "pd.Series[float]", now: "pd.Series[float]", months: int, comparable: bool
) -> Finding:
    if not comparable or not before.revenue > 0 or not before.client_count:
        return Finding(
            "portrait.window_change",
            "No comparison with the period before: nothing was earned in it."
            if comparable
            else "No comparison with the period before: the exports do not cover the {months:int} "
            "months before the period. Ask for earlier invoices.",
            {"months": months},
            verdict="REFUSE",
        )
    values = {
        "before": before.revenue,
        "after": now.revenue,
        "change": now.revenue / before.revenue - 1,
        "clients": now.client_count / before.client_count,
        "frequency": now.occasions_per_client / before.occasions_per_client,
        "value": now.average_value / before.average_value,
    }
    return Finding(
        "portrait.window_change",
        "Revenue went from {before:money} to {after:money}, a change of {change:pct}: number of "
        "clients ×\u00a0{clients:number}, purchase days per client ×\u00a0{frequency:number}, "
        "revenue per purchase day ×\u00a0{value:number}."
        if now.revenue > 0
        else "Revenue went from {before:money} to {after:money}: credit notes outweigh sales.",
        values,
        stake=float(now.revenue - before.revenue),
        evidence="portrait_factors",
    )


def _costed(known: Table, period: Value) -> Value:
    return known.revenue_with_cost.sum(where=period).cast("float64").fill_null(0.0)


def _since(summary: Table, clients: Table | None) -> Table:
    if clients is None or "client_since" not in clients.columns:
        return summary.select("client_id", client_since=ibis.null("date"))
    return clients.group_by("client_id").agg(client_since=clients.client_since.min())
