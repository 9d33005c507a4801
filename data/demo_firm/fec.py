"""The statutory accounting file (FEC), one per fiscal year, as two accounting programs write it."""

import datetime as dt
import gzip
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from demo_firm.days import AS_OF
from demo_firm.exports import Firm
from demo_firm.ledger import JOURNALS, LABELS, LETTERED_SINCE, Entry, Posting, books

SIREN = "931204587"  # no real one: its check digit is wrong
HEADINGS = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib",
    "CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit",
    "EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise",
)  # fmt: skip
SIGNED_HEADINGS = (*HEADINGS[:11], "Montant", "Sens", *HEADINGS[13:])


@dataclass(frozen=True)
class Program:
    """How an accounting program writes the file."""

    headings: tuple[str, ...]
    separator: str
    encoding: str
    amounts: Callable[[int], tuple[str, str]]


def _signed(cents: int) -> tuple[str, str]:
    return f"{abs(cents) // 100},{abs(cents) % 100:02d}", "D" if cents >= 0 else "C"


def _two_sided(cents: int) -> tuple[str, str]:
    text = f"{abs(cents) // 100}.{abs(cents) % 100:02d}"
    return (text, "0.00") if cents >= 0 else ("0.00", text)


OLD = Program(SIGNED_HEADINGS, "|", "iso-8859-15", _signed)
NEW = Program(HEADINGS, "\t", "utf-8", _two_sided)


def write_fec(folder: Path, firm: Firm) -> None:
    """931204587FEC20220831.txt.gz to 2026: the old program until 2023, then the new one."""
    folder.mkdir(parents=True, exist_ok=True)
    for year, entries in books(firm.history.documents, firm.rows, firm.payments).items():
        program = NEW if year >= LETTERED_SINCE else OLD
        rows = [program.headings, *_rows(entries, AS_OF.replace(year=year), program)]
        text = "".join(program.separator.join(row) + "\r\n" for row in rows)
        path = folder / f"{SIREN}FEC{year}0831.txt.gz"
        with path.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
            packed.write(text.encode(program.encoding))


def _rows(entries: list[Entry], closed: dt.date, program: Program) -> Iterator[tuple[str, ...]]:
    """The lines in order of entry; numbers begin again in each journal and year."""
    numbers: dict[str, int] = defaultdict(int)
    for entry in entries:
        numbers[entry.journal] += 1
        for posting in entry.postings:
            yield _row(entry, numbers[entry.journal], posting, closed, program)


def _row(
    entry: Entry, number: int, posting: Posting, closed: dt.date, program: Program
) -> tuple[str, ...]:
    return (
        entry.journal, JOURNALS[entry.journal], str(number), f"{entry.day:%Y%m%d}",
        posting.account, LABELS[posting.account], posting.aux, posting.name,
        posting.piece or entry.piece, f"{posting.piece_day or entry.day:%Y%m%d}", entry.text,
        *program.amounts(posting.cents),
        posting.letter, f"{posting.matched:%Y%m%d}" if posting.matched else "",
        f"{closed:%Y%m%d}", "", "",
    )  # fmt: skip
