import json
import signal
import sys
from pathlib import Path

import nbformat
import pytest

from clientaudit.errors import AuditError
from clientaudit.run.execute import Event, Task, execute_tasks
from clientaudit.run.failures import NotebookFailed
from clientaudit.run.kernel import Place, translated
from clientaudit.run.notebooks import find_notebooks
from clientaudit.text import Say


@pytest.fixture
def place(tmp_path) -> Place:
    for name in ("firm", "out", "private"):
        (tmp_path / name).mkdir(mode=0o700, exist_ok=True)
    return Place(tmp_path / "firm", tmp_path / "out", tmp_path / "private")


def execute(tmp_path: Path, place: Place, *, values=None, jobs=2, language="en"):
    """Run every notebook of the folder; also what was told of it."""
    told: list[Event] = []
    tasks = [Task(n, values or {"min_cell": 5}) for n in find_notebooks(tmp_path / "notebooks")]
    done = execute_tasks(
        tasks, place, Say(language), jobs=jobs, logs=place.folder, progress=told.append
    )
    return done, told


def printed(notebook: nbformat.NotebookNode) -> str:
    outputs = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs]
    return "".join(o.text for o in outputs if o.output_type == "stream")


ENVIRONMENT = """
import json, os, sys
context = json.load(open(os.environ["CLIENTAUDIT_CONTEXT"]))
print(json.dumps([min_cell, sys.executable, os.getcwd(), context, "" in sys.path,
      os.environ["PYTHONHASHSEED"], os.environ["IPYTHONDIR"], "hidden" in globals()]))
"""


def test_a_kernel_is_this_interpreter_and_knows_nothing_of_the_users_profile(
    make_notebook, tmp_path, place, monkeypatch
):
    (tmp_path / "start.py").write_text("hidden = 1")
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "start.py"))
    (place.folder / "json.py").write_text("raise SystemExit('a module beside the exports')")
    make_notebook("04_rfm", ENVIRONMENT)
    done, _ = execute(tmp_path, place, values={"min_cell": 7})
    value, interpreter, folder, context, local, seed, profile, hidden = json.loads(
        printed(done["04_rfm"])
    )
    assert (value, seed, local, hidden) == (7, "0", False, False)
    assert interpreter == sys.executable
    assert Path(folder).samefile(place.folder)
    assert Path(profile).is_relative_to(place.private)
    nothing = dict.fromkeys(["data", "prepared", "previous"])
    given = nothing | {"output": str(place.output), "notebook": "04_rfm"}
    assert context == given


def test_review_and_summary_run_after_all_others(make_notebook, tmp_path, place):
    for name in ("04_rfm", "13_review", "99_summary", "07_win_back"):
        make_notebook(name, "1 + 1")
    done, told = execute(tmp_path, place)
    starts = [event.what for event in told if event.kind == "started"]
    assert set(starts[:2]) == {"04_rfm", "07_win_back"}
    assert starts[2:] == ["13_review", "99_summary"]
    assert list(done) == ["04_rfm", "07_win_back", "13_review", "99_summary"]
    last = [(e.what, e.kind) for e in told].index(("07_win_back", "done"))
    assert last < [e.what for e in told].index("13_review")


def test_a_failure_says_notebook_cell_and_one_line_and_ends_the_others(
    make_notebook, tmp_path, place
):
    make_notebook("04_rfm", "1", "2", "{}['ACME SA']")
    make_notebook("07_win_back", "import time; time.sleep(300)")
    with pytest.raises(NotebookFailed) as failed:
        execute(tmp_path, place)
    assert (failed.value.notebook, failed.value.cell) == ("04_rfm", 5)
    assert "ACME" not in str(failed.value)
    assert "KeyError: ..." in str(failed.value)
    assert "ACME SA" in failed.value.log.read_text(encoding="utf-8")
    assert [path.name for path in failed.value.log.parent.iterdir()] == ["04_rfm.log"]


def test_a_mistake_of_the_consultant_keeps_its_words(make_notebook, tmp_path, place):
    make_notebook(
        "04_rfm",
        "from clientaudit.errors import AuditError, Fault",
        "raise AuditError('sales.csv is wrong.', [Fault('line 3', '\"31/02\" is no day.')])",
    )
    with pytest.raises(AuditError, match=r'04_rfm: sales.csv is wrong.\n  line 3: "31/02" is no'):
        execute(tmp_path, place)
    assert not (place.folder / ".clientaudit").exists()


def test_a_kernel_that_dies_is_a_failed_notebook(make_notebook, tmp_path, place):
    make_notebook("04_rfm", f"import os; os.kill(os.getpid(), {int(signal.SIGKILL)})")
    with pytest.raises(NotebookFailed, match="04_rfm, cell 3: the system ended its process"):
        execute(tmp_path, place)


def test_prose_is_translated_paragraph_by_paragraph(monkeypatch):
    french = {"# Why?": "# Pourquoi ?", "Two\nlines": "Deux\nlignes"}
    monkeypatch.setattr("clientaudit.text.catalogue", lambda _: french)
    source = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# Why?\n\nTwo\nlines\n \nUnknown"),
            nbformat.v4.new_code_cell("Two\nlines"),
        ]
    )
    prose, code = translated(source, Say("fr")).cells
    assert prose.source == "# Pourquoi ?\n\nDeux\nlignes\n\nUnknown"
    assert code.source == "Two\nlines"
