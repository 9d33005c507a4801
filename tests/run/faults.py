"""A disk that fails at the call asked for, whatever Python code makes it."""

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from clientaudit.run import publish

# Python tells of these calls itself, before they are made.
TOLD = {
    "open", "os.chmod", "os.listdir", "os.mkdir", "os.remove", "os.rename", "os.rmdir",
    "os.scandir", "os.truncate", "fcntl.flock",
}  # fmt: skip


class Killed(BaseException):
    """The process ends here: no call succeeds any more."""


class Disk:
    """Counts the calls below a folder; `fail` decides what happens at each."""

    def __init__(self, root: Path, fail: Callable[[int], BaseException | None]) -> None:
        self.root, self.fail = str(root), fail
        self.calls: list[str] = []

    def call(self, name: str, path: object = "") -> None:
        """One call; raises what `fail` gives for it. A relative path is one of an open folder."""
        text = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else ""
        if Path(text).is_absolute() and not text.startswith(self.root):
            return
        self.calls.append(name)
        if error := self.fail(len(self.calls) - 1):
            raise error


class File:
    """A file that is open for writing on such a disk."""

    def __init__(self, file: Any, disk: Disk) -> None:
        self._file, self._disk = file, disk

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> "File":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, data: Any) -> int:
        self._disk.call("write")
        return int(self._file.write(data))

    def close(self) -> None:
        self._file.close()
        self._disk.call("close")


_current: Disk | None = None


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    if _current is not None and event in TOLD:
        _current.call(event, arguments[0] if arguments else "")


sys.addaudithook(_heard)


@contextmanager
def faulty(root: Path, fail: Callable[[int], BaseException | None]) -> Iterator[Disk]:
    """Have the calls below `root` counted from 0, and fail as `fail` says."""
    global _current  # noqa: PLW0603 - an audit hook stays for the life of the process
    disk, opened, sync, exchange = Disk(root, fail), io.open, os.fsync, publish._exchange

    def open_file(file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        found = opened(file, mode, *arguments, **options)
        ours = not isinstance(file, int) and os.fspath(file).startswith(str(root))
        return File(found, disk) if ours and set(mode) & set("wax") else found

    def fsync(handle: int) -> None:
        disk.call("fsync")
        sync(handle)

    def swap(one: Path, other: Path) -> bool:
        disk.call("exchange", one)
        return exchange(one, other)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(io, "open", open_file)
        patch.setattr(os, "fsync", fsync)
        patch.setattr(publish, "_exchange", swap)
        _current = disk
        try:
            yield disk
        finally:
            _current = None
