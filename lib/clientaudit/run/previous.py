"""The run of the last audit as an input of this one."""

from pathlib import Path
from typing import Any

from clientaudit.audit import Audit
from clientaudit.errors import AuditError
from clientaudit.intake.registers.previous import PreviousRun
from clientaudit.run import manifest
from clientaudit.run.plan import relative


def previous_inputs(audit: Audit, home: Path, kept: Path | None) -> list[dict[str, Any]]:
    """The files of earlier runs that the results depend on, as entries of the manifest.

    home: folder of the engagement file, from which paths are seen. kept: where the previous run
    will stand when it has made room for this one.
    Raises AuditError: a spreadsheet program has its workbook open.
    """
    if audit.previous is None:
        return []
    if opened := manifest.open_files(audit.previous):
        raise AuditError(
            f"{audit.previous}: open in a spreadsheet program: {', '.join(opened)}. Close it there."
        )
    entries = _entries(PreviousRun(audit.previous), kept or audit.previous, home)
    last = audit.last_audit
    if last and last.folder != audit.previous:
        entries += _entries(last, last.folder, home)
    return entries


def _entries(run: PreviousRun, place: Path, home: Path) -> list[dict[str, Any]]:
    return [
        {
            "path": relative(place / path.relative_to(run.folder), home) or path.name,
            "sha256": manifest.sha256(path),
            "rows": None,
        }
        for path in run.files()
    ]
