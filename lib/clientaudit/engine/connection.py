"""One place that opens the engine; everything else sees Ibis tables."""

import os
import tempfile
from pathlib import Path

import ibis
from ibis.backends.duckdb import Backend

MEMORY_VARIABLE = "CLIENTAUDIT_MEMORY"


def connect(
    *, memory_limit: str = "", threads: int | None = None, spill: Path | None = None
) -> Backend:
    """A DuckDB engine in memory that spills to disk beyond `memory_limit`.

    memory_limit: such as "1GB"; by default what the environment variable CLIENTAUDIT_MEMORY says,
    else 2GB. threads: None = every core. spill: folder for what does not fit in memory, by
    default the system's. The engine never installs or loads an extension from the network.
    """
    settings = {
        "memory_limit": memory_limit or os.environ.get(MEMORY_VARIABLE, "2GB"),
        "temp_directory": str(spill or Path(tempfile.gettempdir()) / "clientaudit-spill"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if threads is not None:
        settings["threads"] = threads
    return ibis.duckdb.connect(**settings)
