"""K-means whose result does not depend on the order of the rows or on the number of threads."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
MOVES = 100  # of the centres, at most


@contextmanager
def one_thread() -> Iterator[None]:
    """Sums of several threads would differ in their last bits from run to run.

    The many small fits inside also go without scikit-learn's checks of what they are given.
    """
    from sklearn import config_context
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

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

    One start each, without a random draw: the group with the largest sum of squares is split at
    its mean along its principal direction, and all centres are moved (Su & Dy 2007, "PCA-Part").
    For the thousands of fits of a test or a bootstrap, where scikit-learn would spend nine tenths
    of the time on checking what it is given.
    """
    centres = points.mean(axis=0, keepdims=True)
    for k in range(2, max(counts) + 1):
        centres = _moved(points, _split(points, centres))
        if k in counts:
            yield centres, float((nearest(points, centres)[1] ** 2).sum())


def nearest(points: Floats, centres: Floats) -> tuple[Labels, Floats]:
    """For each row the nearest centre (the first of equals), and the distance to it."""
    squares = np.stack([((points - centre) ** 2).sum(axis=1) for centre in centres], axis=1)
    labels = squares.argmin(axis=1)
    return labels, np.sqrt(squares[np.arange(len(points)), labels])


def _moved(points: Floats, centres: Floats) -> Floats:
    """Lloyd's algorithm; a centre that loses all its rows stays where it is."""
    before = None
    for _ in range(MOVES):
        labels = ((centres**2).sum(axis=1) / 2 - points @ centres.T).argmin(axis=1)
        if before is not None and (labels == before).all():
            break
        own = (labels[:, None] == np.arange(len(centres))).astype(np.float64)
        sizes = own.sum(axis=0)[:, None]
        centres = np.where(sizes > 0, own.T @ points / np.maximum(sizes, 1), centres)
        before = labels
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
