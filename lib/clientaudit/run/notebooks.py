"""The notebooks of the suite: their questions and the parameters that they declare."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from clientaudit.errors import AuditError
from clientaudit.settings.engagement import REPOSITORY
from clientaudit.settings.model import nearest

FOLDER = REPOSITORY / "notebooks"
KNOWN = (
    "00_intake", "01_portrait", "02_changes", "03_cohorts", "04_rfm", "05_groups",
    "06_departures", "07_win_back", "08_profit", "09_prices", "10_breadth", "11_grid",
    "12_acquisition", "13_review", "99_summary",
)  # fmt: skip
INTAKE = "00_intake"
LAST = ("13_review", "99_summary")  # they read what the others found
NAME = re.compile(r"[a-z_]\w*", re.ASCII)


@dataclass(frozen=True)
class DeclaredParameter:
    """One line of a parameters cell: `name = default  # comment`."""

    name: str
    default: Any
    comment: str


@dataclass(frozen=True)
class NotebookInfo:
    """One notebook: its file, its business question and the parameters that it declares."""

    path: Path
    question: str
    parameters: tuple[DeclaredParameter, ...]
    cell_count: int

    @property
    def name(self) -> str:
        """Number and name, `04_rfm`."""
        return self.path.stem

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Names that the parameters cell declares."""
        return tuple(parameter.name for parameter in self.parameters)


def find_notebooks(folder: Path) -> tuple[NotebookInfo, ...]:
    """Every notebook of the folder, by number.

    Raises AuditError where there is none: the suite is used from a checkout.
    """
    paths = sorted(p for p in folder.glob("*.ipynb") if re.fullmatch(r"\d\d_\w+", p.stem))
    if not paths:
        raise AuditError(f"{folder}: holds no notebook. Use the suite from its checkout.")
    return tuple(read_notebook(path) for path in paths)


def read_notebook(path: Path) -> NotebookInfo:
    """Question and parameters of one notebook; nothing of it is executed."""
    notebook = nbformat.read(path, as_version=4)
    tagged = [c.source for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    source = tagged[0] if tagged else ""
    return NotebookInfo(
        path, first_question(notebook), _declared(source, path.name), len(notebook.cells)
    )


def first_question(notebook: nbformat.NotebookNode) -> str:
    """The business question that opens a notebook, without its heading mark."""
    first = notebook.cells[0].source if notebook.cells else ""
    return first.lstrip().partition("\n")[0].removeprefix("# ").strip()


def select_notebooks(
    notebooks: Sequence[NotebookInfo], only: Sequence[str] | None
) -> tuple[NotebookInfo, ...]:
    """The notebooks named by number or name; all of them where nothing is named.

    Raises AuditError for a name that no notebook of the folder has.
    """
    if not only:
        return tuple(notebooks)
    names = [notebook.name for notebook in notebooks]
    wanted = {full_name(text, names) for text in only}
    return tuple(notebook for notebook in notebooks if notebook.name in wanted)


def full_name(text: str, names: Sequence[str]) -> str:
    """The notebook meant by `04`, `4`, `rfm` or `04_rfm`, among `names`."""
    text = text.strip()
    number = text.zfill(2)
    for name in names:
        if text in (name, name[3:]) or number == name[:2]:
            return name
    raise AuditError(f'there is no notebook "{text}"; {nearest(text, list(names))}')


def _declared(source: str, file: str) -> tuple[DeclaredParameter, ...]:
    lines = source.splitlines()
    return tuple(_parameter(node, lines, file) for node in ast.parse(source).body)


def _parameter(node: ast.stmt, lines: list[str], file: str) -> DeclaredParameter:
    """One assignment of a literal; anything else would be code run under a parameter's name."""
    if not (
        isinstance(node, ast.Assign)
        and isinstance(target := node.targets[0], ast.Name)
        and NAME.fullmatch(target.id)
    ):
        raise AuditError(f"{file}, parameters cell: line {node.lineno} is not `name = literal`.")
    try:
        value = ast.literal_eval(node.value)
    except ValueError:
        raise AuditError(f"{file}, parameters cell: {target.id} is not a literal.") from None
    rest = lines[(node.end_lineno or 1) - 1].encode()[node.end_col_offset or 0 :].decode()
    return DeclaredParameter(target.id, value, rest.partition("#")[2].strip())
