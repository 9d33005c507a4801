"""Headings and columns: renamed, moved, doubled, exchanged."""

import unicodedata

from mutations.corpus import exact, files, flagged, mutation, refused
from mutations.firm import (
    AMOUNT,
    CLIENT,
    DATE,
    DOCUMENT,
    HEADING,
    LABEL,
    PRICE,
    PRODUCT,
    QUANTITY,
    Exports,
)

BOTH = ("one", "all")


@mutation("order of columns", exact(), where=BOTH, shift=(1, 4, -1))
def columns_in_another_order(exports: Exports, where: str, shift: int) -> None:
    """The same columns, in another order."""
    for file in files(exports, where):
        file.heading = file.heading[shift:] + file.heading[:shift]


@mutation("order of columns", exact(), where=BOTH)
def a_column_more(exports: Exports, where: str) -> None:
    """A column that the other files do not have."""
    for file in files(exports, where):
        file.heading.insert(3, "Commentaire")
        for row in file.rows:
            row["Commentaire"] = "payé"


@mutation(
    "headings",
    refused("there is no column"),
    column=(CLIENT, DATE, AMOUNT, QUANTITY),
    heading=("Valeur", ""),
    where=("one",),
)
def a_heading_that_changed(exports: Exports, column: str, heading: str, where: str) -> None:
    """A column bears another name, or none."""
    for file in files(exports, where):
        file.rename(column, heading)


@mutation(
    "headings", refused("there is no column|is missing in"), column=(CLIENT, AMOUNT), where=BOTH
)
def a_column_that_is_left_out(exports: Exports, column: str, where: str) -> None:
    """A column is not in the export."""
    for file in files(exports, where):
        file.heading.remove(column)


@mutation(
    "headings",
    exact(),
    where=("one",),
    style=(
        "{} ",
        " {}",
        "{}\u00a0",
        "\ufeff{}",
        "{}\u200b",
        "\u00ad{}",
        "upper",
        "nbsp",
        "double",
        "NFD",
        "newline",
    ),
)
def headings_that_look_the_same(exports: Exports, where: str, style: str) -> None:
    """Blanks, capitals, invisible characters: the same heading to the eye."""
    written = {
        "upper": str.upper,
        "nbsp": lambda name: name.replace(" ", "\u00a0"),
        "double": lambda name: name.replace(" ", "  "),
        "newline": lambda name: name.replace(" ", "\n"),
        "NFD": lambda name: unicodedata.normalize("NFD", name),
    }.get(style, style.format)
    for file in files(exports, where):
        for column in HEADING:
            file.rename(column, written(column))


@mutation(
    "doubled headings",
    refused("twice|several times"),
    where=("one",),
    place=("before", "behind"),
    column=(AMOUNT, DATE),
)
@mutation(
    "doubled headings", flagged("doubled_headings"),
    where=("all",), place=("before",), column=(AMOUNT, CLIENT),
)  # fmt: skip
@mutation(
    "doubled headings", exact(flagged_by="doubled_headings"),
    where=("all",), place=("behind",), column=(AMOUNT, CLIENT),
)  # fmt: skip
def a_heading_that_stands_twice(exports: Exports, where: str, place: str, column: str) -> None:
    """Two columns of one name: the net amount and another."""
    for file in files(exports, where):
        lines = file.text.split("\r\n")
        at = HEADING.index(column) + (place == "behind")
        for i, _line in enumerate(lines[:-1]):
            row = file.rows[i - 1]
            other = {AMOUNT: "12,50", CLIENT: "000077", DATE: row[DATE], QUANTITY: "1"}[column]
            cells = [row[name] for name in HEADING] if i else list(HEADING)
            cells.insert(at, other if i else column)
            lines[i] = ";".join(cell.replace(";", ",").replace('"', "") for cell in cells)
        file.raw = "\r\n".join(lines).encode()


def exchange(exports: Exports, where: str, one: str, other: str) -> None:
    for file in files(exports, where):
        for row in file.rows:
            row[one], row[other] = row[other], row[one]


@mutation("exchanged columns", flagged("level_shift"), where=("one",), pair=((PRICE, AMOUNT),))
@mutation(
    "exchanged columns",
    refused("line [27]"),
    where=BOTH,
    pair=((DATE, AMOUNT), (CLIENT, DATE), (AMOUNT, CLIENT)),
)
@mutation(
    "exchanged columns",
    flagged("new_codes"),
    where=("one",),
    pair=((CLIENT, DOCUMENT), (CLIENT, PRODUCT), (CLIENT, LABEL)),
)
def columns_under_each_others_heading(exports: Exports, where: str, pair: tuple[str, str]) -> None:
    """The cells of two columns have changed places, their headings have not."""
    exchange(exports, where, *pair)
