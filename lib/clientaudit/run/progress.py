"""What a run tells while it goes on, all of it on standard error."""

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from clientaudit.run.execute import Event


class Display:
    """A bar per notebook on a terminal, plain lines elsewhere. Call it with each event."""

    def __init__(self) -> None:
        self._bars: dict[str, TaskID] = {}
        self._progress: Progress | None = None
        if sys.stderr.isatty():
            self._progress = Progress(
                TextColumn("{task.description:<16}"),
                BarColumn(),
                MofNCompleteColumn(),
                console=Console(stderr=True),
            )

    def __enter__(self) -> Self:
        if self._progress:
            self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._progress:
            self._progress.stop()

    def __call__(self, event: Event) -> None:
        if self._progress is None or event.kind == "step":
            self._line(event)
        else:
            self._bar(event, self._progress)

    def _line(self, event: Event) -> None:
        if event.kind == "cell":
            return
        text = event.what if event.kind == "step" else f"{event.what}: {event.kind}"
        if self._progress:
            self._progress.console.print(text, markup=False, highlight=False)
        else:
            print(text, file=sys.stderr, flush=True)  # noqa: T201 - progress is for people

    def _bar(self, event: Event, progress: Progress) -> None:
        if event.what not in self._bars:
            self._bars[event.what] = progress.add_task(event.what, total=event.cells)
        done = event.cells if event.kind == "done" else event.cell
        progress.update(self._bars[event.what], completed=done)
