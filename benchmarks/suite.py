"""The runner: what it adds to the notebooks' own work, and the whole suite beside its floor."""

import ast
import contextlib
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.harness import THREADS, Figures, Step, measure

FLOOR = Step("floor: kernels and imports, two at a time", "suite:floor", ("nbformat",))
RUN = Step("clientaudit run, tables prepared", "suite:run", ("clientaudit.run.pipeline",))
SHARES = Step("its parts", "suite:shares", ("clientaudit.run.pipeline",), runs=1)


def report(home: Path) -> str:
    """A table of the whole and one of each notebook. home: holds a million prepared lines."""
    floor, whole, parts = (measure(step, home) for step in (FLOOR, RUN, SHARES))
    if floor is None or whole is None or parts is None:
        return "The suite could not be run."
    rows = [
        "| whole suite on 1 M lines | seconds | cpu s | x floor |",
        "|---|---:|---:|---:|",
        *(_whole(row, floor) for row in (floor, whole)),
        "",
        "| notebook, s | imports | other cells | kernel and runner | rendering | report KB |",
        "|---|---:|---:|---:|---:|---:|",
        *("| " + " | ".join(map(str, row)) + " |" for row in parts.notes["notebooks"]),
    ]
    others = ", ".join(f"{what} {seconds:.2f} s" for what, seconds in parts.notes["others"].items())
    return "\n".join([*rows, "", f"Once a run: {others}."])


def _whole(row: Figures, floor: Figures) -> str:
    return (
        f"| {row.label} | {row.seconds:.1f} | {row.cpu:.1f} | {row.seconds / floor.seconds:.2f} |"
    )


def floor(home: Path) -> None:
    """Start a kernel for each notebook and run its imports there; nothing else."""
    from clientaudit.run.notebooks import FOLDER, find_notebooks

    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        list(pool.map(lambda notebook: _import_in_kernel(notebook.path), find_notebooks(FOLDER)))


def run(home: Path) -> None:
    """The whole command but for intake, published beside the engagement."""
    from clientaudit.run.pipeline import run_engagement
    from clientaudit.run.plan import RunOptions

    options = RunOptions(out=home / "reports", jobs=THREADS)
    run_engagement(home / "engagement.yml", options, progress=lambda _: None)


def shares(home: Path) -> dict[str, Any]:
    """Where the time of a run goes: each notebook alone, then what is written of all of them."""
    from clientaudit.run import pages
    from clientaudit.run.pipeline import open_plan
    from clientaudit.run.plan import RunOptions, make_plan
    from clientaudit.run.scrub import scrubbed

    start = time.perf_counter()
    plan = make_plan(home / "engagement.yml", RunOptions(out=home / "reports", jobs=1))
    audit = open_plan(plan, lambda _: None)
    checked = time.perf_counter()
    _ = audit.checks
    others = {"opening": checked - start, "gate": time.perf_counter() - checked}
    notebooks, rows = {}, []
    with tempfile.TemporaryDirectory() as output:
        for notebook in plan.notebooks:
            executed, parts = _execute(plan, audit, notebook, Path(output))
            notebooks[notebook.name] = scrubbed(executed, {})
            rows.append([notebook.name, *parts])
        made = pages.make_pages(plan, audit, notebooks, Path(output) / "findings")
        for row, page in zip(rows, made, strict=True):
            row += _rendered(notebooks[page.notebook], page)
    return {"notebooks": rows, "others": others}


def _execute(plan: Any, audit: Any, notebook: Any, output: Path) -> tuple[Any, list[str]]:
    """One notebook by the runner: its imports, its other cells, all the rest."""
    from clientaudit.run.execute import Task, execute_tasks
    from clientaudit.run.kernel import Place
    from clientaudit.run.parameters import kernel_values

    values = kernel_values(notebook, plan.thresholds[notebook.name])
    common = {"engagement": plan.engagement.path.name, "as_of": audit.as_of.isoformat()}
    values |= {name: common[name] for name in common if name in notebook.parameter_names}
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as private:
        task, home = Task(notebook, values), plan.engagement.path.parent
        place = Place(home, output, Path(private), prepared=audit.prepared.folder)
        done = execute_tasks([task], place, audit.say, jobs=1, logs=home, progress=lambda _: None)
    whole = time.perf_counter() - start
    executed = done[notebook.name]
    cells = [(cell.source, _seconds(cell)) for cell in executed.cells if cell.cell_type == "code"]
    imports = sum(seconds for source, seconds in cells if is_imports(source))
    own = sum(seconds for _, seconds in cells) - imports
    parts = (imports, own, whole - own - imports)
    return executed, [f"{seconds:.2f}" for seconds in parts]


def _seconds(cell: Any) -> float:
    return float(cell.metadata.papermill.get("duration") or 0.0)


def is_imports(source: str) -> bool:
    """Whether a cell only imports."""
    nodes = ast.parse(source).body
    return bool(nodes) and all(isinstance(node, ast.Import | ast.ImportFrom) for node in nodes)


def _rendered(notebook: Any, page: Any) -> list[str]:
    from clientaudit.report.page import render_page

    start = time.perf_counter()
    html = render_page(notebook, page)
    return [f"{time.perf_counter() - start:.2f}", f"{len(html.encode()) / 1000:.0f}"]


def _import_in_kernel(path: Path) -> None:
    import nbformat

    cells = nbformat.read(path, as_version=4).cells
    with _kernel() as client:
        for cell in cells:
            if cell.cell_type == "code" and is_imports(cell.source):
                client.execute_interactive(cell.source, store_history=False)


@contextlib.contextmanager
def _kernel():
    """A kernel as Jupyter starts it, ready for its first cell."""
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(startup_timeout=120)
    try:
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
