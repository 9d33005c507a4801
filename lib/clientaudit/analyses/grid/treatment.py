"""What each class was really given: contacts, answers, discounts, sales people (R75, R77)."""

import datetime as dt
import unicodedata
from collections.abc import Hashable
from itertools import combinations
from math import hypot
from typing import Any

import ibis
import numpy as np
import pandas as pd
from ibis.expr.types import Table

from clientaudit.audit import Audit
from clientaudit.engine.summary import months_before
from clientaudit.models.intervals import Floats, smooth_interval, wilson
from clientaudit.text import Say

SENIOR = "senior"
VISITS = ("visit", "meeting")  # channels
MOST = 0.9  # of the A clients, who are visited less [our default]
LEVEL = 0.05  # of a false inversion among all the comparisons made
# Measure: the two parts of its ratio, and whether more of it is better treatment.
MEASURES = {
    "contacts": ("contact_count", "", True),
    "visits": ("visit_count", "", True),
    "resolution": ("resolution_days", "resolved_count", False),
    "discount": ("discount_share", "", True),
    "senior": ("is_senior", "", True),
}
KINDS = {
    "contacts": ("Contacts per client in the period", "number"),
    "visits": ("Visits per client in the period", "number"),
    "resolution": ("Days to settle an incident", "number"),
    "discount": ("Mean discount from the list price", "percent"),
    "senior": ("Followed by a senior sales person", "percent"),
}
DELIVERED = (
    "contact_count", "visit_count", "resolution_days", "resolved_count", "discount_amount",
    "list_amount", "discount_share", "is_senior",
)  # fmt: skip
RATES = ["measure", "grid_class", "client_count", "value", "low", "high"]


def delivered_table(audit: Audit, clients: pd.DataFrame) -> pd.DataFrame:
    """What each client was given in the period, as far as the tables tell.

    clients: client_id, grid_class, rep_id.

    Returns one row per client: client_id, grid_class, contact_count and visit_count (ours
    to the client), resolution_days and resolved_count (incidents opened in the period and settled
    since), discount_amount and list_amount (at list prices), discount_share, is_senior;
    null where no table tells.
    """
    start = months_before(audit.as_of, audit.thresholds.window_months)
    found = clients[["client_id", "grid_class", "rep_id"]]
    for part in (
        _contacts(audit.table("contacts"), start, audit.as_of),
        _incidents(audit.table("incidents"), start, audit.as_of),
        _discounts(audit.lines, start, audit.as_of),
    ):
        rows = pd.DataFrame({"client_id": []}, dtype=str) if part is None else part.execute()
        found = found.merge(rows, on="client_id", how="left")
    sent = [name for name in ("contact_count", "visit_count") if name in found]
    found[sent] = found[sent].fillna(0)
    if "list_amount" in found:
        found["discount_share"] = found["discount_amount"] / found["list_amount"]
    found["is_senior"] = found["client_id"].map(_seniority(audit, found))
    return found.reindex(columns=["client_id", "grid_class", *DELIVERED]).astype(
        dict.fromkeys(DELIVERED, float)
    )


def treatment_rates(delivered: pd.DataFrame, *, min_cell: int) -> pd.DataFrame:
    """What a client of each class was given, with 95 % intervals over the clients.

    delivered: from `delivered_table`. Classes under `min_cell` clients are left out.

    Returns measure, grid_class, client_count (those it is measured on), value, low, high.
    """
    rows = []
    for measure, (top, bottom, _) in MEASURES.items():
        for name, group in delivered.groupby("grid_class"):
            values = _parts(group, top, bottom)
            if len(values) >= min_cell and values[:, 1].sum() > 0:
                rows.append((measure, name, len(values), *_ratio(values, top)))
    return pd.DataFrame(rows, columns=RATES)


def rates_shown(rates: pd.DataFrame, say: Say) -> pd.DataFrame:
    """The rates as a page shows them: in words, the measures as headings."""
    shown = rates[["grid_class", "client_count"]].copy()
    for name in ("value", "low", "high"):
        pairs = zip(rates["measure"], rates[name], strict=True)
        shown[name] = [_written(value, KINDS[measure][1], say) for measure, value in pairs]
    headings = [say.translate(KINDS[measure][0]) for measure in rates["measure"]]
    return shown.set_axis(pd.Index(headings, name="measure"))


def _written(value: float, kind: str, say: Say) -> str:
    return say.percent(value) if kind == "percent" else say.number(value)


def overserved_table(delivered: pd.DataFrame, clients: pd.DataFrame) -> pd.DataFrame:
    """The C and D clients that are visited more often than nine A clients in ten.

    delivered: from `delivered_table`. clients: from `grid_of`.

    Returns client_id, grid_class, visit_count, contact_count, revenue_window, profit_window, most
    visits first. Without visits, or without A clients, nobody.
    """
    names = ["client_id", "revenue_window", "profit_window"]
    known = delivered.merge(clients[names], on="client_id")
    limit = known.loc[known["grid_class"] == "A", "visit_count"].quantile(MOST)
    found = known[known["grid_class"].isin(["C", "D"]) & (known["visit_count"] > limit)]
    ordered = found.sort_values(["visit_count", "client_id"], ascending=[False, True])
    columns = ["client_id", "grid_class", "visit_count", "contact_count", *names[1:]]
    return ordered[columns].astype({"visit_count": "Int64", "contact_count": "Int64"})


def nobody_overserved(delivered: pd.DataFrame) -> str:
    """Why no C or D client is listed as visited most, in English."""
    if delivered["visit_count"].isna().all():
        return "Not computed, because the channel of no contact is known: visits are not counted."
    return "No C or D client is visited more often than nine A clients in ten."


