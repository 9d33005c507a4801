"""What each notebook imports, and what that costs: `python -X importtime` of its import cells."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from benchmarks.suite import is_imports

SHOWN = (
    "pandas", "numpy", "pyarrow", "ibis", "sqlglot", "duckdb", "matplotlib", "pydantic", "babel",
    "scipy", "sklearn", "statsmodels", "seaborn", "clientaudit",
)  # fmt: skip
LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s*(\S+)")


def report() -> str:
    """Milliseconds of each package's own modules; nothing where a notebook does not load it."""
    from clientaudit.run.notebooks import FOLDER, find_notebooks

    rows = [
        f"| imports, ms | all | {' | '.join(SHOWN)} |",
        "|---|" + "---:|" * (len(SHOWN) + 1),
    ]
    for notebook in find_notebooks(FOLDER):
        spent = _spent(_import_lines(notebook.path))
        cells = [f"{spent[name]:.0f}" if spent[name] else "" for name in SHOWN]
        rows.append(f"| {notebook.name} | {sum(spent.values()):.0f} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _import_lines(path: Path) -> str:
    import nbformat

    cells = nbformat.read(path, as_version=4).cells
    return "\n".join(c.source for c in cells if c.cell_type == "code" and is_imports(c.source))


def _spent(code: str) -> Counter[str]:
    command = [sys.executable, "-X", "importtime", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    spent: Counter[str] = Counter()
    for microseconds, module in LINE.findall(done.stderr):
        package = module.split(".")[0]
        # The compiled halves of packages have names of their own.
        spent[{"_duckdb": "duckdb", "pydantic_core": "pydantic"}.get(package, package)] += (
            int(microseconds) / 1000
        )
    return spent
