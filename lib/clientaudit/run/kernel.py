"""One notebook in a kernel of its own: this interpreter, nothing of the user's profile."""

import importlib.util
import json
import logging
import os
import re
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_event_loop

from clientaudit.run.notebooks import NotebookInfo
from clientaudit.text import Say

START_SECONDS = 120
# -P: a module beside the client's exports is never imported.
COMMAND = [sys.executable, "-P", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
# Notebooks run side by side: one thread each for linear algebra, with the same sums everywhere.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass(frozen=True)
class Place:
    """Where the kernels of one run work.

    folder: their current folder, the engagement's. output: the staged run. private: a folder
    that only this run and its owner can read. data: the folder of the exports, if given. lock:
    handle of the run's lock: while a kernel lives, nobody else writes to the staged run.
    prepared: the folder of the prepared tables. previous: the last audit's run, if given.
    """

    folder: Path
    output: Path
    private: Path
    data: Path | None = None
    lock: int | None = None
    prepared: Path | None = None
    previous: Path | None = None


class Kernels:
    """The kernels that are alive, so that an interruption leaves none behind."""

    def __init__(self) -> None:
        self._processes: list[Any] = []
        self._lock = threading.Lock()
        self.stopped = False

    def add(self, process: Any) -> None:
        """Count a process in; it ends at once when the run has been stopped."""
        with self._lock:
            self._processes.append(process)
            if self.stopped:
                process.kill()

    def stop(self) -> None:
        """End every kernel, and those that are still starting."""
        with self._lock:
            self.stopped = True
            for process in self._processes:
                process.kill()


def execute_notebook(
    notebook: NotebookInfo,
    values: dict[str, Any],
    place: Place,
    say: Say,
    kernels: Kernels,
    on_cell: Callable[[int], None],
) -> nbformat.NotebookNode:
    """The notebook, its text in the language of `say`, executed with `values` as parameters.

    on_cell: called with the position of each cell, from 0, when it starts.

    Raises papermill's PapermillExecutionError when a cell fails.
    """
    # Its inspector cannot read a comment with quotes; unknown names are refused long before.
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    source = nbformat.read(notebook.path, as_version=4)
    try:
        done: nbformat.NotebookNode = papermill.execute_notebook(
            _ready(translated(source, say)),
            None,
            values,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            start_timeout=START_SECONDS,
            kernel_manager_class=_manager(notebook.name, place, kernels),
            shutdown_kernel="immediate",
            coalesce_streams=True,
            resources={"metadata": {"path": str(place.folder)}},
            on_cell_start=lambda cell_index, **_: on_cell(cell_index),
        )
        return done
    finally:
        ensure_event_loop().close()


def translated(notebook: nbformat.NotebookNode, say: Say) -> nbformat.NotebookNode:
    """The notebook with each paragraph of its markdown in the language of `say`."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            paragraphs = re.split(r"\n\s*\n", cell.source.strip())
            cell.source = "\n\n".join(say.translate(paragraph) for paragraph in paragraphs)
    return notebook


def _ready(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """What papermill expects of a notebook that it has not read itself."""
    notebook.metadata["papermill"] = {}
    for cell in notebook.cells:
        cell.metadata.setdefault("tags", [])
    return notebook


def _manager(name: str, place: Place, kernels: Kernels) -> type[AsyncKernelManager]:
    """A manager that starts this interpreter whatever kernels are registered on the machine."""

    class OwnInterpreter(AsyncKernelManager):
        @property
        def kernel_spec(self) -> KernelSpec:
            return KernelSpec(argv=COMMAND, display_name="Python 3", language="python")

        async def _async_pre_start_kernel(self, **options: Any) -> tuple[list[str], dict[str, Any]]:
            # Sockets in the private folder: no port that others on the machine could listen to.
            self.transport = "tcp" if os.name == "nt" else "ipc"
            self.connection_file = str(place.private / f"{name[:2]}.json")
            options["env"] = _environment(name, place)
            if place.lock is not None and os.name != "nt":
                options["pass_fds"] = (place.lock,)
            return await super()._async_pre_start_kernel(**options)

        async def _async_post_start_kernel(self, **options: Any) -> None:
            kernels.add(self.provisioner.process)  # type: ignore[union-attr]
            await super()._async_post_start_kernel(**options)

    return OwnInterpreter


def _environment(name: str, place: Place) -> dict[str, str]:
    context = place.private / f"{name}-context.json"
    data = {
        "data": str(place.data) if place.data else None,
        "prepared": str(place.prepared) if place.prepared else None,
        "previous": str(place.previous) if place.previous else None,
        "output": str(place.output),
        "notebook": name,
    }
    context.write_text(json.dumps(data), encoding="utf-8")
    jupyter = str(place.private / "jupyter")
    own = {
        "CLIENTAUDIT_CONTEXT": str(context),
        "IPYTHONDIR": str(place.private / "ipython"),
        "JUPYTER_CONFIG_DIR": jupyter,
        "JUPYTER_DATA_DIR": jupyter,
        "JUPYTER_RUNTIME_DIR": jupyter,
        "JUPYTER_NO_CONFIG": "1",
        "MATPLOTLIBRC": str(_package("matplotlib") / "mpl-data" / "matplotlibrc"),
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
    }
    foreign = ("PYTHONSTARTUP", "PYTHONINSPECT", "MPLBACKEND")
    kept = {key: value for key, value in os.environ.items() if key not in foreign}
    return kept | ONE_THREAD | own


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent
