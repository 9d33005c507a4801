"""What each client could buy: what was declared, else what the best of its peers buy."""

from dataclasses import dataclass
from typing import Final, Literal

import ibis
import pandas as pd
from ibis.expr.types import Table, Value

from clientaudit.audit import Audit
from clientaudit.engine.tables import beside, completed
from clientaudit.intake.quality.reconciliation import fiscal_year

PEER_QUANTILE = 0.9  # what the best tenth of the peers buys at least [Perlich and others, 2007]
PEER_CONFIDENCE = 1
# Sizes of the European definition of small and medium enterprises (2003/361/EC).
EMPLOYEES: Final = (10, 50, 250)
TURNOVER: Final = (2_000_000, 10_000_000, 50_000_000)
SOURCES: Final = ("client", "rep", "sector_ratio", "model")  # from the nearest to the client on
MONTHS = 12
Source = Literal["declared", "peers"]


@dataclass(frozen=True, eq=False)
class PotentialTable:
    """What each client could buy in a period as long as the audit's.

    frame: one row per client of the summary, in order of client_id: client_id, potential_amount,
        potential_gap (what is not bought yet, 0 or more; both NaN where nothing is known), source
        (client, rep, sector_ratio or model; None where not said), confidence (1 to 3, NaN where
        not said), peer_count (clients behind the quantile of peers, NaN where it is declared).
    source: "declared" where the table potentials tells any client of the summary, else "peers";
        None where no client has a potential.
    """

    frame: pd.DataFrame
    source: Source | None


def client_potential(audit: Audit) -> PotentialTable:
    """Potential per client (R63): the declared one of the latest year, else that of its peers.

    The potential by peers is the 90 % quantile of the revenue of the clients of one sector and
    size that bought in the period; of the sector where these are fewer than `min_clients`, else
    of the size, else none. It has source model and confidence 1.
    """
    thresholds = audit.thresholds
    year = fiscal_year(audit.as_of, audit.engagement.fiscal_year_start)
    base = audit.summary.select("client_id", "revenue_window")
    parts = [_peers(base, audit.table("clients"), thresholds.min_clients)]
    declared = audit.table("potentials")
    if declared is not None:
        parts.append(declared_potentials(declared, year=year))
    settled = _settled(beside(base, parts), thresholds.window_months / MONTHS)
    frame = settled.order_by("client_id").execute()
    known = frame["potential_amount"].notna()
    said = known & frame["peer_count"].isna()
    source: Source | None = "declared" if said.any() else "peers" if known.any() else None
    named = frame["source"].astype(object).where(frame["source"].notna(), None)
    return PotentialTable(frame.assign(source=named), source)


def declared_potentials(potentials: Table, *, year: int) -> Table:
    """The potential declared for each client, of a year.

    potentials: client_id, potential_amount and where mapped family, year, source, confidence.
    year: later ones are not looked at.

    Returns one row per client: client_id, declared_amount, declared_source, declared_confidence,
        of the latest year (a row without a year where there is no other). Of several rows for one
        family the one of the highest confidence, then the nearest to the client counts; the mean
        of rows that are alike in this. A row without a family is the whole of the client and
        replaces its families; else they are added up, with the weakest source and confidence.
    """
    types = {"family": "string", "year": "int64", "source": "string", "confidence": "int64"}
    known = completed(potentials, **types)
    known = known.filter(
        known.client_id.notnull(),
        known.potential_amount >= 0,
        known.year.isnull() | (known.year <= year),
    ).mutate(year=known.year.fill_null(0), rank=known.source.cases(*_ranks(), else_=len(SOURCES)))
    latest = known.filter(known.year == known.year.max().over(group_by="client_id"))
    whole = latest.family.isnull()
    kept = latest.filter(whole | ~whole.any().over(group_by=latest.client_id))
    trust = kept.confidence.fill_null(0) * (len(SOURCES) + 1) - kept["rank"]
    best = kept.filter(trust == trust.max().over(group_by=[kept.client_id, kept.family]))
    family = best.group_by("client_id", "family").agg(
        amount=best.potential_amount.mean().cast("decimal(18, 4)"),
        rank=best["rank"].max(),
        confidence=best.confidence.min(),
    )
    total = family.group_by("client_id").agg(
        declared_amount=family.amount.sum().cast("float64"),
        rank=family["rank"].max(),
        declared_confidence=family.confidence.min(),
    )
    names = [(rank, source) for source, rank in _ranks()]
    return total.mutate(declared_source=total["rank"].cases(*names)).drop("rank")


