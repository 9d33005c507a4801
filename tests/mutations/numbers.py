"""How numbers are written: marks, groups, signs, currencies, and texts that are no number."""

from decimal import Decimal

from mutations.corpus import exact, files, flagged, mutation, refused, refused_by
from mutations.firm import AMOUNT, DISCOUNT, NUMBERS, PRICE, QUANTITY, Exports, french, number

BOTH = ("one", "all")
SHOWN = 'column "Montant HT"'


def grouped(text: str, separator: str, mark: str = ",") -> str:
    """A number with its thousands set apart: `1234,5` as `1 234,5`."""
    return f"{number(text):,}".replace(",", "\0").replace(".", mark).replace("\0", separator)


@mutation(
    "thousands", exact(), where=("one",),
    separator=(" ", "\u00a0", "\u202f", "\u2009", "'", "’"),
)  # fmt: skip
@mutation("thousands", exact(), told=(False,), where=("all",), separator=(".",))
@mutation("thousands", refused(SHOWN), told=(True,), where=BOTH, separator=(".",))
@mutation(
    "thousands", refused(SHOWN), told=(True, False), where=("one",), separator=("_", " .", "  ")
)
def thousands_set_apart(exports: Exports, where: str, separator: str) -> None:
    """Thousands set apart by a blank of any width, an apostrophe, a dot."""
    for file in files(exports, where):
        file.rewrite(AMOUNT, lambda text: grouped(text, separator))
        file.rewrite(PRICE, lambda text: grouped(text, separator))


@mutation("decimal marks", exact(), told=(False,), columns=((AMOUNT,), NUMBERS))
@mutation("decimal marks", refused(SHOWN), told=(True,), columns=((AMOUNT,), NUMBERS))
def decimal_points_throughout(exports: Exports, columns: tuple[str, ...]) -> None:
    """A decimal point in every file, where the settings say comma or nothing."""
    for file in exports.files:
        for column in columns:
            file.rewrite(column, lambda text: text.replace(",", "."))


@mutation(
    "decimal marks",
    refused(SHOWN),
    told=(True, False),
    rows=(slice(None), slice(0, 1), slice(-1, None)),
)
def decimal_points_in_some_rows(exports: Exports, rows: slice) -> None:
    """A decimal point in one file, or in a few rows of it."""
    exports.middle.rewrite(AMOUNT, lambda text: text.replace(",", "."), rows)


@mutation("decimal marks", refused(SHOWN), told=(True,), where=BOTH)
@mutation("decimal marks", refused(SHOWN), told=(False,), where=("one",))
@mutation("decimal marks", exact(), told=(False,), where=("all",))
def english_numbers(exports: Exports, where: str) -> None:
    """`1,234.56` instead of `1234,56`."""
    for file in files(exports, where):
        for column in NUMBERS:
            file.rewrite(column, lambda text: grouped(text, ",", "."))


@mutation("decimal marks", refused(SHOWN), sign=(" ", "·", ":", "O"))
def another_sign_for_the_decimal_mark(exports: Exports, sign: str) -> None:
    """A sign that no program uses as a decimal mark, in a few rows."""
    exports.middle.rewrite(AMOUNT, lambda text: text.replace(",", sign), slice(20, 24))


@mutation("lost decimal marks", refused(SHOWN), told=(True,), where=BOTH)
@mutation("lost decimal marks", refused("Montant HT"), told=(False,), where=("one",))
@mutation("lost decimal marks", flagged("price_times_quantity"), told=(False,), where=("all",))
def thousandths_taken_for_thousands(exports: Exports, where: str) -> None:
    """2024.994 became `2,024,994`: the decimal point was taken for another group."""
    for file in files(exports, where):
        file.rewrite(AMOUNT, lambda text: f"{int(number(text) * 1000):,}")


@mutation("lost decimal marks", flagged("price_times_quantity"), where=("one", "all"))
@mutation(
    "lost decimal marks", refused_by("reconciliation"), accounts=(True,), where=("one", "all")
)
def amounts_without_their_decimal_mark(exports: Exports, where: str) -> None:
    """`123456` instead of `1234,56`, in a whole file."""
    for file in files(exports, where):
        file.rewrite(AMOUNT, lambda text: str(int(number(text) * 100)))


@mutation("signs", exact(), where=("one",), style=("{}-", "({})", "−{}", "- {}", "{} -", "( {} )"))
@mutation("signs", refused(SHOWN), where=("all",), style=("{} CR", "–{}", "<{}>", "{} DB", "--{}"))
def negative_amounts_written_otherwise(exports: Exports, where: str, style: str) -> None:
    """A minus behind, brackets, a typographic minus; or a mark that stands for no sign here."""
    for file in files(exports, where):
        file.rewrite(AMOUNT, lambda text: style.format(text[1:]) if text[0] == "-" else text)


