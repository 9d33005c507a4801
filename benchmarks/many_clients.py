"""The analyses of a notebook on a base of a million clients: seconds of each."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import data
from benchmarks.harness import Step, measure
from benchmarks.preparing import PREPARE

CLIENTS = 1_000_000
LINES_PER_CLIENT = 8  # each a purchase of its own


class Clock:
    """Runs analyses one after the other and keeps the seconds of each."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def __call__(self, name: str, run: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        found = run()
        self.seconds[name] = time.perf_counter() - start
        return found


def table(step: Step, scale: float) -> str:
    """Seconds of each analysis of a step, and the highest memory of all.

    step: its function returns the seconds of a `Clock`. scale: share of the clients.
    """
    clients = int(CLIENTS * scale)
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        home = Path(folder)
        data.write_lines(
            home, clients * LINES_PER_CLIENT, per_client=LINES_PER_CLIENT, per_document=1
        )
        measure(PREPARE, home)
        found = measure(step, home)
    if found is None:
        return f"{step.label}: could not be run."
    rows = [f"| {step.label}, {clients:,} clients | seconds |", "|---|---:|"]
    rows += [f"| {name} | {seconds:.1f} |" for name, seconds in found.notes.items()]
    total = f"| all, {found.megabytes:,.0f} MB at most | {found.seconds:.1f} |"
    return "\n".join([*rows, total])