def peer_potentials(clients: Table, *, min_clients: int) -> Table:
    """What the best tenth of a client's peers buys at least.

    clients: client_id, revenue_window, sector, size (both may be null). min_clients: peers under
    which their quantile says nothing; the client counts as one of them.

    Returns the columns of `clients` and peer_amount, peer_count; null where there are too few.
    """
    buyers = clients.filter(clients.revenue_window > 0)
    amounts, counts = [], []
    found = clients
    for place, names in enumerate((("sector", "size"), ("sector",), ("size",))):
        group = buyers.filter([buyers[name].notnull() for name in names])
        best = group.group_by(*names).agg(
            **{f"amount{place}": group.revenue_window.quantile(PEER_QUANTILE),
               f"count{place}": group.count()}
        )  # fmt: skip
        best = best.filter(best[f"count{place}"] >= min_clients)
        found = found.left_join(best, list(names)).drop(*(f"{name}_right" for name in names))
        amounts.append(f"amount{place}")
        counts.append(f"count{place}")
    return found.mutate(
        peer_amount=ibis.coalesce(*(found[name] for name in amounts)),
        peer_count=ibis.coalesce(*(found[name] for name in counts)),
    ).drop(*amounts, *counts)


def _peers(base: Table, clients: Table | None, min_clients: int) -> Table:
    types = {"sector": "string", "size_employees": "int64", "size_revenue": "decimal(18, 4)"}
    file = completed(base.select("client_id") if clients is None else clients, **types)
    size = ibis.coalesce(_band(file.size_employees, EMPLOYEES), _band(file.size_revenue, TURNOVER))
    one = file.mutate(size=size).group_by("client_id").agg(
        sector=lambda t: t.sector.max(), size=lambda t: t["size"].max()
    )  # fmt: skip
    found = peer_potentials(beside(base, [one]), min_clients=min_clients)
    return found.select("client_id", "peer_amount", "peer_count")


def _settled(table: Table, years: float) -> Table:
    """What was declared for so many years, else the peers. table: of both, side by side."""
    types = {"declared_amount": "float64", "declared_source": "string"}
    known = completed(table, **types, declared_confidence="int64")
    said, has_peers = known.declared_amount.notnull(), known.peer_amount.notnull()
    amount = ibis.coalesce(known.declared_amount * years, known.peer_amount)
    modelled = ibis.ifelse(has_peers, SOURCES[-1], ibis.null("string"))
    of_peers = ibis.ifelse(has_peers, PEER_CONFIDENCE, ibis.null("int64"))
    return known.select(
        "client_id",
        potential_amount=amount,
        potential_gap=(amount - known.revenue_window).clip(lower=0.0),
        source=ibis.ifelse(said, known.declared_source, modelled),
        confidence=ibis.ifelse(said, known.declared_confidence, of_peers).cast("float64"),
        peer_count=ibis.ifelse(said, ibis.null("int64"), known.peer_count).cast("float64"),
    )


def _ranks() -> list[tuple[str, int]]:
    return [(source, rank) for rank, source in enumerate(SOURCES)]


def _band(size: Value, limits: tuple[int, ...]) -> Value:
    """The number of limits that a size reaches; null where it is not known."""
    return sum((size >= limit).cast("int8") for limit in limits)
