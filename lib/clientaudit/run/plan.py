"""What a run is asked to do, refused before anything is read where it makes no sense."""

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from clientaudit.errors import AuditError
from clientaudit.intake.facts import IntakeFacts
from clientaudit.intake.reading.files import is_text
from clientaudit.run.execute import default_jobs
from clientaudit.run.manifest import NAME as MANIFEST
from clientaudit.run.notebooks import FOLDER, INTAKE, NotebookInfo, find_notebooks, select_notebooks
from clientaudit.run.parameters import resolve_thresholds
from clientaudit.settings import Engagement, Thresholds, load_engagement
from clientaudit.settings.engagement import FIRST_YEAR, LAST_YEAR, REPOSITORY
from clientaudit.text import LANGUAGES


@dataclass(frozen=True)
class RunOptions:
    """Options of the command line; None or empty = from the engagement.

    data: folder that `files` are relative to. out: parent folder of runs. previous: last run.
    only: numbers or names of notebooks. parameters: NAME=VALUE as text.
    """

    as_of: dt.date | None = None
    language: str | None = None
    only: tuple[str, ...] = ()
    previous: Path | None = None
    data: Path | None = None
    out: Path | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    jobs: int = field(default_factory=default_jobs)


@dataclass(frozen=True)
class Plan:
    """One engagement, the notebooks that run and the thresholds of each; `intake` for the gate."""

    engagement: Engagement
    options: RunOptions
    notebooks: tuple[NotebookInfo, ...]
    intake: tuple[NotebookInfo, ...]
    thresholds: dict[str, Thresholds]

    @property
    def gate_thresholds(self) -> Thresholds:
        """Those of the intake notebook, which judges the exports."""
        return self.thresholds.get(INTAKE, self.engagement.thresholds)

    @property
    def previous(self) -> Path | None:
        """Folder of the last audit's run: the option, else the engagement's."""
        found = self.options.previous or self.engagement.previous_run
        return found.absolute() if found else None

    @property
    def language(self) -> str:
        """Language of the reports."""
        return self.options.language or self.engagement.language

    def as_of(self, facts: IntakeFacts) -> dt.date:
        """Last day of the audited period."""
        return self.options.as_of or self.engagement.as_of or facts.as_of_default

    def name(self, as_of: dt.date, *, refused: bool = False) -> str:
        """Name of the run's folder."""
        parts = [self.engagement.slug, as_of.isoformat(), self.language]
        if self.options.only:
            parts.append("-".join(["only", *(n.name[:2] for n in self.notebooks)]))
        return "_".join([*parts, "refused"] if refused else parts)

    @property
    def parent(self) -> Path:
        """The folder of runs."""
        return (self.options.out or default_parent(self.engagement.path)).resolve()


def make_plan(path: Path, options: RunOptions, *, folder: Path = FOLDER) -> Plan:
    """Check an engagement file and the options of a run against the notebooks of `folder`.

    Raises AuditError: settings, language, notebooks or parameters that cannot be.
    """
    if options.language is not None and options.language not in LANGUAGES:
        raise AuditError(f'--language is "{options.language}"; it must be fr or en.')
    if options.as_of and not FIRST_YEAR <= options.as_of.year <= LAST_YEAR:
        raise AuditError(f"--as-of {options.as_of}: years from {FIRST_YEAR} to {LAST_YEAR}.")
    if options.jobs < 1:
        raise AuditError(f"--jobs is {options.jobs}; it must be 1 or more.")
    for place in (path, options.data, options.out, options.previous):
        if place and not is_text(str(place.absolute())):
            raise AuditError(f"{str(place)!r}: this path is not UTF-8. Rename it.")
    engagement = load_engagement(path, data=options.data)
    previous = options.previous or engagement.previous_run
    if previous and not (previous / MANIFEST).is_file():
        where = "--previous" if options.previous else f"{path}: previous,"
        raise AuditError(f"{where} {previous}: is not the folder of a run.")
    available = find_notebooks(folder)
    selected = select_notebooks(available, options.only or engagement.notebooks.only)
    intake = tuple(notebook for notebook in available if notebook.name == INTAKE)
    return Plan(
        engagement=engagement,
        options=options,
        notebooks=selected,
        intake=intake,
        thresholds=resolve_thresholds(intake, engagement, {}, available=available)
        | resolve_thresholds(selected, engagement, options.parameters, available=available),
    )


def default_parent(engagement: Path) -> Path:
    """Folder of runs: `reports/` of the checkout for its own engagements, else beside the file."""
    folder = engagement.resolve().parent
    return (REPOSITORY if folder.is_relative_to(REPOSITORY) else folder) / "reports"


def relative(path: Path, folder: Path) -> str | None:
    """`path` as seen from `folder`, None where there is no way (another drive)."""
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:
        return None
