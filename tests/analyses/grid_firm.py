"""A small firm written to a folder: invoices with costs, a client file and whatever else."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from clientaudit.analyses.grid.classing import Grid, grid_of, scores_of
from clientaudit.analyses.grid.register import overrides_of, register_of
from clientaudit.audit import Audit, open_audit

AS_OF = dt.date(2025, 12, 31)
SETTINGS = """version: 1
firm: Small Firm
as_of: 2025-12-31
language: en
currency: EUR
defaults: {encoding: utf-8, separator: ",", decimal: ".", date_format: "%Y-%m-%d"}
tables:
  transactions:
    files: sales.csv
    columns: {client_id: client, doc_id: doc, date: date, amount_net: amount, cost_amount: cost}
"""
TABLES = {
    "decisions": "client_id date decision override_by override_reason review_on",
    "concessions": "client_id date kind value",
    "contacts": "client_id date direction channel",
}
Line = tuple[str, str, float, float | None]


def firm(folder: Path, lines: Sequence[Line], *, extra: str = "", **tables: str) -> Path:
    """The engagement file of a firm that sold `lines`: client, day, amount, cost.

    tables: rows of `TABLES`, as text with commas. extra: more of the engagement file.
    """
    rows = [f"{c},D{i},{d},{a},{'' if k is None else k}" for i, (c, d, a, k) in enumerate(lines)]
    (folder / "sales.csv").write_text("\n".join(["client,doc,date,amount,cost", *rows]))
    settings = SETTINGS
    for name, text in tables.items():
        heads = TABLES[name].split()
        (folder / f"{name}.csv").write_text("\n".join([",".join(heads), text]))
        columns = ", ".join(f"{head}: {head}" for head in heads)
        settings += f"  {name}:\n    files: {name}.csv\n    columns: {{{columns}}}\n"
    path = folder / "engagement.yml"
    path.write_text(settings + extra)
    return path


def sold(profits: dict[str, float], *, year: int = 2025, orders: int = 12) -> list[Line]:
    """Orders of 1,000 on the same day of each month; the profits are those of the year."""
    return [
        (client, f"{year}-{month:02d}-15", 1000.0, round(1000.0 - profit / orders, 4))
        for client, profit in profits.items()
        for month in range(1, orders + 1)
    ]


def grid_at(path: Path) -> tuple[Audit, Grid]:
    """The grid of a firm."""
    audit = open_audit(path)
    return audit, grid_of(audit, scores_of(audit), overrides_of(register_of(audit), audit))


def classes(grid: Grid) -> dict[str, str]:
    """The class of each client."""
    return dict(zip(grid.clients["client_id"], grid.clients["grid_class"], strict=True))
