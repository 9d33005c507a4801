"""A lower layer never imports a higher one, and heavy libraries load only where they are used."""

import subprocess
import sys

import pytest
from importlinter import cli

# What the first import of a notebook loads, and the libraries that it must not wait for.
KERNEL_LOADS = """
import importlib, pkgutil, sys
for package in ("clientaudit.analyses", "clientaudit.figures", "clientaudit.models"):
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__, package + "."):
        importlib.import_module(module.name)
import clientaudit.audit
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_every_import_contract_is_kept(root, monkeypatch):
    monkeypatch.chdir(root)
    assert cli.lint_imports(no_cache=True) == cli.EXIT_STATUS_SUCCESS


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    command = [sys.executable, "-c", KERNEL_LOADS]
    return set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())


@pytest.mark.parametrize(
    "library", ["papermill", "nbconvert", "seaborn", "sklearn", "statsmodels", "scipy"]
)
def test_a_kernel_does_not_pay_for_a_library_before_using_it(loaded, library):
    assert "clientaudit" in loaded
    assert library not in loaded
