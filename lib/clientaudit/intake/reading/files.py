"""The files behind a `files` pattern: found, hashed, unpacked."""

import glob
import gzip
import hashlib
import os
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path, PurePath
from unicodedata import normalize

from clientaudit.engine.scratch import scratch
from clientaudit.errors import AuditError

DELIMITED = ("csv", "tsv", "txt")
WORKBOOKS = ("xlsx", "xlsm", "xls", "ods")
FORMATS = (*DELIMITED, *WORKBOOKS, "parquet")
CHUNK_BYTES = 1 << 20
LISTED_FILES = 20
# A compressed file that swells more than this is an attack, not an export.
SWELL_RATIO = 200
SWELL_BYTES = 100_000_000


@dataclass(frozen=True)
class InputFile:
    """One export as the firm sent it.

    name: path relative to the engagement's folder, with forward slashes.
    sha256, size: of the file on disk, in bytes, before any decompression.
    format: ending without `.gz`, in small letters.
    """

    path: Path
    name: str
    sha256: str
    size: int
    format: str

    @property
    def packed(self) -> bool:
        """Whether it is a gzip file."""
        return self.path.suffix.lower() == ".gz"


def find_files(patterns: Sequence[str], folder: Path) -> tuple[InputFile, ...]:
    """The files that names or globs relative to `folder` stand for, sorted by name, each once.

    A pattern may climb out of the folder (`../exports/*.csv`): the consultant wrote it. A link
    may not lead out of it: the firm's archive may hold one. Excel's lock files (`~$...`) are
    no exports. Raises AuditError: a pattern without a file (it lists what is there), a link that
    leads elsewhere, or an ending that is not one of FORMATS.
    """
    names: set[str] = set()
    for pattern in patterns:
        found = _matches(pattern, folder)
        _refuse_links(found, pattern, folder)
        names.update(os.path.relpath(folder / name, folder) for name in found)
    files = [(PurePath(name).as_posix(), folder / name) for name in names]
    return tuple(_input_file(name, path) for name, path in sorted(files))


def folder_of(name: str, folder: Path, home: Path) -> Path:
    """Where a file that the consultant wrote (a map, groups, merges) stands: with the exports in
    `folder`, or else beside the engagement file, in `home`.
    """
    stands_at_home = _is_file(home / name) and not _is_file(folder / name)
    return home if stands_at_home else folder


@contextmanager
def unpacked(file: InputFile) -> Iterator[Path]:
    """The file itself, or its content in a temporary file that is removed afterwards.

    Raises AuditError: the file is not gzip, is cut, or swells beyond reason.
    """
    if not file.packed:
        yield file.path
        return
    with scratch() as folder:
        target = folder / f"unpacked.{file.format}"
        try:
            _unpack(file, target)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise AuditError(
                f"{file.name}: is not a whole gzip file ({error}). Ask for it again."
            ) from None
        yield target


def is_text(name: str) -> bool:
    """Whether a name from the system is UTF-8: any other bytes cannot be written down."""
    return not re.search("[\ud800-\udfff]", name)


def swells(size: int, content: int) -> bool:
    """Whether `content` bytes out of `size` compressed ones are too many to be honest."""
    return content > SWELL_BYTES and content > SWELL_RATIO * size


def _matches(pattern: str, folder: Path) -> list[str]:
    # Names from a Mac hold accents as two characters: the same name in other bytes.
    for name in (pattern, normalize("NFC", pattern), normalize("NFD", pattern)):
        if _is_file(folder / name):
            return [name]
        # Path.glob takes no absolute pattern.
        found = glob.glob(name, root_dir=folder, recursive=True)  # noqa: PTH207
        files = [n for n in found if _is_file(folder / n) and not Path(n).name.startswith("~$")]
        if files:
            return files
    raise AuditError(f'files "{pattern}": no such file. {_listing(folder / pattern)}')


def _refuse_links(names: Sequence[str], pattern: str, folder: Path) -> None:
    """Refuse links out of the folder that a pattern names before its first wildcard: another
    firm's files would enter this firm's report.
    """
    parts = PurePath(pattern).parent.parts
    named = folder.joinpath(*takewhile(lambda part: not glob.has_magic(part), parts)).resolve()
    for name in names:
        if not (folder / name).resolve().is_relative_to(named):
            raise AuditError(
                f"{name}: is a link that leads out of {named}. Copy the file there, or name in "
                "files the one that it leads to."
            )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that no file can have: too long
        return False


def _listing(path: Path) -> str:
    """What stands in the nearest folder above `path` that exists."""
    folder = next(parent for parent in path.parents if parent.is_dir())
    names = sorted(p.name for p in folder.iterdir() if p.is_file() and p.name[0] not in ".~")
    shown = ", ".join(names[:LISTED_FILES]) or "no file"
    more = f" and {len(names) - LISTED_FILES} more" if len(names) > LISTED_FILES else ""
    return f"{folder.resolve()} holds: {shown}{more}."


def _input_file(name: str, path: Path) -> InputFile:
    if not name.isascii() and not is_text(name):
        raise AuditError(f"{name!r}: the name of this file is not UTF-8. Rename it.")
    suffixes = [suffix.lower().removeprefix(".") for suffix in path.suffixes]
    packed = suffixes[-1:] == ["gz"]
    ending = (suffixes[:-1] if packed else suffixes)[-1:]
    if not ending or ending[0] not in FORMATS:
        allowed = ", ".join(FORMATS)
        raise AuditError(f"{name}: this ending is not read; it must be one of {allowed} (or .gz).")
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise AuditError(f"{name}: cannot be read ({error.strerror}).") from None
    # Not resolved: a link keeps the ending that says what it is.
    return InputFile(path.absolute(), name, digest, path.stat().st_size, ending[0])


def _unpack(file: InputFile, target: Path) -> None:
    written = 0
    with gzip.open(file.path) as source, target.open("wb") as out:
        while chunk := source.read(CHUNK_BYTES):
            written += out.write(chunk)
            if swells(file.size, written):
                raise AuditError(
                    f"{file.name}: unpacks to over {SWELL_RATIO} times its size; refused. "
                    "Unpack it yourself if it is genuine."
                )
