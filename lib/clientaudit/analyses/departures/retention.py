"""How long clients stay: curves from a landmark, losses by tenure, what goes with leaving."""

import datetime as dt
from dataclasses import dataclass

import ibis
import numpy as np
import numpy.typing as npt
import pandas as pd
from ibis.expr.types import Table

from clientaudit.engine.frames import frame_of
from clientaudit.engine.order import by_values
from clientaudit.engine.summary import months_before
from clientaudit.models.cox import CoxFit, NotFitted, cox_model
from clientaudit.models.intervals import Flags, Floats, wilson
from clientaudit.models.survival import (
    Incidence,
    LogRank,
    SurvivalCurve,
    cumulative_incidence,
    kaplan_meier,
    log_rank,
)
from clientaudit.models.tenure import tenure_hazard

Ranks = npt.NDArray[np.intp]
LANDMARK_MONTHS = 24
BANDS = ("largest fifth", "next third", "the others")
BAND_SHARES = (0.2, 0.5)  # of the clients of the landmark, by revenue
UNKNOWN = "unknown"
REASONS = {  # in the reader's words, R16
    UNKNOWN: "nobody asked",
    "technology": "better technology elsewhere",
    "disappointment": "disappointed by the product or the service",
    "price": "cheaper elsewhere",
    "late_delivery": "late deliveries",
    "rep": "trouble with the sales person",
    "misunderstanding": "a misunderstanding",
    "closed": "closed or merged",
    "need_gone": "no more need",
    "payment_stop": "credit stopped",
    "own_decision": "our own decision",
}
DOUBLED, FAMILY = "twice the revenue", "one more product family"
MAX_TENURE_YEARS = 12


@dataclass(frozen=True, eq=False)
class Retention:
    """The clients of a landmark, and who of them was lost since.

    landmark, as_of: first and last day of what is followed. clients: from `landmark_table`.
    curves: by band of size. comparison: None with fewer than two bands or nobody lost.
    incidence: by reason.
    """

    landmark: dt.date
    as_of: dt.date
    clients: pd.DataFrame
    curves: dict[str, SurvivalCurve]
    comparison: LogRank | None
    incidence: dict[str, Incidence]
    effects: CoxFit | NotFitted


def landmark_of(as_of: dt.date) -> dt.date:
    """The day from which clients are followed: 24 months before the cut-off date."""
    return months_before(as_of, LANDMARK_MONTHS)


def landmark_table(
    then: Table, losses: Table, departures: Table | None, *, as_of: dt.date, lost_days: int
) -> Table:
    """The clients of the landmark, as they were known then, and what became of them.

    then: client summary at the landmark. losses: from `losses_table` up to `as_of`. departures:
    client_id and where mapped reason.

    Returns one row per client with a purchase in the `lost_days` before the landmark: client_id,
    revenue_window, family_count (as of the landmark), duration_days (to the day on which its
    silence reached `lost_days`, or to the cut-off date), is_lost, reason ("" where still there,
    unknown where nobody wrote it down).
    """
    landmark = landmark_of(as_of)
    there = then.filter(then.recency_days < lost_days)
    after = losses.filter(losses.lost_on > landmark)
    first = after.group_by("client_id").agg(lost_on=after.lost_on.min())
    base = there.left_join(first, "client_id").drop("client_id_right")
    base = base.left_join(_reasons(departures, then), "client_id")
    is_lost = base.lost_on.notnull()
    end = base.lost_on.fill_null(ibis.literal(as_of))
    found = base.select(
        "client_id", "revenue_window", "family_count",
        duration_days=end.delta(ibis.literal(landmark), unit="day"),
        is_lost=is_lost,
        reason=ibis.ifelse(is_lost, base.reason.fill_null(UNKNOWN), ""),
    )  # fmt: skip
    return by_values(found)


def retention_of(clients: pd.DataFrame, *, as_of: dt.date) -> Retention:
    """Curves, their comparison and the effects, from the clients of the landmark.

    clients: from `landmark_table`, at least one.
    """
    days, lost = clients["duration_days"].to_numpy(float), clients["is_lost"].to_numpy(bool)
    bands = _bands(clients["revenue_window"].to_numpy(float))
    codes, names = pd.factorize(clients["reason"].where(lost, "").to_numpy())
    reasons = np.array([0 if not name else i + 1 for i, name in enumerate(names)])[codes]
    return Retention(
        landmark=landmark_of(as_of),
        as_of=as_of,
        clients=clients.assign(band=[BANDS[band] for band in bands]),
        curves={
            BANDS[band]: kaplan_meier(days[bands == band], lost[bands == band])
            for band in np.unique(bands)
        },
        comparison=log_rank(days, lost, bands) if lost.any() and bands.any() else None,
        incidence={
            str(names[code - 1]): found
            for code, found in cumulative_incidence(days, reasons).items()
        } if lost.any() else {},
        effects=_effects(clients, days, lost),
    )  # fmt: skip


