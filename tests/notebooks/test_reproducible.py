"""The same files give the same bytes, and a changed byte is named."""

import hashlib
import shutil
from pathlib import Path


def hashes(run: Path) -> dict[str, str]:
    files = (path for path in sorted(run.rglob("*")) if path.is_file())
    return {
        str(path.relative_to(run)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def test_two_runs_give_the_same_bytes(demo_run, clientaudit, root: Path, tmp_path: Path) -> None:
    first = demo_run("fr")
    shutil.copytree(root / "data" / "demo", tmp_path / "demo")
    place = ("--language", "fr", "--out", tmp_path / "demo" / "runs", "--jobs", "1")
    done = clientaudit("run", tmp_path / "demo" / "engagement.yml", *place)
    second = Path(done.stdout.strip().splitlines()[-1]).parent
    assert len(hashes(first)) > 30
    assert hashes(second) == hashes(first)


def test_verify_confirms_a_run_then_names_the_changed_file(
    demo_run, clientaudit, tmp_path: Path
) -> None:
    home = shutil.copytree(demo_run("en").parents[1], tmp_path / "demo")
    run = next((home / "runs").glob("*/index.html")).parent
    assert clientaudit("verify", run).returncode == 0
    products = home / "articles.csv"
    products.write_bytes(products.read_bytes().replace(b"PRO", b"STD", 1))
    done = clientaudit("verify", run)
    assert done.returncode == 1
    assert "articles.csv" in done.stdout
