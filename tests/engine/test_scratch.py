import subprocess
import sys
import threading
from pathlib import Path

import pytest

from clientaudit.engine.scratch import PREFIX, hold, release, scratch, sweep

HOLDER = """
import sys, time
from pathlib import Path
from clientaudit.engine.scratch import scratch
with scratch(Path(sys.argv[1])) as folder:
    (folder / "clients.txt").write_text("ACME")
    print(folder, flush=True)
    time.sleep(60)
"""


def test_a_scratch_folder_is_for_its_owner_only_and_goes_with_its_content(tmp_path):
    with scratch(tmp_path) as folder:
        (folder / "clients.txt").write_text("ACME")
        assert folder.parent.stat().st_mode & 0o077 == 0
        assert sweep(tmp_path)
        assert (folder / "clients.txt").exists()
    assert list(tmp_path.iterdir()) == []
    assert not sweep(tmp_path)


def test_the_folder_of_a_killed_process_is_swept_that_of_a_living_one_is_not(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        folder = Path(process.stdout.readline().strip())
        assert sweep(tmp_path)
        assert (folder / "clients.txt").exists()
        process.kill()
    assert not sweep(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_nobody_of_us_made_is_left_alone(tmp_path):
    mine = tmp_path / f"{PREFIX}mine"
    mine.mkdir()
    (mine / "work").mkdir()
    (tmp_path / f"{PREFIX}notes.txt").write_text("x")
    (tmp_path / f"{PREFIX}link").symlink_to(mine)
    assert not sweep(tmp_path)
    assert len(list(tmp_path.iterdir())) == 3


def test_a_lock_is_held_once_and_again_when_it_is_released(tmp_path):
    path = tmp_path / "lock"
    handle = hold(path)
    assert hold(path) is None
    release(path, handle)
    assert not path.exists()
    again = hold(path)
    assert again is not None
    release(path, again)


def test_many_at_once_never_hold_the_same_lock(tmp_path):
    path, inside, most = tmp_path / "lock", [], []

    def work() -> None:
        for _ in range(100):
            if (handle := hold(path)) is not None:
                inside.append(1)
                most.append(len(inside))
                inside.pop()
                release(path, handle)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(most) == {1}


def test_a_folder_that_cannot_be_locked_is_an_error_of_the_disk(tmp_path):
    with pytest.raises(FileNotFoundError):
        hold(tmp_path / "nowhere" / "lock")
