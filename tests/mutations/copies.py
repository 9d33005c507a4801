"""The same lines more than once: copies of files, exports that overlap, repeated rows."""

import gzip

from mutations.corpus import exact, flagged, mutation, refused, refused_by, undetectable
from mutations.firm import (
    AMOUNT,
    DATE,
    DISCOUNT,
    DOCUMENT,
    LABEL,
    PRICE,
    PRODUCT,
    Exports,
    File,
    day,
    french,
    number,
)


@mutation(
    "copies of a file",
    exact(flagged_by="overlaps"),
    name=("ventes_2024 (1).csv", "ventes_2024 - copie.csv", "ventes_2022.csv"),
)
def a_copy_under_another_name(exports: Exports, name: str) -> None:
    """A file that is there twice."""
    exports.files.append(File(name, exports.middle.rows))


@mutation(
    "copies of a file",
    exact(flagged_by="overlaps"),
    style=("packed", "other order", "other columns"),
)
def a_copy_that_is_written_otherwise(exports: Exports, style: str) -> None:
    """The same lines in another file: packed, sorted, its columns moved."""
    copy = File("ventes_2024_bis.csv", list(exports.middle.rows))
    if style == "packed":
        copy.name, copy.raw = "ventes_2024_bis.csv.gz", gzip.compress(copy.content, mtime=0)
    elif style == "other order":
        copy.rows.reverse()
    else:
        copy.heading = [*copy.heading[3:], *copy.heading[:3]]
    exports.files.append(copy)


@mutation(
    "overlapping exports",
    exact(flagged_by="overlaps"),
    months=(1, 2, 6, 12),
    side=("before", "behind"),
)
def an_export_that_reaches_into_the_next(exports: Exports, months: int, side: str) -> None:
    """The export of a year also holds months of its neighbour."""
    target, source = (
        (exports.middle, exports.last) if side == "behind" else (exports.last, exports.middle)
    )
    wanted = range(1, months + 1) if side == "behind" else range(13 - months, 13)
    shared = [row for row in source.rows if day(row[DATE]).month in wanted]
    target.rows = target.rows + shared if side == "behind" else shared + target.rows


@mutation("overlapping exports", exact(flagged_by="overlaps"))
def one_export_of_all_years_beside_those_of_each(exports: Exports) -> None:
    """A file of three years, and the three files of one."""
    rows = [row for file in exports.files for row in file.rows]
    exports.files.append(File("ventes_2023_2025.csv", rows))


@mutation("overlapping exports", flagged("overlaps"))
def an_invoice_that_was_corrected_between_two_exports(exports: Exports) -> None:
    """Two exports hold the same month; an invoice differs."""
    december = [dict(row) for row in exports.middle.rows if day(row[DATE]).month == 12]
    december[0][AMOUNT] = french(number(december[0][AMOUNT]) + 100)
    exports.last.rows = december + exports.last.rows


@mutation("overlapping exports", undetectable("parts_or_versions"))
def an_invoice_whose_only_line_was_replaced(exports: Exports) -> None:
    """An invoice stands in the next export with another line: its second part, or a correction?"""
    credit = next(row for row in exports.middle.rows[::-1] if row[AMOUNT].startswith("-"))
    other = next(row for row in exports.middle.rows if row[PRODUCT] != credit[PRODUCT])
    priced = {name: other[name] for name in (PRODUCT, LABEL, PRICE)}
    amount = french(-number(other[PRICE]))
    exports.last.rows.insert(0, credit | priced | {DISCOUNT: "0", AMOUNT: amount})


@mutation("other documents", undetectable("other_documents"))
@mutation("other documents", refused_by("reconciliation"), accounts=(True,))
def orders_beside_their_invoices(exports: Exports) -> None:
    """Every invoice stands there as its order too, under another number."""
    for file in exports.files:
        orders = [row | {DOCUMENT: f"C{row[DOCUMENT][1:]}"} for row in file.rows]
        file.rows = [*orders, *file.rows]


@mutation("repeated rows", flagged("duplicates"), rows=(slice(50, 60), slice(0, 30), slice(None)))
def rows_that_stand_twice(exports: Exports, rows: slice) -> None:
    """A page of the export was written twice."""
    exports.middle.rows[60:60] = exports.middle.rows[rows]


@mutation("repeated rows", refused("no .gz|cannot|gzip"))
def a_text_file_called_packed(exports: Exports) -> None:
    """A file that only its name makes a gzip file."""
    exports.middle.raw = exports.middle.content
    exports.middle.name += ".gz"
