"""The kinds of clients: how each buys over the period, and the groups that this makes."""

import datetime as dt
from dataclasses import dataclass

import ibis
import numpy as np
import pandas as pd
from ibis.expr.types import Table

from clientaudit.analyses.groups.kept import Kept, kept_of, renumbered
from clientaudit.analyses.groups.names import MEASURES, group_names
from clientaudit.audit import Audit
from clientaudit.engine.money import exact_total
from clientaudit.engine.order import by_values
from clientaudit.engine.summary import months_before
from clientaudit.models.groups.grouping import GroupFit, Grouping, GroupRules, NoGroups, fit_groups
from clientaudit.settings import Thresholds

COLUMNS = (
    "client_id", *MEASURES, "revenue", "margin", "costed", "first_purchase", "client_since",
    "is_left_truncated",
)  # fmt: skip

KEPT_COLUMNS = ("client_id", "group", "group_name", "centre_distance", "previous_group", *MEASURES)
GROUPED = "Bought in the period"
SWALLOWED = "Bought, but credit notes took it all"
SILENT = "No purchase in the period"


@dataclass(frozen=True, eq=False)
class Groups:
    """The groups of one audit.

    clients: one row per client who bought in the period and brought revenue: the columns of
    `measures_table`, group (1 for the group that brings most per client; null without groups),
    group_name (English), centre_distance (to the centre of the group), previous_group.
    fit: what the clients of this period say by themselves. grouping, names: those that `clients`
    are grouped by, None without. kept: the groups of the last audit, None without.
    window_months: length of the period.
    """

    clients: pd.DataFrame
    fit: GroupFit | NoGroups
    grouping: Grouping | None
    names: tuple[str, ...]
    kept: Kept | None
    window_months: int

    @property
    def count(self) -> int | None:
        """How many groups the clients of this period fall into by themselves; None for none."""
        return len(self.fit.grouping.centres) if isinstance(self.fit, GroupFit) else None


def measures_table(
    occasions: Table, lines: Table, summary: Table, clients: Table | None, *, as_of: dt.date,
    window_months: int,
) -> Table:  # fmt: skip
    """How each client bought over the period that ends on `as_of`.

    occasions: one row per client and day. lines: one row per invoice line: client_id, date,
    amount_net, product_family where mapped. summary: client_id, first_purchase,
    is_left_truncated. clients: client_id, client_since, where the firm gave it.

    Returns one row per client with a purchase in the period: client_id, occasion_count (purchase
    days), average_value (revenue per purchase day), family_count (product families bought; lines
    without a family count as one; 1 for all where none is known), revenue, margin (null without a
    known cost), costed (revenue whose cost is known), first_purchase, client_since,
    is_left_truncated.

    The period has the same length every year, so that the next audit compares. Recency and the
    age of the relation are left out on purpose: they change by themselves as time passes, and
    say where a client stands, not which kind it is.
    """
    start = months_before(as_of, window_months)
    known = occasions.filter(occasions.date <= as_of, occasions.date > start)
    bought = known.group_by("client_id").agg(
        occasion_count=known.count(where=known.is_purchase),
        revenue=known.revenue.sum().cast("float64"),
        margin=(known.revenue_with_cost - known.cost).sum().cast("float64"),
        costed=known.revenue_with_cost.sum().cast("float64").fill_null(0.0),
    )
    families = _families(lines, start, as_of)
    joined = (
        bought.filter(bought.occasion_count > 0)
        .left_join(families, "client_id")
        .left_join(summary.select("client_id", "first_purchase", "is_left_truncated"), "client_id")
        .left_join(_since(summary, clients), "client_id")
    )
    return joined.select(
        "client_id", "occasion_count", "revenue", "margin", "costed", "first_purchase",
        "client_since", "is_left_truncated",
        family_count=ibis.coalesce(joined.family_count, 1),
        average_value=joined.revenue / joined.occasion_count,
    ).select(*COLUMNS)  # fmt: skip


def measures_of(audit: Audit, *, periods_back: int = 0) -> pd.DataFrame:
    """`measures_table` of one audit, so many whole periods before its cut-off date."""
    months = audit.thresholds.window_months
    table = measures_table(
        audit.occasions,
        audit.lines,
        audit.summary,
        audit.table("clients"),
        as_of=months_before(audit.as_of, periods_back * months),
        window_months=months,
    )
    frame: pd.DataFrame = by_values(table).execute()
    return frame


