"""Places for tiny notebooks."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from run.samples import write_notebook


@pytest.fixture
def make_notebook(tmp_path: Path) -> Callable[..., Path]:
    """Writes one notebook into the folder of notebooks of the test."""
    return partial(write_notebook, tmp_path / "notebooks")
