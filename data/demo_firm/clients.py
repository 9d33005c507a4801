"""The client base: three groups, a few planted roles, and everything the ERP knows of each."""

import datetime as dt
import math
from dataclasses import dataclass, field, replace

import numpy as np

from demo_firm import segments as seg
from demo_firm.catalogue import FAMILIES
from demo_firm.days import AS_OF, DAY_COUNT, FIRST_DAY, YEARS, day, fiscal_year, next_open, stream

MISSING_FROM_FILE = 2  # small workshops that buy but are not in clients.csv
LATE_PAYER_COUNT = 18


@dataclass(frozen=True)
class Client:
    """One account, with the hidden truth about its behaviour."""

    segment: seg.Segment
    since: dt.date
    name: str
    code: str = ""
    siren: str = ""
    nic: str = ""
    place: tuple[str, str, str] = seg.PLACES[0]
    sector: str = ""
    channel: str = ""
    rep: str = ""
    former_rep: str = ""  # who looked after the client before the handover
    terms_days: int = 30
    terms_mode: str = "NET"
    rhythm: str = "irregular"
    gap_days: float = 0.0
    basket: float = 0.0
    families: tuple[str, ...] = ()
    discount: int = 0  # tenths of a point
    yearly_loss: float = 0.0
    stops: dt.date | None = None  # a planted last day, for the account that was renumbered
    days_late: float = 0.0  # mean days between due date and payment
    roles: tuple[str, ...] = field(default=())

    @property
    def acquired(self) -> int | None:
        """Fiscal year of acquisition, if it lies within the history."""
        return fiscal_year(self.since) if self.since >= FIRST_DAY else None

    @property
    def list_volume(self) -> float:
        """Euros a year that the client buys in the long run: what discounts should follow."""
        return self.basket * 365 / self.gap_days


def client_base() -> list[Client]:
    """Every account, oldest first; codes rise with the date of the first purchase."""
    rng = stream("clients")
    base = [
        _behaviour(Client(segment, since, name, channel=_channel(since, rng)), rng)
        for segment in seg.SEGMENTS
        for since, name in zip(_since_dates(segment, rng), _names(segment, rng), strict=False)
    ]
    base = [_administration(client, rng) for client in _with_roles(base)]
    base = _late_payers(base, rng)
    base.sort(key=lambda client: (client.since, client.name))
    numbers = 11 + np.cumsum(rng.integers(1, 5, len(base)))
    coded = [
        replace(client, code=f"{number:04d}{client.place[2]}")
        for client, number in zip(base, numbers, strict=True)
    ]
    return [_discount(client, rng) for client in coded]


def _names(segment: seg.Segment, rng: np.random.Generator) -> list[str]:
    """Names in a drawn order, no two of one trade alike and no surname twice."""
    first = sum(len(s.trades) for s in seg.SEGMENTS[: seg.SEGMENTS.index(segment)])
    size = len(seg.SURNAME_TAILS)
    names = [
        trade.format(head + seg.SURNAME_TAILS[(i + rank) % size])
        for rank, trade in enumerate(segment.trades, start=first)
        for i, head in enumerate(seg.SURNAME_HEADS)
    ]
    return rng.permutation(names).tolist()


def _since_dates(segment: seg.Segment, rng: np.random.Generator) -> list[dt.date]:
    """First purchases: up to sixteen years before the history, then some in every fiscal year."""
    old = [FIRST_DAY - dt.timedelta(int(rng.integers(30, 6000))) for _ in range(segment.existing)]
    new = []
    for rank, year in enumerate(YEARS):
        extra = seg.WEAK_COHORT_EXTRA[segment.name] if year == seg.WEAK_COHORT else 0
        for _ in range(segment.per_year + extra):
            number = next_open(rank * 365 + int(rng.integers(0, 364)))
            new.append(day(min(number, DAY_COUNT - 1)))
    return old + new


def _channel(since: dt.date, rng: np.random.Generator) -> str:
    weak = fiscal_year(since) == seg.WEAK_COHORT
    shares = (0.75, 0.12, 0.08, 0.05) if weak else (0.15, 0.45, 0.25, 0.15)
    return str(rng.choice(("Salon", "Prospection", "Recommandation", "Site web"), p=shares))


def _behaviour(client: Client, rng: np.random.Generator) -> Client:
    """Rhythm, order size, range and risk of leaving."""
    segment, weak = client.segment, client.acquired == seg.WEAK_COHORT
    rhythm = str(rng.choice(tuple(segment.rhythms), p=tuple(segment.rhythms.values())))
    gap = segment.gap_days * seg.GAP_FACTOR[rhythm] * math.exp(rng.normal(0, segment.gap_spread))
    one_time = seg.ONE_TIME["weak" if weak else "ordinary"] if client.acquired else 0
    low, high = segment.families
    return replace(
        client,
        rhythm="one_time" if rng.random() < one_time else rhythm,
        gap_days=round(gap, 1),
        basket=round(segment.basket * math.exp(rng.normal(0, segment.basket_spread)), 2),
        families=tuple(rng.permutation(FAMILIES)[: rng.integers(low, high + 1)].tolist()),
        yearly_loss=segment.yearly_loss * (seg.WEAK_COHORT_LOSS if weak else 1),
    )


