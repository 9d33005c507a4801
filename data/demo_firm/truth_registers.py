"""What was planted in the registers, beside what the invoices say of the same clients."""

import datetime as dt
from collections import Counter
from typing import Any

from demo_firm.cast import COUNTS, YEAR_AGO
from demo_firm.clients import Client
from demo_firm.concessions import Concession
from demo_firm.exports import Firm
from demo_firm.incidents import Incident
from demo_firm.segments import GENEROUS_REP

BEFORE_LEAVING_DAYS = 180


def register_totals(firm: Firm) -> dict[str, int]:
    """Rows of each register, without those that the quality department cancelled."""
    return {
        "visits": len(firm.visits),
        "incidents": len(firm.incidents),
        "incidents_founded": sum(i.founded is True for i in firm.incidents),
        "incidents_not_judged": sum(i.founded is None for i in firm.incidents),
        "incidents_open": sum(i.closed is None for i in firm.incidents),
        "credits_granted_cents": sum(i.credit_cents for i in firm.incidents),
        "quotes": len(firm.quotes),
        "quotes_won": sum(q.status == "won" for q in firm.quotes),
        "quotes_won_cents": sum(q.final_cents for q in firm.quotes if q.status == "won"),
        "concessions": len(firm.concessions),
        "concessions_cents": sum(c.cents for c in firm.concessions),
        "potentials": len(firm.potentials),
        "potentials_cents": sum(10_000 * p.hundreds for p in firm.potentials),
    }


def register_facts(firm: Firm) -> dict[str, Any]:
    """The clients of each part, and the facts that follow from the registers."""
    lists = {part: [c.code for c in getattr(firm.cast, part)] for part in COUNTS}
    return {
        "costly_client": _profit(firm.cast.costly, firm),
        "unfounded_complainers": lists["unfounded"],
        "founded_complainers": lists["founded"],
        "privileged_unprofitable": [_profit(client, firm) for client in firm.cast.privileged],
        "potential_gap": lists["underused"],
        "visited_every_month": lists["overvisited"],
        "complained_before_leaving": _before_leaving(firm),
        "promise_broken": _broken(firm.incidents),
        "price_cuts": _price_cuts(firm),
        "concessions_without_counterpart": _without_counterpart(firm.concessions),
    }


def _profit(client: Client, firm: Firm) -> dict[str, Any]:
    """What the last twelve months of a client came to before any cost of serving it, in cents."""
    year = firm.cast.years[client.code]
    favours = [c for c in firm.concessions if c.client.code == client.code and c.date > YEAR_AGO]
    complaints = [i for i in firm.incidents if i.client.code == client.code and i.opened > YEAR_AGO]
    return {
        "client": client.code,
        "revenue_12m_cents": year.revenue,
        "margin_12m_cents": year.margin,
        "concessions_12m_cents": sum(c.cents for c in favours),
        "complaints_12m": len(complaints),
    }


def _before_leaving(firm: Firm) -> list[str]:
    """Departed clients with a founded complaint in the months before."""
    lefts = firm.history.departures
    return sorted({
        i.client.code for i in firm.incidents
        if i.founded and i.client.code in lefts
        and 0 <= (lefts[i.client.code] - i.opened).days <= BEFORE_LEAVING_DAYS
    })  # fmt: skip


def _broken(incidents: list[Incident]) -> list[str]:
    """Clients with a founded complaint of a kind that the firm had promised not to repeat."""
    promises: dict[tuple[str, str], dt.date] = {}
    for incident in incidents:
        if incident.promised:
            key = (incident.client.code, incident.kind)
            promises[key] = min(promises.get(key, incident.promised), incident.promised)
    return sorted({
        i.client.code for i in incidents
        if i.founded and i.opened > promises.get((i.client.code, i.kind), i.opened)
    })  # fmt: skip


def _price_cuts(firm: Firm) -> dict[str, Any]:
    """Price cuts asked and granted, by the generous sales person and by the others."""
    asked = [q for q in firm.quotes if q.asked is not None]
    counts = Counter((q.rep == GENEROUS_REP, bool(q.granted)) for q in asked)
    return {
        "generous": {"asked": counts[True, True] + counts[True, False],
                     "granted": counts[True, True]},
        "others": {"asked": counts[False, True] + counts[False, False],
                   "granted": counts[False, True]},
    }  # fmt: skip


def _without_counterpart(concessions: list[Concession]) -> dict[str, list[int]]:
    """Favours for nothing in return, and all favours, by sales person."""
    reps = sorted({c.rep for c in concessions})
    own = {rep: [c.counterpart == "none" for c in concessions if c.rep == rep] for rep in reps}
    return {rep: [sum(found), len(found)] for rep, found in own.items()}
