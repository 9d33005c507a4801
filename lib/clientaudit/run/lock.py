"""One run at a time to the same place."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from clientaudit.errors import AuditError

if os.name == "nt":
    import msvcrt

    def _take(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def lock_path(target: Path) -> Path:
    """The lock file of a run's folder, beside it."""
    return target.with_name(f".{target.name}.lock")


@contextmanager
def run_lock(target: Path) -> Iterator[None]:
    """Hold the place of a run; the system lets go of it when the process ends, however it ends.

    Raises AuditError when another run holds it.
    """
    handle = _held(lock_path(target), target)
    try:
        yield
    finally:
        with suppress(OSError):  # Windows keeps an open file; an empty lock file does no harm
            lock_path(target).unlink()
        os.close(handle)


def _held(path: Path, target: Path) -> int:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _take(handle)
        except OSError:
            os.close(handle)
            raise AuditError(
                f"{target}: another run is writing there. Wait until it ends."
            ) from None
        if _is_current(handle, path):
            return handle
        os.close(handle)  # its owner deleted it between our open and our lock


def _is_current(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False
