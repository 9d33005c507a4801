"""One run of one engagement: intake, gate, notebooks, pages, workbook, manifest, publication."""

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat

from clientaudit.audit import Audit, RunContext
from clientaudit.engine.disk import disk_faults
from clientaudit.engine.scratch import scratch, sweep
from clientaudit.errors import AuditError
from clientaudit.intake.prepare import input_files, prepare
from clientaudit.intake.registers.previous import PROPOSED, REGISTERED, WORKBOOK
from clientaudit.report.crm import write_crm
from clientaudit.report.page import Page
from clientaudit.report.proposals import untouched_actions
from clientaudit.report.registers import merged_registers, registered_clients
from clientaudit.report.workbook import write_workbook
from clientaudit.run import manifest
from clientaudit.run.execute import Event, Progress, Task, execute_tasks
from clientaudit.run.kernel import Place
from clientaudit.run.lock import run_lock
from clientaudit.run.notebooks import FOLDER, NotebookInfo
from clientaudit.run.pages import make_pages, write_metrics, write_pages
from clientaudit.run.parameters import kernel_values
from clientaudit.run.plan import Plan, RunOptions, make_plan, relative
from clientaudit.run.previous import previous_inputs
from clientaudit.run.publish import (
    edited_path,
    publish,
    recover,
    refuse_loss,
    staging_path,
    tidy_up,
)
from clientaudit.run.scrub import scrubbed
from clientaudit.text import Say


@dataclass(frozen=True)
class Outcome:
    """Where a run was published. refusals: why the gate refused the data, one sentence each."""

    index: Path
    refusals: tuple[str, ...]


def run_engagement(
    path: Path, options: RunOptions, *, progress: Progress, folder: Path = FOLDER
) -> Outcome:
    """Run the notebooks of `folder` on one engagement and publish the result, all or nothing.

    Where the gate refuses the data, only report 00 is published, to NAME_refused.
    Raises AuditError for what a consultant can fix, NotebookFailed when a notebook stops; the
    run that stood there before is then untouched.
    """
    plan = make_plan(path, options, folder=folder)
    tidy_up(plan.parent)
    audit = open_plan(plan, progress)
    refused = refusals(audit)
    target = plan.parent / plan.name(audit.as_of, refused=bool(refused))
    _make_parent(plan.parent)
    with disk_faults(plan.parent), run_lock(target) as lock:
        recover(target)
        try:
            _replace(plan, audit, target, lock, progress)
        except BaseException:
            with suppress(OSError):  # else the next command sees to it
                recover(target)
            raise
    return Outcome(target / "index.html", refused)


def _replace(plan: Plan, audit: Audit, target: Path, lock: int, progress: Progress) -> None:
    """Write a run aside and put it in the place of the one that is there."""
    staging, engagement = staging_path(target), plan.engagement.path
    imported = _is_same(plan.previous, target)
    kept = edited_path(target) if imported else None
    refuse_loss(target, engagement, imported=imported)
    read = previous_inputs(audit, engagement.parent, kept)
    _ = audit.previous_registers  # their faults come before all work
    facts = write_run(plan, staging, progress=progress, audit=audit, lock=lock)
    refuse_loss(target, engagement, imported=imported)  # edited while the run went on
    if previous_inputs(audit, engagement.parent, kept) != read:
        raise AuditError(f"{plan.previous}: was changed while the run went on. Run it again.")
    facts["inputs"] = sorted([*facts["inputs"], *read], key=lambda entry: str(entry["path"]))
    manifest.write_manifest(staging, facts | _places(plan, target, kept))
    publish(target)


def open_plan(plan: Plan, progress: Progress) -> Audit:
    """The prepared tables of a plan's engagement, with the thresholds of the gate."""
    prepared = prepare(
        plan.engagement,
        progress=lambda step: progress(Event(step, "step")),
        share=lambda percent: progress(Event("", "share", percent, 100)),
    )
    return Audit(
        engagement=plan.engagement,
        prepared=prepared,
        as_of=plan.as_of(prepared.facts),
        say=Say(plan.language, plan.engagement.currency),
        thresholds=plan.gate_thresholds,
        previous=plan.previous,
    )


def refusals(audit: Audit) -> tuple[str, ...]:
    """Why the gate refuses these exports, in English; nothing when it does not."""
    english = Say("en", audit.engagement.currency)
    return tuple(check.finding.say(english) for check in audit.checks if check.refuses_run)


