"""What was planted, and the exact totals: the answers that an audit of these files must find."""

import datetime as dt
from collections import Counter, defaultdict
from typing import Any

from demo_firm import segments as seg
from demo_firm.clients import Client
from demo_firm.contacts import unanswered
from demo_firm.contracts import Contract
from demo_firm.days import AS_OF, SEED, YEARS
from demo_firm.exports import FIRM, PROSPECTS, Firm
from demo_firm.invoice_rows import Row
from demo_firm.sales import Document
from demo_firm.team import FORMER_REP, HANDOVER, assignments
from demo_firm.truth_registers import register_facts, register_totals

YEAR_AGO = dt.date(AS_OF.year - 1, AS_OF.month, AS_OF.day)
SIX_WEEKS = 42  # days
DEFAULT_NOTICE_DAYS = 90  # where nobody typed the notice
FALSE_ALARM_DAYS = 90  # the rule of thumb that slow and seasonal buyers fool
# What the annual accounts add to invoiced sales: 2023 includes invoices still to be sent.
ACCOUNTS_EXTRA_CENTS = {2023: 1_284_050}


def truth(firm: Firm) -> dict[str, Any]:
    """Everything the tests and the reader may want to check against."""
    kept = [row for year in YEARS for row in firm.rows[year] if row.fate == "kept"]
    documents: dict[str, list[Document]] = defaultdict(list)
    for document in firm.history.documents:
        documents[document.client.code].append(document)
    per_client = {
        c.code: _client(c, documents[c.code], firm.history.departures.get(c.code))
        for c in firm.base
    }
    return {
        "firm": FIRM,
        "seed": SEED,
        "as_of": AS_OF.isoformat(),
        "fiscal_years": {str(year): _year(year, firm.rows[year]) for year in YEARS},
        "totals": _totals(kept, firm),
        "planted": _planted(firm, per_client),
        "clients": per_client,
    }


def _year(year: int, rows: list[Row]) -> dict[str, Any]:
    fates = Counter(row.fate for row in rows) + Counter(total=int(year < YEARS[-1]))
    revenue = sum(row.signed_cents for row in rows if row.fate == "kept")
    return {
        "file": f"ventes_{year}.csv",
        "rows": sum(fates.values()),
        "fates": dict(sorted(fates.items())),
        "revenue_cents": revenue,
        "accounts_cents": revenue + ACCOUNTS_EXTRA_CENTS.get(year, 0),
    }


def _totals(kept: list[Row], firm: Firm) -> dict[str, int]:
    credits = [row for row in kept if row.kind == "credit_note"]
    invoices = [document for document in firm.history.documents if document.sign > 0]
    return {
        "rows": sum(map(len, firm.rows.values())) + len(YEARS) - 1,
        "kept_lines": len(kept),
        "invoices": len(invoices),
        "occasions": len({(d.client.code, d.date) for d in invoices}),
        "credit_note_lines": len(credits),
        "credit_notes": len({row.doc for row in credits}),
        "credit_note_cents": sum(row.signed_cents for row in credits),
        "revenue_cents": sum(row.signed_cents for row in kept),
        "cost_cents": sum(row.signed_cost_cents for row in kept),
        "quantity": sum(-r.quantity if r.kind == "credit_note" else r.quantity for r in kept),
        "clients": len(firm.base),
        "clients_file_rows": len(firm.base) - 2 + len(PROSPECTS),
        "products": len(firm.products),
        "payments": len(firm.payments),
        "payments_open": sum(payment.paid is None for payment in firm.payments),
        "payments_incl_vat_cents": sum(payment.cents for payment in firm.payments),
        "contracts": len(firm.contracts),
        "contacts": len(firm.contacts),
        "departures": len(firm.departures),
        "assignments": len(assignments(firm.base)),
    } | register_totals(firm)


