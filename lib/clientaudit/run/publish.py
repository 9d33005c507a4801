"""A run appears whole or not at all, and never over the work of the consultant."""

import ctypes
import errno
import os
import re
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from clientaudit.engine.disk import flush, flush_folder
from clientaudit.engine.scratch import sweep
from clientaudit.errors import AuditError
from clientaudit.run import manifest
from clientaudit.run.lock import run_lock

_LEFTOVER = re.compile(r"\.([a-z0-9-]+_\d{4}-\d\d-\d\d_(?:fr|en)[\w-]*)\.(?:staging|previous|lock)")
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_NOT_ABLE = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)


def staging_path(target: Path) -> Path:
    """Where the files of a run are written before it appears: beside its place."""
    return target.with_name(f".{target.name}.staging")


def previous_path(target: Path) -> Path:
    """Where the old run stands while a system that cannot exchange replaces it."""
    return target.with_name(f".{target.name}.previous")


def recover(target: Path) -> None:
    """Complete or undo an exchange that was cut. Call it with the run's lock held."""
    staging, previous = staging_path(target), previous_path(target)
    if previous.exists() and not target.exists():
        # The manifest is written last: with it the new run is complete.
        complete = (staging / manifest.NAME).is_file()
        (staging if complete else previous).rename(target)
    for leftover in (previous, staging):
        if leftover.exists():
            _discard(leftover, target)


def tidy_up(parent: Path) -> None:
    """Complete or undo what commands that were cut left in a folder of runs or as temporary files.

    What a living command holds is left alone, and so is what cannot be changed now.
    """
    sweep()
    found = (_LEFTOVER.fullmatch(path.name) for path in sorted(parent.glob(".*")))
    for name in dict.fromkeys(match[1] for match in found if match):
        with suppress(AuditError, OSError), run_lock(parent / name):
            recover(parent / name)


def refuse_loss(target: Path, engagement: Path, *, imported: bool = False) -> None:
    """Refuse to replace what the consultant changed or has open, or another engagement's run.

    engagement: file of the run to come. imported: the run to be replaced is the one given as the
    previous run. A deleted file is no work: it may have been moved out of the way.
    Raises AuditError naming the files, or when the place is taken by something else.
    """
    if target.is_symlink():
        raise AuditError(
            f"{target}: is a link to {target.resolve()}. Delete the link, or write to the folder "
            "itself with --out."
        )
    if not target.exists():
        return
    written = manifest.read_manifest(target)
    other = target / (written.get("engagement") or "")
    if other.is_file() and not other.samefile(engagement):
        raise AuditError(
            f"{target}: is the run of another engagement, {other.resolve()}. Write elsewhere with "
            "--out."
        )
    if opened := manifest.open_files(target):
        raise AuditError(
            f"{target}: open in a spreadsheet program: {', '.join(opened)}. Close it there; if no "
            "program has it open, delete its lock file (~$... or .~lock...)."
        )
    edited = manifest.edited_files(target)
    if edited and not imported:
        raise AuditError(
            f"{target}: {', '.join(edited)} changed since the run was made. Move that folder "
            f'elsewhere, or give it with --previous "{target}" to import the changes.'
        )


def publish(target: Path) -> None:
    """Put the staged run in the place of the old one. Call it with the run's lock held."""
    staging = staging_path(target)
    flush(staging)
    if not target.exists():
        staging.rename(target)
    elif not _exchange(staging, target):
        target.rename(previous_path(target))
        staging.rename(target)
    with suppress(OSError):  # the run is there; the next command sees to what is left of the old
        flush_folder(target.parent)
        recover(target)


def _discard(folder: Path, target: Path) -> None:
    """Delete a staged or replaced run; one that somebody edited, or that the new one goes on from,
    is kept beside it.
    """
    if (folder / manifest.NAME).is_file() and (_goes_on(target) or _holds_work(folder)):
        folder.rename(edited_path(target))
    else:
        shutil.rmtree(folder)


def _goes_on(target: Path) -> bool:
    """Whether a run was made from the one that it replaces."""
    try:
        return manifest.read_manifest(target).get("kept") == edited_path(target).name
    except AuditError:
        return False


def _holds_work(run: Path) -> bool:
    try:
        return bool(manifest.edited_files(run) or manifest.open_files(run))
    except AuditError:  # its manifest was damaged: no saying what is whose
        return True


def edited_path(target: Path) -> Path:
    """The first free name for an edited run that makes room for a new one."""
    number = 1
    while (path := target.with_name(f"{target.name}_edited-{number}")).exists():
        number += 1
    return path


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system cannot."""
    rename = _system_exchange()
    if rename is None:
        return False
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _NOT_ABLE:
        return False
    raise OSError(number, os.strerror(number), str(other))


def _system_exchange() -> Callable[..., int] | None:
    if sys.platform != "linux":
        return None
    return getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
