"""The sales team, and the accounts that changed hands."""

import datetime as dt
from dataclasses import replace

from demo_firm.clients import Client
from demo_firm.days import stream

HANDOVER = dt.date(2024, 3, 1)  # the day PV left and his accounts went to two colleagues
FORMER_REP = "PV"
HANDED_TO = ("AB", "DL")
HANDED_COUNT = 28
TEAM = {  # code: first day, last day, seniority, agency team
    "AB": (dt.date(2009, 4, 1), None, "senior", "Nord"),
    "CM": (dt.date(2021, 1, 4), None, "junior", "Nord"),
    "DL": (dt.date(2014, 9, 1), None, "senior", "Sud"),
    "JT": (dt.date(2018, 2, 5), None, "confirmé", "Sud"),
    "MQ": (dt.date(2016, 6, 1), None, "senior", "Est"),
    "PV": (dt.date(2004, 1, 5), HANDOVER - dt.timedelta(1), "senior", "Ouest"),
    "SR": (dt.date(2020, 10, 1), None, "confirmé", "Ouest"),
}


def handed_over(base: list[Client]) -> list[Client]:
    """The base, with the accounts that PV kept until he left."""
    rng = stream("team")
    able = [i for i, c in enumerate(base)
            if c.rep in HANDED_TO and c.since < HANDOVER and not c.roles]  # fmt: skip
    handed = set(rng.choice(able, HANDED_COUNT, replace=False).tolist())
    return [replace(c, former_rep=FORMER_REP) if i in handed else c for i, c in enumerate(base)]


def rep_on(client: Client, date: dt.date) -> str:
    """Who looked after the client on a day."""
    return client.former_rep if client.former_rep and date < HANDOVER else client.rep


def assignments(base: list[Client]) -> list[tuple[Client, str, dt.date, dt.date | None]]:
    """Client, sales person, from, to (None: still); one row per period, by client."""
    found = []
    for client in base:
        start = max(client.since, TEAM[client.rep][0])
        if client.former_rep:
            found.append((client, client.former_rep, client.since, HANDOVER - dt.timedelta(1)))
            start = HANDOVER
        found.append((client, client.rep, start, None))
    return found
