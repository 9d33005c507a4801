"""What the accounts say about themselves: class 70 by year, and whether the entries balance."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class FecYear:
    """One file of the accounts, a fiscal year as a rule.

    class_70: credits less debits of the accounts 70. clients: the part of it that belongs to a
        client; set_aside: the rest, by reason. class_70 = clients + set_aside, to the cent.
    """

    path: str
    first: dt.date
    last: dt.date
    lines: int
    entries: int
    class_70: Decimal
    clients: Decimal
    set_aside: dict[str, Decimal]


@dataclass(frozen=True)
class FecFacts:
    """The accounts as they were read, oldest year first.

    months: class 70 by month of entry (its first day). unbalanced: entries whose debits are not
        their credits, unbalanced_revenue: what they hold of class 70; examples: the first of
        them, in words. has_letters: whether any line of a customer account is matched.
    """

    years: tuple[FecYear, ...]
    months: tuple[tuple[dt.date, Decimal], ...]
    unbalanced: int
    unbalanced_revenue: Decimal
    examples: tuple[str, ...]
    has_letters: bool

    @property
    def class_70(self) -> Decimal:
        """Class 70 of all years."""
        return sum((year.class_70 for year in self.years), Decimal(0))

    @property
    def clients(self) -> Decimal:
        """What of it belongs to a client."""
        return sum((year.clients for year in self.years), Decimal(0))
