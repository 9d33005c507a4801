"""One place that opens the engine; everything else sees Ibis tables."""

import os
import weakref
from contextlib import ExitStack
from pathlib import Path

import duckdb
import ibis
from ibis.backends.duckdb import Backend

from clientaudit.engine.scratch import scratch
from clientaudit.errors import AuditError

MEMORY_VARIABLE = "CLIENTAUDIT_MEMORY"
# Its delta encodings make prepared tables a third smaller, quicker to write and to read.
PARQUET_VERSION = "v2"


def connect(
    *, memory_limit: str = "", threads: int | None = None, spill: Path | None = None
) -> Backend:
    """A DuckDB engine in memory that spills to disk beyond `memory_limit`.

    memory_limit: such as "1GB"; by default what the environment variable CLIENTAUDIT_MEMORY says,
    else 2GB. threads: None = every core. spill: folder for what does not fit in memory, by
    default the system's; each engine takes a place of its own there. The engine never
    installs or loads an extension from the network.
    Raises AuditError where the variable holds no amount of memory.
    """
    room = ExitStack()  # two engines that spill into one folder bring both processes down
    folder = room.enter_context(scratch(spill))
    settings = {
        "memory_limit": memory_limit or os.environ.get(MEMORY_VARIABLE, "2GB"),
        "temp_directory": str(folder),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if threads is not None:
        settings["threads"] = threads
    try:
        backend = ibis.duckdb.connect(**settings)
    except duckdb.ParserException:
        room.close()
        raise AuditError(
            f'{MEMORY_VARIABLE} is "{settings["memory_limit"]}"; write it as 4GB or 500MB.'
        ) from None
    weakref.finalize(backend, room.close)
    return backend
