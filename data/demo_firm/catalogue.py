"""What the firm makes: door and furniture hardware in eight families."""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from demo_firm.days import FIRST_DAY, stream

# ERP code: (family, references, lowest and highest catalogue price in euros)
FAMILY_CODES = {
    "PO": ("Poignées", 18, 14, 70),
    "PX": ("Poignées", 6, 60, 120),  # the designer range has its own ERP code
    "SE": ("Serrures", 16, 18, 95),
    "CY": ("Cylindres", 12, 12, 60),
    "PA": ("Paumelles et charnières", 16, 2, 14),
    "FP": ("Ferme-portes", 10, 35, 130),
    "BU": ("Butées et arrêts", 12, 2, 12),
    "ME": ("Quincaillerie de meuble", 18, 3, 22),
    "CO": ("Coulissants", 12, 25, 140),
}
FAMILIES = tuple(dict.fromkeys(family for family, *_ in FAMILY_CODES.values()))
PRICE_INDEX = {2022: 1000, 2023: 1060, 2024: 1095, 2025: 1120, 2026: 1150}  # thousandths
LAUNCHES = (dt.date(2022, 9, 5), dt.date(2023, 10, 2), dt.date(2024, 9, 2), dt.date(2025, 10, 6))
LAUNCHED_LATE = 0.10  # share of references that appear during the five years


@dataclass(frozen=True)
class Product:
    """One reference of the catalogue; prices in cents, cost in thousandths of the list price."""

    ref: str
    code: str
    level: str
    launched: dt.date
    price_2022: int
    cost_share: int

    @property
    def family(self) -> str:
        """The family's name, as familles.csv gives it."""
        return FAMILY_CODES[self.code][0]

    def list_cents(self, year: int) -> int:
        """Catalogue price excl. VAT in a fiscal year: the whole list rises every September."""
        return (self.price_2022 * PRICE_INDEX[year] + 500) // 1000

    def cost_cents(self, year: int) -> int:
        """Cost price in a fiscal year; it rises as the list does."""
        return (self.list_cents(year) * self.cost_share + 500) // 1000


def catalogue() -> list[Product]:
    """Every reference, by ERP code and number."""
    rng = stream("products")
    products = []
    for code, (_, count, low, high) in FAMILY_CODES.items():
        prices = sorted(rng.uniform(low, high, count))
        for rank, price in enumerate(prices):
            late = rng.random() < LAUNCHED_LATE
            products.append(
                Product(
                    ref=f"{code}{100 + 7 * rank}",
                    code=code,
                    level=("ECO", "STD", "PRO")[3 * rank // count],
                    launched=LAUNCHES[rng.integers(len(LAUNCHES))] if late else _old(rng),
                    price_2022=round(price * 10) * 10,
                    cost_share=int(rng.integers(430, 511)),
                )
            )
    return products


def _old(rng: np.random.Generator) -> dt.date:
    return FIRST_DAY - dt.timedelta(days=int(rng.integers(400, 6000)))
