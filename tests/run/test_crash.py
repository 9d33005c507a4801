"""A run that fails at each of its calls to the file system in turn: nothing is lost or mixed."""

import errno
import gc
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from clientaudit.engine.disk import disk_faults
from clientaudit.engine.scratch import sweep
from clientaudit.errors import AuditError
from clientaudit.intake.prepare import prepare
from clientaudit.run import manifest, pipeline, publish
from clientaudit.run.plan import RunOptions, make_plan
from clientaudit.run.purge import purge
from clientaudit.settings import load_engagement
from run.faults import Killed, faulty
from run.firm import NAME, Firm, files
from run.samples import OPEN, write_engagement, write_notebook

Fail = Callable[[int], BaseException | None]


def disk_error(call: int) -> OSError:
    """The disk is full, broken, closed to us or read-only, in turn."""
    number = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS)[call % 4]
    return OSError(number, os.strerror(number))


FAULTS: dict[str, Callable[[int], Fail]] = {
    "disk": lambda at: lambda call: disk_error(call) if call == at else None,
    "interrupted": lambda at: lambda call: KeyboardInterrupt() if call == at else None,
    "killed": lambda at: lambda call: Killed() if call >= at else None,
}


class Witness(Firm):
    """A firm with one run; `folder` is also the place of temporary files."""

    def run_with(self, cells: int, out: Path | None = None) -> None:
        self.run(parameters={"min_cell": str(cells)}, out=out)

    def published(self) -> dict[str, bytes]:
        """What stands in the place of the run."""
        return files(self.last_run)

    def check(self) -> None:
        """The next command, on a sound disk."""
        gc.collect()  # what a dead process lets go of
        plan = make_plan(self.engagement, RunOptions(), folder=self.notebooks)
        publish.tidy_up(plan.parent)
        pipeline.open_plan(plan, lambda _: None)

    def prepared(self) -> set[str]:
        """The files of the prepared tables."""
        return {f"{path.parent.name}/{path.name}" for path in self.store.glob("*/*")}

    def left_over(self) -> list[str]:
        """Whatever is neither input, run nor prepared table."""
        places = (self.folder, self.last_run.parent, self.store)
        found = [path for place in places for path in place.glob("*")]
        known = ("firm", "suite", NAME)
        return [p.name for p in found if p.name not in known and not (p / "intake.json").is_file()]


@pytest.fixture
def firm(tmp_path, monkeypatch) -> Iterator[Witness]:
    """A firm whose notebooks are not executed: kernels have tests of their own."""
    write_engagement(tmp_path / "firm")
    write_notebook(tmp_path / "suite", "00_intake", OPEN)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(pipeline, "execute_tasks", _as_they_are)
    monkeypatch.setattr(manifest, "package_versions", dict)
    monkeypatch.setattr(manifest, "_commit", lambda: None)
    # What a killed process has open its system closes; here, the garbage collector.
    monkeypatch.setattr(sys, "unraisablehook", lambda _: None)
    yield Witness(tmp_path)
    gc.collect()


@pytest.fixture
def quick(firm, monkeypatch) -> Witness:
    """The same, and writing a run takes three small files."""
    plans = {
        cells: make_plan(
            firm.engagement, RunOptions(parameters={"min_cell": cells}), folder=firm.notebooks
        )
        for cells in ("5", "6")
    }
    monkeypatch.setattr(pipeline, "make_plan", lambda _, o, **__: plans[o.parameters["min_cell"]])
    audit = SimpleNamespace(
        as_of=plans["5"].engagement.as_of, previous=None, previous_registers=None
    )
    monkeypatch.setattr(pipeline, "open_plan", lambda *_: audit)
    monkeypatch.setattr(pipeline, "refusals", lambda _: ())
    monkeypatch.setattr(pipeline, "write_run", _small_run)
    return firm


def _as_they_are(tasks, *_, **__) -> dict[str, nbformat.NotebookNode]:
    return {t.notebook.name: nbformat.read(t.notebook.path, as_version=4) for t in tasks}


def _small_run(plan, folder, **_) -> dict[str, object]:
    content = plan.options.parameters["min_cell"]
    (folder / "tables").mkdir(parents=True)
    for name in ("index.html", "workbook.xlsx", "tables/a.parquet"):
        (folder / name).write_text(f"{name} {content}")
    return {"parameter": content, "inputs": []}


def failures(
    action: Callable[[], None], root: Path, fault: str, *, stride: int = 1
) -> Iterator[str]:
    """Do it again and again, a later call failing each time, until none does; yields the call.

    Where a stride leaves calls out, each fault meets others.
    """
    at = list(FAULTS).index(fault) % stride
    while True:
        with (
            faulty(root, FAULTS[fault](at)) as disk,
            suppress(AuditError, KeyboardInterrupt, Killed),
            disk_faults(root),
        ):
            action()
        if len(disk.calls) <= at:
            return
        yield f"{fault} at call {at}: {disk.calls[at]}"
        at += stride


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> set[str]:
    return {name for name in {*one, *other} if one.get(name) != other.get(name)}


@pytest.fixture(params=["exchange", "two renames"])
def system(request, monkeypatch) -> str:
    """Linux exchanges two folders in one step; elsewhere it takes two."""
    if request.param == "two renames":
        monkeypatch.setattr(publish, "_system_exchange", lambda: None)
    return request.param


