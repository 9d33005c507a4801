import errno
import gc
import os
import re
import shutil
import tempfile
from pathlib import Path

import pandas as pd
import pytest

from clientaudit.engine import progress
from clientaudit.engine.connection import connect
from clientaudit.engine.disk import disk_fault, disk_faults, files_below
from clientaudit.errors import AuditError


def test_a_file_that_the_error_names_is_told(tmp_path):
    error = OSError(errno.EACCES, os.strerror(errno.EACCES), "/exports/sales.csv")
    assert disk_fault(error, tmp_path) == (
        "Writing is not permitted: /exports/sales.csv. Put that right, then run again."
    )


def test_without_a_name_the_fuller_of_place_and_temporary_files_is_told(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(
        shutil, "disk_usage", lambda path: usage._replace(free=int(Path(path) == tmp_path))
    )
    full = os.strerror(errno.ENOSPC)
    assert str(tmp_path) not in disk_fault(full, tmp_path)
    assert tempfile.gettempdir() in disk_fault(full, tmp_path)


def test_any_other_error_is_not_the_disks(tmp_path):
    assert disk_fault(KeyError("No such column"), tmp_path) is None
    with pytest.raises(ZeroDivisionError), disk_faults(tmp_path):
        raise ZeroDivisionError
    with pytest.raises(AuditError, match=r"^mine$"), disk_faults(tmp_path):
        raise AuditError("mine")


def test_a_full_disk_is_told_whoever_writes(small_disk):
    engine = connect(threads=1)
    noise = "select md5(range::varchar) as noise from range(200000)"
    frame = pd.DataFrame({"noise": [os.urandom(16).hex() for _ in range(100_000)]})
    full = pytest.raises(AuditError, match=re.escape(f"The disk is full: {small_disk}"))
    with full, disk_faults(small_disk):
        engine.con.execute(f"copy ({noise}) to '{small_disk / 'a.parquet'}'")
    (small_disk / "a.parquet").unlink(missing_ok=True)
    with full, disk_faults(small_disk):
        frame.to_parquet(small_disk / "b.parquet")
    with full, disk_faults(small_disk):
        (small_disk / "c").write_bytes(b"c" * 3_000_000)


def test_no_room_for_what_memory_does_not_hold_is_a_full_disk(tmp_path):
    engine = connect(memory_limit="30MB", threads=1, spill=tmp_path)
    engine.raw_sql("set max_temp_directory_size = '1MB'")
    with pytest.raises(AuditError, match=r"^The disk is full: "), disk_faults(tmp_path):
        engine.con.execute(
            "create table sorted as select md5(range::varchar) m from range(2000000) order by m"
        )


def test_each_engine_spills_into_a_folder_of_its_own_that_goes_with_it(tmp_path):
    engines = [connect(spill=tmp_path) for _ in range(2)]
    places = [e.con.execute("select current_setting('temp_directory')").fetchone() for e in engines]
    assert len(set(places)) == len(list(tmp_path.iterdir())) == 2
    for engine in engines:
        engine.disconnect()
    del engine, engines
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_may_not_be_read_is_not_passed_over(tmp_path, monkeypatch):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "a").touch()
    assert list(files_below(tmp_path)) == [tmp_path / "tables" / "a"]

    def closed(path):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    monkeypatch.setattr(os, "scandir", closed)
    with pytest.raises(PermissionError):
        list(files_below(tmp_path))


def test_the_engine_still_answers_while_it_is_watched():
    told: list[int] = []
    engine = connect(threads=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(progress, "LOOK_SECONDS", 0.001)
        with progress.watched(engine, told.append):
            while not told:
                query = "select count(*) from range(20000000) t(i) where i % 7 = 0"
                assert engine.con.execute(query).fetchone() == (2857143,)
    assert all(0 <= share <= 100 for share in told)
