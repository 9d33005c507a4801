"""YAML for people: one line per thing, its comment beside it, any text safely quoted."""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

COMMENT_COLUMN = 76
WIDTH = 100
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# What these hold comes from the exports; any other text is a word of the grammar.
PLAIN = frozenset(("sign", "unit", "otherwise", "map", "unique", "decimal"))


@dataclass
class Page:
    """Lines of YAML with their comments; the comments of a block stand under each other."""

    lines: list[tuple[str, str]] = field(default_factory=list)

    def add(self, text: str, comment: str = "") -> None:
        """One line of YAML, with a comment behind it."""
        self.lines.append((text, " ".join(comment.split())))

    def note(self, text: str, indent: int = 0) -> None:
        """A comment on lines of its own, cut at words."""
        width = WIDTH - indent - 2
        line = ""
        for word in text.split():
            if line and len(line) + len(word) >= width:
                self.lines.append((" " * indent + "# " + line, ""))
                line = ""
            line = f"{line} {word}".strip()
        self.lines.append((" " * indent + "# " + line, ""))

    def blank(self) -> None:
        """An empty line, which ends a block."""
        self.lines.append(("", ""))

    @property
    def text(self) -> str:
        """The whole page."""
        written: list[str] = []
        for block in _blocks(self.lines):
            lengths = [len(text) for text, comment in block if comment]
            column = max((n for n in lengths if n <= COMMENT_COLUMN), default=0)
            for text, comment in block:
                padded = f"{text.ljust(column)}  # {comment}" if comment else text
                written.append(padded.rstrip())
        return "\n".join(written).strip("\n") + "\n"


def _blocks(lines: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Lines between empty ones, or of one list or mapping."""
    blocks: list[list[tuple[str, str]]] = [[]]
    for line in lines:
        if not line[0] or (blocks[-1] and _indent(line[0]) != _indent(blocks[-1][-1][0])):
            blocks.append([])
        blocks[-1].append(line)
    return blocks


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" -"))


def scalar(text: str) -> str:
    """A text as one double-quoted scalar on one line, whatever signs it holds."""
    return yaml.safe_dump(text, default_style='"', allow_unicode=True, width=1 << 30).strip()


def flow(value: Any, key: str = "") -> str:
    """A value on one line.

    >>> flow({"from": "Type", "map": {"F": "invoice", "N°": "other"}})
    '{from: "Type", map: {F: invoice, "N°": other}}'
    """
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, dict):
        inner = (
            f"{_key(name, key)}: {flow(item, key if key in PLAIN else name)}"
            for name, item in value.items()
        )
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(item, key) for item in value) + "]"
    if isinstance(value, str):
        return value if key in PLAIN and WORD.fullmatch(value) else scalar(value)
    return str(value)


def _key(name: str, around: str) -> str:
    return name if WORD.fullmatch(name) and around != "on" else scalar(name)
