"""The losses that somebody wrote down, and why the clients said they left."""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from demo_firm.clients import Client
from demo_firm.days import AS_OF, one_of, stream
from demo_firm.sales import History

RECORDED = 0.55  # share of the departed clients whose departure somebody wrote down

# Why departed clients left, by share, and the rival where there is one.
REASONS = {
    "price": 0.26, "late_delivery": 0.22, "rep": 0.12, "disappointment": 0.12, "closed": 0.10,
    "technology": 0.08, "misunderstanding": 0.06, "unknown": 0.04,
}  # fmt: skip
RIVALS = ("Ferrotal", "Groupe Palastre", "Quinclair")
WISHES = {
    "price": "un tarif au niveau des autres",
    "late_delivery": "livraison tenue en 5 jours",
    "rep": "un autre interlocuteur",
    "disappointment": "finition laiton revue",
    "technology": "une serrure connectée au catalogue",
    "misunderstanding": "l'avoir promis en mars",
}


@dataclass(frozen=True)
class Departure:
    """A loss that somebody wrote down, and what the client said of it."""

    client: Client
    date: dt.date
    reason: str
    source: str
    rival: str
    wish: str
    channel: str


def departures(base: list[Client], history: History) -> list[Departure]:
    """The losses written down: somebody asked, or guessed, some weeks later."""
    rng = stream("departures")
    found = []
    for client in base:
        left = history.departures.get(client.code)
        recorded, reason = rng.random() < RECORDED, one_of(REASONS, rng)
        delay = int(rng.integers(40, 180))
        if left is None or not recorded or client.rhythm == "one_time":
            continue
        if left + dt.timedelta(delay) > AS_OF:
            continue
        found.append(_departure(client, left + dt.timedelta(delay), reason, rng))
    return sorted(found, key=lambda d: (d.date, d.client.code))


def _departure(client: Client, date: dt.date, reason: str, rng: np.random.Generator) -> Departure:
    asked = bool(rng.random() < 0.6)
    rival = str(rng.choice(RIVALS)) if reason in ("price", "technology") else ""
    wish = WISHES.get(reason, "") if asked else ""
    return Departure(
        client, date, reason, "asked_client" if asked else "rep_guess", rival, wish,
        "phone" if asked else "",
    )  # fmt: skip
