"""The body of a page: the prose of an executed notebook and what its cells show, without code."""

import ast
import base64
import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import nbformat
from markupsafe import Markup

from clientaudit.report.html import OURS, render
from clientaudit.report.markdown import Prose, Section
from clientaudit.text import Say, cleaned

SVG = "image/svg+xml"
VIEW = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
PIXELS_PER_POINT = 4 / 3


def body(notebook: nbformat.NotebookNode, say: Say) -> tuple[Markup, list[Section]]:
    """The notebook's prose, tables and figures as HTML, and the headings in it.

    The first heading is left out: it is the question, which the cover carries.
    """
    prose, numbers, blocks = Prose(), count(1), []
    for position, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            source = re.sub(r"\A\s*# .*\n?", "", cell.source) if position == 0 else cell.source
            blocks.append(prose.html(source))
        elif cell.cell_type == "code":
            blocks += [shown(output, say, numbers) for output in cell.outputs]
    # Every block is escaped where it is made: markdown without HTML, templates, our own tables.
    return Markup("\n").join(Markup(block) for block in blocks if block), prose.sections


def shown(output: nbformat.NotebookNode, say: Say, numbers: Iterator[int]) -> str:
    """One output of a cell: our tables, a figure, or as a last resort its text, escaped.

    HTML that does not say it is ours is never shown: only its plain text is.
    numbers: gives each figure of the page its number.
    """
    data: dict[str, Any] = output.get("data", {})
    if OURS in data:
        return _text(data[OURS])
    if SVG in data:
        alt = output.get("metadata", {}).get(SVG, {}).get("alt", "")
        return figure(_text(data[SVG]), alt, say("Figure {n:int}", n=next(numbers)))
    return _in_words(_text(data.get("text/plain", "")))


def figure(svg: str, alt: str, name: str) -> str:
    """A drawing as an image of its own, where nothing in it can run or load."""
    width, height = _size(svg)
    return render(
        "figure.html.j2",
        name=name,
        alt=cleaned(alt),
        image=base64.b64encode(svg.encode("utf-8")).decode("ascii"),
        width=width,
        height=height,
    )


def _in_words(text: str) -> str:
    """A sentence that a cell says as a paragraph; any other text as it is."""
    if text[:1] in ("'", '"'):
        sentence = ast.literal_eval(text)
        return str(Markup("<p>{}</p>").format(cleaned(sentence)))
    return str(Markup("<pre>{}</pre>").format(cleaned(text))) if text else ""


def _size(svg: str) -> tuple[int, int]:
    found = VIEW.search(svg)
    width, height = (float(found[1]), float(found[2])) if found else (576.0, 302.0)
    return round(width * PIXELS_PER_POINT), round(height * PIXELS_PER_POINT)


def _text(value: object) -> str:
    """A notebook file may hold a text as a list of lines."""
    return "".join(value) if isinstance(value, list) else str(value)
