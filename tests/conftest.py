"""What the tests share: the real data sets, a browser, LibreOffice, and repeatable properties."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent
# A fixture named here marks the tests that ask for it, so that `-m "not chromium"` works.
MARKING_FIXTURES = ("shared_data", "chromium", "soffice")

os.environ["MPLBACKEND"] = "Agg"
# Threads of linear algebra on tiny matrices only wait for each other beside other processes.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("repeatable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by the outside thing that it needs."""
    for item in items:
        for name in MARKING_FIXTURES:
            if name in getattr(item, "fixturenames", ()):
                item.add_marker(name)


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets beside the checkout."""
    folder = ROOT.parent / "shared" / "data"
    return folder if folder.is_dir() else _absent("the real data sets (../shared/data)")


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The system's Chromium."""
    return _program("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def soffice() -> Path:
    """The system's LibreOffice."""
    return _program("soffice", "libreoffice")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB, where this user may mount one."""
    folder = tmp_path / "small disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(command, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here; limits on the size of files are tried")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of the demo firm's run in a language: made once for all test processes."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent

    def run(language: str) -> Path:
        home = shared / f"demo-{language}"
        with (shared / f"demo-{language}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not home.exists():
                shutil.copytree(ROOT / "data" / "demo", home)
                place = ("--language", language, "--out", home / "runs")
                done = _clientaudit("run", home / "engagement.yml", *place)
                assert done.returncode == 0, done.stderr[-4000:]
        return next(path.parent for path in (home / "runs").glob("*/index.html"))

    return run


@pytest.fixture(scope="session")
def clientaudit() -> Callable[..., subprocess.CompletedProcess[str]]:
    """The command line in a process of its own."""
    return _clientaudit


def _clientaudit(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "clientaudit.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _program(*names: str) -> Path:
    for name in names:
        if found := shutil.which(name):
            return Path(found)
    return _absent(names[0])


def _absent(what: str) -> Path:
    """Skip, or fail in CI, where everything must be there."""
    message = f"{what}: not on this machine"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{message}, and CI=true allows no skip")
    pytest.skip(message)
