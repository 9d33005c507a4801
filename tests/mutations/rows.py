"""Rows that are no lines, and lines that are not there."""

from decimal import Decimal

from mutations.corpus import exact, files, flagged, mutation, refused, refused_by, undetectable
from mutations.firm import (
    AMOUNT,
    CLIENT,
    DATE,
    DISCOUNT,
    DOCUMENT,
    HEADING,
    LABEL,
    PRICE,
    PRODUCT,
    QUANTITY,
    Exports,
    Row,
    day,
    french,
    number,
)

EMPTY: Row = dict.fromkeys(HEADING, "")


def total(rows: list[Row]) -> str:
    return french(sum((number(row[AMOUNT]) for row in rows), Decimal(0)))


@mutation(
    "totals", refused("is empty"), position=(40, None), column=(CLIENT, LABEL, DOCUMENT, None)
)
def a_total_row(exports: Exports, position: int | None, column: str | None) -> None:
    """The sum of the rows above, in the middle or at the foot, with a label or without."""
    rows = exports.middle.rows
    label = {column: "Total général"} if column else {}
    rows.insert(
        len(rows) if position is None else position,
        EMPTY | {AMOUNT: total(rows[:position])} | label,
    )


@mutation(
    "totals",
    flagged("total_rows"),
    position=(None,),
    label=("TOTAL", "Sous-total", "Total 2024", "Somme", "Grand total"),
)
def a_total_row_with_a_date(exports: Exports, position: int | None, label: str) -> None:
    """A total that bears the date of the export."""
    rows = exports.middle.rows
    total_row = EMPTY | {CLIENT: label, DATE: "31/12/2024", AMOUNT: total(rows[:position])}
    rows.insert(len(rows) if position is None else position, total_row)


@mutation("totals", flagged("client_ids"), position=(100, None))
def a_total_row_with_a_date_and_no_label(exports: Exports, position: int | None) -> None:
    """A total that bears a date and says nothing."""
    rows = exports.middle.rows
    rows.insert(
        len(rows) if position is None else position,
        EMPTY | {DATE: "31/12/2024", AMOUNT: total(rows[:position])},
    )


@mutation("totals", flagged("total_rows"))
def a_total_of_each_client(exports: Exports) -> None:
    """A spreadsheet grouped by client: each block ends on `Total 004127`."""
    file = exports.middle
    file.rows.sort(key=lambda row: row[CLIENT])
    found: list[Row] = []
    for client in dict.fromkeys(row[CLIENT] for row in file.rows):
        block = [row for row in file.rows if row[CLIENT] == client]
        found += [
            *block,
            EMPTY | {CLIENT: f"Total {client}", DATE: "31/12/2024", AMOUNT: total(block)},
        ]
    file.rows = found


@mutation("totals", flagged("total_rows"), where=("one", "all"), label=("Total facture", ""))
def a_total_of_each_invoice(exports: Exports, where: str, label: str) -> None:
    """Each invoice ends on a line that repeats its total, with client, number and date."""
    for file in files(exports, where):
        found: list[Row] = []
        for document in dict.fromkeys(row[DOCUMENT] for row in file.rows):
            block = [row for row in file.rows if row[DOCUMENT] == document]
            blank = {PRODUCT: "", LABEL: label, QUANTITY: "", PRICE: "", DISCOUNT: ""}
            found += [*block, block[-1] | blank | {AMOUNT: total(block)}]
        file.rows = found


@mutation("totals", flagged("total_rows"), label=("A reporter", "Report", "Carried forward"))
def an_amount_carried_forward(exports: Exports, label: str) -> None:
    """The sum of a printed page at its foot, again at the head of the next one."""
    rows = exports.middle.rows
    carried = EMPTY | {CLIENT: label, DATE: "30/06/2024", AMOUNT: total(rows[:60])}
    rows[60:60] = [carried, carried]


@mutation("totals", flagged("unnumbered_lines"), place=("among", "behind"))
def a_summary_by_client(exports: Exports, place: str) -> None:
    """The total of each client under its code, without an invoice number."""
    file = exports.middle
    sums: dict[str, list[Row]] = {}
    for row in file.rows:
        sums.setdefault(row[CLIENT], []).append(row)
    found = [
        EMPTY | {CLIENT: client, DATE: "31/12/2024", AMOUNT: total(rows)}
        for client, rows in sums.items()
    ]
    file.rows = (
        sorted([*file.rows, *found], key=lambda row: row[CLIENT])
        if place == "among"
        else [*file.rows, *found]
    )


@mutation("repeated headings", refused('"Date facture"'), step=(20, 50, 169))
def the_heading_again(exports: Exports, step: int) -> None:
    """The heading of every printed page."""
    rows = exports.middle.rows
    for position in range(len(rows) - len(rows) % step, 0, -step):
        rows.insert(position, dict(zip(HEADING, HEADING, strict=True)))


@mutation("repeated headings", refused("there is no column|fields|heading"), lines=(1, 3))
def title_rows_above_the_heading(exports: Exports, lines: int) -> None:
    """A title where the heading should be."""
    title = "Ventes 2024 ;;;;;;;;\r\n" if lines == 1 else "Ventes\r\n\r\nédité le 3 janvier\r\n"
    exports.middle.raw = (title + exports.middle.text).encode()


@mutation("empty rows", exact(), count=(1, 30, 1000), place=("inside", "behind"))
@mutation("empty rows", refused("empty rows"), count=(1001, 30_000), place=("inside", "behind"))
def empty_rows(exports: Exports, count: int, place: str) -> None:
    """Rows of separators, in the middle or behind the last line."""
    lines = exports.middle.text.split("\r\n")
    at = 60 if place == "inside" else len(lines) - 1
    lines[at:at] = [";" * 8] * count
    exports.middle.raw = "\r\n".join(lines).encode()


