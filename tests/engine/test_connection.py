"""The engine's limit of memory."""

import duckdb
import pytest
from ibis.backends.duckdb import Backend

from clientaudit.engine.connection import MEMORY_VARIABLE, connect


def setting(engine: Backend, name: str) -> str:
    return str(engine.con.execute(f"select current_setting('{name}')").fetchone()[0])


def test_the_memory_limit_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MEMORY_VARIABLE, "300MB")
    assert setting(connect(), "memory_limit") == "286.1 MiB"
    assert setting(connect(memory_limit="200MB"), "memory_limit") == "190.7 MiB"


def test_the_memory_limit_is_enforced() -> None:
    engine = connect(memory_limit="50MB", threads=1)
    engine.con.execute("set temp_directory = ''")
    with pytest.raises(duckdb.OutOfMemoryException):
        engine.con.execute("create table t as select hash(range)::varchar x from range(9000000)")
