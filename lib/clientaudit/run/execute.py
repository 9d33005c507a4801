"""Notebooks side by side; 13 and 99 last, for they read what the others found."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import nbformat

from clientaudit.engine.connection import MEMORY_VARIABLE
from clientaudit.engine.disk import disk_fault
from clientaudit.errors import AuditError
from clientaudit.run.failures import NotebookFailed, redacted, write_log
from clientaudit.run.kernel import Kernels, Place, execute_notebook
from clientaudit.run.notebooks import LAST, NotebookInfo
from clientaudit.text import Say

KILLED = (
    "the system ended its process, most likely for want of memory. Close other programs, run with "
    f"--jobs 1, or give the engine less with the environment variable {MEMORY_VARIABLE}."
)


@dataclass(frozen=True)
class Task:
    """One notebook to execute, with the values of its parameters."""

    notebook: NotebookInfo
    values: dict[str, Any]


@dataclass(frozen=True)
class Event:
    """What happens in a run.

    A step of the whole (`what` says which) or the share done of its present pass, in percent; or
    to the notebook `what`: started, at one of its cells, done or failed. cell: position of the
    cell, or that percentage. cells: how many there are, or 100.
    """

    what: str
    kind: Literal["step", "share", "started", "cell", "done", "failed"]
    cell: int = 0
    cells: int = 0


Progress = Callable[[Event], None]


def default_jobs() -> int:
    """How many notebooks run side by side: two, or one on a single processor."""
    return min(2, os.cpu_count() or 1)


def execute_tasks(
    tasks: Sequence[Task], place: Place, say: Say, *, jobs: int, logs: Path, progress: Progress
) -> dict[str, nbformat.NotebookNode]:
    """Every notebook executed, by name. The first that fails ends the others.

    logs: folder whose `.clientaudit/logs` takes the error of a failed notebook.
    Raises NotebookFailed, or AuditError where the notebook raised one.
    """
    batch = _Batch(place, say, logs, progress)
    together = [task for task in tasks if task.notebook.name not in LAST]
    afterwards = [[t for t in tasks if t.notebook.name == name] for name in LAST]
    done: dict[str, nbformat.NotebookNode] = {}
    for group in (together, *afterwards):
        done |= batch.run(group, jobs)
    return {task.notebook.name: done[task.notebook.name] for task in tasks}


class _Batch:
    """The threads that drive the kernels of one run."""

    def __init__(self, place: Place, say: Say, logs: Path, progress: Progress) -> None:
        self.place, self.say, self.logs, self.progress = place, say, logs, progress
        self.kernels = Kernels()

    def run(self, tasks: Sequence[Task], jobs: int) -> dict[str, nbformat.NotebookNode]:
        done: dict[str, nbformat.NotebookNode] = {}
        with ThreadPoolExecutor(max_workers=jobs) as pool:
            futures = {pool.submit(self._one, task): task.notebook.name for task in tasks}
            try:
                for future in as_completed(futures):
                    done[futures[future]] = future.result()
            except BaseException:  # an interruption as well: no kernel is left behind
                pool.shutdown(wait=False, cancel_futures=True)
                self.kernels.stop()
                raise
        return done

    def _one(self, task: Task) -> nbformat.NotebookNode:
        name, cells, position = task.notebook.name, task.notebook.cell_count + 1, 0

        def on_cell(index: int) -> None:
            nonlocal position
            position = index
            self.progress(Event(name, "cell", index, cells))

        self.progress(Event(name, "started", cells=cells))
        try:
            executed = execute_notebook(
                task.notebook, task.values, self.place, self.say, self.kernels, on_cell
            )
        except Exception as error:
            if self.kernels.stopped:  # ended by another's failure: nothing to explain
                raise
            self.progress(Event(name, "failed", position, cells))
            raise self._explained(name, position, error) from None
        self.progress(Event(name, "done", cells, cells))
        return executed

    def _explained(self, name: str, position: int, error: Exception) -> Exception:
        """What people are told of a failure: the AuditError itself, else one line and a log.

        position: of the cell, counted from 0 with the injected parameters after the first two,
        hence from 1 in the notebook as it stands in the repository.
        """
        kind = getattr(error, "ename", type(error).__name__)
        message = getattr(error, "evalue", str(error))
        if kind == AuditError.__name__:
            return AuditError(f"{name}: {message}")
        if refused := disk_fault(message, self.place.folder):
            return AuditError(f"{name}: {refused}")
        whole = "\n".join(getattr(error, "traceback", [])) or str(error)
        log = write_log(self.logs, name, f"{name}\n{whole}\n")
        killed = isinstance(error, RuntimeError) and message.startswith("Kernel died")
        line = KILLED if killed else redacted(kind, message)
        return NotebookFailed(name, position, line, log)
