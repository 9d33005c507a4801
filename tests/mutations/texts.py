"""How a text file is written: encodings, separators, quotes, line ends, cuts."""

import codecs
import csv
import gzip
import io

from mutations.corpus import exact, files, flagged, mutation, refused
from mutations.firm import AMOUNT, CLIENT, LABEL, Exports, File

BOTH = ("one", "all")


@mutation(
    "encodings", exact(), told=(False,), where=("one",),
    encoding=("cp1252", "latin-1", "iso8859-15", "utf-8-sig", "utf-16", "cp850", "mac_roman"),
)  # fmt: skip
@mutation("encodings", exact(), where=("all",), encoding=("utf-8-sig",))
@mutation(
    "encodings", refused("(?i)encoding"), told=(True,), where=("one",),
    encoding=("cp1252", "iso8859-15", "utf-16", "mac_roman"),
)  # fmt: skip
def another_encoding(exports: Exports, where: str, encoding: str) -> None:
    """Accents in other bytes than those of the other files, or of the settings."""
    for file in files(exports, where):
        file.rewrite(LABEL, lambda text: text.replace("Œ", "OE"))
        file.encoding = encoding


@mutation("encodings", exact(), told=(False,), order=("le", "be"), where=("all",))
@mutation("encodings", refused("utf-16"), order=("le", "be"), where=("one",))
def utf_16_with_its_mark(exports: Exports, order: str, where: str) -> None:
    """UTF-16 of either byte order with a byte order mark."""
    mark = codecs.BOM_UTF16_LE if order == "le" else codecs.BOM_UTF16_BE
    for file in files(exports, where):
        file.raw = mark + file.text.encode(f"utf-16-{order}")


@mutation("encodings", refused("(?i)utf-16"), order=("le", "be"))
def utf_16_without_a_mark(exports: Exports, order: str) -> None:
    """UTF-16 without the mark that says so: every other byte is zero."""
    exports.middle.encoding = f"utf-16-{order}"


@mutation("encodings", refused("is no character of"), position=(5, 90, 172))
def two_encodings_in_one_file(exports: Exports, position: int) -> None:
    """A line pasted from another program: cp1252 inside UTF-8."""
    file = exports.middle
    file.rows[position][LABEL] = "Clé plate"
    lines = file.content.split(b"\r\n")
    lines[position + 1] = lines[position + 1].decode().encode("cp1252")
    file.raw = b"\r\n".join(lines)


@mutation("encodings", exact(), place=("at the beginning", "before a row"))
def byte_order_marks_in_odd_places(exports: Exports, place: str) -> None:
    """Two marks at the beginning; or one before a row, where two files were joined."""
    lines = exports.middle.text.split("\r\n")
    marked = 0 if place == "at the beginning" else 40
    lines[marked] = "\ufeff" + lines[marked]
    exports.middle.raw = codecs.BOM_UTF8 + "\r\n".join(lines).encode()


@mutation("separators", exact(), told=(False,), separator=(",", "\t", "|"), where=("one",))
@mutation(
    "separators", refused("separator|there is no column"), told=(True,),
    separator=(",", "\t", "|"), where=("one",),
)  # fmt: skip
def another_separator(exports: Exports, separator: str, where: str) -> None:
    """Another sign between the cells than in the other files, or than the settings say."""
    for file in files(exports, where):
        file.separator = separator


@mutation("separators", exact(), where=BOTH)
def a_separator_too_many_at_the_end(exports: Exports, where: str) -> None:
    """Every line ends on a separator."""
    for file in files(exports, where):
        file.raw = file.text.replace("\r\n", ";\r\n").encode()


@mutation("separators", refused("header_row"))
def the_line_that_tells_excel_the_separator(exports: Exports) -> None:
    """`sep=;` above the heading, which Excel writes and hides."""
    exports.middle.raw = ("sep=;\r\n" + exports.middle.text).encode()


@mutation("line ends", exact(), end=("\n", "\r"), where=BOTH)
def other_line_ends(exports: Exports, end: str, where: str) -> None:
    """The line ends of Unix, of old Macs, of Windows."""
    for file in files(exports, where):
        file.line_end = end


@mutation("line ends", exact(), step=(2, 3, 50))
def mixed_line_ends(exports: Exports, step: int) -> None:
    """Windows and Unix lines in one file."""
    lines = exports.middle.text.split("\r\n")
    ends = ("\n" if i % step else "\r\n" for i in range(len(lines)))
    exports.middle.raw = "".join(map("".join, zip(lines, ends, strict=True))).encode()


@mutation("line ends", exact(), blank=("\r\n", "\r\n\r\n\r\n", "\r\n \r\n", "\r\n\x1a"))
def blank_lines(exports: Exports, blank: str) -> None:
    """Blank lines between the rows, and the end-of-file sign of old programs."""
    exports.middle.raw = (
        exports.middle.text.replace("\r\nF2401", f"{blank}\r\nF2401") + blank
    ).encode()


