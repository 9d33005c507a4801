"""The markdown cells of a notebook as HTML: no HTML of its own, no image, no script."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from clientaudit.report.html import slug


@dataclass(frozen=True)
class Section:
    """One heading of the page's own contents."""

    anchor: str
    title: str


@dataclass
class Prose:
    """Renders the cells of one page, and collects the headings that its contents list."""

    sections: list[Section] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def html(self, source: str) -> str:
        """One cell as HTML. Headings start at the second level: the first is the question."""
        parser = _parser()
        tokens = parser.parse(source)
        for opening, inline in pairwise(tokens):
            if opening.type == "heading_open":
                self._anchor(opening, inline)
        for token in tokens:
            if token.type.startswith("heading_") and token.tag == "h1":
                token.tag = "h2"
        return str(parser.renderer.render(tokens, parser.options, {}))

    def _anchor(self, opening: Token, inline: Token) -> None:
        title = "".join(child.content for child in inline.children or ())
        anchor = slug(title)
        while anchor in self.anchors:
            anchor += "-"
        self.anchors.add(anchor)
        opening.attrSet("id", anchor)
        if opening.tag in ("h1", "h2"):
            self.sections.append(Section(anchor, title))


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    parser.add_render_rule("th_open", _heading_cell)
    return parser


def _heading_cell(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    tokens[index].attrSet("scope", "col")
    return renderer.renderToken(tokens, index, options, env)
