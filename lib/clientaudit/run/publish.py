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

from clientaudit.errors import AuditError
from clientaudit.run import manifest
from clientaudit.run.lock import run_lock

_LEFTOVER = re.compile(r"\.([a-z0-9-]+_\d{4}-\d\d-\d\d_(?:fr|en)[\w-]*)\.(?:staging|previous)")
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


def recover_folder(parent: Path) -> None:
    """Complete or undo every exchange that was cut in a folder of runs."""
    found = (_LEFTOVER.fullmatch(path.name) for path in sorted(parent.glob(".*")))
    for name in dict.fromkeys(match[1] for match in found if match):
        with suppress(AuditError), run_lock(parent / name):  # in use: its owner sees to it
            recover(parent / name)


def refuse_edited(target: Path, *, imported: bool = False) -> None:
    """Refuse to replace what the consultant changed.

    imported: the run to be replaced is the one given as the previous run.
    Raises AuditError naming the files, or when the place is taken by something else.
    """
    if not target.exists():
        return
    edited = manifest.edited_files(target)
    if edited and not imported:
        raise AuditError(
            f"{target}: {', '.join(edited)} changed since the run was made. Move that folder "
            f'elsewhere, or give it with --previous "{target}" to import the changes.'
        )


def publish(target: Path) -> None:
    """Put the staged run in the place of the old one. Call it with the run's lock held."""
    staging = staging_path(target)
    _flush(staging)
    if not target.exists():
        staging.rename(target)
    elif not _exchange(staging, target):
        target.rename(previous_path(target))
        staging.rename(target)
    _flush_folder(target.parent)
    recover(target)


def _discard(folder: Path, target: Path) -> None:
    """Delete a staged or replaced run; one that somebody edited is kept beside it."""
    if (folder / manifest.NAME).is_file() and manifest.edited_files(folder):
        folder.rename(edited_path(target))
    else:
        shutil.rmtree(folder)


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


def _flush(folder: Path) -> None:
    """Have the disk hold every file before the folder gets its name."""
    for root, _, files in os.walk(folder):
        for name in files:
            with (Path(root) / name).open("rb+") as file:
                os.fsync(file.fileno())
        _flush_folder(Path(root))


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":  # folders cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
