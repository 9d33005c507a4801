"""The demo firm's exports, read and cleaned by hand: nothing here uses the project's own code."""

import csv
import datetime as dt
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

NAMES = {  # headings of the two generations of the export
    "Code client": "client", "N° pièce": "doc", "Ligne": "line_no", "Date facture": "date",
    "Type": "kind", "Référence": "ref", "Qté": "quantity", "PU tarif HT": "list",
    "Remise %": "discount", "Montant HT": "amount", "PR unitaire": "cost", "Représentant": "rep",
    "Pièce d'origine": "source", "Commentaire": "remark",
    "Client": "client", "Facture": "doc", "N° ligne": "line_no", "Date": "date", "Nature": "kind",
    "Article": "ref", "Quantité": "quantity", "Tarif HT": "list", "Remise (%)": "discount",
    "Net HT": "amount", "Coût unitaire": "cost", "Vendeur": "rep", "Facture liée": "source",
    "Note": "remark",
}  # fmt: skip
SPACES = dict.fromkeys(map(ord, " \u00a0\u202f"))


@pytest.fixture(scope="session")
def demo(root: Path) -> Path:
    return root / "data" / "demo"


@pytest.fixture(scope="session")
def truth(demo: Path) -> dict[str, Any]:
    return json.loads((demo / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def rows(demo: Path) -> dict[int, list[dict[str, str]]]:
    """Rows of each year's export under common names, as text."""
    return {year: _export(demo / f"ventes_{year}.csv") for year in range(2022, 2027)}


@pytest.fixture(scope="session")
def lines(rows: dict[int, list[dict[str, str]]]) -> list[dict[str, Any]]:
    """The lines that count, cleaned here by hand, with signed amounts."""
    return [_line(row, year) for year, found in rows.items() for row in _kept(found, Counter())]


@pytest.fixture(scope="session")
def fates(rows: dict[int, list[dict[str, str]]]) -> dict[int, Counter[str]]:
    """How many rows of each year each rule takes."""
    counters: dict[int, Counter[str]] = {year: Counter() for year in rows}
    for year, found in rows.items():
        _kept(found, counters[year])
    return counters


@pytest.fixture(scope="session")
def clients(demo: Path) -> dict[str, dict[str, str]]:
    with (demo / "clients.csv").open(encoding="cp1252", newline="") as file:
        return {row["Code"]: row for row in csv.DictReader(file, delimiter=";")}


def _export(path: Path) -> list[dict[str, str]]:
    encoding = "utf-8-sig" if path.name == "ventes_2026.csv" else "cp1252"
    with path.open(encoding=encoding, newline="") as file:
        found = list(csv.DictReader(file, delimiter=";"))
    return [{NAMES[heading]: text for heading, text in row.items()} for row in found]


def _fate(row: dict[str, str]) -> str:
    """The rule that drops a row, or kept."""
    if row["client"] == "TOTAL":
        return "total"
    if row["client"] in ("DIVERS", "COMPTANT"):
        return "counter_sale"
    if row["client"] == "":
        return "no_client"
    return "proforma" if row["kind"] == "PF" else "kept"


def _kept(rows: list[dict[str, str]], fates: Counter[str]) -> list[dict[str, str]]:
    """Rows left by the rules; how many each rule took goes to `fates`."""
    kept = {}
    for row in rows:
        fate = _fate(row)
        key = (row["doc"], row["line_no"])
        fates["duplicate" if fate == "kept" and key in kept else fate] += 1
        if fate == "kept":
            kept.setdefault(key, row)
    return list(kept.values())


def _number(text: str) -> Decimal:
    return Decimal(text.translate(SPACES).replace(",", "."))


def _line(row: dict[str, str], year: int) -> dict[str, Any]:
    sign = -1 if row["kind"].startswith("A") else 1
    date_format = "%d/%m/%y" if year == 2022 else "%d/%m/%Y"
    return row | {
        "client": row["client"].replace(" ", "").replace("-", "").upper().zfill(5),
        "date": dt.datetime.strptime(row["date"], date_format).date(),
        "year": year,
        "sign": sign,
        "quantity": sign * int(row["quantity"]),
        "list": _number(row["list"]),
        "discount": _number(row["discount"]),
        "amount": sign * _number(row["amount"]),
        "cost": sign * int(row["quantity"]) * _number(row["cost"]),
    }
