"""What a run was made of, and the hash of everything that it wrote."""

import hashlib
import importlib.metadata
import json
import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from clientaudit import METHOD_VERSION, SCHEMA_VERSION
from clientaudit.engine.disk import files_below
from clientaudit.errors import AuditError
from clientaudit.settings.engagement import REPOSITORY

NAME = "manifest.json"
CHUNK = 1 << 20
OF_THE_DESKTOP = {".DS_Store", "Thumbs.db", "desktop.ini"}
# What Excel and LibreOffice leave beside a file while it is open.
_OPEN = re.compile(r"~\$(.+)|\.~lock\.(.+)#")


def sha256(path: Path) -> str:
    """Hash of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(CHUNK):
            digest.update(block)
    return digest.hexdigest()


def output_hashes(run: Path) -> dict[str, str]:
    """Hash of every file of a run but its manifest, by path within the run."""
    found = {path.relative_to(run).as_posix(): path for path in sorted(files_below(run))}
    return {
        name: sha256(path)
        for name, path in found.items()
        if name != NAME and path.name not in OF_THE_DESKTOP and not _OPEN.fullmatch(path.name)
    }


def open_files(run: Path) -> list[str]:
    """Names of the files of a run that a spreadsheet program has open."""
    found = (_OPEN.fullmatch(path.name) for path in files_below(run))
    return sorted({match[1] or match[2] for match in found if match})


def write_manifest(run: Path, facts: dict[str, Any]) -> None:
    """Write the manifest of a finished run, last of all its files: with it the run is whole.

    facts: what the run was made of (engagement, inputs, options, parameters, seed, ...).
    """
    whole = facts | {
        "schema_version": SCHEMA_VERSION,
        "method_version": METHOD_VERSION,
        "packages": package_versions(),
        "lock": _lock_hash(),
        "commit": _commit(),
        "outputs": output_hashes(run),
    }
    text = json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True)
    with (run / f"{NAME}.part").open("w", encoding="utf-8", newline="\n") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    (run / f"{NAME}.part").rename(run / NAME)


def read_manifest(run: Path) -> dict[str, Any]:
    """The manifest of a run. Raises AuditError where the folder is not a run."""
    try:
        manifest = json.loads((run / NAME).read_text(encoding="utf-8"))
        manifest["outputs"].items()
    except (FileNotFoundError, NotADirectoryError, ValueError, TypeError, KeyError, AttributeError):
        raise AuditError(
            f"{run}: is not the folder of a run ({NAME} is missing or damaged)."
        ) from None
    return dict(manifest)


def edited_files(run: Path) -> list[str]:
    """Files of a run that somebody changed or added since; a deleted one is not counted."""
    written = read_manifest(run)["outputs"]
    found = output_hashes(run)
    return [name for name, digest in found.items() if written.get(name) != digest]


def package_versions() -> dict[str, str]:
    """Versions of the suite and of the packages that it asks for by name."""
    required: Iterable[str] = importlib.metadata.requires("clientaudit") or []
    names = {
        re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in required if "extra ==" not in line
    }
    return {name: importlib.metadata.version(name) for name in sorted({*names, "clientaudit"})}


def _lock_hash() -> str | None:
    lock = REPOSITORY / "requirements.lock"
    return sha256(lock) if lock.is_file() else None


def _commit() -> str | None:
    """The commit of the checkout, if it is one."""
    if not (REPOSITORY / ".git").exists():
        return None
    command = ["git", "-C", str(REPOSITORY), "rev-parse", "--verify", "--quiet", "HEAD"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return found.stdout.strip() or None
