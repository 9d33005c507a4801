"""Formulas are parsed, never evaluated, and equal exact arithmetic."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientaudit.errors import AuditError
from clientaudit.intake.mapping.casting import from_formula
from clientaudit.intake.mapping.formula import (
    Node,
    Number,
    Operation,
    SourceColumn,
    exact,
    floating,
    headings,
    parse_formula,
)
from clientaudit.schema import TABLES

CONNECTION = duckdb.connect()
AMOUNT = TABLES["transactions"].column("amount_net")
CENT = Decimal("0.0001")


def money(text: str, **values: str) -> Decimal | None:
    """The formula's value as money; the columns are `a`, `b`, `c`."""
    node = parse_formula(text)
    doubles = {h: f"CAST('{v}' AS DOUBLE)" for h, v in values.items()}
    decimals = {h: f"CAST('{v}' AS DECIMAL(18, 6))" for h, v in values.items()}
    product = exact(node, decimals)
    product = f"try(CAST({product} AS DECIMAL(18, 4)))" if product else None
    sql = from_formula(AMOUNT, "v", product)
    query = f"select {sql} from (select {floating(node, doubles)} as v)"
    return CONNECTION.execute(query).fetchone()[0]


def truth(node: Node, values: dict[str, str]) -> Fraction:
    if isinstance(node, Number):
        return Fraction(node.value)
    if isinstance(node, SourceColumn):
        return Fraction(values[node.heading])
    left, right = truth(node.left, values), truth(node.right, values)
    return {
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
        "/": lambda: left / right,
    }[node.sign]()


def rounded(value: Fraction) -> Decimal:
    with localcontext() as context:
        context.prec = 60
        return (Decimal(value.numerator) / value.denominator).quantize(CENT, ROUND_HALF_UP)


def test_product_binds_before_sum():
    assert money("[a] + [b] * 2", a="1", b="3") == 7
    assert money("([a] + [b]) * 2", a="1", b="3") == 8


def test_equal_signs_go_from_left_to_right():
    assert money("10 - 4 - 3") == 3
    assert money("100 / 10 / 2") == 5


def test_sign_before_a_factor():
    assert money("-[a] * -2", a="3") == 6
    assert money("+[a]", a="3") == 3


def test_brackets_in_a_heading_are_doubled():
    assert headings(parse_formula("[a]]b] + [a]]b] * [c d]")) == ("a]b", "c d")


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("[a] ** 2", 6),
        ("[a] + ", 7),
        ("([a] + 1", 9),
        ("[a] + 1)", 8),
        ("1,5 * [a]", 2),
        ("abs([a])", 1),
        ("[a] [b]", 5),
        ("[a", 1),
        ("", 1),
        ("__import__('os')", 1),
        ("[a] % 2", 5),
        ("1e5", 2),
    ],
)
def test_anything_else_is_refused_with_its_position(text, position):
    with pytest.raises(AuditError, match=f"position {position}:"):
        parse_formula(text)


def test_deep_and_long_formulas_are_refused():
    with pytest.raises(AuditError, match="nested too deeply"):
        parse_formula("(" * 200 + "1" + ")" * 200)
    with pytest.raises(AuditError, match="characters"):
        parse_formula("+".join(["1"] * 2000))


def test_dividing_by_zero_gives_nothing():
    assert money("[a] / [b]", a="1", b="0") is None
    assert money("[a] / ([b] - 2)", a="1", b="2") is None


def test_middle_between_two_units_is_rounded_away_from_zero():
    assert money("[a] * [b]", a="0.01", b="0.005") == Decimal("0.0001")
    assert money("[a] * [b]", a="-0.01", b="0.005") == Decimal("-0.0001")
    assert money("[a] * (1 - [b] / 100)", a="1.005", b="85") == Decimal("0.1508")


def test_large_products_are_exact():
    assert money("[a] * [b]", a="98765432.12", b="123.45") == Decimal("12192592595.2140")


def test_what_cannot_be_held_gives_nothing():
    assert money("[a] * [b]", a="99999999999", b="99999999999") is None


NUMBERS = st.decimals(-99999, 99999, places=4).map(lambda d: f"{d:f}")
FORMULAS = st.sampled_from(
    ["[a] * [b] * (1 - [c] / 100)", "[a] * [b]", "[a] + [b] - [c]", "[a] * 0.2 + [b] * 1.055"]
)


@given(FORMULAS, NUMBERS, NUMBERS, NUMBERS)
def test_sums_and_products_equal_decimal_arithmetic(text, a, b, c):
    values = {"a": a, "b": b, "c": c}
    expected = rounded(truth(parse_formula(text), values))
    found = money(text, **values)
    assert found == (expected if abs(expected) < Decimal("1e14") else None)


@given(st.integers(-(10**9), 10**9), st.sampled_from(["1.2", "1.055", "3", "1.1", "7"]))
def test_quotients_equal_decimal_arithmetic(cents, rate):
    value = f"{Decimal(cents) / 100:f}"
    assert money("[a] / [b]", a=value, b=rate) == rounded(Fraction(value) / Fraction(rate))


def test_operations_are_kept_as_written():
    assert parse_formula(" [Prix] *[Qté] ") == Operation(
        "*", SourceColumn("Prix"), SourceColumn("Qté")
    )
