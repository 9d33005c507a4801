"""A firm whose every cell, heading, file name and setting is hostile."""

import csv
import datetime as dt
import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import xlsxwriter

from hostile.corpus import FILE_NAMES, HEADING, HIT, LONG, SHEET, TEXTS

AS_OF = dt.date(2026, 6, 30)
NAMES = ("Code", "Date", "Montant", "Famille", "Vendeur", "Coût", "Note")
CODE, DATE, AMOUNT, FAMILY, REP, COST, NOTE = (f"{name} {HEADING}" for name in NAMES)
FIRM = (
    f"</style><script>{HIT}</script> =cmd|' /C calc'!A0 ../../x {{0}} {{{{7*7}}}} \u202e$\\frac{{"
)
WHY = f'<img src=x onerror="{HIT}"> =1+1 {{0}} \x1b[31m'
KEY_NAME = "HOSTILE_$(id)_KEY"
NAME_MARK = " §name"  # ends every name, and nothing else
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")


def yaml(value: Any) -> str:
    """Settings as YAML (JSON, which YAML contains), every character as it is."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    return _UNSAFE.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


def plain_code(text: str) -> str:
    """A code as intake keeps it: a tab is a blank, what has no width and blanks around are none."""
    seen = "".join(s for s in unicodedata.normalize("NFC", text) if unicodedata.category(s) != "Cf")
    return seen.replace("\t", " ").strip(" ")


def settings(mode: str, language: str) -> dict[str, Any]:
    """An engagement that is hostile wherever it may hold a text of its own."""
    condition = {"column": NOTE, "equals": TEXTS[0], "why": WHY}
    return {
        "version": 1,
        "firm": FIRM,
        "as_of": AS_OF.isoformat(),
        "language": language,
        "perimeter": {"entity": list(TEXTS)},
        "report": {"consultant": TEXTS[1], "confidentiality": TEXTS[5], "logo": "../logo<x>.png"},
        "privacy": {"mode": mode, "key_env": KEY_NAME},
        "defaults": {"encoding": "utf-8", "separator": ";", "decimal": ",",
                     "date_format": ["%d/%m/%Y"]},
        "tables": {
            "transactions": {
                "files": list(FILE_NAMES),
                "columns": {
                    "client_id": CODE,
                    "doc_id": "Pièce",
                    "date": DATE,
                    "amount_net": AMOUNT,
                    "cost_amount": {"formula": f"[{COST.replace(']', ']]')}] * 1"},
                    "product_id": {"from": FAMILY},
                    "product_family": {"from": FAMILY, "otherwise": "=other",
                                       "map": {text: text for text in TEXTS if text != LONG}},
                    "rep_id": REP,
                    "entity": FAMILY,
                },
                "credit_notes": {"column": NOTE, "equals": TEXTS[3], "sign": "as_is"},
                "drop": [condition],
            },
            "clients": {
                "files": "clients $(id).csv",
                "columns": {"client_id": "Code", "name": "Nom", "region": "Région",
                            "sector": "Secteur", "acquisition_channel": "Origine"},
            },
            "payments": {
                "files": "payments.xlsx",
                "sheet": SHEET,
                "columns": {"client_id": HEADING, "doc_id": "Pièce", "invoice_date": "Date",
                            "due_date": "Échéance", "paid_date": "Réglé", "amount_incl_vat": "TTC"},
            },
        },
        "accounts": {"2025": "1"},
        "thresholds": {"strategic_share": "0.0000001"},
    }  # fmt: skip


def write_firm(folder: Path, mode: str, language: str) -> Path:
    """The exports and the engagement file of the hostile firm; returns the latter."""
    home = folder / "=firm $(id) {0}"
    home.mkdir(parents=True)
    (folder / "logo<x>.png").write_bytes(b"\x89PNG\r\n\x1a\n<script>" + b"\0" * 20)
    for number, name in enumerate(FILE_NAMES):
        _write_csv(home / name, _lines(number))
    rows = [[text, f"{text}{NAME_MARK}", text, text, text] for text in TEXTS]
    _write_csv(home / "clients $(id).csv", [["Code", "Nom", "Région", "Secteur", "Origine"], *rows])
    _write_payments(home / "payments.xlsx")
    path = home / "-engagement'\"{0}.yml"
    path.write_text(yaml(settings(mode, language)), encoding="utf-8")
    return path


def _lines(number: int) -> list[list[str]]:
    """Lines of the months of one file: every text as client, family, seller and note."""
    rows = [[CODE, "Pièce", DATE, AMOUNT, FAMILY, REP, COST, NOTE, "", "x\r\ny", "_row", "_file"]]
    for month in range(number, 36, len(FILE_NAMES)):
        day = dt.date(2023 + (6 + month) // 12, (6 + month) % 12 + 1, 15)
        for place, text in enumerate(TEXTS):
            other = TEXTS[(place + month) % len(TEXTS)]
            amount = f"{1000 - place},25"
            rows.append([text, f"F{month}-{place}", f"{day:%d/%m/%Y}", amount, other, other,
                         "1,5", other, "", "z", "1", "2"])  # fmt: skip
    return rows


def _write_csv(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows(rows)


def _write_payments(path: Path) -> None:
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(SHEET)
    headings = [HEADING, "Pièce", "Date", "Échéance", "Réglé", "TTC"]
    rows = [[text, f"F0-{i}", "01/07/2023", "01/08/2023", "15/08/2023", "12,5"]
            for i, text in enumerate(TEXTS)]  # fmt: skip
    for row, cells in enumerate([headings, *rows]):
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, cell)
    book.close()
