"""Amounts that are plausible and wrong: another unit, another scale, with VAT, rounded."""

from decimal import Decimal

from mutations.corpus import files, flagged, mutation, refused_by, undetectable
from mutations.firm import (
    AMOUNT,
    CENT,
    DISCOUNT,
    DOCUMENT,
    PRICE,
    QUANTITY,
    Exports,
    french,
    number,
)

BOTH = ("one", "all")


def scaled(exports: Exports, where: str, columns: tuple[str, ...], factor: str) -> None:
    for file in files(exports, where):
        for column in columns:
            file.rewrite(column, lambda text: french(number(text) * Decimal(factor)))


@mutation(
    "another unit",
    flagged("price_times_quantity"),
    where=BOTH,
    factor=("0.001", "100", "0.01", "1000"),
)
@mutation(
    "another unit",
    refused_by("reconciliation"),
    where=BOTH,
    factor=("0.001", "100"),
    accounts=(True,),
)
def amounts_of_another_scale(exports: Exports, where: str, factor: str) -> None:
    """Amounts in thousands of euros or in cents; prices as they were."""
    scaled(exports, where, (AMOUNT,), factor)


@mutation(
    "another unit", flagged("level_shift"), where=("one",), factor=("0.001", "100", "1000", "10")
)
@mutation(
    "another unit",
    refused_by("reconciliation"),
    where=BOTH,
    factor=("0.001", "100"),
    accounts=(True,),
)
@mutation(
    "another unit", undetectable("uniform_scale"), where=("all",), factor=("0.001", "100", "10")
)
def amounts_and_prices_of_another_scale(exports: Exports, where: str, factor: str) -> None:
    """Amounts and prices both in another unit."""
    scaled(exports, where, (AMOUNT, PRICE), factor)


@mutation("with VAT", flagged("price_times_quantity"), where=BOTH, rate=("1.2", "1.1", "1.055"))
@mutation("with VAT", refused_by("reconciliation"), where=BOTH, rate=("1.2",), accounts=(True,))
@mutation("with VAT", flagged("reconciliation"), where=BOTH, rate=("1.1",), accounts=(True,))
def amounts_with_vat(exports: Exports, where: str, rate: str) -> None:
    """Amounts including VAT; prices without."""
    scaled(exports, where, (AMOUNT,), rate)


@mutation("with VAT", flagged("level_shift"), where=("one",), rate=("1.2",))
@mutation("with VAT", flagged("included_vat"), where=BOTH, rate=("1.2", "1.1", "1.055"))
@mutation("with VAT", refused_by("reconciliation"), where=("all",), rate=("1.2",), accounts=(True,))
@mutation("with VAT", flagged("reconciliation"), where=("all",), rate=("1.1",), accounts=(True,))
def amounts_and_prices_with_vat(exports: Exports, where: str, rate: str) -> None:
    """Amounts and prices including VAT."""
    scaled(exports, where, (AMOUNT, PRICE), rate)


@mutation("with VAT", flagged("included_vat"), where=("first", "last"), rate=("1.055", "1.1"))
@mutation("with VAT", flagged("level_shift"), where=("first", "last"), rate=("1.2",))
@mutation("with VAT", flagged("reconciliation"), where=("last",), rate=("1.1",), accounts=(True,))
def amounts_and_prices_with_vat_at_an_end(exports: Exports, where: str, rate: str) -> None:
    """Amounts and prices including VAT in the first or the last file."""
    scaled(exports, where, (AMOUNT, PRICE), rate)


@mutation("with VAT", undetectable("vat_at_an_end"), where=("first", "last"), rate=("1.1", "1.2"))
def lump_sums_with_vat_at_an_end(exports: Exports, where: str, rate: str) -> None:
    """Every line is a lump sum, which is no price of a unit; the first or last file has VAT."""
    for file in exports.files:
        for row in file.rows:
            row[QUANTITY], row[DISCOUNT], row[PRICE] = "1", "0", row[AMOUNT]
    scaled(exports, where, (AMOUNT, PRICE), rate)


@mutation("with VAT", flagged("included_vat"), where=("one", "last"), rate=("1.2", "1.1", "1.055"))
def lines_with_and_without_vat(exports: Exports, where: str, rate: str) -> None:
    """Each line stands twice, once with and once without VAT."""
    for file in files(exports, where):
        pairs = []
        for row in file.rows:
            with_vat = (number(row[AMOUNT]) * Decimal(rate)).quantize(CENT)
            pairs += [row, row | {AMOUNT: french(with_vat)}]
        file.rows = pairs


@mutation("rounded amounts", flagged("rounded_amounts"), where=("one",), step=("1", "10"))
def rounded_amounts(exports: Exports, where: str, step: str) -> None:
    """Amounts without their cents."""
    for file in files(exports, where):
        file.rewrite(
            AMOUNT,
            lambda text: french(
                (number(text) / Decimal(step)).quantize(Decimal(1)) * Decimal(step)
            ),
        )


@mutation("a wrong digit", undetectable("plausible_digit"), position=(0, 100))
def a_digit_for_another(exports: Exports, position: int) -> None:
    """A slip of the keyboard that leaves a plausible amount."""
    row = exports.middle.rows[position]
    amount = row[AMOUNT]
    row[AMOUNT] = ("2" if amount[0] == "1" else "1") + amount[1:]


@mutation("a wrong digit", flagged("outliers"), position=(0, 100))
def an_amount_a_thousand_times_too_large(exports: Exports, position: int) -> None:
    """A slip of the keyboard that makes a giant."""
    exports.middle.rewrite(
        AMOUNT, lambda text: french(number(text) * 1000), slice(position, position + 1)
    )


@mutation("totals of invoices on lines", flagged("total_rows"), where=BOTH)
def the_total_of_the_invoice_on_each_line(exports: Exports, where: str) -> None:
    """Each line bears the total of its invoice, from a join of lines and headers."""
    for file in files(exports, where):
        totals: dict[str, Decimal] = {}
        for row in file.rows:
            totals[row[DOCUMENT]] = totals.get(row[DOCUMENT], Decimal(0)) + number(row[AMOUNT])
        for row in file.rows:
            row[AMOUNT] = french(totals[row[DOCUMENT]])


@mutation("amounts before discount", flagged("price_times_quantity"), where=("one",))
@mutation("amounts before discount", undetectable("uniform_scale"), where=("all",))
@mutation("amounts before discount", flagged("reconciliation"), accounts=(True,), where=("all",))
def amounts_before_discount(exports: Exports, where: str) -> None:
    """The gross amount under the heading of the net one."""
    for file in files(exports, where):
        for row in file.rows:
            gross = number(row[AMOUNT]) / (1 - number(row[DISCOUNT]) / 100)
            row[AMOUNT] = french(gross.quantize(CENT))