@mutation("empty rows", refused("is empty"), cell=(" ", "\u00a0", "\t"))
def rows_of_blanks(exports: Exports, cell: str) -> None:
    """Thousands of rows that hold a blank."""
    exports.middle.rows += [EMPTY | {CLIENT: cell} for _ in range(1500)]


@mutation(
    "shifted cells", refused("line 6[0-9]|fields"), column=(CLIENT, DATE, LABEL, QUANTITY, DISCOUNT)
)
def cells_shifted_to_the_right(exports: Exports, column: str) -> None:
    """An empty cell too many in some rows: what stands right of it is pushed out."""
    lines = exports.middle.text.split("\r\n")
    place = HEADING.index(column)
    for i in range(60, 64):
        cells = lines[i].replace('"', "").replace("plate ;", "plate").split(";")
        lines[i] = ";".join([*cells[:place], "", *cells[place:]])
    exports.middle.raw = "\r\n".join(lines).encode()


@mutation("shifted cells", refused("line|empty"), column=(CLIENT, DATE, LABEL, QUANTITY, DISCOUNT))
def cells_shifted_to_the_left(exports: Exports, column: str) -> None:
    """A cell is missing in some rows, and the row is filled up at its end."""
    for row in exports.middle.rows[60:64]:
        cells = [row[name] for name in HEADING if name != column] + [""]
        row.update(zip(HEADING, cells, strict=True))


@mutation("shifted cells", refused("line|empty"), first=(CLIENT, DOCUMENT, DATE, QUANTITY))
def cells_shifted_inside_a_row(exports: Exports, first: str) -> None:
    """In some rows the cells from a column on stand one place too far; the last is lost."""
    place = HEADING.index(first)
    for row in exports.middle.rows[60:64]:
        cells = [row[name] for name in HEADING]
        cells = [*cells[:place], "", *cells[place:-1]]
        row.update(zip(HEADING, cells, strict=True))


@mutation("missing lines", flagged("missing_months"), months=((5,), (2, 3), (12,)), where=("one",))
@mutation("missing lines", flagged("missing_months"), months=((5,), (1,)), where=("last",))
def missing_months(exports: Exports, months: tuple[int, ...], where: str) -> None:
    """A month or two are not in the export."""
    for file in files(exports, where):
        file.rows = [row for row in file.rows if day(row[DATE]).month not in months]


@mutation("missing lines", flagged("last_month"))
def the_last_month_is_not_there(exports: Exports) -> None:
    """The export was made before the end."""
    exports.last.rows = [row for row in exports.last.rows if day(row[DATE]).month < 12]


@mutation("missing lines", undetectable("missing_everywhere"), told=(True,), clients=(1, 6))
@mutation(
    "missing lines", refused_by("reconciliation"), told=(True,), accounts=(True,), clients=(6,)
)
def clients_that_are_left_out(exports: Exports, clients: int) -> None:
    """All lines of some clients are missing from all files."""
    left_out = sorted({row[CLIENT] for row in exports.middle.rows})[:clients]
    for file in exports.files:
        file.rows = [row for row in file.rows if row[CLIENT] not in left_out]


@mutation("missing lines", undetectable("missing_everywhere"), told=(True,))
@mutation("missing lines", flagged("reconciliation"), told=(True,), accounts=(True,))
def small_lines_that_are_left_out(exports: Exports) -> None:
    """Lines below 250 euros are not exported."""
    for file in exports.files:
        file.rows = [row for row in file.rows if not 0 <= number(row[AMOUNT]) < 250]


@mutation("missing lines", flagged("credit_notes"), where=("all",))
def credit_notes_that_are_left_out(exports: Exports, where: str) -> None:
    """Credit notes stand in another export."""
    for file in files(exports, where):
        file.rows = [row for row in file.rows if row[AMOUNT][0] != "-"]


@mutation("missing lines", undetectable("missing_ends"), months=(1, 4))
def months_missing_at_the_beginning(exports: Exports, months: int) -> None:
    """The first file begins some months too late."""
    file = exports.files[0]
    file.rows = [row for row in file.rows if day(row[DATE]).month > months]


@mutation("missing lines", undetectable("missing_credit_notes"))
def some_credit_notes_that_are_left_out(exports: Exports) -> None:
    """Some of the credit notes are not in the exports."""
    for file in exports.files:
        credits = [row for row in file.rows if row[AMOUNT][0] == "-"]
        file.rows = [row for row in file.rows if row not in credits[::2]]


@mutation("missing lines", flagged("missing_months"), where=("one",))
def a_file_without_rows(exports: Exports, where: str) -> None:
    """A heading and nothing below."""
    for file in files(exports, where):
        file.rows = []


@mutation("missing lines", refused("no line|no row|empty|heading"), style=("heading", "nothing"))
def no_rows_at_all(exports: Exports, style: str) -> None:
    """Every file is empty, or holds a heading only."""
    for file in exports.files:
        file.rows = []
        file.raw = b"" if style == "nothing" else None


@mutation("missing lines", flagged("missing_months"))
def a_year_that_is_left_out(exports: Exports) -> None:
    """The file of the year in the middle was not sent."""
    del exports.files[1]


@mutation("few clients", flagged("client_count"))
def one_client(exports: Exports) -> None:
    """Every line bears the same code."""
    for file in exports.files:
        file.rewrite(CLIENT, lambda _: "004127")
