"""What happens to codes: client codes, invoice numbers."""

import unicodedata

from mutations.corpus import exact, files, flagged, mutation, refused, undetectable
from mutations.firm import CLIENT, DOCUMENT, Exports

BOTH = ("one", "all")
INVISIBLE = {
    "zero width": "\u200b",
    "joiner": "\u200d",
    "mark": "\ufeff",
    "hyphen": "\u00ad",
    "left": "\u200e",
}


@mutation(
    "signs around codes",
    exact(),
    where=("one",),
    style=("{} ", " {}", "{}\u00a0", "\u202f{}", "\t{}", "{}\u3000", "  {}  "),
)
@mutation(
    "signs around codes",
    exact(),
    where=("one",),
    style=tuple(f"{{}}{sign}" for sign in INVISIBLE.values()),
)
def signs_around_codes(exports: Exports, where: str, style: str) -> None:
    """Blanks and invisible characters before or behind a code."""
    for file in files(exports, where):
        file.rewrite(CLIENT, style.format)
        file.rewrite(DOCUMENT, style.format)


@mutation(
    "signs around codes", exact(), sign=tuple(INVISIBLE), rows=(slice(3, 40), slice(100, 101))
)
def invisible_signs_inside_codes(exports: Exports, sign: str, rows: slice) -> None:
    """A character without width inside a code, in some rows."""
    exports.middle.rewrite(CLIENT, lambda text: text[:2] + INVISIBLE[sign] + text[2:], rows)


@mutation("signs around codes", exact(), where=("one",), style=('="{}"', "'{}"))
def codes_as_excel_keeps_them_text(exports: Exports, where: str, style: str) -> None:
    """`="004127"` or `'004127`, so that Excel keeps the zeros."""
    for file in files(exports, where):
        file.rewrite(CLIENT, lambda text: style.format(text) if text.isdigit() else text)


@mutation("letters of codes", exact(), where=BOTH, form=("NFD", "NFC"))
def accents_in_two_characters(exports: Exports, where: str, form: str) -> None:
    """É as one character or as two: the same to the eye."""
    for file in files(exports, where):
        file.rewrite(CLIENT, lambda text: unicodedata.normalize(form, text))


@mutation("letters of codes", flagged("several_codes"), rows=(slice(None), slice(3, 60)))
def codes_in_small_letters(exports: Exports, rows: slice) -> None:
    """CAFÉ01 became café01."""
    exports.middle.rewrite(CLIENT, str.lower, rows)


@mutation("letters of codes", flagged("several_codes"), rows=(slice(None), slice(3, 120)))
def signs_in_codes(exports: Exports, rows: slice) -> None:
    """M-2041 became M 2041, 004127 became 00.41.27."""
    dotted = lambda text: ".".join(text[i : i + 2] for i in range(0, len(text), 2))  # noqa: E731
    exports.middle.rewrite(CLIENT, dotted, rows)


@mutation("letters of codes", flagged("several_codes"))
def codes_without_their_accents(exports: Exports) -> None:
    """CAFÉ01 became CAFE01."""
    exports.middle.rewrite(
        CLIENT, lambda text: unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode()
    )


@mutation("zeros of codes", flagged("several_codes"), rows=(slice(None), slice(3, 60)))
def leading_zeros_that_are_lost(exports: Exports, rows: slice) -> None:
    """004127 became 4127."""
    exports.middle.rewrite(CLIENT, lambda text: text.lstrip("0"), rows)


@mutation("zeros of codes", exact())
def leading_zeros_that_are_lost_everywhere(exports: Exports) -> None:
    """004127 became 4127 in every file: the clients are the same."""
    for file in exports.files:
        file.rewrite(CLIENT, lambda text: text.lstrip("0"))


@mutation("zeros of codes", flagged("several_codes"), style=("{},0", "{}.0"))
def codes_that_became_decimals(exports: Exports, style: str) -> None:
    """004127 became 4127.0: a program took the codes for numbers."""
    exports.middle.rewrite(CLIENT, lambda text: style.format(int(text)) if text.isdigit() else text)


def shortened(text: str, mark: str = ",") -> str:
    """A code of many digits as Excel shows it."""
    if not text.isdigit() or len(text) < 12:
        return text
    return f"{float(text):.5E}".replace(".", mark)


