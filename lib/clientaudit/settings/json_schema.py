"""The JSON Schema of engagement.yml, for editors that complete and check as one types.

`python -m clientaudit.settings.json_schema > docs/engagement.schema.json` writes it anew.
"""

import json
from typing import Any

from clientaudit.schema import TABLES
from clientaudit.settings.engagement import Engagement

SCALAR = ["string", "number", "boolean"]


def engagement_schema() -> dict[str, Any]:
    """The grammar of an engagement file as a JSON Schema, with the names of the tables."""
    schema: dict[str, Any] = _with_scalars(Engagement.model_json_schema())
    tables = schema["properties"]["tables"]
    tables["properties"] = dict.fromkeys(TABLES, tables.pop("additionalProperties"))
    tables["additionalProperties"] = False
    return schema


def _with_scalars(node: Any) -> Any:
    """Text may be written without quotes: `in: [00123, NO]` are texts to us, not to an editor."""
    if isinstance(node, list):
        return [_with_scalars(item) for item in node]
    if not isinstance(node, dict):
        return node
    found = {key: _with_scalars(value) for key, value in node.items()}
    is_free = found.get("type") == "string" and not {"enum", "const", "format"} & found.keys()
    return found | {"type": SCALAR} if is_free else found


if __name__ == "__main__":
    print(json.dumps(engagement_schema(), indent=1, ensure_ascii=False))  # noqa: T201