def inversions_table(rates: pd.DataFrame) -> pd.DataFrame:
    """The pairs of classes where the lower one was treated better, beyond chance.

    rates: from `treatment_rates`.

    Returns measure, grid_class (the better class), other_class, value, other_value, gap (of the
    better treatment of the lower class, positive), low, high: the interval of the gap, wide enough
    for one false inversion in twenty reports (Bonferroni). The interval of a difference is made of
    those of its two parts (Zou and Donner 2008).
    """
    pairs = [
        (measure, better, worse)
        for measure, group in rates.groupby("measure", sort=False)
        for better, worse in combinations(group.sort_values("grid_class").to_dict("records"), 2)
    ]
    stretch = _stretch(len(pairs))
    rows = []
    for measure, better, worse in pairs:
        gap, low, high = _gap(better, worse, MEASURES[str(measure)][2], stretch)
        if low > 0:
            classes = (better["grid_class"], worse["grid_class"])
            rows.append((measure, *classes, better["value"], worse["value"], gap, low, high))
    names = ["measure", "grid_class", "other_class", "value", "other_value", "gap", "low", "high"]
    return pd.DataFrame(rows, columns=names)


def _gap(
    better: dict[Hashable, Any], worse: dict[Hashable, Any], more_is_better: bool, stretch: float
) -> tuple[float, float, float]:
    """By how much the lower class was treated better, with its interval."""
    up, down = (worse, better) if more_is_better else (better, worse)
    gap = up["value"] - down["value"]
    below = hypot(up["value"] - up["low"], down["high"] - down["value"]) * stretch
    above = hypot(up["high"] - up["value"], down["value"] - down["low"]) * stretch
    return gap, gap - below, gap + above


def _stretch(comparisons: int) -> float:
    """By how much an interval of 95 % grows where so many are looked at together."""
    from statistics import NormalDist

    normal = NormalDist()
    wide = normal.inv_cdf(1 - LEVEL / 2 / max(comparisons, 1))
    return wide / normal.inv_cdf(1 - LEVEL / 2)


def _parts(group: pd.DataFrame, top: str, bottom: str) -> Floats:
    """(clients, 2): numerator and denominator of the clients that the measure knows."""
    values = group[[top]].assign(count=group[bottom] if bottom else 1.0).to_numpy(float)
    return np.asarray(values[~np.isnan(values).any(axis=1)])


def _ratio(values: Floats, top: str) -> tuple[float, float, float]:
    rate = float(values[:, 0].sum() / values[:, 1].sum())
    if top == "is_senior":
        return rate, *wilson(int(values[:, 0].sum()), len(values))
    return rate, *smooth_interval(values, _quotient)


def _quotient(means: Floats) -> float:
    return float(means[..., 0] / means[..., 1])


def _contacts(contacts: Table | None, start: dt.date, as_of: dt.date) -> Table | None:
    if contacts is None:
        return None
    sent = contacts.filter(
        contacts.direction == "out", contacts.date > start, contacts.date <= as_of
    )
    counts = {"contact_count": sent.count()}
    if "channel" in contacts.columns:
        counts["visit_count"] = sent.count(where=sent.channel.isin(VISITS))
    return sent.group_by("client_id").agg(**counts)


def _incidents(incidents: Table | None, start: dt.date, as_of: dt.date) -> Table | None:
    if incidents is None or "closed_on" not in incidents.columns:
        return None
    settled = incidents.filter(
        incidents.opened_on > start, incidents.opened_on <= as_of, incidents.closed_on <= as_of
    )
    days = settled.closed_on.delta(settled.opened_on, unit="day")
    return settled.group_by("client_id").agg(
        resolution_days=days.sum(), resolved_count=days.count()
    )


def _discounts(lines: Table, start: dt.date, as_of: dt.date) -> Table | None:
    """Discounts of the lines that are sold at less or more than a known list price."""
    if "list_price" in lines.columns and "quantity" in lines.columns:
        full = (lines.list_price * lines.quantity).cast("float64")
    elif "discount_pct" in lines.columns:
        left = 1 - lines.discount_pct.cast("float64") / 100
        full = ibis.ifelse(left > 0, lines.amount_net.cast("float64") / left, ibis.null("float64"))
    else:
        return None
    sold = lines.mutate(full=full).filter(
        lines.date > start, lines.date <= as_of, lines.amount_net > 0, ibis._.full > 0
    )
    # Whole cents: a sum of them is the same bits in any order.
    cents = (sold.full * 100).round().cast("int64")
    off = cents - (sold.amount_net * 100).cast("float64").round().cast("int64")
    return sold.group_by("client_id").agg(
        discount_amount=off.sum().cast("float64") / 100,
        list_amount=cents.sum().cast("float64") / 100,
    )


def _seniority(audit: Audit, clients: pd.DataFrame) -> "dict[str, float]":
    """Whether the sales person of each client is a senior one, as the firm says."""
    file, reps = audit.table("clients"), audit.table("reps")
    if file is not None and "rep_senior" in file.columns:
        told = file.select("client_id", "rep_senior").execute().dropna()
        return dict(zip(told["client_id"], told["rep_senior"].astype(float), strict=True))
    if reps is None or "seniority" not in reps.columns:
        return {}
    told = reps.select("rep_id", "seniority").execute().dropna()
    senior = {rep: float(_plain(word).startswith(SENIOR)) for rep, word in told.to_numpy()}
    return dict(zip(clients["client_id"], clients["rep_id"].map(senior), strict=True))


def _plain(text: str) -> str:
    """Without accents and case: the firm writes Senior, senior or sénior."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().strip().lower()
