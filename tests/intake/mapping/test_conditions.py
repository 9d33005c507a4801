"""Conditions look at the text of the source; padding blanks do not count."""

import duckdb
import pytest
from pydantic import ValidationError

from clientaudit.intake.mapping.conditions import (
    ConditionCell,
    condition_sql,
    described,
)
from clientaudit.settings.sources import Condition

CONNECTION = duckdb.connect()
CELL = ConditionCell("raw", "nullif(trim(raw), '')", "try_cast(raw AS DOUBLE)")


def holds(value: str | None, **test: object) -> bool:
    condition = Condition.model_validate({"column": "x"} | test)
    sql = condition_sql(condition, CELL)
    return CONNECTION.execute(f"select {sql} from (select $1::varchar as raw)", [value]).fetchone()[
        0
    ]


@pytest.mark.parametrize(
    ("value", "test", "expected"),
    [
        ("TOTAL", {"equals": "TOTAL"}, True),
        (" TOTAL\u00a0", {"equals": "TOTAL"}, True),
        ("Total", {"equals": "TOTAL"}, False),
        (None, {"equals": "TOTAL"}, False),
        (None, {"equals": ""}, True),
        ("B ", {"in": ["A", "B"]}, True),
        ("C", {"in": ["A", "B"]}, False),
        ("C", {"in": []}, False),
        ("C123", {"starts_with": "C"}, True),
        ("  C123", {"starts_with": "C"}, True),
        ("  Total", {"starts_with": "  "}, True),
        ("AC", {"starts_with": "C"}, False),
        ("12R  ", {"ends_with": "R"}, True),
        (None, {"ends_with": "R"}, False),
        ("C12", {"matches": r"C\d+"}, True),
        ("C12 ", {"matches": r"C\d+"}, True),
        ("xC12", {"matches": r"C\d+"}, False),
        ("C12", {"matches": "C"}, False),
        (None, {"matches": ".*"}, True),
        (None, {"is_empty": True}, True),
        ("   ", {"is_empty": True}, True),
        ("a", {"is_empty": True}, False),
        ("a", {"is_empty": False}, True),
        (None, {"is_empty": False}, False),
        ("10", {"greater_than": "9"}, True),
        ("9", {"greater_than": "9"}, False),
        ("8.5", {"less_than": "9"}, True),
        ("n/a", {"less_than": "9"}, False),
        (None, {"less_than": "9"}, False),
        ("'; drop table t; --", {"equals": "'; drop table t; --"}, True),
        ("a%b", {"starts_with": "a%"}, True),
        ("axb", {"starts_with": "a%"}, False),
    ],
)
def test_condition(value, test, expected):
    assert holds(value, **test) is expected


def test_patterns_that_the_engine_lacks_are_refused():
    with pytest.raises(ValidationError, match="Look-around"):
        Condition.model_validate({"column": "x", "matches": "(?=C)C.*"})


def test_rules_are_told_in_the_words_of_the_file():
    condition = Condition.model_validate({"column": "Code", "in": ["A", "B"]})
    assert described(condition) == '"Code" in [A, B]'
    condition = Condition.model_validate({"column": "Code", "is_empty": "true"})
    assert described(condition) == '"Code" is_empty true'
