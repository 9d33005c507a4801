"""The client summary: one row per client at any date, one group-by over the purchase days."""

import calendar
import datetime as dt

import ibis
from ibis.expr.types import BooleanValue, Table, Value

from clientaudit.engine.occasions import whole

TRUNCATION_DAYS = 90


def client_summary(
    occasions: Table,
    *,
    as_of: dt.date,
    window_months: int = 12,
    clients: Table | None = None,
    data_start: dt.date | None = None,
) -> Table:
    """What each client bought up to `as_of`, in all and over the last two periods.

    occasions: one row per client and day, from `occasions_table`.
    window_months: length of the period that ends on `as_of`, and of the period before it.
    clients: client_id, client_since where known. data_start: first day of the exports.

    Returns one row per client with any line up to `as_of`:
        client_id, first_purchase, last_purchase, occasion_count, repeat_count, invoice_count,
        credit_note_count, line_count, family_count, revenue, credit_amount, margin,
        revenue_with_cost, gap_count, mean_gap_days, median_gap_days, sd_gap_days, recency_days,
        observed_days, last_order_age_days, revenue_window, revenue_prior_window, margin_window,
        margin_prior_window, occasion_count_window, occasion_count_prior_window,
        is_left_truncated.

    Money is summed as decimals, then given as floats; margin is null where no cost is known and
    counts only the revenue whose cost is known. In the terms of Fader and Hardie (2005),
    x = repeat_count, t_x = last_order_age_days and T = observed_days. Clients with credit notes
    only have no purchase date. A client is left-truncated if it was one before `data_start`;
    where `client_since` is not known, if it first bought in the first 90 days of the exports.
    """
    known = occasions.filter(occasions.date <= as_of)
    start, prior_start = (
        months_before(as_of, window_months),
        months_before(as_of, 2 * window_months),
    )
    now = known.date > start
    before = (known.date > prior_start) & (known.date <= start)
    totals = known.group_by("client_id").agg(
        **_history(known), **_period(known, now, "window"), **_period(known, before, "prior_window")
    )
    return _with_truncation(_with_rhythm(totals, as_of), clients, data_start)


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day `months` earlier; the end of a month stays the end of a month."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    is_month_end = day.day == calendar.monthrange(day.year, day.month)[1]
    return dt.date(year, month + 1, last if is_month_end else min(day.day, last))


def _history(known: Table) -> dict[str, Value]:
    return {
        "first_purchase": known.date.min(where=known.is_purchase),
        "last_purchase": known.date.max(where=known.is_purchase),
        "occasion_count": known.count(where=known.is_purchase),
        "invoice_count": whole(known.invoice_count.sum()),
        "credit_note_count": whole(known.credit_note_count.sum()),
        "line_count": whole(known.line_count.sum()),
        "family_count": whole(known.new_family_count.sum()),
        "revenue": _amount(known.revenue.sum()),
        "credit_amount": _amount(known.credit_amount.sum()).fill_null(0.0),
        "margin": _amount((known.revenue_with_cost - known.cost).sum()),
        "revenue_with_cost": _amount(known.revenue_with_cost.sum()).fill_null(0.0),
        "median_gap_days": known.gap_days.median().cast("float64"),
        "gap_square_sum": (known.gap_days * known.gap_days).sum(),
    }


def _period(known: Table, period: BooleanValue, name: str) -> dict[str, Value]:
    return {
        f"revenue_{name}": _amount(known.revenue.sum(where=period)).fill_null(0.0),
        f"margin_{name}": _amount((known.revenue_with_cost - known.cost).sum(where=period)),
        f"occasion_count_{name}": known.count(where=period & known.is_purchase),
    }


def _amount(total: Value) -> Value:
    return total.cast("float64")


def _with_rhythm(totals: Table, as_of: dt.date) -> Table:
    """Gaps and ages, from integers only, so that no thread count changes a bit.

    Every purchase but the first ends a gap: their number and sum follow from the purchases.
    """
    n = ibis.greatest(totals.occasion_count - 1, 0)
    total = totals.last_purchase.delta(totals.first_purchase, unit="day")
    spread = n * totals.gap_square_sum - total * total
    day = ibis.literal(as_of)
    return totals.mutate(
        repeat_count=n,
        gap_count=n,
        mean_gap_days=ibis.ifelse(n > 0, total / n, ibis.null("float64")),
        sd_gap_days=ibis.ifelse(n > 1, (spread / (n * (n - 1))).sqrt(), ibis.null("float64")),
        recency_days=day.delta(totals.last_purchase, unit="day"),
        observed_days=day.delta(totals.first_purchase, unit="day"),
        last_order_age_days=total,
    ).drop("gap_square_sum")


def _with_truncation(summary: Table, clients: Table | None, data_start: dt.date | None) -> Table:
    if data_start is None:
        return summary.mutate(is_left_truncated=ibis.literal(False))
    early = summary.first_purchase < data_start + dt.timedelta(days=TRUNCATION_DAYS)
    if clients is None or "client_since" not in clients.columns:
        return summary.mutate(is_left_truncated=early.fill_null(False))
    since = clients.group_by("client_id").agg(client_since=clients.client_since.min())
    joined = summary.left_join(since, "client_id")
    older = since.client_since < data_start
    return joined.select(summary, is_left_truncated=ibis.coalesce(older, early, False))