def groups_of(audit: Audit, measured: pd.DataFrame) -> Groups:
    """The groups of the clients who bought in the period, beside those of the last audit.

    measured: from `measures_of`. Clients whose credit notes ate their purchases have no value per
    purchase and stay out. The groups of the last audit come first: its centres say in which of
    its groups each client is now, before anything is fitted anew, and they stay in use as long as
    they hold (see `Kept`).
    """
    limits = audit.thresholds
    clients = measured[measured["revenue"] > 0].reset_index(drop=True)
    values = clients[list(MEASURES)].to_numpy(dtype=np.float64)
    fit = fit_groups(values, rank_by=clients["revenue"].to_numpy(), rules=group_rules(limits))
    kept = kept_of(audit, clients, fit)
    grouping = fit.grouping if isinstance(fit, GroupFit) else None
    names = group_names(grouping.centres) if grouping else ()
    if kept and kept.holds:
        grouping, names = kept.grouping, kept.names
    elif kept and grouping and isinstance(fit, GroupFit):
        grouping, names = renumbered(grouping, names, kept.continues)
    clients = _labelled(clients, grouping, names, kept)
    return Groups(clients, fit, grouping, names, kept, limits.window_months)


def group_rules(limits: Thresholds) -> GroupRules:
    """What the thresholds ask of groups."""
    return GroupRules(
        most=limits.max_groups,
        min_rows=limits.min_clients,
        min_size=limits.min_cell,
        min_jaccard=limits.min_jaccard,
        seed=limits.seed,
    )


def scope_table(summary: Table, measured: pd.DataFrame) -> pd.DataFrame:
    """Who is grouped, and who is not and why: scope (English), client_count, revenue.

    summary: one row per client, revenue_window. measured: from `measures_of`.
    """
    window = summary.select("client_id", "revenue_window").execute().set_index("client_id")
    silent = window.drop(index=measured["client_id"])["revenue_window"]
    kept = measured["revenue"] > 0
    rows = [
        (scope, len(amounts), exact_total(amounts))
        for scope, amounts in (
            (GROUPED, measured.loc[kept, "revenue"]),
            (SWALLOWED, measured.loc[~kept, "revenue"]),
            (SILENT, silent),
        )
    ]
    return pd.DataFrame(rows, columns=["scope", "client_count", "revenue"])


def clients_table(groups: Groups) -> pd.DataFrame:
    """What is kept of the grouped clients for other reports and the next audit; no row without.

    Returns client_id, group (from 1), group_name (English), centre_distance, previous_group and the
    measures, by client_id.
    """
    grouped = groups.clients[groups.clients["group"].notna()]
    return grouped[list(KEPT_COLUMNS)].sort_values("client_id", ignore_index=True)


def _labelled(
    clients: pd.DataFrame, grouping: Grouping | None, names: tuple[str, ...], kept: Kept | None
) -> pd.DataFrame:
    before = pd.Series(pd.NA, clients.index, dtype="Int64")
    if kept:
        before = clients["client_id"].map(kept.before).astype("Int64")
    if grouping is None:
        empty = pd.Series(pd.NA, clients.index)
        return clients.assign(
            group=empty.astype("Int64"), group_name=empty.astype("object"),
            centre_distance=np.nan, previous_group=before,
        )  # fmt: skip
    labels, distances = grouping.assign(clients[list(MEASURES)].to_numpy(dtype=np.float64))
    return clients.assign(
        group=pd.array(labels + 1, dtype="Int64"),
        group_name=np.array(names, dtype=object)[labels],
        centre_distance=distances,
        previous_group=before,
    )


def _families(lines: Table, start: dt.date, as_of: dt.date) -> Table:
    """Product families bought by each client: two group-bys, which spill where a count cannot."""
    family = lines.product_family if "product_family" in lines.columns else ibis.null("string")
    bought = lines.filter(
        lines.client_id.notnull(), lines.date <= as_of, lines.date > start, lines.amount_net > 0
    ).select("client_id", family=ibis.coalesce(family, ""))
    pairs = bought.distinct()
    return pairs.group_by("client_id").agg(family_count=pairs.count())


def _since(summary: Table, clients: Table | None) -> Table:
    if clients is None or "client_since" not in clients.columns:
        return summary.select("client_id", client_since=ibis.null("date"))
    return clients.group_by("client_id").agg(client_since=clients.client_since.min())
