"""Real processes that are killed, at real disks' ends, or two at a time."""

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from clientaudit import cli
from clientaudit.errors import AuditError
from clientaudit.run import manifest, pipeline, publish
from clientaudit.run.lock import run_lock
from clientaudit.run.plan import RunOptions, make_plan
from clientaudit.run.purge import purge
from run.firm import NAME, files
from run.samples import OPEN, concluding, write_engagement, write_notebook

# The command line on the notebooks of the test, killed at one call: its event, part of its path.
PROGRAM = """
import os, signal, sys
from pathlib import Path
import clientaudit.run.notebooks
clientaudit.run.notebooks.FOLDER = Path(sys.argv.pop(1))
event, _, part = sys.argv.pop(1).partition(" ")
def heard(name, arguments):
    if name == event and part in str(arguments[0]):
        os.kill(os.getpid(), signal.SIGKILL)
if event:
    sys.addaudithook(heard)
from clientaudit.cli import main
main()
"""
MOMENTS = {
    "intake: the first folder": "os.mkdir .clientaudit/clientaudit-",
    "intake: an export": "open plain.csv",
    "intake: what was learned": "open intake.json",
    "intake: the tables appear": "os.rename tables",
    "start of the kernels": "open 00_intake-context.json",
    "in a kernel": "",
    "a page": "open 00_intake.html",
    "the workbook": "open workbook.xlsx",
    "the manifest": "os.rename manifest.json.part",
    "the old run's end": "os.remove index.html",
}
KILL_THE_RUN = "import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(60)"


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    """A firm with one run; only to be copied."""
    folder = tmp_path_factory.mktemp("finished")
    engagement = write_engagement(folder / "firm")
    write_notebook(folder / "suite", "00_intake", OPEN, concluding("intake.cell"))
    status, _, told = call(folder, "run", engagement)
    assert status == 0, told
    return folder


@pytest.fixture
def firm(finished, tmp_path, monkeypatch) -> Iterator[Path]:
    """A copy of it, with temporary files in a short place: sockets have short names."""
    shutil.copytree(finished, tmp_path / "copy")
    with tempfile.TemporaryDirectory(prefix="ca-") as temporary:
        monkeypatch.setenv("TMPDIR", temporary)
        monkeypatch.setattr(tempfile, "tempdir", temporary)
        yield tmp_path / "copy"


def start(folder: Path, *arguments: object, moment: str = "") -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, folder / "suite", moment, *arguments]
    return subprocess.Popen(
        list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def call(folder: Path, *arguments: object, moment: str = "") -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a command."""
    with start(folder, *arguments, moment=moment) as process:
        output, told = process.communicate(timeout=300)
    return process.returncode, output, told


def kernels() -> list[str]:
    """Processes that live and have their connection file among our temporary files."""
    mark = f"{tempfile.gettempdir()}/".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if b"ipykernel_launcher" in words and mark in words:
            found.append(process.name)
    return found


def left_over(folder: Path) -> list[str]:
    """Whatever is neither run nor prepared table."""
    places = (folder / "firm" / "reports", folder / "firm" / ".clientaudit")
    found = [p for place in (*places, Path(tempfile.gettempdir())) for p in place.glob("*")]
    return [p.name for p in found if p.name != NAME and not (p / "intake.json").is_file()]


def next_command(folder: Path) -> None:
    """What every command does first, and the intake."""
    plan = make_plan(folder / "firm" / "engagement.yml", RunOptions(), folder=folder / "suite")
    publish.tidy_up(plan.parent)
    pipeline.open_plan(plan, lambda _: None).connection.disconnect()


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_run_leaves_the_last_one_and_the_next_command_tidies_up(finished, firm, moment):
    old = files(firm / "firm" / "reports" / NAME)
    if moment.startswith("intake"):
        shutil.rmtree(firm / "firm" / ".clientaudit")
    if moment == "in a kernel":
        write_notebook(firm / "suite", "00_intake", OPEN, KILL_THE_RUN)
    engagement = firm / "firm" / "engagement.yml"
    status, _, told = call(firm, "run", engagement, "-p", "min_cell=7", moment=MOMENTS[moment])
    assert status == -signal.SIGKILL, told
    run = firm / "firm" / "reports" / NAME
    assert manifest.edited_files(run) == []
    assert (files(run) == old) == (moment != "the old run's end")
    while kernels():  # they look once a second whether their run is alive
        time.sleep(0.1)
    next_command(firm)
    assert left_over(firm) == []
    assert (files(run) == old) == (moment != "the old run's end")


def test_a_notebook_whose_process_is_killed_has_clean_words_and_status_3(firm):
    old = files(firm / "firm" / "reports" / NAME)
    killed = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    write_notebook(firm / "suite", "04_rfm", OPEN, killed)
    status, output, told = call(firm, "run", firm / "firm" / "engagement.yml")
    assert (status, output) == (cli.NOTEBOOK_FAILED, "")
    assert "04_rfm, cell 4: the system ended its process, most likely for want of memory" in told
    assert "Traceback" not in told
    assert files(firm / "firm" / "reports" / NAME) == old
    assert kernels() == []
    assert left_over(firm) == ["logs"]


def test_runs_at_the_same_time(firm, tmp_path):
    """To one place: refused; in two languages: side by side; a purge in between: refused."""
    goal = tmp_path / "go"
    waiting = (
        f"import pathlib, time\nwhile not pathlib.Path({str(goal)!r}).exists(): time.sleep(.1)"
    )
    write_notebook(firm / "suite", "00_intake", OPEN, waiting, concluding("intake.cell"))
    engagement = firm / "firm" / "engagement.yml"
    place = firm / "firm" / "reports" / NAME
    with start(firm, "run", engagement) as first:
        for line in first.stderr:
            if "started" in line:
                break
        with pytest.raises(AuditError, match="another run is writing there"), run_lock(place):
            pass
        with pytest.raises(AuditError, match="in use by another command"):
            purge(engagement)
        with start(firm, "run", engagement, "--language", "fr") as second:
            for line in second.stderr:
                if "started" in line:
                    break
            goal.touch()
            assert second.wait(timeout=120) == 0
        assert first.wait(timeout=120) == 0
    for name in (NAME, NAME.replace("_en", "_fr")):
        assert manifest.edited_files(place.with_name(name)) == []
    purge(engagement)
    assert not (engagement.parent / ".clientaudit").exists()


@pytest.mark.parametrize("kilobytes", [8, 24])
def test_a_file_that_may_not_grow_is_told_and_the_last_run_stays(firm, kilobytes):
    """8 KB are too little for the prepared lines, 24 KB for the workbook or a page."""
    old = files(firm / "firm" / "reports" / NAME)
    if kilobytes == 8:
        shutil.rmtree(firm / "firm" / ".clientaudit")
    limit = f"ulimit -f {kilobytes} && exec " + '"$@"'
    command = [sys.executable, "-c", PROGRAM, firm / "suite", "", "run"]
    done = subprocess.run(
        ["bash", "-c", limit, "bash", *map(str, command), firm / "firm" / "engagement.yml"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == cli.MISTAKE, done.stderr
    assert "A file grew larger than the system allows: " in done.stderr
    assert "Traceback" not in done.stderr
    assert files(firm / "firm" / "reports" / NAME) == old
    assert left_over(firm) == []
