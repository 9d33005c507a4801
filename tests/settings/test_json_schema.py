"""The schema that editors use says what the settings say."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from clientaudit.settings.json_schema import engagement_schema


def test_the_published_schema_is_up_to_date(root: Path) -> None:
    published = (root / "docs" / "engagement.schema.json").read_text(encoding="utf-8")
    assert json.loads(published) == engagement_schema()


def engagements(root: Path) -> list[Path]:
    return [root / "data/demo/engagement.yml", *sorted((root / "data/examples").glob("*.yml"))]


def test_our_own_engagement_files_agree_with_it(root: Path) -> None:
    schema = engagement_schema()
    files = engagements(root)
    assert len(files) > 5
    for path in files:
        # As an editor reads the file, but for dates, which JSON does not have.
        jsonschema.validate(_NoDates(path.read_text(encoding="utf-8")).get_data(), schema)


@pytest.mark.parametrize(
    "wrong", [{"langage": "fr"}, {"language": "de"}, {"tables": {"sales": {"files": "x.csv"}}}]
)
def test_a_mistake_is_seen_by_an_editor(wrong: dict) -> None:
    right = {"firm": "x", "tables": {"transactions": {"files": "x.csv"}}}
    jsonschema.validate(right, engagement_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(right | wrong, engagement_schema())


class _NoDates(yaml.SafeLoader):
    """YAML 1.2 without dates, as editors read it: `on` is a word, keys are text."""


def _is_kept(sign: str, tag: str) -> bool:
    return "timestamp" not in tag and not (tag.endswith("bool") and sign in "yYnNoO")


_NoDates.yaml_implicit_resolvers = {
    sign: [(tag, expression) for tag, expression in found if _is_kept(sign, tag)]
    for sign, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _text_keys(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict:
    pairs = ((k.value, loader.construct_object(v, deep=True)) for k, v in node.value)
    return dict(pairs)


_NoDates.add_constructor("tag:yaml.org,2002:map", _text_keys)
