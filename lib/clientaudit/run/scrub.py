"""An executed notebook without what changes from one run to the next or names the machine."""

import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat

from clientaudit.settings.engagement import REPOSITORY

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def scrubbed(notebook: nbformat.NotebookNode, folders: Mapping[str, Path]) -> nbformat.NotebookNode:
    """A copy without times, papermill's metadata, drawn ids, addresses, warnings and paths.

    folders: what to write instead of each folder's absolute path, `{"<output>": path}`; those of
    the checkout, the interpreter, the home and temporary files are always replaced.
    """
    replace = _replacer(folders)
    cells = [_cell(cell, i, replace) for i, cell in enumerate(notebook.cells)]
    copy: nbformat.NotebookNode = nbformat.from_dict(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": METADATA, "cells": cells}
    )
    return copy


def _cell(cell: nbformat.NotebookNode, position: int, replace: "_Replace") -> dict[str, Any]:
    tags = cell.metadata.get("tags", [])
    kept: dict[str, Any] = {
        "cell_type": cell.cell_type,
        "id": f"cell-{position:02d}",
        "metadata": {"tags": list(tags)} if tags else {},
        "source": replace(cell.source),
    }
    if cell.cell_type == "code":
        outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
        kept |= {
            "execution_count": cell.execution_count,
            "outputs": [_output(output, replace) for output in outputs],
        }
    return kept


def _output(output: Mapping[str, Any], replace: "_Replace") -> dict[str, Any]:
    """Text is cleaned; an image is bytes, where a path could only appear by chance."""
    kept = {key: value for key, value in output.items() if key != "data"}
    if "text" in kept:
        kept["text"] = replace(kept["text"])
    if "data" in output:
        kept["data"] = {
            kind: replace(value) if isinstance(value, str) and "image/" not in kind else value
            for kind, value in output["data"].items()
        }
    return kept


class _Replace:
    """Writes a word for each folder of this machine, the deepest first."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self.words = words
        folders = sorted(words, key=len, reverse=True)
        self.pattern = re.compile(rf"(?:{'|'.join(map(re.escape, folders))})(?![\w-])")

    def __call__(self, text: str) -> str:
        return _ADDRESS.sub("", self.pattern.sub(lambda found: self.words[found[0]], text))


def _replacer(folders: Mapping[str, Path]) -> _Replace:
    machine = {
        "<suite>": REPOSITORY,
        "<python>": Path(sys.prefix),
        "<home>": Path.home(),
        "<temporary>": Path(tempfile.gettempdir()),
    }
    words: dict[str, str] = {}
    for word, folder in [*machine.items(), *folders.items()]:
        for path in (folder.absolute(), folder.resolve()):
            if path != Path(path.anchor):
                words[str(path)] = word
    return _Replace(words)
