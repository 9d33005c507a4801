"""Firms at the edge of what can be audited: every page stands, and says nothing that is empty."""

import ast
import datetime as dt
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from analyses.grid_firm import Line, firm
from clientaudit.audit import Answer
from clientaudit.text import Say

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
EMPTY = re.compile(r"(?<![\w-])(?:nan|NaN|None|NaT|inf|<NA>)(?![\w-])|\{\w+:")
# A figure that is not known has no place in a sentence; a dash between words is a dash.
UNKNOWN = re.compile(r"[(] ?–|–[ \xa0]?[().,;%]|– à –|– to –")
ONE = re.compile(r"(?<![\d.,\xa0\u202f])1 (?:clients|alerts|contracts|groups|classes)\b")
NONE = re.compile(r"(?<![\d.,\xa0\u202f])[01] (?:clients|alertes|contrats|groupes|classes)\b")


def monthly(clients: int, amount: float, cost: float) -> list[Line]:
    return [
        (f"c{client}", f"{year}-{month:02d}-15", amount, cost)
        for client in range(clients)
        for year in (2023, 2024, 2025)
        for month in range(1, 13)
    ]


def once(clients: int) -> list[Line]:
    start = dt.date(2023, 1, 2)
    days = [(start + dt.timedelta(days=27 * n)).isoformat() for n in range(clients)]
    return [(f"c{n}", day, 100.0 + n, 60.0) for n, day in enumerate(days)]


def late() -> list[Line]:
    """Thirty-one monthly clients, of whom one has been silent for half a year."""
    return [line for line in monthly(31, 100.0, 60.0) if line[:2] < ("c9", "2025-07-01")]


FIRMS = {
    "one client": monthly(1, 100.0, 60.0),
    "equal clients": monthly(35, 100.0, 60.0),
    "nobody leaves a profit": monthly(8, 100.0, 130.0),
    "credit notes only": monthly(8, -100.0, -60.0),
    "amounts of zero": monthly(8, 0.0, 0.0),
    "no cost is known": [(c, d, a, None) for c, d, a, _ in monthly(8, 100.0, 60.0)],
    "one purchase each": once(40),
    "one late client": late(),
}


def shown(name: str, engagement: Path) -> list[Any]:
    """What the code cells of a notebook show in French, one after the other, without a kernel."""
    found, names = [], {}
    for cell in nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells:
        if cell.cell_type != "code":
            continue
        *body, last = ast.parse(cell.source).body
        body = [*body, *([] if isinstance(last, ast.Expr) else [last])]
        exec(compile(ast.Module(body, []), name, "exec"), names)  # noqa: S102 - our own notebook
        if "parameters" in cell.metadata.get("tags", []):
            names |= {"engagement": str(engagement), "language": "fr"}
        if isinstance(last, ast.Expr):
            source = compile(ast.Expression(last.value), name, "eval")
            found.append(eval(source, names))  # noqa: S307 - our own notebook
    return [each for each in found if each is not None]


def sentences(said: list[Any], say: Say) -> list[str]:
    """The findings and caveats of a notebook."""
    [answer] = [each for each in said if isinstance(each, Answer)]
    told = answer.conclusion
    return [found.say(say) for found in (*told.findings, *told.details, *told.caveats)]


def titles(said: list[Any]) -> list[str]:
    """The titles of the charts of a notebook."""
    return [each.alt for each in said if hasattr(each, "alt")]


@pytest.mark.parametrize("lines", FIRMS.values(), ids=FIRMS)
def test_an_odd_firm_gets_whole_pages_without_an_empty_figure(lines, tmp_path):
    engagement = firm(tmp_path, lines)
    for name in ("05_groups", "06_departures", "11_grid"):
        said = shown(name, engagement)
        for text in sentences(said, Say("en")):
            assert not any(sign.search(text) for sign in (EMPTY, UNKNOWN, ONE)), text
        for text in [*sentences(said, Say("fr")), *titles(said)]:
            assert not any(sign.search(text) for sign in (EMPTY, UNKNOWN, NONE)), text
        for each in said:
            bundle = each._repr_mimebundle_()
            page = (bundle[0] if isinstance(bundle, tuple) else bundle).get("text/html", "")
            assert not EMPTY.search(page), page
