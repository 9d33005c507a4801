"""Solicitations that a client leaves without an answer."""

import datetime as dt

import ibis
from ibis.expr.types import Table

SILENT_REACTIONS = ("none", "opened")  # an opened e-mail is no reaction


def solicitations_table(
    contacts: Table, occasions: Table, *, as_of: dt.date, window_days: int
) -> Table:
    """How many solicitations each client has left unanswered since it last answered one.

    contacts: client_id, date, direction (out, in) and where mapped reaction. occasions: client_id,
        date, is_purchase. window_days: days that an answer may take.

    Returns one row per client that was solicited: client_id, solicitation_count,
        unanswered_count, open_count, last_contact, last_answer.

    A solicitation is answered by a reaction, or by a purchase or a call of the client within
    `window_days`. It stays open until those days are over: an open one is neither answered nor
    unanswered. `unanswered_count` counts those after the last answered one (R10).
    """
    if "reaction" not in contacts.columns:
        contacts = contacts.mutate(reaction=ibis.null("string"))
    known = contacts.filter(contacts.date <= as_of)
    sent = known.filter(known.direction == "out").mutate(number=ibis.row_number())
    answered = _answered(sent, _signs(known, occasions, as_of), window_days)
    last = answered.group_by("client_id").agg(
        last_answer=answered.date.max(where=answered.is_answered)
    )
    joined = answered.left_join(last, "client_id").select(answered, last.last_answer)
    waiting = ~joined.is_answered & (
        joined.last_answer.isnull() | (joined.date > joined.last_answer)
    )
    is_open = joined.date > ibis.literal(as_of - dt.timedelta(days=window_days))
    return joined.group_by("client_id").agg(
        solicitation_count=joined.count(),
        unanswered_count=(waiting & ~is_open).sum(),
        open_count=(waiting & is_open).sum(),
        last_contact=joined.date.max(),
        last_answer=joined.last_answer.max(),
    )


def _signs(contacts: Table, occasions: Table, as_of: dt.date) -> Table:
    """The days on which a client bought or called."""
    calls = contacts.filter(contacts.direction == "in").select("client_id", "date")
    bought = occasions.filter(occasions.is_purchase, occasions.date <= as_of)
    return calls.union(bought.select("client_id", "date"), distinct=True)


def _answered(sent: Table, signs: Table, window_days: int) -> Table:
    """Each solicitation, with whether anything answered it."""
    until = sent.date + ibis.interval(days=window_days)
    near = sent.join(
        signs,
        [sent.client_id == signs.client_id, sent.date <= signs.date, signs.date <= until],
    ).select(sent.number)
    reacted = ~sent.reaction.fill_null(SILENT_REACTIONS[0]).isin(SILENT_REACTIONS)
    return sent.mutate(is_answered=reacted | sent.number.isin(near.number)).select(
        "client_id", "date", "is_answered"
    )
