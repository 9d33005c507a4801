"""What a run writes for people and machines from its executed notebooks."""

import ast
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat

from clientaudit import METHOD_VERSION, __version__
from clientaudit.audit import Audit
from clientaudit.findings import Conclusion, load_conclusion, metrics
from clientaudit.report.page import Page, Parameter, render_index, render_page
from clientaudit.run.notebooks import first_question
from clientaudit.run.parameters import kernel_values
from clientaudit.run.plan import Plan
from clientaudit.settings import Thresholds

Executed = Mapping[str, nbformat.NotebookNode]


def make_pages(plan: Plan, audit: Audit, executed: Executed, findings: Path) -> list[Page]:
    """One page for each executed notebook, in their order.

    findings: folder of the conclusions that the notebooks saved.
    """
    contents = tuple((f"{name}.html", first_question(nb)) for name, nb in executed.items())
    statement = reproducibility(audit, plan)
    pages = []
    for name, notebook in executed.items():
        saved = findings / f"{name}.json"
        conclusion = load_conclusion(saved) if saved.is_file() else Conclusion(())
        pages.append(
            Page(
                engagement=audit.engagement,
                say=audit.say,
                as_of=audit.as_of,
                notebook=name,
                question=first_question(notebook),
                conclusion=conclusion,
                checks=audit.checks,
                parameters=page_parameters(plan, name),
                caveats=conclusion.caveats,
                reproducibility=statement,
                contents=contents,
            )
        )
    return pages


def write_pages(pages: Iterable[Page], executed: Executed, folder: Path) -> None:
    """Write NN_name.html, notebooks/NN_name.ipynb and index.html."""
    pages = list(pages)
    (folder / "notebooks").mkdir()
    for page in pages:
        notebook = executed[page.notebook]
        _write(folder / page.href, render_page(without_silent_sections(notebook), page))
        text: str = nbformat.writes(notebook)
        _write(folder / "notebooks" / f"{page.notebook}.ipynb", text + "\n")
    _write(folder / "index.html", render_index(pages))


def without_silent_sections(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook without the sections that were to show something, and show nothing.

    A section runs from one `##` heading to the next. Where its subject does not exist in a base,
    its tables and charts are None, and its heading and prose would announce what does not follow.
    A section that only reckons has no cell that ends in an expression, and keeps its prose.
    """
    sections: list[list[nbformat.NotebookNode]] = [[]]
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            sections.append([])
        sections[-1].append(cell)
    opening, *others = sections
    told = [cells for cells in others if not _is_silent(cells)]
    kept: nbformat.NotebookNode = nbformat.from_dict({**notebook, "cells": sum(told, opening)})
    return kept


def write_metrics(pages: Iterable[Page], audit: Audit, path: Path) -> None:
    """Write metrics.json: every finding, caveat and check of the run at full precision."""
    found = metrics(check.finding for check in audit.checks)
    for page in pages:
        found |= metrics([*page.conclusion.findings, *page.conclusion.details, *page.caveats])
    text = json.dumps(_finite(found), ensure_ascii=False, indent=1, sort_keys=True, default=str)
    _write(path, text + "\n")


def page_parameters(plan: Plan, name: str) -> tuple[Parameter, ...]:
    """The thresholds that a notebook declares, as it ran with them."""
    notebook = {n.name: n for n in (*plan.intake, *plan.notebooks)}[name]
    parameters = []
    for key, value in kernel_values(notebook, plan.thresholds[name]).items():
        field = Thresholds.model_fields[key]
        description, changed = field.description or "", value != field.default
        parameters.append(Parameter(key, value, field.default, description, changed))
    return tuple(parameters)


def reproducibility(audit: Audit, plan: Plan) -> str:
    """From what the run was made, and how to have it again."""
    facts = audit.facts
    read = sum(r.rows for r in facts.rules if (r.table, r.step) == ("transactions", "read"))
    made = audit.say(
        "Made from {files:int} {files:plural:file|files} whose SHA-256 fingerprints stand in "
        "manifest.json, data up to {as_of:day}: {kept:int} invoice lines kept of {read:int} read. "
        "Software clientaudit {version:text}, method {method:text}, seed {seed:text}. A new run on "
        "the same files gives the same figures: the command clientaudit verify proves it.",
        files=len(facts.files),
        as_of=audit.as_of,
        kept=facts.row_counts["transactions"],
        read=read,
        version=__version__,
        method=str(METHOD_VERSION),
        seed=str(plan.gate_thresholds.seed),
    )
    return " ".join([made, *_previous(audit)])


def _is_silent(cells: Iterable[nbformat.NotebookNode]) -> bool:
    """Whether the cells of a section were to show something, and did not."""
    code = [cell for cell in cells if cell.cell_type == "code"]
    last = [node for cell in code for node in ast.parse(cell.source).body[-1:]]
    asked = any(isinstance(node, ast.Expr) for node in last)
    return asked and not any(cell.outputs for cell in code)


def _previous(audit: Audit) -> Iterator[str]:
    """What an earlier run has to do with this one, if there is one."""
    if audit.last_audit:
        yield audit.say(
            "The last audit, with data up to {day:day}, is compared with this one.",
            day=audit.last_audit.as_of,
        )
    if audit.previous:
        yield audit.say(
            "The registers of actions and decisions go on from the workbook of an earlier run."
        )


def _finite(value: Any) -> Any:
    """JSON has no word for a number that is not finite: null."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
