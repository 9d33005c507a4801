"""Every sentence that reaches a reader exists in French, with the same figures in it."""

import re
import string
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import nbformat
import pytest
from babel.messages.pofile import read_po

from clientaudit import schema
from clientaudit.settings import Thresholds
from clientaudit.text import LOCALE_FOLDER, catalogue
from project.messages import Messages, string_constants

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "lib").rglob("*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TEMPLATES = sorted((ROOT / "lib/clientaudit/report").glob("templates/*"))
IN_TEMPLATE = re.compile(r"""\bsay\(\s*(?:"([^"]+)"|'([^']+)')""")


def notebook_cells(kind: str) -> Iterator[tuple[str, str]]:
    for path in NOTEBOOKS:
        cells = nbformat.read(path, as_version=4).cells
        yield from (
            (f"{path.name} cell {i}", c.source) for i, c in enumerate(cells) if c.cell_type == kind
        )


def paragraphs() -> dict[str, str]:
    """Markdown is translated paragraph by paragraph, as the runner cuts it: on empty lines."""
    found = {}
    for place, source in notebook_cells("markdown"):
        for paragraph in re.split(r"\n\s*\n", source.strip()):
            if re.search("[A-Za-z]", paragraph):
                found.setdefault(paragraph, place)
    return found


def template_sentences() -> dict[str, str]:
    return {
        double or single: path.name
        for path in TEMPLATES
        for double, single in IN_TEMPLATE.findall(path.read_text(encoding="utf-8"))
    }


def declared() -> dict[str, str]:
    """Labels of columns, requests for missing tables, meanings of thresholds."""
    found = dict.fromkeys(schema.LABELS.values(), "schema")
    found |= dict.fromkeys((table.request for table in schema.TABLES.values()), "schema")
    descriptions = (field.description for field in Thresholds.model_fields.values())
    return found | dict.fromkeys(filter(None, descriptions), "thresholds.py")


@pytest.fixture(scope="module")
def source() -> Messages:
    modules = [(str(p.relative_to(ROOT)), p.read_text(encoding="utf-8")) for p in MODULES]
    return Messages([*modules, *notebook_cells("code")])


@pytest.fixture(scope="module")
def needed(source) -> dict[str, str]:
    return declared() | paragraphs() | template_sentences() | source.found


@pytest.fixture(scope="module")
def french() -> dict[str, str]:
    return dict(catalogue("fr"))


def figures(sentence: str) -> set[tuple[str, str]]:
    """The placeholders: name and kind; the forms of a plural are words, not figures."""
    found = string.Formatter().parse(sentence)
    return {(name, (spec or "").partition(":")[0]) for _, name, spec, _ in found if name}


def counted(placeholders: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return {(name, kind) for name, kind in placeholders if kind != "plural"}


def test_every_sentence_has_its_french(needed, french):
    missing = [f"{place}: {text!r}" for text, place in needed.items() if not french.get(text)]
    if missing:
        pytest.fail(f"{len(missing)} without French:\n" + "\n".join(missing), pytrace=False)


def test_no_f_string_reaches_a_reader(source):
    assert source.f_strings == []


def test_the_french_holds_the_same_figures(french):
    markdown = paragraphs()
    different = [
        english
        for english, translation in french.items()
        if english not in markdown
        and (
            counted(figures(english)) != counted(figures(translation))
            or not {name for name, _ in figures(translation)} <= {n for n, _ in figures(english)}
        )
    ]
    assert different == []


def test_no_translation_is_left_over(needed, french):
    written = set().union(*(string_constants(path) for path in MODULES))
    for _, code in notebook_cells("code"):
        written |= {text for text in french if text in code}
    assert [text for text in french if text not in needed and text not in written] == []


def test_no_entry_is_fuzzy_obsolete_or_given_twice_with_two_meanings():
    meanings: dict[str, set[str]] = {}
    for path in sorted(LOCALE_FOLDER.rglob("*.po")):
        catalog = read_po(BytesIO(path.read_bytes()), charset="utf-8")
        assert not catalog.obsolete, path.name
        for message in catalog:
            if message.id:
                assert not message.fuzzy, f"{path.name}: {message.id}"
                meanings.setdefault(str(message.id), set()).add(str(message.string))
    assert {text: found for text, found in meanings.items() if len(found) > 1} == {}


def test_french_punctuation_never_starts_a_line(french):
    """A breaking space before : ; ! ? % » or after « would let a line begin with the sign."""
    markdown = paragraphs()
    broken = [
        translation
        for english, translation in french.items()
        if re.search(r" [;!?%»](?:\W|$)| :(?=\s|$)|« ", translation)
        and not (english in markdown and "|" in english)
    ]
    assert broken == []