def _client(client: Client, documents: list[Document], left: dt.date | None) -> dict[str, Any]:
    days = sorted({d.date for d in documents if d.sign > 0})
    silence = (AS_OF - days[-1]).days
    return {
        "group": client.segment.name,
        "rhythm": client.rhythm,
        "true_mean_gap_days": client.gap_days,
        "kind": _kind(client, silence, left),
        "departure": left.isoformat() if left else None,
        "acquired": client.acquired,
        "occasions": len(days),
        "first_purchase": days[0].isoformat(),
        "last_purchase": days[-1].isoformat(),
        "silence_days": silence,
        "revenue_cents": sum(d.net_cents for d in documents),
        "revenue_12m_cents": sum(d.net_cents for d in documents if d.date > YEAR_AGO),
        "discount_points": client.discount / 10,
        "rep": client.rep,
        "roles": list(client.roles),
    }


def _kind(client: Client, silence: int, left: dt.date | None) -> str:
    """One word for what becomes of the client; only `goes_quiet` is a loss of a repeat buyer."""
    if client.rhythm == "one_time":
        return "one_time"
    if client.stops:
        return "renumbered"
    if left:
        return "goes_quiet"
    if silence < FALSE_ALARM_DAYS:
        return "steady"
    return "late_by_chance" if client.rhythm == "irregular" else "false_friend"


def _planted(firm: Firm, clients: dict[str, dict[str, Any]]) -> dict[str, Any]:
    def having(role: str) -> list[str]:
        return [client.code for client in firm.base if role in client.roles]

    def of_kind(kind: str) -> list[str]:
        return [code for code, facts in clients.items() if facts["kind"] == kind]

    return {
        "goes_quiet": of_kind("goes_quiet"),
        "false_friends": of_kind("false_friend"),
        "one_time": of_kind("one_time"),
        "same_company": having("same_company"),
        "loss_maker": having("loss_maker")[0],
        "above_5_percent_12m": having("strategic"),
        "late_payers": having("late_payer"),
        "not_in_clients_file": having("not_in_clients_file"),
        "weak_cohort": seg.WEAK_COHORT,
        "generous_rep": seg.GENEROUS_REP,
        "generous_rep_extra_points": seg.GENEROSITY,
        "reps": seg.REPS,
        "handover": {
            "date": HANDOVER.isoformat(),
            "from": FORMER_REP,
            "clients": [c.code for c in firm.base if c.former_rep],
        },
        "contract_notice_within_six_weeks": _deadlines(firm, 1, SIX_WEEKS),
        "contract_end_within_six_weeks_notice_passed": [
            c.number
            for c in _running(firm)
            if 0 < (c.end - AS_OF).days <= SIX_WEEKS
            and c.number not in _deadlines(firm, 1, SIX_WEEKS)
        ],
        "contract_ended_still_buying": [
            c.number
            for c in firm.contracts
            if c.ended_on and c.client.code not in firm.history.departures
        ],
        "three_unanswered": _unanswered(firm),
        "departure_reasons": dict(Counter(d.reason for d in firm.departures)),
    } | register_facts(firm)


def _running(firm: Firm) -> list[Contract]:
    return [c for c in firm.contracts if c.status == "active"]


def _deadlines(firm: Firm, first: int, last: int) -> list[str]:
    """Agreements to settle between so many days after the cut-off: notice counts if tacit."""
    found = []
    for c in _running(firm):
        notice = DEFAULT_NOTICE_DAYS if c.notice_days is None else c.notice_days
        deadline = c.end - dt.timedelta(notice if c.tacit else 0)
        if first <= (deadline - AS_OF).days <= last:
            found.append(c.number)
    return found


def _unanswered(firm: Firm) -> list[str]:
    days: dict[str, set[dt.date]] = defaultdict(set)
    for document in firm.history.documents:
        if document.sign > 0:
            days[document.client.code].add(document.date)
    counts = unanswered(firm.contacts, days)
    return [code for code, count in counts.items() if count >= 3]
