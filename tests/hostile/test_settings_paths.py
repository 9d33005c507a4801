"""Every key of the grammar, walked by its JSON Schema, with values that it cannot take."""

from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from clientaudit.errors import AuditError
from clientaudit.intake.prepare import prepare
from clientaudit.settings import load_engagement
from clientaudit.settings.json_schema import engagement_schema
from clientaudit.settings.yaml_lines import Location, read_yaml
from hostile.corpus import TEXTS
from hostile.firm import yaml

SCHEMA = engagement_schema()
EXPORT = "Client;Date;Amount;Kind\nC1;01/02/2025;1,5;A\nC2;02/03/2025;2;B\n"
SAID: dict[str, Any] = {
    "firm": "F",
    "as_of": "2025-06-30",
    "defaults": {"date_format": "%d/%m/%Y", "decimal": ","},
    "tables": {
        "transactions": {
            "files": "sales.csv",
            "columns": {"client_id": "Client", "date": "Date", "amount_net": "Amount"},
        }
    },
}
# What stands for a key that the firm chooses, and what a part of the file needs to stand at all.
FREE = {
    "perimeter": "channel", "columns": "channel", "accounts": "2025", "on": "Kind", "map": "A",
    "parameters": "06_departures",
}  # fmt: skip
NEEDED: dict[str, dict[str, Any]] = {
    "Condition": {"column": "Kind", "equals": "A"},
    "DropRule": {"column": "Kind", "equals": "A"},
    "CreditNotes": {"column": "Kind", "equals": "A"},
    "Join": {"files": "kinds.csv", "on": {"Kind": "Code"}},
    "ColumnMapping": {"from": "Kind"},
}
WRONG: tuple[Any, ...] = (
    None, "", " ", "?", "x", "-1", "0", "1e400", "nan", "9" * 40, "1.5", True, [], [[]], ["x", []],
    [None], {}, {"": ""}, {"x": {"y": "z"}}, "(", "a\nb", "\u202e\ufeff", "../..", "é" * 5_000,
)  # fmt: skip


def resolved(node: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The shapes that a node allows, with the name of the model where it is one."""
    for choice in node.get("anyOf", [node]):
        if "$ref" in choice:
            name = choice["$ref"].rpartition("/")[2]
            yield name, SCHEMA["$defs"][name]
        else:
            yield "", choice


def paths(node: dict[str, Any], path: Location = ()) -> Iterator[Location]:
    """Every place of the grammar, each key once."""
    for _, shape in resolved(node):
        keys = dict(shape.get("properties", {}))
        free = shape.get("additionalProperties")
        if isinstance(free, dict) and path and path[-1] in FREE:
            keys[FREE[str(path[-1])]] = free
        for key, inner in keys.items():
            if path == ("tables",) and key != "transactions":
                continue
            yield (*path, key)
            yield from paths(inner, (*path, key))
        if shape.get("type") == "array" and "$ref" not in str(shape.get("items", {})):
            yield (*path, 0)


def needs(path: Location) -> dict[str, Any]:
    """What stands beside a place so that only the place can be wrong."""
    node = SCHEMA
    found: dict[str, Any] = {}
    for part in path[:-1]:
        shapes = dict(resolved(node))
        shape = next((s for s in shapes.values() if part in s.get("properties", {})), None)
        inner = shape["properties"][part] if shape else next(
            s["additionalProperties"] for s in shapes.values() if "additionalProperties" in s
        )  # fmt: skip
        name = next((name for name, _ in resolved(inner) if name), "")
        found, node = NEEDED.get(name, {}), inner
    return deepcopy(found)


def with_value(path: Location, value: Any) -> dict[str, Any]:
    """The settings of a small firm, with that value at that place."""
    settings = deepcopy(SAID)
    here: Any = settings
    for i, part in enumerate(path[:-1]):
        after = path[i + 1]
        inner = here.get(part)
        if not isinstance(inner, dict):
            here[part] = [] if after == 0 else needs(path[: i + 2])
        here = here[part]
    if path[-1] == 0:
        here.append(value)
    else:
        here[path[-1]] = value
    return settings


PATHS = list(dict.fromkeys(paths(SCHEMA)))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "sales.csv").write_text(EXPORT)
    (tmp_path / "kinds.csv").write_text("Code;Name\nA;Alpha\nB;Beta\n")
    return tmp_path / "engagement.yml"


def test_the_walk_reaches_every_key_of_the_grammar():
    walked = {str(path[-1]) for path in PATHS}
    models = SCHEMA["$defs"].values()
    assert {key for model in models for key in model["properties"]} <= walked
    assert set(SCHEMA["properties"]) <= walked


@pytest.mark.parametrize("value", WRONG, ids=lambda value: repr(value)[:12])
def test_a_file_that_is_no_mapping_of_these_keys_is_refused(home, value):
    home.write_text(yaml(value), encoding="utf-8")
    with pytest.raises(AuditError, match="engagement"):
        load_engagement(home)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: ".".join(map(str, path)))
def test_a_key_takes_its_value_or_says_its_name_and_line(home, path):
    for value in (*WRONG, *TEXTS[::9]):
        home.write_text(yaml(with_value(path, value)), encoding="utf-8")
        try:
            load_engagement(home)
        except AuditError as error:
            lines = {
                line
                for place, line in read_yaml(home).lines.items()
                if place[: len(path)] == path or place == path[: len(place)]
            }
            told = [str(fault) for fault in error.faults]
            assert any(f"engagement.yml, line {line}:" in text for line in lines for text in told)
            named = {str(part) for part in path if part != 0} | {"transactions"}
            assert any(word in text for word in named for text in told), told


READ = ("defaults", "tables", "identity", "perimeter", "privacy", "currency")


@pytest.mark.parametrize(
    "path", [p for p in PATHS if p[0] in READ], ids=lambda path: ".".join(map(str, path))
)
def test_what_a_key_takes_is_read_or_refused(home, path):
    home.write_text(yaml(with_value(path, "Kind")), encoding="utf-8")
    with suppress(AuditError):
        prepare(load_engagement(home))
