"""`make bench`: every subject measured, printed as it stands in benchmarks/README.md.

A subject is a module beside this one with a `report`; give names to measure only those.
"""

import argparse
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from benchmarks import (
    btyd,
    calibration,
    categories,
    data,
    grid,
    groups,
    imports,
    preparing,
    suite,
    summaries,
    survival,
    watch,
)
from benchmarks.harness import THREADS, measure

MILLIONS, LARGE_MILLIONS, SUITE_MILLIONS = 10, 50, 1


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("subjects", nargs="*", help=f"of: {', '.join(SUBJECTS)}")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the lines, to try it")
    options = parser.parse_args()
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        lines = Lines(Path(folder), options.scale)
        for name in options.subjects or SUBJECTS:
            print(f"\n{SUBJECTS[name](lines)}", flush=True)


class Lines:
    """The generated files, each written when the first subject needs it."""

    def __init__(self, folder: Path, scale: float) -> None:
        self.folder, self.scale = folder, scale

    def count(self, millions: int) -> int:
        """Lines to generate."""
        return int(millions * data.MILLION * self.scale)

    def parquet(self, millions: int) -> Path:
        """A folder with so many million lines."""
        home = self.folder / f"{millions}"
        if not home.exists():
            home.mkdir()
            print(f"writing {self.count(millions):,} lines...", file=sys.stderr, flush=True)
            data.write_lines(home, self.count(millions))
        return home

    def prepared(self, millions: int) -> Path:
        """The same, with its prepared tables."""
        home = self.parquet(millions)
        if not (home / ".clientaudit").exists():
            measure(preparing.PREPARE, home)
        return home

    def csv(self, millions: int) -> Path:
        """The same lines as csv."""
        home = self.folder / f"{millions}-csv"
        if not home.exists():
            home.mkdir()
            data.write_csv(home, self.parquet(millions) / "lines.parquet")
        return home


def machine() -> str:
    """On what, and when."""
    memory = round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("duckdb", "pandas", "ibis-framework")
    )
    return (
        f"Measured {time.strftime('%Y-%m-%d')} on {platform.machine()}, {THREADS} threads, "
        f"{memory} GB, Python {platform.python_version()}, {packages}."
    )


def _large(lines: Lines) -> str:
    home = lines.parquet(LARGE_MILLIONS)
    try:
        return preparing.report_large(home)
    finally:
        shutil.rmtree(home)


SUBJECTS: dict[str, Callable[[Lines], str]] = {
    "prepare": lambda lines: preparing.report_parquet(lines.parquet(MILLIONS)),
    "summary": lambda lines: summaries.report(lines.prepared(MILLIONS)),
    "csv": lambda lines: preparing.report_csv(lines.csv(MILLIONS), lines.count(MILLIONS)),
    "large": _large,
    "suite": lambda lines: suite.report(lines.prepared(SUITE_MILLIONS)),
    "imports": lambda _: imports.report(),
    "grid": lambda _: grid.report(),
    "btyd": lambda _: btyd.report(),
    "survival": lambda _: survival.report(),
    "watch": lambda lines: watch.report(lines.scale),
    "categories": lambda lines: categories.report(lines.scale),
    "calibration": lambda _: calibration.report(),
    "groups": lambda _: groups.report(),
}

if __name__ == "__main__":
    main()
