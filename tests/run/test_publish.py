import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from clientaudit.errors import AuditError
from clientaudit.run import manifest, publish
from clientaudit.run.lock import lock_path, run_lock

NAME = "firm_2026-06-30_en"
ENGAGEMENT = Path("engagement.yml")


class Cut(BaseException):
    """The process dies here."""


def write(folder: Path, text: str, **facts: str) -> Path:
    (folder / "tables").mkdir(parents=True)
    (folder / "index.html").write_text(text)
    (folder / "workbook.xlsx").write_text(f"workbook of {text}")
    (folder / "tables" / "a.parquet").write_text(text)
    manifest.write_manifest(folder, dict(facts))
    return folder


def stage(target: Path, text: str) -> None:
    write(publish.staging_path(target), text)


def shown(target: Path) -> str:
    """Which run stands there; it must be whole."""
    assert manifest.edited_files(target) == []
    assert set(manifest.read_manifest(target)["outputs"]) == set(manifest.output_hashes(target))
    return (target / "index.html").read_text()


@pytest.fixture
def target(tmp_path) -> Path:
    return tmp_path / NAME


@pytest.fixture(params=["exchange", "two renames"])
def system(request, monkeypatch) -> None:
    """Linux exchanges two folders in one step; elsewhere it takes two."""
    if request.param == "two renames":
        monkeypatch.setattr(publish, "_system_exchange", lambda: None)


@pytest.mark.usefixtures("system")
def test_a_run_replaces_the_old_one_and_leaves_nothing_else(target):
    stage(target, "old")
    publish.publish(target)
    stage(target, "new")
    publish.publish(target)
    assert shown(target) == "new"
    assert [p.name for p in target.parent.iterdir()] == [NAME]


def test_the_exchange_is_one_step_on_linux(target, monkeypatch):
    if sys.platform != "linux":
        pytest.skip("renameat2 is Linux's")
    write(target, "old")
    stage(target, "new")
    monkeypatch.setattr(Path, "rename", lambda *_: pytest.fail("a second step"))
    publish.publish(target)
    assert shown(target) == "new"


def steps(monkeypatch, *, until: int) -> list[str]:
    """Have the process die at the given step of what touches folders; none for a large number."""
    taken: list[str] = []

    def dying(name, function):
        def step(*arguments, **options):
            if len(taken) == until:
                raise Cut
            taken.append(name)
            return function(*arguments, **options)

        return step

    monkeypatch.setattr(publish, "_exchange", dying("exchange", publish._exchange))
    monkeypatch.setattr(Path, "rename", dying("rename", Path.rename))
    monkeypatch.setattr(publish, "flush_folder", dying("flush", publish.flush_folder))
    monkeypatch.setattr(shutil, "rmtree", dying("delete", shutil.rmtree))
    return taken


@pytest.mark.usefixtures("system")
@pytest.mark.parametrize("until", range(9))
def test_a_run_cut_at_any_step_ends_whole_old_or_new(target, monkeypatch, until):
    write(target, "old")
    stage(target, "new")
    with monkeypatch.context() as patched:
        taken = steps(patched, until=until)
        try:
            publish.publish(target)
        except Cut:
            assert len(taken) == until
    publish.tidy_up(target.parent)
    assert shown(target) == ("new" if {"exchange", "rename"} & set(taken) else "old") or (
        taken[-1:] == ["exchange"]
    )
    assert [p.name for p in target.parent.iterdir()] == [NAME]


def test_every_step_was_cut_once(target, monkeypatch):
    write(target, "old")
    stage(target, "new")
    monkeypatch.setattr(publish, "_system_exchange", lambda: None)
    taken = steps(monkeypatch, until=99)
    publish.publish(target)
    assert len(taken) < 9
    assert taken.count("rename") == 2


def test_a_deletion_of_the_old_run_that_was_cut_is_completed(target):
    write(target, "new")
    old = write(publish.previous_path(target), "old")
    (old / "index.html").unlink()
    publish.tidy_up(target.parent)
    assert shown(target) == "new"
    assert not old.exists()


def test_a_staged_run_without_manifest_never_becomes_the_run(target):
    write(publish.previous_path(target), "old")
    stage(target, "new")
    (publish.staging_path(target) / manifest.NAME).unlink()
    publish.tidy_up(target.parent)
    assert shown(target) == "old"


