"""A short rule that says who is in which group, and how often it is right."""

from dataclasses import dataclass
from math import ceil, floor, inf, log10
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from clientaudit.models.groups.kmeans import Floats, Labels, canonical_order, one_thread

SAMPLE = 5000  # rows that the rule is learned on
DEPTH = 3  # conditions in a row, at most
DIGITS = 2  # of a threshold


@dataclass(frozen=True)
class Box:
    """One way into a group: each feature from `low` (included) to `high` (excluded)."""

    group: int
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class GroupRule:
    """Boxes that cover every row once. fidelity: share of each group's rows that it finds."""

    boxes: tuple[Box, ...]
    fidelity: Floats
    overall: float

    def assign(self, values: Floats) -> Labels:
        """The group that the rule says, per row."""
        return _assign(self.boxes, values)


def group_rule(values: Floats, labels: Labels, *, seed: int) -> GroupRule:
    """A shallow decision tree (Breiman et al. 1984) that gives each row its group.

    values: [rows, features], positive. labels: group of each row, 0 for the first.

    Small groups weigh as much as large ones, so that each has its rule. Thresholds are rounded to
    two significant digits, or to the next whole number where a feature counts; fidelity is that
    of the rounded rule on all rows.
    """
    from sklearn.tree import DecisionTreeClassifier

    k = int(labels.max()) + 1
    sample = _sample(values, labels, seed)
    leaves = k
    with one_thread():
        while True:
            tree = DecisionTreeClassifier(
                max_depth=DEPTH, max_leaf_nodes=leaves, class_weight="balanced", random_state=seed
            ).fit(values[sample], labels[sample])
            boxes = _boxes(tree.tree_, tree.classes_, np.all(values == np.rint(values), axis=0))
            if leaves >= 2**DEPTH or len({box.group for box in boxes}) == k:
                break
            leaves += 1
    found = _assign(boxes, values) == labels
    right = np.bincount(labels, found, k) / np.maximum(np.bincount(labels, minlength=k), 1)
    return GroupRule(boxes, right, float(found.mean()))


def _sample(values: Floats, labels: Labels, seed: int) -> Labels:
    order = canonical_order(np.column_stack([values, labels]))
    if len(order) <= SAMPLE:
        return order
    drawn = np.random.default_rng(seed).choice(len(order), SAMPLE, replace=False)
    return np.asarray(order[np.sort(drawn)])


class _Tree(Protocol):
    """What is read of a scikit-learn tree, by node: a leaf has a feature below 0."""

    feature: Labels
    threshold: Floats
    children_left: Labels
    children_right: Labels
    value: Floats  # [nodes, 1, classes]


def _boxes(tree: _Tree, classes: Labels, whole: NDArray[np.bool_]) -> tuple[Box, ...]:
    """The leaves of a scikit-learn tree as boxes with rounded sides, joined where they can be."""
    width = len(whole)
    found: list[Box] = []

    def walk(node: int, low: tuple[float, ...], high: tuple[float, ...]) -> None:
        feature = int(tree.feature[node])
        if feature < 0:
            found.append(Box(int(classes[tree.value[node][0].argmax()]), low, high))
            return
        cut = _rounded(float(tree.threshold[node]), counts=bool(whole[feature]))
        left, right = int(tree.children_left[node]), int(tree.children_right[node])
        walk(left, low, _replaced(high, feature, min(cut, high[feature])))
        walk(right, _replaced(low, feature, max(cut, low[feature])), high)

    walk(0, (-inf,) * width, (inf,) * width)
    return _joined(
        [box for box in found if all(a < b for a, b in zip(box.low, box.high, strict=True))]
    )


def _joined(boxes: list[Box]) -> tuple[Box, ...]:
    """Neighbours of the same group that differ on one side are one box."""
    for i, box in enumerate(boxes):
        for other in boxes[i + 1 :]:
            apart = [
                f for f in range(len(box.low))
                if (box.low[f], box.high[f]) != (other.low[f], other.high[f])
            ]  # fmt: skip
            touch = len(apart) == 1 and box.high[apart[0]] == other.low[apart[0]]
            if touch and box.group == other.group:
                one = Box(box.group, box.low, other.high)
                return _joined([b for b in boxes if b not in (box, other)] + [one])
    return tuple(sorted(boxes, key=lambda box: (box.group, box.low, box.high)))


def _rounded(cut: float, *, counts: bool) -> float:
    if counts and cut < 10**DIGITS:
        return float(ceil(cut))
    return round(cut, DIGITS - 1 - floor(log10(cut)))


def _replaced(sides: tuple[float, ...], feature: int, side: float) -> tuple[float, ...]:
    return (*sides[:feature], side, *sides[feature + 1 :])


def _assign(boxes: tuple[Box, ...], values: Floats) -> Labels:
    labels = np.full(len(values), -1, dtype=np.int64)
    for box in boxes:
        labels[np.all((values >= box.low) & (values < box.high), axis=1)] = box.group
    return labels
