"""YAML read as text with the line of every key, so that an error can say where it stands."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from clientaudit.errors import AuditError, Fault

Location = tuple[str | int, ...]
MAX_BYTES = 1_000_000
MAX_DEPTH = 30
# Written as "\0" or "\ud800", they pass through YAML; no file can hold them.
NO_TEXT = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True)
class Document:
    """A YAML document: scalars as text (None where empty or `null`), and the line of every key."""

    data: Any
    lines: dict[Location, int]

    def line(self, location: Location) -> int:
        """Line of a place, or of the nearest place around it."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 1)


def read_yaml(path: Path) -> Document:
    """Read one YAML file safely: no tags, no anchors, no key twice, every scalar as its text.

    Scalars stay text (`00123`, `NO`, `2024-01-31` are what was written); the settings models
    give them their types. Raises AuditError: no such file, not UTF-8, not YAML, a key given
    twice, an anchor or a tag.
    """
    try:
        with path.open(encoding="utf-8-sig") as stream:
            text = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise AuditError(f"{path.name}: cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise AuditError(f"{path.name}: is not UTF-8 text. Save it as UTF-8.") from None
    if len(text) > MAX_BYTES:
        raise AuditError(f"{path.name}: holds over {MAX_BYTES} characters.")
    try:
        _refuse_what_settings_need_not(text, path.name)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise AuditError(f"{path.name}: is not readable YAML: {_where(error)}") from None
    builder = _Builder(path.name)
    data = builder.build(node, ()) if node else None
    if builder.faults:
        raise AuditError(f"{path.name} cannot be used.", builder.faults)
    return Document(data, builder.lines)


def _refuse_what_settings_need_not(text: str, name: str) -> None:
    """Refuse anchors, tags, and a nesting that would exhaust the reader."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH and event.start_mark:
            line = event.start_mark.line + 1
            raise AuditError(f"{name}, line {line}: is nested too deeply.")
        for kind in ("anchor", "tag"):
            found = getattr(event, kind, None)
            if found and event.start_mark:
                line = event.start_mark.line + 1
                raise AuditError(f"{name}, line {line}: {kind} {found!r} is not allowed.")


def _where(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    return f"line {mark.line + 1}, {problem}." if mark else f"{problem}."


class _Builder:
    """Plain data from YAML nodes; remembers lines and faults."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Location, int] = {}
        self.faults: list[Fault] = []

    def build(self, node: yaml.Node, location: Location) -> Any:
        self.lines.setdefault(location, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, location)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*location, i)) for i, item in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        return None if node.tag == "tag:yaml.org,2002:null" else self._text(node)

    def _mapping(self, node: yaml.MappingNode, location: Location) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = self._text(key_node) if isinstance(key_node, yaml.ScalarNode) else ""
            if not isinstance(key_node, yaml.ScalarNode):
                self._fault(line, "a key must be plain text")
            elif key in result:
                self._fault(line, f'key "{key}" is given twice')
            self.lines[(*location, key)] = line
            result[key] = self.build(value_node, (*location, key))
        return result

    def _text(self, node: yaml.ScalarNode) -> str:
        text = str(node.value)
        if NO_TEXT.search(text):
            self._fault(node.start_mark.line + 1, f"{text!r} holds a sign that is no character")
        return text

    def _fault(self, line: int, problem: str) -> None:
        self.faults.append(Fault(f"{self.name}, line {line}", problem + "."))