def quoted(file: File) -> str:
    """The file with every cell between quotes."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerows([file.heading, *([row[name] for name in file.heading] for row in file.rows)])
    return out.getvalue()


@mutation("quotes", exact(), where=BOTH)
def every_cell_between_quotes(exports: Exports, where: str) -> None:
    """Quotes around every cell, numbers too."""
    for file in files(exports, where):
        file.raw = quoted(file).encode()


@mutation(
    "quotes", exact(), text=("Vis\nM8", "Vis\r\n\r\nM8", "a;b;c", 'dit "M8"', '"', "x\ny;z\nt")
)
def signs_inside_a_cell(exports: Exports, text: str) -> None:
    """Line breaks, separators and quotes inside a cell, rightly quoted."""
    exports.middle.rewrite(LABEL, lambda _: text, slice(10, 60, 7))


def unquoted(file: File) -> list[str]:
    """The lines of the file as a careless program writes them: never a quote added."""
    rows = [[row[name].replace(";", ",") for name in file.heading] for row in file.rows]
    return [";".join(cells) for cells in (file.heading, *rows)]


@mutation("quotes", exact(), told=(True, False))
def quotes_inside_a_cell_that_has_none_around(exports: Exports) -> None:
    """Inches in a file without quoting: `Tube 3" acier`."""
    exports.middle.raw = "\r\n".join([*unquoted(exports.middle), ""]).encode()


@mutation("quotes", refused("quote"), position=(4, 80, 170))
def a_quote_that_is_never_closed(exports: Exports, position: int) -> None:
    """A cell begins with a quote: the rest of the file is inside it."""
    for row in exports.middle.rows:
        row[LABEL] = "Vis"
    exports.middle.rows[position][LABEL] = '"Vis'
    exports.middle.raw = "\r\n".join([*unquoted(exports.middle), ""]).encode()


@mutation("quotes", refused("quote"), position=(4, 80, 160), length=(1, 2, 9))
def two_loose_quotes_that_swallow_the_rows_between(
    exports: Exports, position: int, length: int
) -> None:
    """A quote at the beginning of a cell, another at the end of a cell below: one valid record."""
    for row in exports.middle.rows:
        row[LABEL] = "Vis"
    exports.middle.rows[position][LABEL] = '"Vis'
    exports.middle.rows[position + length][LABEL] = 'Tube 3"'
    exports.middle.raw = "\r\n".join([*unquoted(exports.middle), ""]).encode()


@mutation("quotes", refused(r"line 82.*(quote|fields)"), sign=('"', "'"))
def a_quote_lost_among_quoted_cells(exports: Exports, sign: str) -> None:
    """One closing quote is gone, or became an apostrophe."""
    lines = quoted(exports.middle).split("\r\n")
    lines[81] = (
        lines[81]
        .replace('"Vis', "'Vis" if sign == "'" else "Vis", 1)
        .replace('";"1', f'{"" if sign == chr(34) else sign};"1', 1)
    )
    exports.middle.raw = "\r\n".join(lines).encode()


@mutation(
    "cuts", refused("seems to be cut|quote|is empty"), share=(0.2, 0.8), where=("one", "last")
)
def a_file_cut_inside_a_row(exports: Exports, share: float, where: str) -> None:
    """A transfer that stopped: the last line lacks cells."""
    for file in files(exports, where):
        content = file.content
        start = content.rfind(b"\r\n", 0, int(len(content) * share))
        file.raw = content[: start + 14]


@mutation("cuts", refused("is empty"), left=(0,))
@mutation("cuts", flagged("cut_files"), left=(1, 3, 6))
def a_file_cut_inside_its_last_amount(exports: Exports, left: int) -> None:
    """Nothing of the last amount is there, or only its first digits."""
    file = exports.last
    file.rows[-1][AMOUNT] = "1234,56"
    file.raw = file.content[: left - len("1234,56\r\n")]


@mutation("cuts", refused("gzip"), share=(0.3, 0.9))
def a_packed_file_that_is_cut(exports: Exports, share: float) -> None:
    """A gzip file that ends too early."""
    file = exports.middle
    packed = gzip.compress(file.content, mtime=0)
    file.name, file.raw = f"{file.name}.gz", packed[: int(len(packed) * share)]


@mutation("packed files", exact(), where=BOTH)
def packed_files(exports: Exports, where: str) -> None:
    """Files in gzip."""
    for file in files(exports, where):
        file.name, file.raw = f"{file.name}.gz", gzip.compress(file.content, mtime=0)


@mutation("encodings", refused("NUL"), position=(3, 100))
def bytes_of_zero(exports: Exports, position: int) -> None:
    """A block of zeros in the middle, as a failing disk leaves it."""
    exports.middle.rewrite(CLIENT, lambda _: "\0\0\0", slice(position, position + 1))
