"""How far amounts agree with quantity times price, file by file."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from clientaudit.intake.sql import literal

BINS = 200  # to a factor e: bins of half a per cent
HOLDS, SOME = 0.8, 0.5  # of the lines: enough not to look further, enough to compare
PRICE, PERCENT, SHARE = "price", "percent", "share"


@dataclass(frozen=True)
class PriceRatios:
    """Lines of one file by the ratio of their amount to quantity times price.

    rows, amount: by 200 × ln(ratio), rounded; the amount is the larger of the two compared.
    """

    file: int
    rows: dict[int, int]
    amount: dict[int, float]


@dataclass(frozen=True)
class PriceFacts:
    """What amounts are of quantity times price.

    rule: with no discount ("price"), less discount_pct as a percentage ("percent") or as a share
        ("share"): the first of them that holds on four lines in five up to a constant factor per
        file, else the one that holds on most lines; "" where none holds on half of them.
    ratios: by that rule, one entry per file.
    """

    rule: str = ""
    ratios: tuple[PriceRatios, ...] = ()


NO_PRICES = PriceFacts()


@dataclass(frozen=True)
class DiscountFacts:
    """The discounts of one file: rows with one, the largest, and how many are fractions."""

    file: int
    rows: int
    largest: float
    fractions: int


def price_facts(
    connection: duckdb.DuckDBPyConnection, lines: Path, columns: Iterable[str]
) -> PriceFacts:
    """Compare amounts with quantity times price; nothing is compared where one is not mapped.

    lines: Parquet, one row per invoice line: amount_net, quantity, unit_price or list_price,
        discount_pct where mapped, `_file`. columns: those that are mapped.
    """
    known = set(columns)
    if "quantity" not in known:
        return NO_PRICES
    best, most = NO_PRICES, SOME
    for rule, expected in _rules(known):
        ratios = _ratios(connection, lines, expected)
        part = _concentration(ratios) if ratios else 0.0
        if part > most:
            best, most = PriceFacts(rule, ratios), part
        if part >= HOLDS:
            break
    return best


def discount_facts(
    connection: duckdb.DuckDBPyConnection, lines: Path, columns: Iterable[str]
) -> tuple[DiscountFacts, ...]:
    """The discounts of each file, none where they are not mapped."""
    if "discount_pct" not in columns:
        return ()
    found = connection.execute(
        "select _file, count(*), max(discount_pct), "
        "count(*) filter (discount_pct <> floor(discount_pct)) "
        f"from {_table(lines)} where discount_pct > 0 group by _file order by _file"
    ).fetchall()
    return tuple(DiscountFacts(*row) for row in found)


def ratio_at(ratios: PriceRatios, place: int) -> int:
    """Lines whose ratio falls into a bin or beside it."""
    return sum(ratios.rows.get(place + step, 0) for step in (-1, 0, 1))


def usual_place(ratios: Iterable[PriceRatios]) -> int:
    """The bin about which most lines stand; of equal ones the nearest to no difference."""
    rows: Counter[int] = Counter()
    for entry in ratios:
        rows.update(entry.rows)
    around = {place: sum(rows[place + step] for step in (-1, 0, 1)) for place in rows}
    return max(around, key=lambda place: (around[place], -abs(place), place))


def _rules(known: set[str]) -> Iterator[tuple[str, str]]:
    """The ways in which an amount may follow from a price, the likely one first."""
    for price in ("unit_price", "list_price"):
        if price in known:
            whole = f"quantity * {price}::double"
            if "discount_pct" in known:
                yield PERCENT, f"{whole} * (1 - coalesce(discount_pct, 0) / 100)"
                yield SHARE, f"{whole} * (1 - coalesce(discount_pct, 0))"
            yield PRICE, whole


def _ratios(
    connection: duckdb.DuckDBPyConnection, lines: Path, expected: str
) -> tuple[PriceRatios, ...]:
    # Most lines agree: they are spared the logarithm.
    near = f"abs(amount - expected) < {0.5 / BINS} * expected"
    found = connection.execute(
        "with compared as ("
        f"select _file, abs(amount_net::double) as amount, abs({expected}) as expected "
        f"from {_table(lines)} where amount_net <> 0) "
        f"select _file, case when {near} then 0 "
        f"else round({BINS} * ln(amount / expected)) end::integer as place, count(*), "
        "sum(greatest(amount, expected)::decimal(18, 4)) "
        "from compared where expected > 0 group by all order by all"
    ).fetchall()
    files: dict[int, PriceRatios] = {}
    for file, place, rows, amount in found:
        entry = files.setdefault(file, PriceRatios(file, {}, {}))
        entry.rows[place] = rows
        entry.amount[place] = float(Decimal(amount))
    return tuple(files.values())


def _concentration(ratios: tuple[PriceRatios, ...]) -> float:
    """Share of the lines that stand at the usual ratio of their file."""
    at = sum(ratio_at(entry, usual_place([entry])) for entry in ratios)
    return at / sum(sum(entry.rows.values()) for entry in ratios)


def _table(lines: Path) -> str:
    return f"read_parquet({literal(str(lines))})"
