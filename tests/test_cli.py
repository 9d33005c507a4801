import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clientaudit import cli
from clientaudit.settings import Thresholds
from run.firm import NAME
from run.samples import OPEN, concluding, write_engagement, write_notebook

# The command line in a process of its own, on the notebooks of the test.
PROGRAM = """
import sys
from pathlib import Path
import clientaudit.run.notebooks
clientaudit.run.notebooks.FOLDER = Path(sys.argv.pop(1))
from clientaudit.cli import main
main()
"""


@pytest.fixture
def engagement(tmp_path) -> Path:
    return write_engagement(tmp_path / "firm")


@pytest.fixture
def suite(tmp_path) -> Path:
    """A suite of one notebook."""
    write_notebook(tmp_path / "suite", "00_intake", OPEN, concluding("intake.cell"))
    return tmp_path / "suite"


def start(suite: Path, *arguments: object) -> subprocess.Popen:
    command = [sys.executable, "-c", PROGRAM, str(suite), *map(str, arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


def call(suite: Path, *arguments: object) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a command."""
    with start(suite, *arguments) as process:
        output, told = process.communicate(timeout=120)
    return process.returncode, output, told


def invoke(*arguments: object):
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments])


def test_run_check_verify_and_purge_one_engagement(suite, engagement):
    status, output, told = call(suite, "run", engagement, "-p", "min_cell=7")
    page = engagement.parent / "reports" / NAME / "index.html"
    assert (status, output) == (0, f"{page}\n"), told
    assert page.is_file()
    assert "00_intake: started\n00_intake: done\n" in told

    status, output, told = call(suite, "check", engagement)
    assert status == 0, told
    assert "total line" in output
    assert "sales.csv, line 402" in output
    assert [line.split() for line in output.splitlines() if line.startswith("2025")] == [
        ["2025", "19,200.00", "19,200.00"]
    ]

    status, output, _ = call(suite, "verify", page.parent)
    assert (status, output) == (0, "Every file comes out again, byte for byte.\n"), output
    page.write_text("edited", encoding="utf-8")
    status, output, _ = call(suite, "verify", page.parent)
    assert (status, output) == (1, "index.html: was changed after the run\n")

    assert (engagement.parent / ".clientaudit").is_dir()
    assert invoke("purge", engagement).exit_code == 0
    assert not (engagement.parent / ".clientaudit").exists()
    assert page.is_file()


def test_engagements_are_done_in_turn_and_the_worst_status_counts(suite, engagement, tmp_path):
    wrong = tmp_path / "wrong.yml"
    wrong.write_text("firm: x\n", encoding="utf-8")
    status, output, told = call(suite, "run", wrong, engagement)
    assert status == cli.MISTAKE
    assert output.endswith("index.html\n")
    assert "wrong.yml cannot be used" in told


def test_refused_data_have_status_1_and_a_report_of_their_own(suite, engagement):
    with engagement.open("a", encoding="utf-8") as file:
        file.write("accounts: {2025: 50000}\n")
    status, output, _ = call(suite, "check", engagement)
    assert status == cli.REFUSED
    assert [line.split()[:3] for line in output.splitlines() if "far off" in line] == [
        ["2025", "19,200.00", "50,000.00"]
    ]
    status, output, told = call(suite, "run", engagement)
    assert status == cli.REFUSED
    assert output == f"{engagement.parent / 'reports' / NAME}_refused/index.html\n"
    assert "Refused: " in told


def test_a_failed_notebook_gives_one_line_and_status_3(suite, engagement):
    write_notebook(suite, "04_rfm", "{}['ACME SA']")
    status, output, told = call(suite, "run", engagement)
    assert (status, output) == (cli.NOTEBOOK_FAILED, "")
    assert "04_rfm, cell 3: KeyError: ...\n" in told
    assert "Traceback" not in told
    assert "ACME" not in told
    assert not (engagement.parent / "reports" / NAME).exists()


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interruption_ends_the_kernels_and_leaves_nothing(suite, engagement, tmp_path, number):
    mark = tmp_path / "kernel.pid"
    code = f"import os, pathlib, time\npathlib.Path({str(mark)!r}).write_text(str(os.getpid()))\n"
    write_notebook(suite, "04_rfm", code + "time.sleep(300)")
    with start(suite, "run", engagement) as process:
        while not (mark.is_file() and mark.read_text()):
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(number)
        _, told = process.communicate(timeout=60)
    assert process.returncode == cli.INTERRUPTED, told
    assert "Traceback" not in told
    assert list((engagement.parent / "reports").iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["run", "{engagement}", "--as-of", "31/08/2026"], "YYYY-MM-DD"),
        (["run", "{engagement}", "--language", "de"], "fr or en"),
        (["run", "{engagement}", "-p", "__import__('os').getcwd()=1"], "is not a name"),
        (["run", "{engagement}", "-p", "min_cell"], "NAME=VALUE"),
        (["run", "nowhere.yml"], "no such engagement file"),
        (["check", "nowhere.yml"], "no such engagement file"),
        (["purge", "nowhere.yml"], "no such engagement file"),
        (["verify", "{folder}"], "not the folder of a run"),
        (["run"], "Missing argument"),
        (["run", "{engagement}", "--jobs", "many"], "--jobs"),
        (["init", "export.csv"], "there is no such file"),
        (["initiate"], "initiate"),
    ],
)
def test_a_mistake_of_the_user_has_status_2_and_no_traceback(engagement, arguments, problem):
    words = {"engagement": engagement, "folder": engagement.parent}
    result = invoke(*(argument.format(**words) for argument in arguments))
    assert result.exit_code == cli.MISTAKE
    assert problem in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_an_unknown_error_is_our_bug_and_keeps_its_traceback(monkeypatch):
    monkeypatch.setattr(cli, "_notebooks", lambda: {}["key"])
    result = invoke("notebooks")
    assert result.exit_code == cli.OUR_BUG
    assert "our bug" in result.stderr
    assert "KeyError" in result.stderr


def test_notebooks_are_listed_with_question_default_and_meaning(suite):
    status, output, _ = call(suite, "notebooks")
    assert status == 0
    assert output.startswith("00_intake: What of 00_intake?\n")
    assert "min_cell" in output
    assert Thresholds.model_fields["min_cell"].description in output


def test_the_first_import_loads_nothing_heavy():
    code = "import sys, clientaudit.cli; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"pandas", "papermill", "duckdb", "ibis", "matplotlib", "pydantic", "nbformat"}
    assert heavy & set(found.stdout.split()) == set()


def test_a_reader_who_has_seen_enough_is_no_fault_of_anybody():
    command = f"set -o pipefail; {sys.executable} -m clientaudit.cli notebooks | true"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
