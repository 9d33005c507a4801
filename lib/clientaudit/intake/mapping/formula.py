"""Formulas of the mapping: + - * / ( ) numbers and [source columns], parsed, never evaluated."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from clientaudit.errors import AuditError

MAX_DEPTH = 50
MAX_LENGTH = 1000
MAX_SCALE = 30
OPERAND_SCALE = 6
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?|\.\d+)|\[(?P<column>(?:[^\]]|\]\])+)\]|(?P<sign>[-+*/()]))"
)


@dataclass(frozen=True)
class Number:
    """A number written in the formula."""

    value: Decimal


@dataclass(frozen=True)
class SourceColumn:
    """A column of the source, by its heading."""

    heading: str


@dataclass(frozen=True)
class Operation:
    """One of the four operations."""

    sign: Literal["+", "-", "*", "/"]
    left: "Node"
    right: "Node"


Node = Number | SourceColumn | Operation


def parse_formula(text: str) -> Node:
    """The tree of a formula such as `[Prix] * [Qté] * (1 - [Remise %] / 100)`.

    Numbers are written with a point. A `]` inside a heading is doubled: `[a]]b]`.
    Raises AuditError naming the position of what is not allowed.

    >>> parse_formula("[Qté] * 2")
    Operation(sign='*', left=SourceColumn(heading='Qté'), right=Number(value=Decimal('2')))
    """
    return _Parser(text).parse()


def headings(node: Node) -> tuple[str, ...]:
    """Headings of the source columns that a formula reads, in order, each once."""
    return tuple(dict.fromkeys(_headings(node)))


def floating(node: Node, columns: Mapping[str, str]) -> str:
    """The formula as SQL over DOUBLE; dividing by zero gives NULL.

    columns: heading to SQL of its DOUBLE.
    """
    if isinstance(node, Number):
        return f"CAST('{node.value}' AS DOUBLE)"
    if isinstance(node, SourceColumn):
        return columns[node.heading]
    left, right = floating(node.left, columns), floating(node.right, columns)
    return f"({left} / nullif({right}, 0))" if node.sign == "/" else f"({left} {node.sign} {right})"


def exact(node: Node, columns: Mapping[str, str]) -> str | None:
    """The formula as SQL over DECIMAL, None where it has no finite one (a true division).

    columns: heading to SQL of its DECIMAL(18, 6). The SQL overflows on very large values.
    """
    found = _exact(node, columns)
    return found[0] if found else None


def _headings(node: Node) -> Iterator[str]:
    if isinstance(node, SourceColumn):
        yield node.heading
    elif isinstance(node, Operation):
        yield from _headings(node.left)
        yield from _headings(node.right)


def _exact(node: Node, columns: Mapping[str, str]) -> tuple[str, int] | None:
    if isinstance(node, Number):
        return _decimal(node.value)
    if isinstance(node, SourceColumn):
        return columns[node.heading], OPERAND_SCALE
    left = _exact(node.left, columns)
    right = _inverse(node.right) if node.sign == "/" else _exact(node.right, columns)
    if left is None or right is None:
        return None
    scale = left[1] + right[1] if node.sign in "*/" else max(left[1], right[1])
    sign = "*" if node.sign == "/" else node.sign
    return (f"({left[0]} {sign} {right[0]})", scale) if scale <= MAX_SCALE else None


def _inverse(node: Node) -> tuple[str, int] | None:
    """Dividing by 100 is multiplying by 0.01; by 3 or by a column there is no such number."""
    if not isinstance(node, Number) or not node.value:
        return None
    inverse = 1 / Fraction(node.value) * 10**MAX_SCALE
    return _decimal(Decimal(int(inverse)).scaleb(-MAX_SCALE)) if inverse.denominator == 1 else None


def _decimal(value: Decimal) -> tuple[str, int] | None:
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    scale = len(text.partition(".")[2])
    width = max(len(text.replace(".", "")), scale + 1)
    return (f"CAST('{text}' AS DECIMAL({width}, {scale}))", scale) if width <= 18 else None


class _Parser:
    """Recursive descent: sum of products of factors."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.depth = 0
        self.token: re.Match[str] | None = None
        self._advance()

    def parse(self) -> Node:
        if len(self.text) > MAX_LENGTH:
            raise self._error(f"the formula holds over {MAX_LENGTH} characters")
        node = self._sum()
        if self.token is not None:
            raise self._error(f'"{self.token[0].strip()}" is not expected here')
        return node

    def _advance(self) -> None:
        if self.token is not None:
            self.position = self.token.end()
        rest = self.text[self.position :]
        self.position += len(rest) - len(rest.lstrip())
        self.token = _TOKEN.match(self.text, self.position)
        if self.token is None and rest.strip():
            raise self._error(f'"{rest.strip()[0]}" is not allowed')

    def _sign(self, allowed: str) -> str:
        """The operator that stands here, if it is one of those allowed; it is read."""
        sign = self.token["sign"] if self.token else None
        if not sign or sign not in allowed:
            return ""
        self._advance()
        return sign

    def _sum(self) -> Node:
        node = self._product()
        while sign := self._sign("+-"):
            node = Operation("+" if sign == "+" else "-", node, self._product())
        return node

    def _product(self) -> Node:
        node = self._factor()
        while sign := self._sign("*/"):
            node = Operation("*" if sign == "*" else "/", node, self._factor())
        return node

    def _factor(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._error("the formula is nested too deeply")
        node = self._signed()
        self.depth -= 1
        return node

    def _signed(self) -> Node:
        if sign := self._sign("+-"):
            factor = self._factor()
            return factor if sign == "+" else Operation("-", Number(Decimal(0)), factor)
        if self._sign("("):
            node = self._sum()
            if not self._sign(")"):
                raise self._error('a ")" is missing')
            return node
        return self._operand()

    def _operand(self) -> Node:
        token = self.token
        if token is None or token["sign"]:
            raise self._error("a number or a [column] is missing")
        self._advance()
        if token["number"]:
            return Number(Decimal(token["number"]))
        return SourceColumn(token["column"].replace("]]", "]").strip())

    def _error(self, problem: str) -> AuditError:
        return AuditError(
            f'formula "{self.text}", position {self.position + 1}: {problem}. '
            "Allowed: + - * / ( ) numbers with a point, and [source columns]."
        )
