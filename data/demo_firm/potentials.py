"""What clients could buy in a year: asked of them, or guessed by their sales person."""

import math
from dataclasses import dataclass

from demo_firm.cast import Cast
from demo_firm.clients import Client
from demo_firm.days import stream

ASKED = 0.45  # share of the active clients whose potential is known
BY_CLIENT = 0.4  # share of those where the client said so itself
UNDERUSED_TIMES = (3.0, 5.0)


@dataclass(frozen=True)
class Potential:
    """A client's potential, in hundreds of euros a year; confidence from 1 (guess) to 3."""

    client: Client
    hundreds: int
    source: str
    confidence: int


def potentials(base: list[Client], cast: Cast) -> list[Potential]:
    """One row per client whose potential somebody wrote down, by code."""
    rng = stream("potentials")
    planted = {client.code for client in cast.underused}
    found = []
    for client in base:
        known, own_word = rng.random() < ASKED, rng.random() < BY_CLIENT
        times, sure = math.exp(abs(rng.normal(0, 0.3))), int(rng.integers(0, 2))
        revenue = cast.years[client.code].revenue if client.code in cast.years else 0
        if client.code in planted:
            times = rng.uniform(*UNDERUSED_TIMES)
        elif revenue <= 0 or not known:
            continue
        hundreds = math.ceil(revenue * times / 100_00)
        source = "client" if own_word or client.code in planted else "rep"
        found.append(Potential(client, hundreds, source, (2 if source == "client" else 1) + sure))
    return found
