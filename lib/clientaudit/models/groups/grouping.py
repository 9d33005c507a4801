"""Groups of rows alike in positive measures: found, refused, or taken over from another year."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from clientaudit.models.groups.evidence import Evidence, group_evidence
from clientaudit.models.groups.kmeans import (
    Floats,
    Labels,
    canonical_order,
    k_means,
    nearest,
    one_thread,
)
from clientaudit.models.groups.stability import bootstrap_jaccard, jaccard

SAMPLE = 2000  # rows that decide whether there are groups, how many and where
CLOSE = 0.05  # similarity that makes no difference between two numbers of groups
STARTS = 20  # of k-means for the groups that are kept
Reason = Literal["too_few", "one_measure", "none_beyond_chance", "none_stable"]


@dataclass(frozen=True)
class GroupRules:
    """What is asked of groups.

    most: largest number of groups tried. min_rows: rows under which nothing is fitted. min_size:
    smallest group, in rows. min_jaccard: similarity with which each group must come back on
    average when the rows are drawn again. seed: of every random draw.
    """

    most: int
    min_rows: int
    min_size: int
    min_jaccard: float
    seed: int


@dataclass(frozen=True, eq=False)
class Grouping:
    """Groups as centres of standardised logarithms, so that any row finds its own.

    centres: [groups, features]. mean, scale: [features], of the logarithms. reach: [groups],
    distance to its centre of the farthest row that the groups were made of.
    """

    centres: Floats
    mean: Floats
    scale: Floats
    reach: Floats

    def points(self, values: Floats) -> Floats:
        """Positive measures [rows, features] as standardised logarithms."""
        return np.asarray((np.log(values) - self.mean) / self.scale)

    def assign(self, values: Floats) -> tuple[Labels, Floats]:
        """The group of each row, 0 for the first, and its distance to the centre."""
        return nearest(self.points(values), self.centres)


@dataclass(frozen=True, eq=False)
class GroupFit:
    """Groups that stand out and come back.

    labels: group of each row. jaccard: [resamples, groups], how well each group came back.
    """

    grouping: Grouping
    labels: Labels
    evidence: Evidence
    jaccard: Floats


@dataclass(frozen=True, eq=False)
class NoGroups:
    """No clear groups: a result of its own.

    reason: `too_few` rows; `one_measure` (fewer than two measures differ between rows);
        `none_beyond_chance` (nothing that the same measures without groups would not show);
        `none_stable` (no number of groups comes back when the rows are drawn again).
    """

    reason: Reason
    evidence: Evidence | None = None


def fit_groups(values: Floats, *, rank_by: Floats, rules: GroupRules) -> GroupFit | NoGroups:
    """The groups that rows fall into, if they do.

    values: [rows, features], positive and finite. rank_by: [rows]; the group with the highest
    mean of it is the first.

    Logarithms are scaled by their standard deviation (by the interquartile range, two groups
    that make a feature's spread would shrink to nothing). Groups exist if k-means finds more
    than in 98 % of imitations without groups (see `group_evidence`). Of the numbers of groups
    that stand out, the one is kept whose least sure group comes back best in bootstrap samples;
    of those within 0.05 of the best, the one that stands out most. Of more than 2,000 rows a
    random sample decides, and all rows go to the nearest centre. The order of the rows changes
    nothing.
    """
    if len(values) < rules.min_rows:
        return NoGroups("too_few")
    sample = _sample(values, rules.seed)
    logs = np.log(sample)
    scale = logs.std(axis=0)
    if (scale > _rounding(logs)).sum() < 2:
        return NoGroups("one_measure")
    # A measure that all rows share keeps its place and moves nobody.
    scale = np.where(scale > _rounding(logs), scale, np.inf)
    mean = logs.mean(axis=0)
    points = (logs - mean) / scale
    with one_thread():
        varying = points[:, np.isfinite(scale)]
        evidence = group_evidence(varying, _counts(varying, rules), seed=rules.seed)
        if not evidence.has_groups:
            return NoGroups("none_beyond_chance", evidence)
        chosen = _stable(points, evidence, rules)
    if chosen is None:
        return NoGroups("none_stable", evidence)
    return _ordered(chosen, (mean, scale), values, rank_by, evidence)


def matched(labels: Labels, previous: Labels, k: int, previous_k: int) -> list[int | None]:
    """For each group the earlier group that it continues, None for a new one.

    labels, previous: groups of the same rows. Pairs are chosen once each so that the sum of
    their Jaccard similarities is highest; a pair without a common row is none.
    """
    from scipy.optimize import linear_sum_assignment

    alike = jaccard(labels, previous, k, previous_k)
    pairs = dict(zip(*linear_sum_assignment(-alike), strict=True))
    return [
        int(pairs[group]) if group in pairs and alike[group, pairs[group]] > 0 else None
        for group in range(k)
    ]


def _sample(values: Floats, seed: int) -> Floats:
    """Rows in canonical order, at most `SAMPLE`: the same whatever the order they came in."""
    ranked = values[canonical_order(values)]
    if len(ranked) <= SAMPLE:
        return ranked
    drawn = np.random.default_rng(seed).choice(len(ranked), SAMPLE, replace=False)
    return ranked[np.sort(drawn)]


def _rounding(logs: Floats) -> Floats:
    """Standard deviation that the rounding of equal logarithms may leave."""
    return np.asarray(1e-9 * np.maximum(1.0, np.abs(logs).max(axis=0)))


def _counts(points: Floats, rules: GroupRules) -> Sequence[int]:
    """Numbers of groups that leave each group its smallest size."""
    return range(2, max(2, min(rules.most, len(points) // max(rules.min_size, 1))) + 1)


def _stable(points: Floats, evidence: Evidence, rules: GroupRules) -> tuple[Floats, Floats] | None:
    """Centres and similarities of the number of groups kept; None where none comes back."""
    fits = [
        centres
        for k in evidence.beyond_chance
        if _smallest(points, centres := k_means(points, k, starts=STARTS, seed=rules.seed))
        >= rules.min_size
    ]
    if not fits:
        return None
    again = bootstrap_jaccard(points, fits, seed=rules.seed)
    worst = np.array([found.mean(axis=0).min() for found in again])
    if worst.max() < rules.min_jaccard:
        return None
    stands_out = dict(zip(evidence.counts, evidence.observed, strict=True))
    sure = [place for place in range(len(fits)) if worst[place] >= worst.max() - CLOSE]
    best = max(sure, key=lambda place: stands_out[len(fits[place])])
    return fits[best], again[best]


def _smallest(points: Floats, centres: Floats) -> int:
    return int(np.bincount(nearest(points, centres)[0], minlength=len(centres)).min())


def _ordered(
    chosen: tuple[Floats, Floats],
    scaling: tuple[Floats, Floats],
    values: Floats,
    rank_by: Floats,
    evidence: Evidence,
) -> GroupFit:
    """The groups of all rows, the one with the highest mean of `rank_by` first."""
    (centres, again), (mean, scale) = chosen, scaling
    k = len(centres)
    labels, distances = Grouping(centres, mean, scale, np.full(k, np.inf)).assign(values)
    sizes = np.maximum(np.bincount(labels, minlength=k), 1)
    order = np.argsort(-np.bincount(labels, rank_by, k) / sizes, kind="stable")
    places = np.argsort(order)
    reach = np.array([distances[labels == group].max(initial=0.0) for group in order])
    grouping = Grouping(centres[order], mean, scale, reach)
    return GroupFit(grouping, places[labels], evidence, again[:, order])
