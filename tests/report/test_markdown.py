"""Markdown of a notebook: headings with anchors, no HTML, no image, no dangerous link."""

import pytest

from clientaudit.report.markdown import Prose, Section
from report.structure import parse


def test_html_in_a_cell_is_shown_as_text():
    assert "<script" not in Prose().html("a <script>alert(1)</script>\n\n<div>\n\nb")


@pytest.mark.parametrize(
    "source",
    ["[a](javascript:alert(1))", "![a](https://example.com/a.png)", "[a](data:text/html,x)"],
)
def test_nothing_is_loaded_and_nothing_runs(source):
    tree = parse(Prose().html(source))
    assert not [n for n in tree.walk() if "src" in n.attributes]
    assert not [
        n for n in tree.find_all("a") if n.attributes["href"].startswith(("javascript", "data"))
    ]


def test_headings_of_one_page_get_anchors_of_their_own():
    prose = Prose()
    first, second = prose.html("## Où sont-ils ?"), prose.html("## Où sont-ils ?\n\n### Detail")
    ids = [h.attributes["id"] for h in parse(first + second).find_all("h2", "h3")]
    assert ids == ["où-sont-ils", "où-sont-ils-", "detail"]
    assert prose.sections == [
        Section("où-sont-ils", "Où sont-ils ?"),
        Section("où-sont-ils-", "Où sont-ils ?"),
    ]


def test_a_first_heading_becomes_a_second_one():
    assert parse(Prose().html("# Title")).find_all("h2")[0].text == "Title"


def test_headings_of_a_table_say_that_they_head_a_column():
    cells = parse(Prose().html("|a|b|\n|--|--|\n|1|2|")).find_all("th")
    assert [c.attributes["scope"] for c in cells] == ["col", "col"]
