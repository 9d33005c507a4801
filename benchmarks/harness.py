"""One measurement in a process of its own: seconds, processor seconds, resident memory."""

import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import ROOT

THREADS = 2
PEERS = ROOT / ".benchmarks-venv" / "bin" / "python"


@dataclass(frozen=True)
class Step:
    """Something to measure.

    label: its row in the table. function: `module:name` under benchmarks, called with the folder
    of the data. imports: modules loaded before the clock starts. peer: runs in the environment of
    the peers. environment: variables that it runs with.
    """

    label: str
    function: str
    imports: tuple[str, ...] = ()
    runs: int = 3
    peer: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Figures:
    """What a step took: the best of its runs. notes: what the step returned, if anything."""

    label: str
    seconds: float
    cpu: float
    megabytes: float
    notes: Any = None


def measure(step: Step, home: Path) -> Figures | None:
    """Run a step; None, said on standard error, where its environment or memory is missing."""
    if step.peer and not PEERS.is_file():
        print(f"{step.label}: left out, no environment of the peers", file=sys.stderr)
        return None
    print(f"{step.label}...", file=sys.stderr, flush=True)
    try:
        found = [_once(step, home) for _ in range(step.runs)]
    except subprocess.CalledProcessError as error:
        print(error.stderr[-2000:], file=sys.stderr)
        return None
    best = {key: min(run[key] for run in found) for key in ("seconds", "cpu", "megabytes")}
    return Figures(step.label, notes=found[-1]["notes"], **best)


def measure_all(steps: Sequence[Step], home: Path) -> list[Figures]:
    """Every step that could be measured, one after the other."""
    return [found for step in steps if (found := measure(step, home))]


def table(title: str, found: Sequence[Figures], unit: Figures) -> str:
    """Rows as Markdown, each beside `unit`."""
    rows = [
        f"| {title} | seconds | cpu s | MB | x {unit.label} |",
        "|---|---:|---:|---:|---:|",
    ]
    for row in found:
        figures = f"{row.seconds:.2f} | {row.cpu:.2f} | {row.megabytes:.0f}"
        rows.append(f"| {row.label} | {figures} | {row.seconds / unit.seconds:.1f} |")
    return "\n".join(rows)


def _once(step: Step, home: Path) -> dict[str, Any]:
    python = str(PEERS) if step.peer else sys.executable
    command = [python, "-m", "benchmarks.harness", step.function, ",".join(step.imports), str(home)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=os.environ | {"POLARS_MAX_THREADS": str(THREADS)} | step.environment,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _child(function: str, imports: str, home: Path) -> None:
    module, name = function.split(":")
    run: Callable[[Path], Any] = getattr(importlib.import_module(f"benchmarks.{module}"), name)
    for needed in filter(None, imports.split(",")):
        importlib.import_module(needed)
    start, cpu = time.perf_counter(), _cpu()
    notes = run(home)
    seconds, cpu = time.perf_counter() - start, _cpu() - cpu
    print()
    print(json.dumps({"seconds": seconds, "cpu": cpu, "megabytes": _peak(), "notes": notes}))


def _cpu() -> float:
    """Processor seconds of this process and of those that it started and that ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _peak() -> float:
    """Highest resident megabytes. Not `getrusage`: a child begins there with its parent's."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return 0.0
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) / 1024


if __name__ == "__main__":
    _child(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