def write_run(
    plan: Plan,
    folder: Path,
    *,
    progress: Progress,
    audit: Audit | None = None,
    lock: int | None = None,
) -> dict[str, Any]:
    """Write every file of a run but its manifest into a new folder.

    lock: handle that the kernels hold too, so that none outlives the run unnoticed.
    Returns what the manifest says of the run itself.
    """
    audit = audit or open_plan(plan, progress)
    audit = replace(audit, context=RunContext(output=folder, notebook=""))
    refused = bool(refusals(audit))
    notebooks = plan.intake if refused else plan.notebooks
    folder.mkdir()
    summary = audit.summary.order_by("client_id").execute()
    audit.save_table("client_summary", summary)
    executed = _execute(plan, audit, notebooks, folder, progress, lock)
    progress(Event("writing the reports", "step"))
    pages = make_pages(plan, audit, executed, folder / "findings")
    if (folder / "findings").exists():
        shutil.rmtree(folder / "findings")
    write_pages(pages, executed, folder)
    write_metrics(pages, audit, folder / "metrics.json")
    _write_lists(audit, pages, folder)
    audit.connection.disconnect()
    return _facts(plan, audit, notebooks, refused)


def _write_lists(audit: Audit, pages: Sequence[Page], folder: Path) -> None:
    """Write the workbook and the CRM files, with the registers as they stand after this run."""
    tables, prepared = folder / "tables", audit.prepared.folder
    registers = merged_registers(audit.previous_registers, tables=tables, as_of=audit.as_of)
    audit.save_table(REGISTERED, registered_clients(registers))
    audit.save_table(PROPOSED, untouched_actions(registers.actions, tables))
    write_workbook(
        folder / WORKBOOK, tables=tables, pages=pages, prepared=prepared, registers=registers
    )
    actions = registers.actions
    write_crm(folder / "crm", tables=tables, prepared=prepared, actions=actions, say=audit.say)


def _execute(
    plan: Plan,
    audit: Audit,
    notebooks: tuple[NotebookInfo, ...],
    folder: Path,
    progress: Progress,
    lock: int | None,
) -> dict[str, nbformat.NotebookNode]:
    """The notebooks executed and scrubbed, by name."""
    common = {
        "engagement": plan.engagement.path.name,
        "as_of": audit.as_of.isoformat(),
        "language": plan.language,
    }
    tasks = [
        Task(
            notebook,
            {name: value for name, value in common.items() if name in notebook.parameter_names}
            | kernel_values(notebook, plan.thresholds[notebook.name]),
        )
        for notebook in notebooks
    ]
    home = plan.engagement.path.parent
    with scratch() as private:
        data = plan.engagement.folder if plan.options.data else None
        place = Place(home, folder, private, data, lock, audit.prepared.folder, plan.previous)
        executed = execute_tasks(
            tasks, place, audit.say, jobs=plan.options.jobs, logs=home, progress=progress
        )
    sweep(audit.prepared.folder.parent)  # kernels are ended without a farewell
    words = {"<output>": folder, "<engagement>": home, "<data>": plan.engagement.folder}
    return {name: scrubbed(notebook, words) for name, notebook in executed.items()}


def _facts(
    plan: Plan, audit: Audit, notebooks: tuple[NotebookInfo, ...], refused: bool
) -> dict[str, Any]:
    return {
        "as_of": audit.as_of.isoformat(),
        "language": plan.language,
        "currency": plan.engagement.currency,
        "refused": refused,
        "seed": plan.gate_thresholds.seed,
        "thresholds": plan.engagement.thresholds.model_dump(),
        "parameters": {n.name: kernel_values(n, plan.thresholds[n.name]) for n in notebooks},
        "inputs": _inputs(plan, audit),
    }


def _inputs(plan: Plan, audit: Audit) -> list[dict[str, Any]]:
    """Every file that the results depend on, by its path seen from the engagement file."""
    engagement = plan.engagement
    home = engagement.path.parent
    own = [engagement.path]
    if engagement.report.logo:
        own.append(home / engagement.report.logo)
    rows = {file.path: file.rows for file in audit.facts.files}
    found: list[tuple[Path, str, int | None]] = [(p, manifest.sha256(p), None) for p in own]
    found += [(f.path, f.sha256, rows.get(f.name)) for f in input_files(engagement)]
    entries = (
        {"path": relative(path, home) or path.name, "sha256": digest, "rows": count}
        for path, digest, count in found
    )
    return sorted(entries, key=lambda entry: str(entry["path"]))


def _places(plan: Plan, target: Path, kept: Path | None) -> dict[str, Any]:
    """Where the engagement stands, and the options that were given, for another run.

    kept: where the run that this one goes on from and replaces will stand.
    """
    options, home = plan.options, plan.engagement.path.parent
    previous = kept or plan.previous
    return {
        "engagement": relative(plan.engagement.path, target),
        "kept": kept.name if kept else None,
        "options": {
            "as_of": options.as_of.isoformat() if options.as_of else None,
            "language": options.language,
            "only": [notebook.name for notebook in plan.notebooks] if options.only else [],
            "previous": relative(previous, home) if previous else None,
            "data": relative(options.data, home) if options.data else None,
            "parameters": dict(options.parameters),
        },
    }


def _is_same(one: Path | None, other: Path) -> bool:
    return one is not None and other.exists() and one.samefile(other)


def _make_parent(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AuditError(f"{folder}: cannot be written ({error.strerror}).") from None
    if not os.access(folder, os.W_OK):
        raise AuditError(f"{folder}: is not a folder that you may write to.")
