"""The diary of one sales person: a visit a month to small workshops near home."""

import datetime as dt

from demo_firm.cast import Cast
from demo_firm.contacts import Contact
from demo_firm.days import AS_OF, day, next_open, number_of, stream

FIRST_VISIT = dt.date(2025, 9, 1)
EVERY_DAYS = 31


def visits(cast: Cast) -> list[Contact]:
    """Every visit of the diary, in order of date; the CRM does not hold them."""
    rng = stream("visits")
    found = []
    for client in cast.overvisited:
        number = number_of(FIRST_VISIT) + int(rng.integers(0, EVERY_DAYS))
        while (date := day(next_open(number))) <= AS_OF:
            found.append(Contact(client, date, "out", "visit", "service", "meeting", False))
            number += EVERY_DAYS + int(rng.integers(-3, 4))
    return sorted(found, key=lambda visit: (visit.date, visit.client.code))
