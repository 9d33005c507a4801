"""From templates to HTML: everything is escaped unless it is known to be ours."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

OURS = "application/vnd.clientaudit+html"  # kind of output that the page takes as it is
TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, **values: Any) -> str:
    """A template of report/templates filled in; every value is escaped."""
    return environment().get_template(template).render(**values)


@cache
def environment() -> Environment:
    """The templates; a name that nobody gave is an error, never an empty text."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["css_string"] = css_string
    environment.filters["slug"] = slug
    return environment


def css_string(text: str) -> Markup:
    """A text as the string of a style sheet; nothing in it can end the string or the sheet."""
    # Nothing but letters, digits, spaces and escapes is left.
    safe = re.sub(r"[^A-Za-z0-9 ]", lambda sign: f"\\{ord(sign[0]):06x}", text)
    return Markup(f'"{safe}"')


def slug(text: str) -> str:
    """A text as the anchor of a page."""
    return re.sub(r"[\W_]+", "-", text.lower()).strip("-") or "section"
