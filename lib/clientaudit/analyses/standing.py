"""What a client is to the firm: its weight, its age, its owner, whether it may be asked."""

import datetime as dt

import ibis
import pandas as pd
from ibis.expr.types import Table

from clientaudit.analyses.portrait.tenure import ACTIVE_YEARS, YEAR_DAYS
from clientaudit.audit import Audit
from clientaudit.engine.frames import frame_of
from clientaudit.settings import Thresholds

FILE = {"client_since": "date", "rep_id": "string", "opt_out": "boolean"}


def standing_of(audit: Audit) -> pd.DataFrame:
    """The standing of every client of the audit (see `standing_table`)."""
    table = standing_table(
        audit.summary,
        audit.occasions,
        audit.table("clients"),
        audit.table("assignments"),
        as_of=audit.as_of,
        thresholds=audit.thresholds,
    )
    return frame_of(table)


def standing_table(
    summary: Table,
    occasions: Table,
    clients: Table | None,
    assignments: Table | None,
    *,
    as_of: dt.date,
    thresholds: Thresholds,
) -> Table:
    """Weight, age and owner of each client.

    summary: from `client_summary`. occasions: client_id, date, is_purchase. clients: client_id and
    where mapped client_since, rep_id, opt_out. assignments: client_id, rep_id, from_date and where
    mapped to_date. thresholds: strategic_share, long_tenure_years.

    Returns one row per client: client_id, is_strategic (its share of the period's revenue is above
    `strategic_share`, R6), tenure_years (since the first purchase seen, or `client_since` where
    that is earlier: at least so many), is_long_standing (`long_tenure_years` or more, with a
    purchase in 80 % of the years seen since, R7), rep_id (of the client file, else of the
    portfolio at the cut-off date), is_opted_out.
    """
    owner = _owners(assignments, as_of, summary)
    file = _file(clients, summary)
    years = _years(occasions, as_of)
    base = (
        summary.select("client_id", "first_purchase", "revenue_window")
        .left_join(file, "client_id").drop("client_id_right")
        .left_join(owner, "client_id").drop("client_id_right")
        .left_join(years, "client_id").drop("client_id_right")
    )  # fmt: skip
    since = ibis.least(base.client_since, base.first_purchase)
    tenure = ibis.literal(as_of).delta(since, unit="day") / YEAR_DAYS
    long = (tenure >= thresholds.long_tenure_years) & (
        base.active_year_count >= ACTIVE_YEARS * base.seen_year_count
    )
    share = base.revenue_window / base.revenue_window.sum().over()
    return base.select(
        "client_id",
        is_strategic=((share > thresholds.strategic_share) & (base.revenue_window > 0)).fill_null(
            False
        ),
        tenure_years=tenure,
        is_long_standing=long.fill_null(False),
        rep_id=ibis.coalesce(base.rep_id, base.owner),
        is_opted_out=base.opt_out.fill_null(False),
    )


def _file(clients: Table | None, summary: Table) -> Table:
    """One row per client of the client file, with the columns that this module needs."""
    file = summary.select("client_id").limit(0) if clients is None else clients
    missing = {n: ibis.null(kind) for n, kind in FILE.items() if n not in file.columns}
    file = file.mutate(**missing)
    return file.group_by("client_id").agg(
        client_since=file.client_since.min(), rep_id=file.rep_id.max(), opt_out=file.opt_out.any()
    )


def _owners(assignments: Table | None, as_of: dt.date, summary: Table) -> Table:
    """Who looks after each client at the cut-off date, by the portfolio."""
    if assignments is None:
        return summary.select("client_id", owner=ibis.null("string")).limit(0)
    now = assignments.from_date <= as_of
    if "to_date" in assignments.columns:
        now &= assignments.to_date.isnull() | (assignments.to_date >= as_of)
    current = assignments.filter(now)
    last = current.from_date == current.from_date.max().over(group_by="client_id")
    return current.filter(last).group_by("client_id").agg(owner=lambda t: t.rep_id.max())


def _years(occasions: Table, as_of: dt.date) -> Table:
    """Years with a purchase, and years since the first one seen, counted back from the cut-off."""
    bought = occasions.filter(occasions.is_purchase, occasions.date <= as_of)
    age = ibis.literal(as_of).delta(bought.date, unit="day")
    back = (age / YEAR_DAYS).floor().cast("int32")
    counted = bought.mutate(back=back)
    return counted.group_by("client_id").agg(
        active_year_count=counted.back.nunique(), seen_year_count=counted.back.max() + 1
    )
