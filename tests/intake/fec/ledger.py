"""Small accounts written by hand: one line per posting, as a FEC holds it."""

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from clientaudit.intake.prepare import Prepared, prepare
from clientaudit.settings import load_engagement

Amount = float | Decimal | str
HEADINGS = [
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
]
JOURNALS = {"VE": "Ventes", "BQ": "Banque", "AN": "A nouveaux", "OD": "Opérations diverses"}
ENGAGEMENT = """firm: Small Firm
language: en
tables:
  transactions:
    preset: fec
    files: "*FEC*.txt"
"""


def post(entry: str, day: str, account: str, debit: Amount = "", credit: Amount = "",
         **more: str) -> dict[str, str]:  # fmt: skip
    """One line: entry is `VE 12`, day 2024-01-31, account `411 DUPONT` or `707000`."""
    journal, number = entry.split()
    number_and_aux = account.split()
    line = dict.fromkeys(HEADINGS, "") | {
        "JournalCode": journal,
        "JournalLib": JOURNALS.get(journal, journal),
        "EcritureNum": number,
        "EcritureDate": day.replace("-", ""),
        "CompteNum": number_and_aux[0],
        "CompteLib": f"Compte {number_and_aux[0]}",
        "CompAuxNum": "".join(number_and_aux[1:]),
        "CompAuxLib": " ".join(number_and_aux[1:]).title(),
        "Debit": _amount(debit),
        "Credit": _amount(credit),
        "ValidDate": day.replace("-", ""),
    }
    assert set(more) <= set(HEADINGS), more
    return line | more


def invoice(entry: str, day: str, client: str, net: float, **more: str) -> list[dict[str, str]]:
    """A sale with 20 % VAT, its number in PieceRef; a credit note where `net` is negative."""
    piece = {"PieceRef": f"F{entry.split()[1]}", "PieceDate": day.replace("-", "")} | more
    letter = {"EcritureLet": piece.pop("EcritureLet", ""), "DateLet": piece.pop("DateLet", "")}
    total = round(net * 1.2, 2)
    sides = (total, "", net, total - net) if net > 0 else ("", -total, -net, net - total)
    if net > 0:
        return [
            post(entry, day, f"411000 {client}", sides[0], **piece, **letter),
            post(entry, day, "707100", "", sides[2], **piece),
            post(entry, day, "445710", "", sides[3], **piece),
        ]
    return [
        post(entry, day, f"411000 {client}", "", sides[1], **piece, **letter),
        post(entry, day, "707100", sides[2], "", **piece),
        post(entry, day, "445710", sides[3], "", **piece),
    ]


def receipt(
    entry: str, day: str, client: str, amount: float, letter: str = ""
) -> list[dict[str, str]]:
    """Money of a client at the bank."""
    return [
        post(entry, day, "512000", amount),
        post(entry, day, f"411000 {client}", "", amount, EcritureLet=letter),
    ]


def write_fec(path: Path, lines: Iterable[dict[str, str]], *, separator: str = "\t",
              encoding: str = "utf-8", headings: Iterable[str] = HEADINGS) -> None:  # fmt: skip
    """Write one file of the accounts."""
    names = list(headings)
    rows = [names, *([line.get(name, "") for name in names] for line in lines)]
    text = "".join(separator.join(row) + "\r\n" for row in rows)
    path.write_text(text, encoding=encoding, newline="")


def audited(home: Path, more: str = "", engagement: str = ENGAGEMENT, **years: Any) -> Prepared:
    """Write one file per year (`y2024=[...]`), and prepare the engagement."""
    for year, lines in years.items():
        flat = [line for part in lines for line in (part if isinstance(part, list) else [part])]
        write_fec(home / f"123456789FEC{year[1:]}1231.txt", flat)
    (home / "engagement.yml").write_text(engagement + more, encoding="utf-8")
    return prepare(load_engagement(home / "engagement.yml"))


def read(found: Prepared, table: str) -> pd.DataFrame:
    path = found.path(table)
    assert path is not None, f"no {table}"
    return pd.read_parquet(path)


def revenue(found: Prepared) -> dict[str, Decimal]:
    return read(found, "lines").groupby("client_id").amount_net.sum().to_dict()


def _amount(value: Amount) -> str:
    return f"{value:.2f}".replace(".", ",") if value != "" else "0,00"
