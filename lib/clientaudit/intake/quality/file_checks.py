"""Checks of the exports against each other: what they share, and how their values are written."""

from collections import Counter
from collections.abc import Iterator, Sequence

from clientaudit.intake.mapping.overlaps import Overlaps
from clientaudit.intake.quality.check import Check, check, flag, share
from clientaudit.intake.quality.code_facts import CodeFacts, RoundedCodes, ScientificCodes
from clientaudit.intake.quality.line_facts import LineFacts

MAX_IN_DOUBT = 0.10  # of revenue: as far off as accounts may be
SHOWN_FILES = 3
WHOLE, CENTS, MIN_LINES = 0.99, 0.5, 30  # lines of the file, of the others, at least
MIN_UNPADDED, MUCH_UNPADDED = 3, 0.02

DAMAGED = {
    "client_id": "{rows:int} {rows:plural:line carries|lines carry} a client code that a "
    "spreadsheet turned into a number, such as 1.23E+13: several clients may have become one.",
    "doc_id": "{rows:int} {rows:plural:line carries|lines carry} an invoice number that a "
    "spreadsheet turned into another, such as 1.23E+13: several invoices may have become one.",
    "product_id": "{rows:int} {rows:plural:line carries|lines carry} a product code that a "
    "spreadsheet turned into a number, such as 1.23E+13: several products may have become one.",
}
ROUNDED = (
    "{rows:int} {rows:plural:line carries|lines carry} a code of more than 15 digits that a "
    "spreadsheet rounded: it ends in zeros, and several codes may have become one."
)


def file_checks(
    lines: LineFacts, overlaps: Overlaps, codes: CodeFacts, *, files: Sequence[str]
) -> Iterator[Check]:
    """What is wrong between the files of invoice lines. files: their names, as `_file` counts."""
    yield overlapping_files(overlaps, files)
    yield invoice_versions(overlaps, lines)
    yield divided_invoices(overlaps)
    yield rounded_amounts(lines, files)
    yield damaged_codes(codes, lines)
    yield lost_zeros(codes, files)


def overlapping_files(overlaps: Overlaps, files: Sequence[str]) -> Check:
    """The same invoices in two exports; where no number is mapped, the same days line for line."""
    pairs = [pair for pair in overlaps.pairs if pair.step == "overlap"]
    revenue = sum(amount for pair in pairs for amount in pair.revenue_by_year.values())
    return check(
        "overlaps",
        flag(bool(pairs)),
        _overlap_sentence(by_day=overlaps.unit == "day", found=bool(pairs)),
        {
            "rows": sum(pair.rows for pair in pairs),
            "documents": sum(pair.documents for pair in pairs),
            "revenue": float(revenue),
            "files": _shown(f"{files[p.file]} / {files[p.kept_file]}" for p in pairs),
        },
        bias="Nothing is bent if the exports overlap, as it seems; if these lines are sales of "
        "their own, revenue and frequency are now too low.",
        request="whether these exports overlap, or were sent twice: {files:text}",
        evidence="intake_rules",
    )


def _overlap_sentence(*, by_day: bool, found: bool) -> str:
    if not found:
        return (
            "No day that was kept stands line for line in two exports."
            if by_day
            else "No invoice that was kept stands in two exports."
        )
    if by_day:
        return (
            "{rows:int} {rows:plural:line|lines} of {documents:int} {documents:plural:day|days} "
            "{rows:plural:stands|stand} in two exports ({files:text}), worth {revenue:money}: "
            "counted once."
        )
    return (
        "{rows:int} {rows:plural:line|lines} of {documents:int} "
        "{documents:plural:invoice|invoices} {rows:plural:stands|stand} in two exports "
        "({files:text}), worth {revenue:money}: counted once."
    )


def invoice_versions(overlaps: Overlaps, lines: LineFacts) -> Check:
    """Invoices that two exports hold with different lines: one was taken before a correction."""
    found = overlaps.versions
    part = share(max(abs(found.kept), abs(found.other)), abs(lines.revenue))
    return check(
        "invoice_versions",
        "REFUSE" if part > MAX_IN_DOUBT else flag(found.documents > 0),
        "{documents:int} {documents:plural:invoice stands|invoices stand} in two exports with "
        "different lines: {kept:money} in the later export, which is kept, {other:money} in the "
        "other."
        if found.documents
        else "No invoice that was kept stands in two exports with different lines.",
        {
            "documents": found.documents,
            "kept": float(found.kept),
            "other": float(found.other),
            "share": part,
        },
        bias="If the earlier version is the true one, or both are parts of one invoice, revenue "
        "is wrong by up to the amount left out.",
        refuses_run=True,
        request="which version of the {documents:int} {documents:plural:invoice|invoices} is true",
        evidence="intake_rules",
    )