@pytest.mark.parametrize("fault", FAULTS)
def test_a_publication_cut_at_any_call_leaves_the_old_run_or_the_new_one(quick, fault, system):
    quick.run_with(6)
    new = quick.published()
    shutil.rmtree(quick.last_run)
    quick.run_with(5)
    old = quick.published()
    kept = shutil.copytree(quick.last_run, quick.notebooks / "kept")
    seen = set()
    for where in failures(lambda: quick.run_with(6), quick.folder, fault):
        # Killed between two renames, a run has no name until the next command.
        if (system, fault) != ("two renames", "killed"):
            assert quick.published() in (old, new), where
        publish.tidy_up(quick.last_run.parent)
        assert quick.published() in (old, new), where
        assert quick.left_over() == [], where
        seen.add(quick.published() == new)
        shutil.rmtree(quick.last_run)
        shutil.copytree(kept, quick.last_run)
    assert seen == {True, False}
    assert quick.published() == new


@pytest.mark.parametrize("fault", FAULTS)
def test_a_first_run_cut_at_any_call_leaves_no_run_or_a_whole_one(quick, fault):
    quick.run_with(6)
    new = quick.published()
    shutil.rmtree(quick.last_run)
    for where in failures(lambda: quick.run_with(6), quick.folder, fault):
        publish.tidy_up(quick.last_run.parent)
        assert quick.published() in ({}, new), where
        assert quick.left_over() == [], where
        shutil.rmtree(quick.last_run, ignore_errors=True)
    assert quick.published() == new


@pytest.mark.parametrize("fault", FAULTS)
def test_a_whole_run_cut_anywhere_leaves_the_old_run_or_the_new_one(firm, fault):
    """A sample of the calls, another one for each fault."""
    firm.run_with(6)
    new = firm.published()
    shutil.rmtree(firm.last_run)
    firm.run_with(5)
    old = firm.published()
    for where in failures(lambda: firm.run_with(6), firm.folder, fault, stride=61):
        assert set() in (differing(firm.published(), old), differing(firm.published(), new)), where
        firm.check()
        assert set() in (differing(firm.published(), old), differing(firm.published(), new)), where
        assert firm.left_over() == [], where
    assert firm.published() == new


@pytest.mark.parametrize("fault", FAULTS)
def test_an_intake_cut_anywhere_leaves_whole_tables_or_none(firm, fault):
    firm.check()
    whole = firm.prepared()
    shutil.rmtree(firm.store)
    for where in failures(firm.check, firm.engagement.parent, fault, stride=19):
        gc.collect()
        sweep(firm.store)
        assert firm.prepared() in (whole, set()), where
        firm.check()
        assert firm.left_over() == [], where
        shutil.rmtree(firm.store)
    assert firm.prepared() == whole


@pytest.mark.parametrize("fault", FAULTS)
def test_a_purge_cut_at_any_call_leaves_whole_tables_or_none(firm, fault):
    firm.check()
    whole = firm.prepared()
    for where in failures(lambda: purge(firm.engagement), firm.folder, fault, stride=4):
        sweep(firm.store)
        assert firm.prepared() in (whole, set()), where
        assert firm.left_over() == [], where
        firm.check()
    assert not firm.store.exists()


def test_a_full_disk_is_told_and_the_last_run_on_it_stays(firm, small_disk):
    """On another disk than the prepared tables, in a folder that only people would name so."""
    out = small_disk / "Société d'essais, à relire (2026)"
    firm.run_with(5, out)
    hashes = manifest.output_hashes(out / NAME)
    filler = small_disk / "filler"
    filler.write_bytes(bytes(shutil.disk_usage(small_disk).free - 30_000))
    with pytest.raises(AuditError, match=re.escape(f"The disk is full: {out}")):
        firm.run_with(6, out)
    assert manifest.output_hashes(out / NAME) == hashes
    assert [path.name for path in out.iterdir()] == [NAME]
    filler.unlink()
    firm.run_with(6, out)
    assert manifest.read_manifest(out / NAME)["parameters"]["00_intake"] == {"min_cell": 6}


def test_tables_for_which_there_is_no_room_are_told_and_leave_nothing(firm, small_disk):
    moved = shutil.copytree(firm.engagement.parent, small_disk / "firm") / firm.engagement.name
    (small_disk / "filler").write_bytes(bytes(shutil.disk_usage(small_disk).free - 8_000))
    with pytest.raises(AuditError, match=re.escape(f"The disk is full: {moved.parent}")):
        prepare(load_engagement(moved))
    gc.collect()
    assert list((moved.parent / ".clientaudit").iterdir()) == []


def test_tables_asked_for_twice_at_once_are_made_once(firm):
    engagement, told = load_engagement(firm.engagement), []
    with ThreadPoolExecutor(2) as pool:
        made = [pool.submit(prepare, engagement, progress=told.append) for _ in range(2)]
    assert made[0].result().folder == made[1].result().folder
    assert told.count("reading transactions") == 1


def test_prepared_tables_without_their_facts_are_made_again(firm):
    firm.check()
    whole = firm.prepared()
    next(firm.store.glob("*/intake.json")).unlink()
    firm.check()
    gc.collect()
    assert firm.prepared() == whole


def test_a_purge_touches_nothing_behind_a_link(firm):
    firm.check()
    whole = firm.prepared()
    firm.store.rename(firm.folder / "elsewhere")
    firm.store.symlink_to(firm.folder / "elsewhere")
    with pytest.raises(AuditError, match="is a link to"):
        purge(firm.engagement)
    assert firm.prepared() == whole
