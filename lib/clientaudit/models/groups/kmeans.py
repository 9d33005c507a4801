"""K-means whose result does not depend on the order of the rows or on the number of threads."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
MOVES = 100  # of the centres, at most
SPARE = 2  # groups beyond those asked, to be merged again


@contextmanager
def one_thread() -> Iterator[None]:
    """Sums of several threads would differ in their last bits from run to run.

    The many small fits inside also go without scikit-learn's checks of what they are given.
    """
    from sklearn import config_context
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), config_context(assume_finite=True, skip_parameter_validation=True):
        yield


def canonical_order(values: Floats) -> Labels:
    """Positions of the rows in order of their values: equal rows only can change places."""
    return np.lexsort(values.T[::-1])


def k_means(points: Floats, k: int, *, starts: int, seed: int) -> Floats:
    """Centres [k, features] in order of their coordinates: the best of many k-means++ starts.

    points: [rows, features], rows in canonical order. Arthur & Vassilvitskii (2007). Called
    within `one_thread`.
    """
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        # Fewer distinct rows than centres: some centres then stand in the same place.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = KMeans(k, n_init=starts, random_state=seed).fit(points)
    centres = np.asarray(model.cluster_centers_, dtype=np.float64)
    return centres[canonical_order(centres)]


def nested_k_means(points: Floats, counts: Sequence[int]) -> Iterator[tuple[Floats, float]]:
    """Centres and sum of squares within, for each of the increasing numbers of groups `counts`.

    Two starts each, without a random draw, of which the better counts. Upwards, the group with
    the largest sum of squares is split at its mean along its principal direction (Su & Dy 2007,
    "PCA-Part"); from two more groups than asked downwards, the two groups whose union adds least
    are merged (Ward 1963). After each step all centres are moved. Splitting alone ends in a
    worse cut so often that groups four standard deviations apart seem not to come back.

    For the thousands of fits of a test or a bootstrap, where scikit-learn would spend nine tenths
    of the time on checking what it is given.
    """
    most = max(counts) + SPARE
    split = [points.mean(axis=0, keepdims=True)]
    while len(split) < most:
        split.append(_moved(points, _split(points, split[-1])))
    merged = split[-1:]
    while len(merged) < most - min(counts) + 1:
        merged.append(_moved(points, _merged(points, merged[-1])))
    for k in counts:
        fits = [(centres, _within(points, centres)) for centres in (split[k - 1], merged[most - k])]
        yield min(fits, key=lambda fit: fit[1])


def nearest(points: Floats, centres: Floats) -> tuple[Labels, Floats]:
    """For each row the nearest centre (the first of equals), and the distance to it."""
    off = [points - centre for centre in centres]
    squares = np.stack([np.einsum("rf,rf->r", one, one) for one in off], axis=1)
    labels = squares.argmin(axis=1)
    return labels, np.sqrt(squares[np.arange(len(points)), labels])


def _moved(points: Floats, centres: Floats) -> Floats:
    """Lloyd's algorithm; a centre that loses all its rows stays where it is.

    A row as near to two centres counts for both. The constant beside the features gives distances
    and sums in one product each: half the squared distance, less what no centre changes.
    """
    rows = np.column_stack([points, np.ones(len(points))])
    columns, before = np.ascontiguousarray(rows.T), None
    for _ in range(MOVES):
        lost = np.column_stack([-centres, (centres**2).sum(axis=1) / 2]) @ columns
        own = lost == lost.min(axis=0)
        if before is not None and (own == before).all():
            break
        sums = own.astype(np.float64) @ rows
        sizes = sums[:, -1:]
        centres = np.where(sizes > 0, sums[:, :-1] / np.maximum(sizes, 1), centres)
        before = own
    return np.asarray(centres)


def _split(points: Floats, centres: Floats) -> Floats:
    """The centres, that of the group with the largest sum of squares replaced by two."""
    labels, distances = nearest(points, centres)
    worst = np.bincount(labels, distances**2, len(centres)).argmax()
    off = points[labels == worst] - centres[worst]
    side = off @ np.linalg.eigh(off.T @ off)[1][:, -1] > 0
    halves = [
        off[part].mean(axis=0) if part.any() else 0 * centres[worst] for part in (side, ~side)
    ]
    return np.vstack([np.delete(centres, worst, axis=0), centres[worst] + halves])


def _merged(points: Floats, centres: Floats) -> Floats:
    """The centres, those of the two groups whose union adds least to the sum of squares as one."""
    sizes = np.bincount(nearest(points, centres)[0], minlength=len(centres)).astype(np.float64)
    both = np.maximum(sizes[:, None] + sizes, 1)
    apart = ((centres[:, None] - centres) ** 2).sum(axis=2)
    added = np.where(np.eye(len(centres)), np.inf, apart * sizes[:, None] * sizes / both)
    one, other = np.unravel_index(added.argmin(), added.shape)
    share = sizes[one] / both[one, other]
    union = share * centres[one] + (1 - share) * centres[other]
    return np.vstack([np.delete(centres, [one, other], axis=0), union])


def _within(points: Floats, centres: Floats) -> float:
    return float((nearest(points, centres)[1] ** 2).sum())