@mutation("codes shortened by Excel", flagged("damaged_codes"), where=("one",), mark=(",", "."))
@mutation(
    "codes shortened by Excel", exact(flagged_by="damaged_codes"), where=("all",), mark=(",", ".")
)
def codes_shortened_by_excel(exports: Exports, where: str, mark: str) -> None:
    """35204123456789 became 3,52041E+13."""
    for file in files(exports, where):
        file.rewrite(CLIENT, lambda text: shortened(text, mark))


@mutation("codes shortened by Excel", exact(), rounded=("",))
@mutation("codes shortened by Excel", flagged("damaged_codes"), rounded=("one",))
@mutation("codes shortened by Excel", exact(flagged_by="damaged_codes"), rounded=("all",))
def codes_of_eighteen_digits_rounded_by_excel(exports: Exports, rounded: str) -> None:
    """352041234567890123 became 352041234567890000: a spreadsheet keeps fifteen digits."""

    def lengthened(text: str) -> str:
        return f"{text}{int(text) % 9973:04d}" if text.isdigit() and len(text) > 12 else text

    for file in exports.files:
        file.rewrite(CLIENT, lengthened)
    for file in files(exports, rounded) if rounded else ():
        file.rewrite(CLIENT, lambda text: text[:15] + "0" * len(text[15:]))


@mutation("codes shortened by Excel", flagged("damaged_codes"), position=(0, 100))
def an_invoice_number_shortened_by_excel(exports: Exports, position: int) -> None:
    """One number of an invoice is shortened."""
    exports.middle.rows[position][DOCUMENT] = "2,02401E+11"


@mutation(
    "codes in error",
    refused('column "Code client"'),
    text=("#N/A", "#REF!", "#VALUE!", "#NOM?", "########"),
)
def codes_that_are_errors(exports: Exports, text: str) -> None:
    """A formula of a spreadsheet failed in some rows."""
    exports.middle.rewrite(CLIENT, lambda _: text, slice(20, 24))


@mutation(
    "missing codes", flagged("client_ids"), text=("", " ", "\u00a0", "\u200b"), rows=(slice(0, 40),)
)
@mutation(
    "missing codes",
    flagged("collective_accounts"),
    text=("NULL", "N/A", "-", "0", "?", "DIVERS", "(vide)", "nan"),
    rows=(slice(0, 40),),
)
def codes_that_are_missing(exports: Exports, text: str, rows: slice) -> None:
    """No code in some rows, or a text that stands for none."""
    exports.middle.rewrite(CLIENT, lambda _: text, rows)


@mutation("codes of another system", flagged("new_codes"), style=("C{}", "{}X", "FR{}", "9{}"))
def codes_of_another_system(exports: Exports, style: str) -> None:
    """The codes of a year have another prefix: every client seems lost, and new."""
    exports.middle.rewrite(CLIENT, style.format)


@mutation("sales under another client", undetectable("wrong_client"), rows=(slice(0, 9),))
def sales_booked_under_another_client(exports: Exports, rows: slice) -> None:
    """Some invoices bear the code of another client."""
    other = exports.middle.rows[60][CLIENT]
    wrong = {row[DOCUMENT] for row in exports.middle.rows[rows]}
    for row in exports.middle.rows:
        row[CLIENT] = other if row[DOCUMENT] in wrong else row[CLIENT]


@mutation("sales under another client", undetectable("several_companies"))
def two_companies_under_one_code(exports: Exports) -> None:
    """Two companies are one client in every file."""
    one, other = sorted({row[CLIENT] for row in exports.files[0].rows})[:2]
    for file in exports.files:
        file.rewrite(CLIENT, lambda text: one if text == other else text)


@mutation("shared invoice numbers", flagged("shared_documents"), step=(2, 9))
def invoice_numbers_of_several_clients(exports: Exports, step: int) -> None:
    """One number covers the invoices of a day of several clients."""
    clients = sorted({row[CLIENT] for row in exports.middle.rows})
    for i, row in enumerate(exports.middle.rows[::step]):
        row[CLIENT] = clients[i % len(clients)]
