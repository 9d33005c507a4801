"""pyproject.toml says what the suite needs; conda's file and the lock agree with it."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

# Where conda-forge cuts or names a package otherwise than the Python index.
CONDA_NAMES = {
    "matplotlib": "matplotlib-base",
    "seaborn": "seaborn-base",
    "nbconvert": "nbconvert-core",
    "ibis-framework": "ibis-duckdb",
    "duckdb": "python-duckdb",
}
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)")


@pytest.fixture(scope="module")
def pyproject(root: Path) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def conda(root: Path) -> dict[str, SpecifierSet]:
    data = yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))
    entries = [entry.partition(" ") for entry in data["dependencies"]]
    return {name: SpecifierSet(bounds) for name, _, bounds in entries}


@pytest.fixture(scope="module")
def lock(root: Path) -> str:
    return (root / "requirements.lock").read_text(encoding="utf-8")


def requirements(lines: list[str]) -> dict[str, Requirement]:
    return {canonicalize_name(r.name): r for r in map(Requirement, lines)}


def test_conda_gets_every_dependency_at_the_same_bounds_and_no_other(pyproject, conda):
    project = pyproject["project"]
    expected = {
        CONDA_NAMES.get(name, name): requirement.specifier
        for name, requirement in requirements(project["dependencies"]).items()
    }
    expected["python"] = SpecifierSet(project["requires-python"])
    expected["pip"] = SpecifierSet()
    expected |= {
        name: requirement.specifier
        for name, requirement in requirements(pyproject["build-system"]["requires"]).items()
    }
    assert conda == expected


def test_conda_needs_no_channel_but_conda_forge(root):
    data = yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))
    assert data["channels"] == ["conda-forge", "nodefaults"]


def test_every_reason_for_a_cap_stands_in_both_files(root):
    def reasons(name: str) -> set[str]:
        text = (root / name).read_text(encoding="utf-8")
        return set(re.findall(r"# ((?:ibis|seaborn) .*)", text))

    assert reasons("environment.yml") == reasons("pyproject.toml")
    assert len(reasons("pyproject.toml")) == 3


def test_the_lock_holds_every_direct_dependency_within_its_bounds(pyproject, lock):
    project = pyproject["project"]
    lines = project["dependencies"] + project["optional-dependencies"]["dev"]
    locked: dict[str, list[str]] = {}
    for line in lock.splitlines():
        if match := LOCKED.match(line):
            locked.setdefault(canonicalize_name(match[1]), []).append(match[2])
    outside = {
        name: locked.get(name)
        for name, requirement in requirements(lines).items()
        if not locked.get(name) or not all(v in requirement.specifier for v in locked[name])
    }
    assert outside == {}


def test_every_locked_package_has_a_hash(lock):
    entries = re.split(r"\n(?=[A-Za-z0-9])", lock)
    without = [entry.split()[0] for entry in entries[1:] if "--hash=sha256:" not in entry]
    assert len(entries) > 100
    assert without == []


def test_the_lock_names_no_address(lock):
    assert not re.search(r"://|--(?:extra-)?index-url|--find-links|^-[ief]\b", lock, re.M)
