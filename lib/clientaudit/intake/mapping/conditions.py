"""Conditions of the mapping as SQL over the raw text of the source."""

from collections.abc import Callable
from dataclasses import dataclass

from clientaudit.intake.sql import listed, literal
from clientaudit.settings.sources import Condition

NAMES = {"in_": "in"}


@dataclass(frozen=True)
class ConditionCell:
    """SQL of one cell: as it stands in the source, without blanks around it, as a DOUBLE."""

    raw: str
    text: str
    number: str


def condition_sql(condition: Condition, cell: ConditionCell) -> str:
    """A condition as SQL that is never NULL.

    Blanks around a cell do not count: exports pad their cells. `equals`, `in` and `is_empty` look
    at the text without them; `starts_with`, `ends_with` and `matches` (the whole cell) hold if
    they do for the cell as it stands or without them. An empty cell is the empty text, and neither
    greater nor less than any number; so is a text that is not a number.
    """
    [(test, value)] = condition.tests.items()
    return f"coalesce({_TESTS[test](value, cell)}, false)"


def needs_number(condition: Condition) -> bool:
    """Whether the condition reads its cell as a number."""
    return condition.greater_than is not None or condition.less_than is not None


def described(condition: Condition) -> str:
    """The condition in the words of the engagement file.

    >>> described(Condition(column="Code client", starts_with="C"))
    '"Code client" starts_with C'
    """
    [(test, value)] = condition.tests.items()
    shown = f"[{', '.join(value)}]" if isinstance(value, list) else value
    shown = str(shown).lower() if isinstance(shown, bool) else shown
    return f'"{condition.column}" {NAMES.get(test, test)} {shown}'


def _either(test: Callable[[str], str], cell: ConditionCell) -> str:
    raw, text = (f"coalesce({sql}, '')" for sql in (cell.raw, cell.text))
    return f"({test(raw)} or {test(text)})"


_TESTS: dict[str, Callable[..., str]] = {
    "equals": lambda value, cell: f"coalesce({cell.text}, '') = {literal(value.strip())}",
    "in_": lambda value, cell: (
        f"coalesce({cell.text}, '') in {listed(item.strip() for item in value)}"
        if value
        else "false"
    ),
    "starts_with": lambda value, cell: _either(
        lambda sql: f"starts_with({sql}, {literal(value)})", cell
    ),
    "ends_with": lambda value, cell: _either(
        lambda sql: f"ends_with({sql}, {literal(value)})", cell
    ),
    "matches": lambda value, cell: _either(
        lambda sql: f"regexp_full_match({sql}, {literal(value)})", cell
    ),
    "is_empty": lambda value, cell: f"{cell.text} is {'' if value else 'not '}null",
    "greater_than": lambda value, cell: f"{cell.number} > CAST('{value}' AS DOUBLE)",
    "less_than": lambda value, cell: f"{cell.number} < CAST('{value}' AS DOUBLE)",
}
