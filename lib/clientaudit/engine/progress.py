"""How far the engine is with what it is doing."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import duckdb
from ibis.backends.duckdb import Backend

LOOK_SECONDS = 1.0


@contextmanager
def watched(engine: Backend, tell: Callable[[int], None]) -> Iterator[None]:
    """Tell once a second the percentage done of the query that runs, where the engine knows it.

    In a notebook the engine keeps no count unless ipywidgets is installed: nothing is told there.
    """
    with suppress(duckdb.InvalidInputException):
        engine.raw_sql("set enable_progress_bar = true; set enable_progress_bar_print = false")
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(LOOK_SECONDS):
            if (done := engine.con.query_progress()) >= 0:
                tell(int(done))

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