def reasons_table(found: Retention | None) -> pd.DataFrame:
    """Share of the clients of the landmark lost for each reason up to the cut-off date.

    Returns reason, lost_count, loss_rate, low_rate, high_rate, the most frequent first, the unknown
    ones on top: what nobody asked weighs on all the others (R16, R17).
    """
    names = ["reason", "lost_count", "loss_rate", "low_rate", "high_rate"]
    if found is None:
        return pd.DataFrame(columns=names)
    counts = found.clients.loc[found.clients["is_lost"], "reason"].value_counts()
    rows = [
        (name, int(counts[name]), *(float(part[-1]) for part in (each.share, each.low, each.high)))
        for name, each in found.incidence.items()
    ]
    table = pd.DataFrame(rows, columns=names)
    asked = table["reason"] != UNKNOWN
    order = table.assign(asked=asked).sort_values(
        ["asked", "lost_count", "reason"], ascending=[True, False, True]
    )
    named = order.assign(reason=order["reason"].replace(REASONS))
    return named.drop(columns="asked").reset_index(drop=True)


def hazard_table(
    clients: Table | None, summary: Table, *, as_of: dt.date, first_date: dt.date, lost_days: int
) -> pd.DataFrame:
    """Clients and losses by year of the relation (R59).

    clients: client_id and where mapped client_since. summary: from `client_summary` at `as_of`.
    first_date: first day of the exports.

    Returns tenure_year (1 = the first), client_count (entering the year under watch),
    lost_count, loss_rate, low_rate, high_rate (Wilson). Clients older than the exports whose
    start is not known are left out: their tenure is not known.
    """
    base = frame_of(_tenures(clients, summary, as_of, first_date))
    found = tenure_hazard(
        base["entry_days"].to_numpy(float),
        base["last_days"].to_numpy(float),
        base["seen_days"].to_numpy(float),
        (base["recency_days"] >= lost_days).to_numpy(bool),
        lost_days=lost_days,
    )
    rows = [
        (year, int(n), int(k), k / n, *wilson(int(k), int(n)))
        for year, (n, k) in enumerate(zip(found.entering, found.lost, strict=True), 1)
        if n and year <= MAX_TENURE_YEARS
    ]
    names = ["tenure_year", "client_count", "lost_count", "loss_rate", "low_rate", "high_rate"]
    return pd.DataFrame(rows, columns=names)


def _tenures(clients: Table | None, summary: Table, as_of: dt.date, first: dt.date) -> Table:
    """When each client came under watch, last bought and was last seen, in days of its relation."""
    buyers = summary.filter(summary.occasion_count > 0)
    if clients is not None and "client_since" in clients.columns:
        file = clients.group_by("client_id").agg(since=clients.client_since.min())
        joined = buyers.left_join(file, "client_id").drop("client_id_right")
        start = ibis.least(
            ibis.coalesce(joined.since, joined.first_purchase), joined.first_purchase
        )
        known = joined.since.notnull() | ~joined.is_left_truncated
    else:
        joined, start, known = buyers, buyers.first_purchase, ~buyers.is_left_truncated
    watched = ibis.greatest(start, ibis.literal(first))
    return by_values(
        joined.filter(known).select(
            "client_id", "recency_days",
            entry_days=watched.delta(start, unit="day"),
            last_days=joined.last_purchase.delta(start, unit="day"),
            seen_days=ibis.literal(as_of).delta(start, unit="day"),
        )
    )  # fmt: skip


def _reasons(departures: Table | None, like: Table) -> Table:
    if departures is None or "reason" not in departures.columns:
        return like.select("client_id", reason=ibis.null("string")).limit(0)
    return departures.group_by("client_id").agg(reason=departures.reason.max())


def _bands(revenue: Floats) -> Ranks:
    """0, 1, 2 from the largest clients down; equal revenues stand together."""
    larger = pd.Series(-revenue).rank(method="min").to_numpy(float) - 1
    return np.searchsorted(np.array(BAND_SHARES), larger / len(revenue), side="right")


def _effects(clients: pd.DataFrame, days: Floats, lost: Flags) -> CoxFit | NotFitted:
    """What goes with leaving, of what was known at the landmark and differs between clients."""
    known = pd.DataFrame(
        {
            DOUBLED: np.log2(np.maximum(clients["revenue_window"].to_numpy(float), 1.0)),
            FAMILY: clients["family_count"].to_numpy(float),
        }
    )
    known = known.loc[:, known.nunique() > 1]
    return cox_model(days, lost, known.to_numpy(float), names=list(known.columns))
