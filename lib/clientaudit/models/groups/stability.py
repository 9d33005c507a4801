"""Whether groups come back when the clients are drawn again."""

from collections.abc import Sequence

import numpy as np

from clientaudit.models.groups.kmeans import Floats, Labels, nearest, nested_k_means

RESAMPLES = 100


def jaccard(labels: Labels, other: Labels, k: int, others: int) -> Floats:
    """Jaccard similarity of each group of one labelling to each of another [k, others].

    Rows in both groups over rows in either; 0 where both groups are empty.
    """
    both = np.bincount(labels * others + other, minlength=k * others).reshape(k, others)
    either = both.sum(axis=1, keepdims=True) + both.sum(axis=0, keepdims=True) - both
    return np.asarray(both / np.maximum(either, 1))


def bootstrap_jaccard(points: Floats, fits: Sequence[Floats], *, seed: int) -> list[Floats]:
    """How well each group is found again in bootstrap samples of the rows.

    points: [rows, features] in canonical order. fits: centres [groups, features] of k-means on
    them, one array per number of groups, numbers increasing.

    Returns an array [resamples, groups] per fit. Each sample is grouped anew, all rows go to its
    nearest centre, and each group is set beside the most similar one (Hennig 2007, Computational
    Statistics & Data Analysis 52: 258-271).
    """
    rng, counts = np.random.default_rng(seed), [len(centres) for centres in fits]
    labels = [nearest(points, centres)[0] for centres in fits]
    found = [np.empty((RESAMPLES, k)) for k in counts]
    for draw in range(RESAMPLES):
        sample = np.sort(rng.integers(len(points), size=len(points)))
        for place, (again, _) in enumerate(nested_k_means(points[sample], counts)):
            other, k = nearest(points, again)[0], counts[place]
            found[place][draw] = jaccard(labels[place], other, k, k).max(axis=1)
    return found
