"""What the relation is measured on, counted per client: answers, lateness, incidents, demands."""

import datetime as dt
from collections.abc import Iterator, Mapping

import ibis
from ibis.expr.types import Table

from clientaudit.analyses.grid.lateness import late_invoices, lateness_table
from clientaudit.analyses.grid.service_events import unfounded
from clientaudit.analyses.solicitations import SILENT_REACTIONS
from clientaudit.engine.period import Period
from clientaudit.engine.tables import completed

PROPOSALS = ("offer", "new_product")
ANSWERS = ("replied", "meeting", "order")
SETTLED = ("won", "lost", "expired")  # a quote that is open is no answer yet
SERVICE = "service"  # a client that calls for help brings no opportunity
Tables = Mapping[str, Table]


def counted_proposals(tables: Tables, period: Period, *, reaction_days: int) -> Iterator[Table]:
    """n_proposals, n_answers: offers and new products proposed, by contact or by quote.

    A proposal without a reaction counts once `reaction_days` are over. Nothing where neither
    table tells purposes and reactions, or new products.
    """
    parts = [*_contacted(tables, period, reaction_days), *_quoted(tables, period)]
    if parts:
        made = ibis.union(*parts) if len(parts) > 1 else parts[0]
        yield made.group_by("client_id").agg(
            n_proposals=made.count(), n_answers=made.is_answer.sum()
        )


def counted_lateness(tables: Tables, period: Period) -> Iterator[Table]:
    """due_count, late_share, late_days, broken_days: see `lateness_table`."""
    invoices = late_invoices(tables.get("payments"), period)
    if invoices is not None:
        yield lateness_table(invoices, capital_cost=0.0).drop("late_payment_cost")


def counted_incidents(tables: Tables, period: Period) -> Iterator[Table]:
    """unfounded_count, founded_count, unknown_count: the incidents opened in the period.

    Where the export does not say which are founded, only unknown_count.
    """
    if "incidents" not in tables:
        return
    incidents = tables["incidents"]
    known = completed(incidents, founded="boolean")
    seen = known.filter(period.holds(known.opened_on))
    counts = {"unknown_count": seen.founded.isnull().sum()}
    if "founded" in incidents.columns:
        counts |= {
            "unfounded_count": unfounded(seen).sum(),
            "founded_count": seen.founded.fill_null(False).sum(),
        }
    yield seen.group_by("client_id").agg(**counts)


def counted_demands(tables: Tables, period: Period) -> Iterator[Table]:
    """demand_count: exceptions granted without a counterpart, and price cuts asked in quotes."""
    parts = []
    if "concessions" in tables:
        known = completed(tables["concessions"], counterpart="string")
        parts.append(known.filter(known.counterpart.fill_null("none") == "none"))
    if "quotes" in tables and "price_cut_requested" in tables["quotes"].columns:
        parts.append(tables["quotes"].filter(lambda t: t.price_cut_requested))
    asked = [t.filter(period.holds(t.date)).select("client_id") for t in parts]
    if asked:
        both = ibis.union(*asked) if len(asked) > 1 else asked[0]
        yield both.group_by("client_id").agg(demand_count=both.count())


def counted_openings(tables: Tables, summary: Table, period: Period) -> Iterator[Table]:
    """referral_count: other clients of the summary that it referred, at any time.
    opportunity_count: contacts that it made in the period, but for calls for service.
    """
    clients, contacts = tables.get("clients"), tables.get("contacts")
    if clients is not None and "referred_by" in clients.columns:
        known = clients.semi_join(summary, "client_id")
        sent = known.filter(known.referred_by.notnull(), known.referred_by != known.client_id)
        pairs = sent.select("client_id", "referred_by").distinct()
        yield pairs.group_by(client_id=pairs.referred_by).agg(referral_count=pairs.count())
    if contacts is not None:
        known = completed(contacts, purpose="string")
        came = known.filter(
            known.direction == "in",
            period.holds(known.date),
            known.purpose.fill_null("") != SERVICE,
        )
        yield came.group_by("client_id").agg(opportunity_count=came.count())


def manual_ratings(tables: Tables, period: Period) -> Iterator[Table]:
    """rating: the relation as rated by hand, 0 to 4; what is rated later, or out of 0 to 4, not."""
    clients = tables.get("clients")
    if clients is not None and "relation_manual" in clients.columns:
        known = completed(clients, relation_date="date")
        rated = known.filter(
            known.relation_manual.between(0, 4),
            known.relation_date.isnull() | (known.relation_date <= period.end),
        )
        yield rated.group_by("client_id").agg(rating=rated.relation_manual.min())


def _contacted(tables: Tables, period: Period, reaction_days: int) -> Iterator[Table]:
    contacts = tables.get("contacts")
    if contacts is None or not {"purpose", "reaction"} <= set(contacts.columns):
        return
    sent = contacts.filter(
        contacts.direction == "out",
        contacts.purpose.isin(PROPOSALS),
        period.holds(contacts.date),
    )
    reaction = sent.reaction.fill_null(SILENT_REACTIONS[0])
    last = period.end - dt.timedelta(days=reaction_days)
    over = ~reaction.isin(SILENT_REACTIONS) | (sent.date <= last)
    yield (
        sent.mutate(is_answer=reaction.isin(ANSWERS)).filter(over).select("client_id", "is_answer")
    )


def _quoted(tables: Tables, period: Period) -> Iterator[Table]:
    quotes = tables.get("quotes")
    if quotes is None or "is_new_product" not in quotes.columns:
        return
    made = quotes.filter(
        quotes.is_new_product, quotes.status.isin(SETTLED), period.holds(quotes.date)
    )
    once = made.group_by("client_id", "quote_id").agg(is_answer=(made.status == "won").any())
    yield once.select("client_id", "is_answer")
