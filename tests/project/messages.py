"""Which sentences of the source reach a reader: read from the syntax trees, nothing is run.

A sentence reaches the reader through `say("...")`, `Finding`, `KeyFigure`, or through a function
or class that hands one of its parameters or fields on to these; constants, choices, tables and
loops between the two are followed.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

Sinks = dict[str, set[tuple[int, str]]]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
KEYWORD_ONLY = -1
MAX_DEPTH = 8  # constants that name each other must not be followed for ever
FIRST_SINKS: Sinks = {
    "say": {(0, "")},
    "translate": {(0, "")},
    "Finding": {(1, "sentence"), (KEYWORD_ONLY, "neutral")},
    "KeyFigure": {(0, "label")},
}


class Messages:
    """The sentences of a set of modules: `found` maps each to where it stands."""

    def __init__(self, sources: Iterable[tuple[str, str]]) -> None:
        self.trees = {name: ast.parse(source) for name, source in sources}
        self.constants = self._constants()
        self.sinks: Sinks = defaultdict(set, {k: set(v) for k, v in FIRST_SINKS.items()})
        self.found: dict[str, str] = {}
        self.f_strings: list[str] = []
        while self._pass():
            pass

    def _constants(self) -> dict[str, list[ast.expr]]:
        values = defaultdict(list)
        for tree in self.trees.values():
            for name, value in _assignments(tree.body):
                values[name].append(value)
        return values

    def _pass(self) -> bool:
        """Collect once with the sinks known so far; True if a new sink was met."""
        before = sum(map(len, self.sinks.values()))
        for name, tree in self.trees.items():
            for call, owners in _calls(tree, []):
                for expression in self._arguments(call):
                    self._collect(expression, owners, f"{name}:{call.lineno}")
        return sum(map(len, self.sinks.values())) > before

    def _arguments(self, call: ast.Call) -> Iterator[ast.expr]:
        name = getattr(call.func, "id", None) or getattr(call.func, "attr", "")
        for position, keyword in self.sinks.get(name, ()):
            if 0 <= position < len(call.args):
                yield call.args[position]
            yield from (k.value for k in call.keywords if k.arg == keyword)

    def _collect(self, expression: ast.expr, owners: list[ast.AST], place: str) -> None:
        for leaf in self._leaves(expression, owners, 0):
            if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str) and leaf.value:
                self.found.setdefault(leaf.value, place)
            elif isinstance(leaf, ast.JoinedStr):
                self.f_strings.append(place)
            elif isinstance(leaf, ast.Name):
                self._add_function(leaf.id, owners)
            elif isinstance(leaf, ast.Attribute):
                self._add_class(leaf.attr)

    def _add_function(self, parameter: str, owners: list[ast.AST]) -> None:
        for owner in owners:
            if isinstance(owner, FUNCTIONS):
                names = [a.arg for a in (*owner.args.posonlyargs, *owner.args.args)]
                names = names[1:] if names[:1] in (["self"], ["cls"]) else names
                if parameter in names:
                    self.sinks[owner.name].add((names.index(parameter), parameter))
                elif parameter in [a.arg for a in owner.args.kwonlyargs]:
                    self.sinks[owner.name].add((KEYWORD_ONLY, parameter))

    def _add_class(self, field: str) -> None:
        for tree in self.trees.values():
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef):
                    fields = [s.target.id for s in node.body if isinstance(s, ast.AnnAssign)]
                    if field in fields:
                        self.sinks[node.name].add((fields.index(field), field))

    def _leaves(self, node: ast.expr, owners: list[ast.AST], depth: int) -> Iterator[ast.expr]:
        """What an expression may hold: constants, f-strings, parameters and fields."""
        inner = self._inside(node, owners, depth) if depth < MAX_DEPTH else []
        if inner is None:
            yield node
            return
        for expression in inner:
            yield from self._leaves(expression, owners, depth + 1)

    def _inside(self, node: ast.expr, owners: list[ast.AST], depth: int) -> list[ast.expr] | None:
        """The expressions that one stands for; None where it stands for itself."""
        if isinstance(node, ast.IfExp):
            return [node.body, node.orelse]
        if isinstance(node, ast.BoolOp):
            return node.values
        if isinstance(node, ast.Subscript):
            return self._items(node.value, owners, depth)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "get":
            return [*self._items(node.func.value, owners, depth), *node.args[1:]]
        if isinstance(node, ast.Name):
            return self._bound(node.id, owners, depth) or None
        return None

    def _bound(self, name: str, owners: list[ast.AST], depth: int) -> list[ast.expr]:
        """Everything that a name may stand for, nearest scope first."""
        for owner in reversed(owners):
            nodes = [*ast.walk(owner)]
            values = [v for n, v in _assignments(nodes) if n == name]
            for node in nodes:
                if isinstance(node, ast.For | ast.comprehension):
                    values += self._looped(name, node.target, node.iter, owners, depth)
            if values:
                return values
        return self.constants.get(name, [])

    def _looped(
        self, name: str, target: ast.expr, table: ast.expr, owners: list[ast.AST], depth: int
    ) -> list[ast.expr]:
        if isinstance(target, ast.Name):
            return self._items(table, owners, depth) if target.id == name else []
        parts = [getattr(part, "id", "") for part in getattr(target, "elts", [])]
        if name not in parts:
            return []
        rows = self._rows(table, owners, depth)
        return [row[parts.index(name)] for row in rows if len(row) == len(parts)]

    def _rows(self, table: ast.expr, owners: list[ast.AST], depth: int) -> list[list[ast.expr]]:
        if isinstance(table, ast.Call) and getattr(table.func, "attr", "") == "items":
            found = self._tables(table.func.value, owners, depth)
            dicts = [t for t in found if isinstance(t, ast.Dict)]
            return [[k, v] for t in dicts for k, v in zip(t.keys, t.values, strict=True) if k]
        items = self._items(table, owners, depth)
        return [item.elts for item in items if isinstance(item, ast.Tuple | ast.List)]

    def _items(self, table: ast.expr, owners: list[ast.AST], depth: int) -> list[ast.expr]:
        """Values of a dict, items of a sequence."""
        if isinstance(table, ast.Call) and getattr(table.func, "attr", "") == "values":
            table = table.func.value
        return [
            item
            for found in self._tables(table, owners, depth)
            for item in (found.values if isinstance(found, ast.Dict) else found.elts)
        ]

    def _tables(self, node: ast.expr, owners: list[ast.AST], depth: int) -> list:
        if isinstance(node, ast.Dict | ast.Tuple | ast.List | ast.Set):
            return [node]
        if isinstance(node, ast.Name) and depth < MAX_DEPTH:
            bound = self._bound(node.id, owners, depth + 1)
            return [t for value in bound for t in self._tables(value, owners, depth + 1)]
        return []


def _assignments(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    for node in nodes:
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value:
            targets = [node.target]
        else:
            continue
        yield from ((t.id, node.value) for t in targets if isinstance(t, ast.Name))


def _calls(node: ast.AST, owners: list[ast.AST]) -> Iterator[tuple[ast.Call, list[ast.AST]]]:
    """Every call, with the functions around it."""
    inside = [*owners, node] if isinstance(node, FUNCTIONS) else owners
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield child, inside
        yield from _calls(child, inside)


def string_constants(path: Path) -> set[str]:
    """Every text written in a module, however it is used."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)
    }
