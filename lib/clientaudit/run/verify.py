"""Proof that a run comes out of its inputs: the same inputs, run again, give the same bytes."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from clientaudit.engine.disk import disk_faults
from clientaudit.engine.scratch import scratch
from clientaudit.errors import AuditError
from clientaudit.run import manifest
from clientaudit.run.execute import Progress, default_jobs
from clientaudit.run.notebooks import FOLDER
from clientaudit.run.pipeline import write_run
from clientaudit.run.plan import RunOptions, make_plan


class _Input(BaseModel):
    path: str
    sha256: str


class _Options(BaseModel):
    as_of: dt.date | None
    language: str | None
    only: list[str]
    previous: str | None = None
    data: str | None
    parameters: dict[str, str]


class _Manifest(BaseModel):
    """What another run needs of a manifest."""

    engagement: str | None
    inputs: list[_Input]
    options: _Options
    outputs: dict[str, str]
    packages: dict[str, str] = {}


@dataclass(frozen=True)
class Verification:
    """What differs, one line a file. With other inputs nothing is run again.

    versions: packages whose version is not that of the run; they may explain a difference.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    versions: tuple[str, ...]

    @property
    def same(self) -> bool:
        """True if inputs and outputs are those of the manifest."""
        return not self.inputs and not self.outputs


def verify_run(
    run: Path,
    engagement: Path | None = None,
    *,
    jobs: int | None = None,
    progress: Progress,
    folder: Path = FOLDER,
) -> Verification:
    """Compare the inputs of a run with its manifest, run it again aside, compare every output.

    engagement: the engagement file, where it no longer stands where the run found it.
    Raises AuditError: not a run, no engagement file; NotebookFailed.
    """
    written = _checked(run, manifest.read_manifest(run))
    path = _engagement_path(run, written, engagement)
    versions = tuple(_versions(written))
    inputs = tuple(_changed_inputs(path.resolve().parent, written))
    if inputs:
        return Verification(inputs, (), versions)
    plan = make_plan(path, _options(path, written, jobs), folder=folder)
    with disk_faults(run), scratch() as aside:
        again = aside / "run"
        write_run(plan, again, progress=progress)
        outputs = _differences(
            written.outputs, manifest.output_hashes(run), manifest.output_hashes(again)
        )
    return Verification((), tuple(outputs), versions)


def _checked(run: Path, written: Mapping[str, Any]) -> _Manifest:
    """The manifest, if it says all that another run needs, each in its form."""
    try:
        return _Manifest.model_validate(written)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise AuditError(f"{run}: its manifest is damaged ({where}).") from None


def _engagement_path(run: Path, written: _Manifest, given: Path | None) -> Path:
    path = given or (run / written.engagement if written.engagement else None)
    if path is None or not path.is_file():
        raise AuditError(
            f"{run}: the engagement file is not where the run found it. Give it with --engagement."
        )
    return path


def _changed_inputs(folder: Path, written: _Manifest) -> list[str]:
    changed = []
    for entry in written.inputs:
        path = folder / entry.path
        if not path.is_file():
            changed.append(f"{entry.path}: is missing")
        elif manifest.sha256(path) != entry.sha256:
            changed.append(f"{entry.path}: is not the file that the run read")
    return changed


def _options(path: Path, written: _Manifest, jobs: int | None) -> RunOptions:
    options = written.options
    folder = path.resolve().parent
    return RunOptions(
        as_of=options.as_of,
        language=options.language,
        only=tuple(options.only),
        data=folder / options.data if options.data else None,
        previous=folder / options.previous if options.previous else None,
        parameters=options.parameters,
        jobs=jobs or default_jobs(),
    )


def _differences(
    written: Mapping[str, str], now: Mapping[str, str], again: Mapping[str, str]
) -> list[str]:
    """What was changed after the run, then what comes out otherwise."""
    lines = []
    for name in sorted({*written, *now, *again}):
        if name not in written:
            lines.append(f"{name}: " + ("was added after the run" if name in now else "is new"))
        elif name not in now:
            lines.append(f"{name}: was deleted after the run")
        elif now[name] != written[name]:
            lines.append(f"{name}: was changed after the run")
        elif name not in again:
            lines.append(f"{name}: does not come out again")
        elif again[name] != written[name]:
            lines.append(f"{name}: comes out differently")
    return lines


def _versions(written: _Manifest) -> list[str]:
    then, now = written.packages, manifest.package_versions()
    return [
        f"{name}: {then.get(name, 'none')} then, {now.get(name, 'none')} now"
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    ]
