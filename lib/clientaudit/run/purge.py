"""Delete what intake keeps of a firm's data beside its engagement file."""

import shutil
from pathlib import Path

from clientaudit.engine.disk import disk_faults
from clientaudit.engine.scratch import scratch, sweep
from clientaudit.errors import AuditError
from clientaudit.intake.prepare import STORE
from clientaudit.run.plan import default_parent
from clientaudit.run.publish import tidy_up


def purge(engagement: Path) -> Path:
    """Delete the prepared tables and private logs beside an engagement file; gives their folder.

    Cut at any moment, it leaves whole tables or what the next command removes.
    Raises AuditError: no such file, the tables are in use, or they cannot be deleted.
    """
    if not engagement.is_file():
        raise AuditError(f"{engagement}: there is no such engagement file.")
    tidy_up(default_parent(engagement))
    store = engagement.resolve().parent / STORE
    if store.is_symlink():
        raise AuditError(
            f"{store}: is a link to {store.resolve()}. Nothing was deleted; delete both yourself."
        )
    if sweep(store):
        raise AuditError(f"{store}: in use by another command or notebook. Wait until it ends.")
    if store.exists():
        with disk_faults(engagement.resolve().parent):
            _delete(store)
    return store


def _delete(store: Path) -> None:
    with scratch(store) as going:
        for path in store.iterdir():
            if path != going.parent:
                path.rename(going / path.name)
    shutil.rmtree(store)
