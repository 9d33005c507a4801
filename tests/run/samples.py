"""Tiny notebooks and an engagement, so that a run costs a second or two."""

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ENGAGEMENT = """\
version: 1
firm: Essai & Fils
as_of: 2026-06-30
language: en
tables:
  transactions:
    files: "sales.csv"
    columns: {client_id: Client, doc_id: Invoice, date: Date, amount_net: Amount}
    drop: [{column: Client, equals: TOTAL, why: "total line"}]
defaults: {encoding: utf-8, separator: ";", decimal: ",", date_format: ["%d/%m/%Y"]}
"""
PARAMETERS = """\
engagement = "engagement.yml"  # the firm
as_of = ""  # last day
language = ""  # fr or en
min_cell = 5  # clients"""
OPEN = """\
from clientaudit.audit import open_audit
from clientaudit.findings import Finding
audit = open_audit(engagement, as_of=as_of, language=language, min_cell=min_cell)"""


def write_notebook(folder: Path, name: str, *cells: str, parameters: str = PARAMETERS) -> Path:
    """One notebook: its question, its parameters cell, its code cells."""
    folder.mkdir(exist_ok=True)
    notebook = new_notebook(
        cells=[
            new_markdown_cell(f"# What of {name}?\n\nA paragraph."),
            new_code_cell(parameters, metadata={"tags": ["parameters"]}),
            *(new_code_cell(cell) for cell in cells),
        ]
    )
    nbformat.write(notebook, folder / f"{name}.ipynb")
    return folder / f"{name}.ipynb"


def concluding(key: str) -> str:
    """The last cell of a notebook with one finding: its `min_cell`."""
    return f'audit.conclude([Finding("{key}", "{{n:int}} clients", {{"n": min_cell}})])'


def write_engagement(folder: Path) -> Path:
    """An engagement with 400 sales to forty clients over two and a half years."""
    folder.mkdir()
    lines = ["Client;Invoice;Date;Amount"]
    for month in range(30):
        for client in range(40):
            if (month + client) % 3 == 0:
                day = f"{client % 28 + 1:02d}/{month % 12 + 1:02d}/{2024 + month // 12}"
                lines.append(f"C{client:03d};F{month:02d}{client:03d};{day};{100 + client},50")
    lines.append("TOTAL;;;12345,00")
    (folder / "sales.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    path = folder / "engagement.yml"
    path.write_text(ENGAGEMENT, encoding="utf-8")
    return path