def test_folders_that_are_no_leftovers_of_runs_are_left_alone(tmp_path):
    for name in (".config.previous", ".staging", "firm.staging", ".firm_2026-06-30_en"):
        (tmp_path / name).mkdir()
    publish.tidy_up(tmp_path)
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize("name", ["workbook.xlsx", "tables/a.parquet", "notes.txt"])
def test_a_run_that_somebody_edited_is_not_replaced(target, name):
    write(target, "old")
    publish.refuse_loss(target, ENGAGEMENT)
    (target / name).write_text("mine")
    with pytest.raises(AuditError, match=f"{name} changed since"):
        publish.refuse_loss(target, ENGAGEMENT)


def test_a_deleted_file_or_what_the_desktop_leaves_holds_no_work(target):
    write(target, "old")
    (target / "workbook.xlsx").unlink()
    (target / ".DS_Store").write_text("x")
    publish.refuse_loss(target, ENGAGEMENT)


@pytest.mark.parametrize("lock", ["~$workbook.xlsx", ".~lock.workbook.xlsx#"])
def test_a_workbook_that_is_open_is_said_to_be_open(target, lock):
    write(target, "old")
    (target / lock).write_text("somebody")
    for imported in (False, True):
        with pytest.raises(AuditError, match=r"open in a spreadsheet program: workbook\.xlsx"):
            publish.refuse_loss(target, ENGAGEMENT, imported=imported)
    assert manifest.edited_files(target) == []


def test_a_run_behind_a_link_is_not_replaced(target, tmp_path):
    write(tmp_path / "elsewhere", "old")
    target.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(AuditError, match="is a link to"):
        publish.refuse_loss(target, ENGAGEMENT)


def test_the_run_of_another_engagement_is_not_replaced(target, tmp_path):
    """Firms whose names differ in capitals or signs share the name of their runs."""
    mine, other = tmp_path / "mine.yml", tmp_path / "other.yml"
    mine.touch()
    other.touch()
    write(target, "old", engagement="../other.yml")
    with pytest.raises(AuditError, match=r"is the run of another engagement, .*other\.yml"):
        publish.refuse_loss(target, mine)
    publish.refuse_loss(target, other)
    other.unlink()  # moved: nobody else's any more
    publish.refuse_loss(target, mine)


def test_a_run_that_was_edited_at_the_last_moment_is_kept(target):
    write(target, "old")
    stage(target, "new")
    (target / "workbook.xlsx").write_text("mine")
    publish.publish(target)
    assert shown(target) == "new"
    assert (target.with_name(f"{NAME}_edited-1") / "workbook.xlsx").read_text() == "mine"


def test_a_leftover_whose_manifest_is_damaged_is_kept(target):
    write(target, "new")
    old = write(publish.previous_path(target), "old")
    (old / manifest.NAME).write_text("{")
    publish.tidy_up(target.parent)
    assert shown(target) == "new"
    assert target.with_name(f"{NAME}_edited-1").is_dir()


def test_a_folder_that_is_no_run_is_not_replaced(target):
    target.mkdir()
    with pytest.raises(AuditError, match="not the folder of a run"):
        publish.refuse_loss(target, ENGAGEMENT)


@pytest.mark.usefixtures("system")
def test_an_edited_run_that_was_imported_is_kept_beside_the_new_one(target):
    write(target, "old")
    (target / "workbook.xlsx").write_text("mine")
    publish.refuse_loss(target, ENGAGEMENT, imported=True)
    stage(target, "new")
    publish.publish(target)
    assert shown(target) == "new"
    kept = target.with_name(f"{NAME}_edited-1")
    assert (kept / "workbook.xlsx").read_text() == "mine"
    assert publish.edited_path(target).name == f"{NAME}_edited-2"


def test_a_second_run_to_the_same_place_is_refused(target):
    with run_lock(target), pytest.raises(AuditError, match="another run"), run_lock(target):
        pass
    assert not lock_path(target).exists()
    with run_lock(target):
        pass


def test_another_process_is_refused_too_and_a_killed_one_is_forgotten(target):
    code = "import sys, time; from pathlib import Path\n"
    code += "from clientaudit.run.lock import run_lock\n"
    code += "with run_lock(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(target)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(AuditError), run_lock(target):
            pass
        other.kill()
    with run_lock(target):
        assert lock_path(target).exists()


def test_recovery_keeps_away_from_a_run_that_is_going_on(target):
    stage(target, "half")
    with run_lock(target):
        publish.tidy_up(target.parent)
        assert publish.staging_path(target).is_dir()
