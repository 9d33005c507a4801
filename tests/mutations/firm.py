"""A small firm and its clean exports: the same every time, and exact to the cent."""

import csv
import datetime as dt
import io
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

YEARS = (2023, 2024, 2025)
CLIENT, DOCUMENT, DATE, PRODUCT, LABEL = (
    "Code client", "N° pièce", "Date facture", "Référence", "Désignation",
)  # fmt: skip
QUANTITY, PRICE, DISCOUNT, AMOUNT = "Qté", "PU HT", "Remise %", "Montant HT"
HEADING = (CLIENT, DOCUMENT, DATE, PRODUCT, LABEL, QUANTITY, PRICE, DISCOUNT, AMOUNT)
NUMBERS = (QUANTITY, PRICE, DISCOUNT, AMOUNT)
LABELS = (
    "Poignée laiton", 'Tube 3" acier', "Clé plate ; jeu de 8", "Vis inox, boîte de 200",
    "Gond forgé", "Serrure à larder", 'Réglette "Pro"', "Œillet nickelé", "Crémone décorée",
    "Paumelle 140 mm", "Verrou de sûreté", "Béquille chêne",
)  # fmt: skip
CENT = Decimal("0.01")

Row = dict[str, str]


@dataclass
class File:
    """One export: its rows as text in the French way, and how the file is written.

    raw: the bytes of a file that is no table of text, or a damaged one.
    """

    name: str
    rows: list[Row]
    heading: list[str] = field(default_factory=lambda: list(HEADING))
    encoding: str = "utf-8"
    separator: str = ";"
    line_end: str = "\r\n"
    raw: bytes | None = None

    def rewrite(self, column: str, change: Callable[[str], str], rows: slice = slice(None)) -> None:
        """Write the cells of a column another way, in all rows or in some."""
        for row in self.rows[rows]:
            row[column] = change(row[column])

    def rename(self, column: str, heading: str) -> None:
        """Give a column another heading."""
        self.heading[self.heading.index(column)] = heading
        for row in self.rows:
            row[heading] = row.pop(column)

    @property
    def text(self) -> str:
        """The file as text: a cell stands between quotes only where it must."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter=self.separator, lineterminator=self.line_end)
        writer.writerow(self.heading)
        writer.writerows([row[name] for name in self.heading] for row in self.rows)
        return out.getvalue()

    @property
    def content(self) -> bytes:
        """The bytes of the file."""
        return self.text.encode(self.encoding) if self.raw is None else self.raw


@dataclass(frozen=True)
class Truth:
    """What an audit must find: clients without their names, so that only amounts count."""

    revenue: Decimal
    by_month: dict[dt.date, Decimal]
    by_client: tuple[Decimal, ...]
    lines: int
    invoices: int

    @property
    def accounts(self) -> dict[int, str]:
        """The revenue of each year as the firm's accounts give it."""
        months = self.by_month.items()
        return {y: str(sum(money for month, money in months if month.year == y)) for y in YEARS}


@dataclass
class Exports:
    """The firm's files, oldest first; a mutation changes them in place."""

    files: list[File]

    @property
    def middle(self) -> File:
        """The file of 2024."""
        return self.files[1]

    @property
    def last(self) -> File:
        """The file of 2025."""
        return self.files[-1]


def number(text: str) -> Decimal:
    """A number as the clean exports write it."""
    return Decimal(text.replace(",", "."))


def day(text: str) -> dt.date:
    """A date as the clean exports write it."""
    return dt.date(int(text[6:]), int(text[3:5]), int(text[:2]))


def french(value: Decimal) -> str:
    """A number with a decimal comma."""
    return format(value, "f").replace(".", ",")


def clean_exports() -> Exports:
    """One file per year: about 180 lines of 40 clients, every month, four credit notes a year."""
    chance = random.Random(20230101)
    codes = _codes(chance)
    prices = {f"AR{n:03d}": Decimal(chance.randrange(890, 24_990)) * CENT for n in range(12)}
    return Exports([_file(year, chance, codes, prices) for year in YEARS])


def truth_of(exports: Exports) -> Truth:
    """What the rows of clean exports add up to."""
    months: Counter[Any] = Counter()
    clients: Counter[Any] = Counter()
    invoices, lines = set(), 0
    for row in (row for file in exports.files for row in file.rows):
        amount = number(row[AMOUNT])
        months[day(row[DATE]).replace(day=1)] += amount
        clients[row[CLIENT]] += amount
        invoices.add(row[DOCUMENT])
        lines += 1
    by_client = tuple(sorted(clients.values()))
    return Truth(sum(by_client, Decimal(0)), dict(months), by_client, lines, len(invoices))


def _codes(chance: random.Random) -> list[str]:
    """Codes as real firms have them: leading zeros, letters, accents, fourteen digits."""
    plain = [f"{n:06d}" for n in chance.sample(range(1_000, 99_999), 30)]
    lettered = ["CAFÉ01", "ÉTS014", "M-2041", "DUPRÉ7", "HÔTEL3"]
    long = [f"{n}" for n in chance.sample(range(35_204_000_000_000, 89_999_000_000_000), 5)]
    return plain + lettered + long


def _file(year: int, chance: random.Random, codes: list[str], prices: dict[str, Decimal]) -> File:
    days = (dt.date(year, month, day) for month in range(1, 13) for day in (3, 9, 14, 19, 23, 28))
    rows: list[Row] = []
    for place, date in enumerate(days, start=1):
        credit = place % 18 == 0
        document = f"{'A' if credit else 'F'}{year % 100}{place:04d}"
        client = codes[place % len(codes)] if year == YEARS[0] else chance.choice(codes)
        size = 1 if credit else chance.randrange(2, 4)
        products = chance.sample(sorted(prices), size)
        rows += _lines(client, document, date, credit, products, prices, chance)
    return File(f"ventes_{year}.csv", rows)


def _lines(
    client: str,
    document: str,
    date: dt.date,
    credit: bool,
    products: list[str],
    prices: dict[str, Decimal],
    chance: random.Random,
) -> Iterator[Row]:
    for product in products:
        quantity = -1 if credit else chance.randrange(1, 25)
        discount = Decimal(chance.choice(("0", "0", "2.5", "5", "10")))
        net = quantity * prices[product] * (100 - discount) / 100
        yield {
            CLIENT: client,
            DOCUMENT: document,
            DATE: f"{date:%d/%m/%Y}",
            PRODUCT: product,
            LABEL: LABELS[int(product[2:])],
            QUANTITY: str(quantity),
            PRICE: french(prices[product]),
            DISCOUNT: french(discount),
            AMOUNT: french(net.quantize(CENT, ROUND_HALF_UP)),
        }
