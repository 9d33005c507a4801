import copy
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from clientaudit.run.scrub import scrubbed
from clientaudit.settings.engagement import REPOSITORY

OUTPUT = Path("/srv/runs/.firm.staging")


def executed(**changes) -> nbformat.NotebookNode:
    """A notebook as papermill leaves it; `changes` are what another execution may give."""
    time = changes.get("time", "2026-01-01T00:00:00")
    output = changes.get("output", OUTPUT)
    shown = {
        "text/plain": f"<Table at {changes.get('address', '0x7f01')}>",
        "text/html": f"<p>{output}/tables</p>",
        "application/vnd.clientaudit+html": f"<p>{output}/tables</p>",
        "image/svg+xml": "<svg>/srv/runs/.firm.staging</svg>",
    }
    code = new_code_cell(
        "x",
        execution_count=1,
        metadata={"papermill": {"start_time": time}, "execution": {"iopub": time}, "tags": []},
        outputs=[
            new_output("stream", name="stdout", text=f"wrote {output}/a.csv\n"),
            new_output("stream", name="stderr", text=f"{time}: a warning\n"),
            new_output("display_data", data=shown, metadata={"image/svg+xml": {"alt": "Half"}}),
        ],
    )
    kernel = {"name": changes.get("kernel", "a"), "display_name": "K"}
    metadata = {"papermill": {"version": time}, "kernelspec": kernel}
    return new_notebook(cells=[new_markdown_cell("# Why?"), code], metadata=metadata)


@pytest.mark.parametrize(
    "change",
    [
        {"time": "2027-05-05T01:02:03"},
        {"address": "0x55aa99"},
        {"output": Path("/elsewhere/run")},
        {"kernel": "conda-env"},
    ],
)
def test_two_executions_give_the_same_bytes(change):
    first = scrubbed(executed(), {"<output>": OUTPUT})
    second = scrubbed(executed(**change), {"<output>": change.get("output", OUTPUT)})
    assert nbformat.writes(first) == nbformat.writes(second)


def test_what_the_reader_sees_is_kept():
    _, code = scrubbed(executed(), {"<output>": OUTPUT}).cells
    text, drawing = code.outputs
    assert text.text == "wrote <output>/a.csv\n"
    assert drawing.data["text/html"] == "<p><output>/tables</p>"
    assert drawing.metadata["image/svg+xml"]["alt"] == "Half"
    assert drawing.data["image/svg+xml"] == "<svg>/srv/runs/.firm.staging</svg>"


def test_no_warning_and_no_time_is_left():
    text = nbformat.writes(scrubbed(executed(), {}))
    assert "warning" not in text
    assert "papermill" not in text
    assert "2026-01-01" not in text


def test_the_machine_is_not_named():
    notebook = executed()
    notebook.cells[1].source = f"path = '{REPOSITORY}/notebooks'; other = '{REPOSITORY}s'"
    (_, code) = scrubbed(notebook, {}).cells
    assert code.source.startswith("path = '<suite>/notebooks'")
    assert f"{REPOSITORY.name}s'" in code.source


def test_the_notebook_given_is_not_changed_and_the_result_is_valid():
    notebook = executed()
    before = copy.deepcopy(notebook)
    result = scrubbed(notebook, {})
    assert notebook == before
    nbformat.validate(result)
