"""Notebooks tell the story and hold no logic; what they may contain is proved here."""

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import nbformat
import pytest

from clientaudit.settings import Thresholds

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
GOLDEN = FOLDER.parent / "tests" / "golden"
PATHS = sorted(FOLDER.glob("*.ipynb"))
COMMON = {"engagement": "data/demo/engagement.yml", "as_of": "", "language": ""}
MAX_PARAMETERS = 12
MAX_LINES, MAX_MEDIAN_LINES = 15, 5
MIN_WORDS_PER_LINE = 3
LOGIC = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.For, ast.AsyncFor,
    ast.While, ast.Try, ast.TryStar, ast.comprehension,
)  # fmt: skip


@dataclass(frozen=True)
class Parameter:
    """One line of the parameters cell."""

    name: str
    value: str | int | float | list
    comment: str


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def notebook(request) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


def code_cells(notebook) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def is_parameters(cell) -> bool:
    return "parameters" in cell.metadata.get("tags", [])


def story_sources(notebook) -> list[str]:
    """Sources of the code cells, the parameters cell left out: its comments are prose."""
    return [cell.source for cell in code_cells(notebook) if not is_parameters(cell)]


def code_lines(source: str) -> list[str]:
    """Lines of code; an import is one, however many the formatter makes of it."""
    wrapped = {
        number
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for number in range(node.lineno + 1, node.end_lineno + 1)
    }
    lines = ((number, line.strip()) for number, line in enumerate(source.splitlines(), 1))
    return [x for n, x in lines if x and n not in wrapped and not x.startswith("#")]


def parameters(notebook) -> list[Parameter]:
    """The parameters cell, refusing whatever is not one commented plain literal a line."""
    (cell,) = [cell for cell in code_cells(notebook) if is_parameters(cell)]
    return [parameter(line) for line in cell.source.splitlines()]


def parameter(line: str) -> Parameter:
    (statement,) = ast.parse(line).body
    assert isinstance(statement, ast.Assign), f"not `name = literal`: {line}"
    (target,) = statement.targets
    value = ast.literal_eval(statement.value)
    assert isinstance(value, str | int | float | list), f"not a plain literal: {line}"
    rest = line.encode()[statement.end_col_offset :].decode()
    return Parameter(target.id, value, rest.partition("#")[2].strip())


def test_the_folder_holds_notebooks_with_a_number_each():
    numbers = [re.fullmatch(r"(\d\d)_[a-z_]+", path.stem)[1] for path in PATHS]
    assert numbers
    assert len(set(numbers)) == len(numbers)


def test_nothing_of_an_execution_is_kept(notebook):
    assert [c.outputs for c in code_cells(notebook) if c.outputs] == []
    assert {c.execution_count for c in code_cells(notebook)} == {None}


def test_it_opens_with_a_business_question(notebook):
    first = notebook.cells[0]
    assert first.cell_type == "markdown"
    assert re.fullmatch(r"# .+\?", first.source.splitlines()[0])


def test_it_closes_with_the_answer(notebook):
    sections = [
        line
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("#")
    ]
    assert sections[-1] == "## Answer"
    assert notebook.cells[-1].cell_type == "code"


def test_parameters_come_right_after_the_question(notebook):
    assert is_parameters(notebook.cells[1])


def test_parameters_are_few_commented_literals(notebook):
    found = parameters(notebook)
    assert len(found) <= MAX_PARAMETERS
    assert len({p.name for p in found}) == len(found)
    assert [p.name for p in found if not p.comment] == []
    assert [p.name for p in found][:3] == list(COMMON)


def test_a_parameter_has_one_default_everywhere(notebook):
    defaults = COMMON | {name: f.default for name, f in Thresholds.model_fields.items()}
    different = {
        p.name: (p.value, defaults.get(p.name))
        for p in parameters(notebook)
        if p.name not in defaults
        or (type(p.value), p.value) != (type(defaults[p.name]), defaults[p.name])
    }
    assert different == {}


def test_a_parameter_is_used(notebook):
    used = {
        node.id
        for source in story_sources(notebook)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Name)
    }
    assert [p.name for p in parameters(notebook) if p.name not in used] == []


def test_code_cells_hold_no_logic(notebook):
    for source in story_sources(notebook):
        assert not re.search(r"^\s*[%!]", source, re.M), f"magic or shell: {source}"
        found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, LOGIC)]
        assert not found, f"that is library work: {source}"


def test_code_cells_are_short(notebook):
    lengths = [len(code_lines(source)) for source in story_sources(notebook)]
    assert max(lengths) <= MAX_LINES
    assert median(lengths) <= MAX_MEDIAN_LINES


def test_findings_are_called_by_keys_that_exist(notebook):
    """A key that nobody gives would pass unseen: the fallback would title the chart."""
    said = set().union(*(json.loads(path.read_text("utf-8")) for path in GOLDEN.glob("*.json")))
    keys = {
        node.value
        for source in story_sources(notebook)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and re.fullmatch(r"[a-z]+\.[a-z_]+", str(node.value))
    }
    assert keys <= said


def test_prose_introduces_every_step(notebook):
    """After the imports and the load, at most two code cells in a row: compute, then show."""
    steps = [cell.cell_type for cell in notebook.cells[4:]]
    assert steps[0] == "markdown"
    assert "code code code" not in " ".join(steps)


def test_there_is_more_prose_than_code(notebook):
    prose = " ".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    lines = sum(len(code_lines(source)) for source in story_sources(notebook))
    assert len(re.findall(r"\w+", prose)) >= MIN_WORDS_PER_LINE * lines


def test_it_calls_no_other_notebook(notebook):
    imported = {
        name.split(".")[0]
        for source in story_sources(notebook)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    assert imported <= {"clientaudit", "datetime", "pandas"}
