"""Locks and folders that last as long as the process that holds them, however it ends."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "clientaudit-"
LOCK = "in-use.lock"
CONTENT = "work"  # apart from the lock, which must go last

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

    BUSY: type[OSError] = PermissionError
else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    BUSY = BlockingIOError


def hold(path: Path) -> int | None:
    """Hold a lock file, made if need be; None where another process holds it.

    The system lets go of it when the handle is closed or the last process that has it ends.
    Raises OSError where no file can be made, or the disk knows no locks.
    """
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _take(handle)
            if _is_current(handle, path):
                return handle
        except BUSY:
            os.close(handle)
            return None
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)  # its owner deleted it between our open and our lock


def release(path: Path, handle: int) -> None:
    """Delete a lock file that is held, and let go of it."""
    try:
        with suppress(OSError):  # Windows keeps an open file; an empty lock file does no harm
            path.unlink()
    finally:
        os.close(handle)


@contextmanager
def scratch(parent: Path | None = None) -> Iterator[Path]:
    """A new folder that only this user can read, removed afterwards; by default a temporary one.

    After a process that was killed, the next `sweep` removes it. Raises OSError.
    """
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        with suppress(FileNotFoundError):  # swept before it was locked
            if (handle := hold(folder / LOCK)) is not None:
                break
    try:
        (folder / CONTENT).mkdir()
        yield folder / CONTENT
    finally:
        _remove(folder, handle)


def sweep(parent: Path | None = None) -> bool:
    """Remove the scratch folders of processes that are gone; whether any is still in use."""
    parent = parent or Path(tempfile.gettempdir())
    in_use = False
    for folder in parent.glob(f"{PREFIX}*"):
        try:
            handle = _taken_over(folder)
        except OSError:  # gone meanwhile, another user's, or no folder of ours
            continue
        if handle is None:
            in_use = True
        else:
            _remove(folder, handle)
    return in_use


def _taken_over(folder: Path) -> int | None:
    """The lock of a scratch folder, None while its process lives. Raises OSError for no such."""
    if folder.is_symlink():
        raise FileNotFoundError
    if not (folder / LOCK).is_file():
        folder.rmdir()  # killed before it was locked; fails for anything but an empty folder
    return hold(folder / LOCK)


def _remove(folder: Path, handle: int) -> None:
    try:
        shutil.rmtree(folder / CONTENT, ignore_errors=True)
    finally:
        os.close(handle)  # Windows deletes no open file
    if not (folder / CONTENT).exists():
        shutil.rmtree(folder, ignore_errors=True)


def _is_current(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False