def divided_invoices(overlaps: Overlaps) -> Check:
    """Invoices whose lines stand partly in one export, partly in another; all lines are kept."""
    found = overlaps.divided
    return check(
        "divided_invoices",
        flag(found.documents > 0),
        "{documents:int} {documents:plural:invoice has|invoices have} other lines in another "
        "export, {kept:money} in one and {other:money} in the other: all of them are added up, as "
        "nothing shows that they are the same."
        if found.documents
        else "No invoice that was kept is divided between two exports.",
        {
            "documents": found.documents,
            "kept": float(found.kept),
            "other": float(found.other),
        },
        bias="If they are two versions of one invoice, revenue is too high.",
        request="whether the lines of these invoices complete each other; the line numbers of the "
        "invoices would tell",
        evidence="intake_rules",
    )


def rounded_amounts(lines: LineFacts, files: Sequence[str]) -> Check:
    """A file without cents among files that have them: amounts rounded, or cents lost."""
    rounded = _rounded(lines)
    return check(
        "rounded_amounts",
        flag(bool(rounded)),
        "The amounts of {files:text} have no cents, those of the other files have."
        if rounded
        else "No file lacks the cents that the others have.",
        {
            "files": _shown(files[file] for file in rounded),
            "rows": sum(month.rows for month in lines.months if month.file in rounded),
        },
        bias="Small amounts are wrong by up to half a unit a line, either way.",
        request="the amounts of {files:text} to the cent",
    )


def _rounded(lines: LineFacts) -> list[int]:
    """The files without cents, where half of the other lines have some."""
    rows, whole = Counter[int](), Counter[int]()
    for month in lines.months:
        rows[month.file] += month.rows
        whole[month.file] += month.whole_rows
    with_cents = rows.total() - whole.total()
    return [
        file
        for file in rows
        if rows[file] >= MIN_LINES
        and whole[file] >= WHOLE * rows[file]
        and with_cents - (rows[file] - whole[file]) >= CENTS * (rows.total() - rows[file]) > 0
    ]


def damaged_codes(codes: CodeFacts, lines: LineFacts) -> Check:
    """Codes that a spreadsheet turned into numbers: several codes have become one."""
    damaged: tuple[ScientificCodes | RoundedCodes, ...] = (*codes.scientific, *codes.rounded)
    found = damaged[0] if damaged else None
    rows = found.rows if found else 0
    return check(
        "damaged_codes",
        flag(found is not None),
        (ROUNDED if isinstance(found, RoundedCodes) else DAMAGED[found.column])
        if found
        else "No code has been turned into a number by a spreadsheet.",
        {
            "rows": rows,
            "codes": found.codes if found else 0,
            "share": share(rows, lines.rows),
        },
        bias="Whatever is counted by this code is too few and too large: clients, invoices or "
        "products.",
        request="the export as the software writes it, not opened and saved in a spreadsheet",
    )


def lost_zeros(codes: CodeFacts, files: Sequence[str]) -> Check:
    """Files whose client codes have lost the leading zeros that they have elsewhere."""
    lost = [
        file
        for file in codes.unpadded
        if file.clients >= max(MIN_UNPADDED, MUCH_UNPADDED * file.of)
    ]
    return check(
        "lost_zeros",
        flag(bool(lost)),
        "{clients:int} client codes of {files:text} stand with leading zeros in other files: the "
        "zeros were lost."
        if lost
        else "No file has lost the leading zeros of its client codes.",
        {
            "clients": sum(file.clients for file in lost),
            "files": _shown(files[file.file] for file in lost),
        },
        bias="One client stands under two codes: departures and new clients are too many, value "
        "per client too low.",
        request="{files:text} with the client codes as text; or their length, to pad them with "
        "zeros",
    )


def _shown(names: Iterator[str]) -> str:
    listed = list(dict.fromkeys(names))
    return ", ".join(listed[:SHOWN_FILES]) + (", …" if len(listed) > SHOWN_FILES else "")
