"""Checks of the files as such: cut short, headings that stand twice, sheets that are left out."""

from collections.abc import Iterator, Sequence

from clientaudit.intake.facts import FileFact
from clientaudit.intake.quality.check import Check, check, flag

SHOWN = 3
MIN_BELOW = 3


def reading_checks(files: Sequence[FileFact]) -> Iterator[Check]:
    """What the reading of the files leaves in doubt."""
    yield cut_files(files)
    yield doubled_headings(files)
    yield other_sheets(files)
    if any(file.below_stop for file in files):
        yield rows_below(files)


def cut_files(files: Sequence[FileFact]) -> Check:
    """Text files whose last line does not end: a transfer may have stopped there."""
    found = [file.path for file in files if file.ends_open]
    return check(
        "cut_files",
        flag(bool(found)),
        "{files:text} {count:plural:stops|stop} without the end of the last line: "
        "{count:plural:the file|the files} may be cut, and the last value too."
        if found
        else "No file stops in the middle of a line.",
        {"count": len(found), "files": _listed(found)},
        bias="Lines are missing at the end of a cut file: its last months are too low.",
        request="the number of lines of {files:text}, to compare with what was read",
    )


def doubled_headings(files: Sequence[FileFact]) -> Check:
    """Headings in use that several columns bear: the first of them is read."""
    found = [file.path for file in files if file.doubled]
    names = dict.fromkeys(name for file in files for name in file.doubled)
    return check(
        "doubled_headings",
        flag(bool(found)),
        "Several columns of {files:text} bear the heading {headings:text}: the first one is read."
        if found
        else "No heading in use stands twice.",
        {"files": _listed(found), "headings": _listed(list(names))},
        bias="If another of these columns is the right one, everything made of it is wrong.",
        request="what each column under {headings:text} holds",
    )


def other_sheets(files: Sequence[FileFact]) -> Check:
    """Sheets under the same headings as the one that is read."""
    found = [file for file in files if file.sheets_alike]
    names = dict.fromkeys(name for file in found for name in file.sheets_alike)
    return check(
        "other_sheets",
        flag(bool(found)),
        "{files:text} {count:plural:has|have} other sheets under the same headings, which are not "
        "read ({sheets:text})."
        if found
        else "No sheet of a workbook looks like a part of the table that is left out.",
        {
            "count": len(found),
            "files": _listed([file.path for file in found]),
            "sheets": _listed(list(names)),
        },
        bias="If they belong to the table, its lines are incomplete: give one source for each "
        "sheet; if they do not, name the right one with sheet.",
        request="what the other sheets of {files:text} hold",
    )


def rows_below(files: Sequence[FileFact]) -> Check:
    """Rows below `stop_at` that look like rows of the table."""
    found = [file for file in files if file.below_stop >= MIN_BELOW]
    return check(
        "rows_below",
        flag(bool(found)),
        "{rows:int} rows of {files:text} look like rows of the table and stand below the row at "
        "which stop_at ends it: they are not read."
        if found
        else "Nothing below the end of a table looks like a row of it.",
        {
            "rows": sum(file.below_stop for file in found),
            "files": _listed([file.path for file in found]),
        },
        bias="If the row that ended the table is one of its own, as a client called Total would "
        "be, what stands below is missing.",
        request="what stands in {files:text} below the table; or a stop_at that no client's name "
        "fits",
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
