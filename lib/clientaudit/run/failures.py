"""What a failed notebook says in public, and its private log."""

import os
import re
from pathlib import Path

from clientaudit.errors import AuditError, printable

PRIVATE = ".clientaudit"
MAX_LINE, MAX_READ = 200, 5_000
_QUOTED = re.compile(r"(?<!\w)(['\"`«]).*?['\"`»](?!\w)")
_OPEN_QUOTE = re.compile(r"(?<!\w)['\"`«].*$")
_NUMBER = re.compile(r"\d[\d.,_\u00a0\u202f]*")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class NotebookFailed(Exception):
    """A notebook stopped: which, at which cell, one line without client data, the log's place."""

    def __init__(self, notebook: str, cell: int, line: str, log: Path) -> None:
        super().__init__(notebook, cell, line, log)
        self.notebook, self.cell, self.line, self.log = notebook, cell, line, log

    def __str__(self) -> str:
        return (
            f"{self.notebook}, cell {self.cell}: {self.line}\n"
            f"The whole error is in {self.log} (it may hold client data)."
        )


def redacted(kind: str, message: str) -> str:
    """An error in one line, what it quotes and every number masked: these can be client data."""
    lines = _COLOUR.sub("", message[:MAX_READ]).strip().splitlines()
    line = _QUOTED.sub("...", lines[0] if lines else "")
    line = _NUMBER.sub("#", _OPEN_QUOTE.sub("...", line))
    return f"{kind}: {line[:MAX_LINE]}".removesuffix(": ")


def write_log(folder: Path, name: str, text: str) -> Path:
    """Write a log that only its owner can read, under `.clientaudit/logs` of `folder`."""
    logs = folder / PRIVATE / "logs"
    try:
        for private in (logs.parent, logs):
            private.mkdir(mode=0o700, exist_ok=True)
        path = logs / f"{name}.log"
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise AuditError(f"{logs}: no log can be written there ({error.strerror}).") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(printable(_COLOUR.sub("", text)))
    return path