def _with_roles(base: list[Client]) -> list[Client]:
    """Give a few accounts their part: key accounts, the loss-maker, one company on two codes."""
    workshops, dealers, projects = (
        [c for c in base if c.segment is segment and not c.acquired] for segment in seg.SEGMENTS
    )
    twin = _loyal(dealers[1], 18, 1100, ("same_company",))
    heir = replace(twin, name=f"{twin.name} SAS".upper(), since=dt.date(2025, 2, 3))
    cast = {
        projects[0].name: _loyal(projects[0], 60, 36500, ("strategic",)),
        projects[1].name: _loyal(projects[1], 55, 31000, ("strategic", "loss_maker")),
        dealers[0].name: _loyal(dealers[0], 7, 4000, ("strategic",)),
        twin.name: replace(twin, stops=dt.date(2025, 1, 31)),
    }
    for missing in workshops[:MISSING_FROM_FILE]:
        cast[missing.name] = replace(missing, roles=("not_in_clients_file",))
    cast |= _odd_names(workshops[MISSING_FROM_FILE:])
    return [cast.get(client.name, client) for client in base] + [heir]


def _loyal(client: Client, gap_days: int, basket: int, roles: tuple[str, ...]) -> Client:
    """The client as a regular buyer who stays."""
    regular = next(r for r in client.segment.rhythms if r in ("regular", "slow_regular"))
    return replace(
        client, rhythm=regular, gap_days=gap_days, basket=basket, roles=roles, yearly_loss=0.0
    )


def _odd_names(workshops: list[Client]) -> dict[str, Client]:
    """Names that a spreadsheet or a page could take for something else."""
    odd = ("@telier Mazerulat", "+ Beau Menuiserie", "=Bois & Fer=", 'L\'Établi "du Lez"')
    return {old.name: replace(old, name=new) for old, new in zip(workshops, odd, strict=False)}


def _administration(client: Client, rng: np.random.Generator) -> Client:
    """Address, registration numbers, sales person and terms."""
    siren, nic = _registration(rng)
    reps = [rep for rep in seg.REPS if rep != seg.GENEROUS_REP or not client.roles]
    terms = ((30, "NET"), (45, "FDM"), (60, "NET"))[rng.choice(3, p=(0.5, 0.35, 0.15))]
    return replace(
        client,
        siren="038214576" if "same_company" in client.roles else siren,
        nic="00014" if client.stops else nic,
        place=seg.PLACES[4 if "same_company" in client.roles else rng.integers(len(seg.PLACES))],
        sector=str(rng.choice(client.segment.sectors)),
        rep="MQ" if "same_company" in client.roles else str(rng.choice(reps)),
        terms_days=terms[0],
        terms_mode=terms[1],
        days_late=round(rng.normal(0, 3), 1),
    )


def _registration(rng: np.random.Generator) -> tuple[str, str]:
    """A SIREN and NIC that no company can have: neither passes the Luhn check of the register."""
    while True:
        siren, nic = (
            f"{rng.integers(10**7, 10**9):09d}",
            f"{rng.integers(1, 9):04d}{rng.integers(10)}",
        )
        if luhn_sum(siren) % 10 and luhn_sum(siren + nic) % 10:
            return siren, nic


def luhn_sum(digits: str) -> int:
    """Sum of the Luhn check: a multiple of 10 for every true SIREN and SIRET."""
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled)


def _late_payers(base: list[Client], rng: np.random.Generator) -> list[Client]:
    """Some larger clients pay a month or two after the due date."""
    able = [i for i, c in enumerate(base) if c.segment.name != "ateliers" and not c.roles
            and c.since < AS_OF.replace(year=2023) and c.rhythm != "one_time"]  # fmt: skip
    late = set(rng.choice(able, LATE_PAYER_COUNT, replace=False).tolist())
    return [
        replace(c, days_late=round(rng.uniform(28, 60), 1), roles=("late_payer",))
        if i in late else c
        for i, c in enumerate(base)
    ]  # fmt: skip


def _discount(client: Client, rng: np.random.Generator) -> Client:
    """Discount that volume explains, plus the unexplained points of one sales person."""
    if "loss_maker" in client.roles:
        return replace(client, discount=570)
    points = 3.4 * (math.log(client.list_volume) - 6.2) + rng.normal(0, 1)
    points += seg.GENEROSITY if client.rep == seg.GENEROUS_REP else 0
    return replace(client, discount=5 * round(2 * max(points, 0)))
