"""What a run tells while it goes on, all of it on standard error."""

import sys
import threading
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from clientaudit.run.execute import Event

SILENCE_SECONDS = 15


class Display:
    """Call it with each event: a bar per step and notebook on a terminal, elsewhere lines."""

    def __init__(self) -> None:
        self._show: Bars | Lines = Bars() if sys.stderr.isatty() else Lines()

    def __enter__(self) -> Self:
        self._show.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._show.stop()

    def __call__(self, event: Event) -> None:
        self._show.tell(event)


class Bars:
    """One bar per step and notebook; it moves to and fro while nothing says how much is left."""

    def __init__(self) -> None:
        self._bars: dict[str, TaskID] = {}
        self._step = ""
        self._progress = Progress(
            TextColumn("{task.description:<24}", markup=False),
            BarColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
        )

    def start(self) -> None:
        """Show the bars."""
        self._progress.start()

    def stop(self) -> None:
        """Leave them as they are."""
        self._progress.stop()

    def tell(self, event: Event) -> None:
        """Move the bar that an event is about."""
        if event.kind == "share":
            self._update(self._step, event.cell, event.cells)
            return
        if event.kind in ("step", "started") and self._step:
            self._update(self._step, 1, 1)
            self._step = ""
        if event.kind == "step":
            self._step = event.what
        done = event.cells if event.kind == "done" else event.cell
        self._update(event.what, done, event.cells or None)

    def _update(self, what: str, done: int, total: int | None) -> None:
        if what not in self._bars:
            self._bars[what] = self._progress.add_task(what, total=total)
        self._progress.update(self._bars[what], completed=done, total=total)


class Lines:
    """A line per step and notebook, and one more whenever nothing was told for a while."""

    def __init__(self) -> None:
        self._now: dict[str, str] = {}
        self._step = ""
        self._told = time.monotonic()
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Begin to watch for silence."""
        self._watcher.start()

    def stop(self) -> None:
        """Say no more."""
        self._ended.set()
        self._watcher.join()

    def tell(self, event: Event) -> None:
        """Print what an event says, or keep it for when nothing else is said."""
        if event.kind == "share":
            self._now[self._step] = f"{event.cell} % of this pass"
        elif event.kind == "cell":
            self._now[event.what] = f"cell {event.cell} of {event.cells}"
        else:
            self._now.pop(self._step, None)
            self._now.pop(event.what, None)
            self._step = event.what if event.kind == "step" else ""
            if event.kind in ("step", "started"):
                self._now[event.what] = "at work"
            self._line(event.what if event.kind == "step" else f"{event.what}: {event.kind}")

    def _watch(self) -> None:
        while not self._ended.wait(SILENCE_SECONDS / 10):
            now = list(self._now.items())
            if now and time.monotonic() - self._told >= SILENCE_SECONDS:
                self._line(", ".join(f"{what}: {state}" for what, state in now))

    def _line(self, text: str) -> None:
        self._told = time.monotonic()
        print(text, file=sys.stderr, flush=True)  # noqa: T201 - progress is for people
