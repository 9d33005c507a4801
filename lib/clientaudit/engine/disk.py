"""What a disk refuses, in words, and what it must hold before anything relies on it."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clientaudit.errors import AuditError

FULL = "The disk is full"
# DuckDB, pyarrow and a kernel each wrap the system's error, but all of them repeat its words.
FAULTS = {
    os.strerror(number): words
    for number, words in {
        errno.ENOSPC: FULL,
        errno.EDQUOT: "Your share of the disk is full",
        errno.EFBIG: "A file grew larger than the system allows",
        errno.EROFS: "The disk is read-only",
        errno.EACCES: "Writing is not permitted",
        errno.EPERM: "Writing is not permitted",
        errno.EIO: "The disk has a fault",
        errno.ENOLCK: "The disk knows no locks",
        errno.EOPNOTSUPP: "The disk knows no locks",
    }.items()
} | {"max_temp_directory_size": FULL}  # DuckDB found no room for what memory does not hold


@contextmanager
def disk_faults(place: Path) -> Iterator[None]:
    """Raise as an AuditError what a disk refuses, in the folder `place` or for temporary files."""
    try:
        yield
    except AuditError:
        raise
    except Exception as error:
        message = disk_fault(error, place)
        if message is None:
            raise
        raise AuditError(message) from error


def disk_fault(error: Exception | str, place: Path) -> str | None:
    """What the disk refused, where and what to do, None for any other error.

    place: folder that was written to, told if the error itself names no file.
    """
    text = str(error)
    words = next((words for found, words in FAULTS.items() if found in text), None)
    if words is None:
        return None
    name = getattr(error, "filename", None) or _fullest(place)
    return f"{words}: {name}. Put that right, then run again."


def files_below(folder: Path) -> Iterator[Path]:
    """Every file below a folder. Raises OSError, where glob passes over what it may not read."""
    for root, _, names in os.walk(folder, onerror=_raise):
        yield from (Path(root) / name for name in names)


def flush(folder: Path) -> None:
    """Have the disk hold every file of a folder, before the folder gets its name."""
    for path in files_below(folder):
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    for root, _, _ in os.walk(folder, onerror=_raise):
        flush_folder(Path(root))


def flush_folder(folder: Path) -> None:
    """Have the disk hold the names in a folder."""
    if os.name == "nt":  # folders cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _raise(error: OSError) -> None:
    raise error


def _fullest(place: Path) -> Path:
    """The one with less room: `place`, or where temporary files go."""
    return min(place, Path(tempfile.gettempdir()), key=lambda path: shutil.disk_usage(path).free)
