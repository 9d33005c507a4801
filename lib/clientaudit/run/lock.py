"""One run at a time to the same place."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clientaudit.engine.scratch import hold, release
from clientaudit.errors import AuditError


def lock_path(target: Path) -> Path:
    """The lock file of a run's folder, beside it."""
    return target.with_name(f".{target.name}.lock")


@contextmanager
def run_lock(target: Path) -> Iterator[int]:
    """Hold the place of a run; gives the handle, which the kernels of the run hold as well.

    The system lets go of it when the last of these processes ends, however it ends.
    Raises AuditError when another run holds it.
    """
    path = lock_path(target)
    handle = hold(path)
    if handle is None:
        raise AuditError(f"{target}: another run is writing there. Wait until it ends.")
    try:
        yield handle
    finally:
        release(path, handle)
