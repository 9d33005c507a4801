"""What the CRM holds: solicitations, reactions and calls, since the firm has one."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from demo_firm.clients import Client
from demo_firm.days import AS_OF, day, next_open, number_of, one_of, stream
from demo_firm.sales import History

CRM_START = dt.date(2024, 9, 1)  # the firm had no CRM before
REACTION_WINDOW_DAYS = 30  # an order so soon after a contact answers it
CONTACT_GAP_DAYS = {"ateliers": 110, "distributeurs": 60, "projets": 45}
CHANNELS = {"email": 0.48, "phone": 0.30, "visit": 0.14, "mail": 0.05, "event": 0.03}
PURPOSES = {"offer": 0.40, "new_product": 0.25, "service": 0.23, "invitation": 0.12}
REACTIONS = {  # by what has become of the client
    "there": {"replied": 0.36, "meeting": 0.14, "order": 0.12, "opened": 0.16, "none": 0.22},
    "gone": {"none": 0.72, "opened": 0.18, "refused": 0.08, "opt_out": 0.02},
}
CALLS_A_YEAR = 0.4  # contacts that the client starts


@dataclass(frozen=True)
class Contact:
    """A solicitation (out) or a call of the client (in)."""

    client: Client
    date: dt.date
    direction: str
    channel: str
    purpose: str
    reaction: str
    director: bool


def contacts(base: list[Client], history: History) -> list[Contact]:
    """Every contact of the CRM, in order of date."""
    rng = stream("contacts")
    ends = history.departures | {c.code: c.stops for c in base if c.stops}
    found = [contact for client in base for contact in _of_client(client, ends, rng)]
    return sorted(found, key=lambda c: (c.date, c.client.code, c.direction, c.channel))


def _of_client(
    client: Client, ends: dict[str, dt.date | None], rng: np.random.Generator
) -> list[Contact]:
    """Solicitations at the pace of the group, half of it once the client is gone; its calls."""
    gap = CONTACT_GAP_DAYS[client.segment.name] * (2.5 if client.rhythm == "one_time" else 1)
    left = ends.get(client.code)
    number = max(number_of(CRM_START), number_of(client.since)) + rng.uniform(0, gap)
    found = []
    while (date := day(next_open(int(number)))) <= AS_OF:
        gone = left is not None and date > left
        found.append(_solicitation(client, date, gone, rng))
        if found[-1].reaction == "opt_out":
            break
        number += rng.gamma(4, gap / 4) * (2 if gone else 1)
    return found + _calls(client, left or AS_OF, rng)


def _solicitation(client: Client, date: dt.date, gone: bool, rng: np.random.Generator) -> Contact:
    purpose = "winback" if gone and rng.random() < 0.4 else one_of(PURPOSES, rng)
    reaction = one_of(REACTIONS["gone" if gone or client.rhythm == "one_time" else "there"], rng)
    channel = one_of(CHANNELS, rng)
    if reaction == "opened" and channel != "email":
        reaction = "none"
    director = "strategic" in client.roles and bool(rng.random() < 0.3)
    return Contact(client, date, "out", channel, purpose, reaction, director)


def _calls(client: Client, until: dt.date, rng: np.random.Generator) -> list[Contact]:
    first = max(number_of(CRM_START), number_of(client.since))
    days = max(number_of(until) - first, 0)
    count = rng.poisson(CALLS_A_YEAR * days / 365)
    dates = sorted(day(next_open(first + int(rng.integers(days)))) for _ in range(count))
    return [
        Contact(client, date, "in", "phone", "service", "none", False)
        for date in dates
        if date <= until
    ]


def unanswered(contacts: list[Contact], purchases: dict[str, set[dt.date]]) -> dict[str, int]:
    """Solicitations of each client since its last sign of life, those still open left out.

    A solicitation is answered by a reaction, or by an order or a call within 30 days; it is open
    while those 30 days are not over.
    """
    by_client: dict[str, list[Contact]] = defaultdict(list)
    for contact in contacts:
        by_client[contact.client.code].append(contact)
    return {code: _trailing(own, purchases.get(code, set())) for code, own in by_client.items()}


def _trailing(contacts: list[Contact], purchases: set[dt.date]) -> int:
    signs = purchases | {c.date for c in contacts if c.direction == "in"}
    window = dt.timedelta(REACTION_WINDOW_DAYS)
    count = 0
    for contact in sorted((c for c in contacts if c.direction == "out"), key=lambda c: c.date):
        reacted = contact.reaction not in ("none", "opened")
        if reacted or any(contact.date <= sign <= contact.date + window for sign in signs):
            count = 0
        elif contact.date + window <= AS_OF:
            count += 1
    return count