@mutation("signs", flagged("credit_notes"), where=("all",))
def credit_notes_without_their_minus(exports: Exports, where: str) -> None:
    """Credit notes as positive amounts, and no letter that marks them."""
    for file in files(exports, where):
        file.rewrite(AMOUNT, lambda text: text.removeprefix("-"))
        file.rewrite(QUANTITY, lambda text: text.removeprefix("-"))


@mutation("signs", flagged("lost_signs"))
def credit_notes_without_their_minus_in_one_file(exports: Exports) -> None:
    """The sign is lost in one year only."""
    exports.middle.rewrite(AMOUNT, lambda text: text.removeprefix("-"))
    exports.middle.rewrite(QUANTITY, lambda text: text.removeprefix("-"))


@mutation("signs", flagged("lost_signs"), where=BOTH)
def credit_notes_with_their_minus_on_the_quantity_only(exports: Exports, where: str) -> None:
    """The amount of a credit note is positive, its quantity negative."""
    for file in files(exports, where):
        file.rewrite(AMOUNT, lambda text: text.removeprefix("-"))


@mutation("currencies", exact(), where=("one",), style=("{} €", "€{}", "{} EUR", "{}\u00a0€"))
@mutation(
    "currencies", refused(SHOWN), where=("all",), style=("{} $", "£{}", "{} USD", "{} k€", "{} HT")
)
def currency_signs(exports: Exports, where: str, style: str) -> None:
    """The currency beside each amount: the engagement's, or another."""
    for file in files(exports, where):
        file.rewrite(AMOUNT, style.format)


@mutation("currencies", refused(SHOWN), style=("{} $", "{} £", "{} USD"))
def a_few_amounts_in_another_currency(exports: Exports, style: str) -> None:
    """Some lines of a euro export are in another currency, and say so."""
    exports.middle.rewrite(AMOUNT, style.format, slice(30, 33))


@mutation(
    "no numbers", refused(SHOWN), position=(80,),
    text=("NaN", "inf", "1e5", "1E+05", "1,5E+05", "0x1F", "1 234 56", "12,34,56", "#N/A", "NULL",
          "n.d.", "1/2", "12-34", "1234,56,", "l234,56", "١٢٣", "1²", "12,5 %"),
)  # fmt: skip
@mutation("no numbers", refused("is empty"), position=(0, -1), text=("", "\u00a0"))
@mutation("no numbers", refused(SHOWN), position=(80,), text=("9" * 14, "9" * 40, "1" + "0" * 12))
def a_text_that_is_no_amount(exports: Exports, position: int, text: str) -> None:
    """One cell of the amounts holds something else."""
    exports.middle.rows[position][AMOUNT] = text


@mutation("no numbers", refused('column "Qté"'), text=("NaN", "inf", "1E+05", "douze", "#N/A"))
def a_text_that_is_no_quantity(exports: Exports, text: str) -> None:
    """One cell of the quantities holds something else."""
    exports.middle.rows[80][QUANTITY] = text


@mutation(
    "numbers as computers write them", exact(), style=("{:.4f}", "{:.10f}", "{:+.2f}", "{:010.2f}")
)
def long_decimals(exports: Exports, style: str) -> None:
    """More zeros than needed, before or behind; a plus."""
    exports.middle.rewrite(AMOUNT, lambda text: style.format(number(text)).replace(".", ","))


@mutation("numbers as computers write them", exact())
def binary_remainders(exports: Exports) -> None:
    """`19.299999999999997` for 19.30, as a program that works in binary writes it."""
    exports.middle.rewrite(
        AMOUNT, lambda text: french(Decimal(float(number(text))).quantize(Decimal("1e-12")))
    )


@mutation("numbers as computers write them", exact())
def blanks_around_numbers(exports: Exports) -> None:
    """Columns of fixed width: blanks before and behind."""
    for column in NUMBERS:
        exports.middle.rewrite(column, lambda text: f"{text:>14}\u00a0")


@mutation("percentages", exact(), where=BOTH)
def discounts_with_their_sign(exports: Exports, where: str) -> None:
    """`5 %` instead of `5`."""
    for file in files(exports, where):
        file.rewrite(DISCOUNT, lambda text: f"{text} %")


@mutation("percentages", exact(flagged_by="price_times_quantity"), where=("one",))
@mutation("percentages", exact(flagged_by="percent_scale"), where=("all",))
def discounts_as_shares(exports: Exports, where: str) -> None:
    """0,05 instead of 5: what a percent cell of a spreadsheet holds."""
    for file in files(exports, where):
        file.rewrite(DISCOUNT, lambda text: french(number(text) / 100))
