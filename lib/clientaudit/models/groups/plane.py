"""Points and their groups on one plane: what lies near each other is alike."""

from dataclasses import dataclass

import numpy as np

from clientaudit.models.groups.kmeans import Floats, Labels

DRAWN = 1200  # points on the plane, at most


@dataclass(frozen=True, eq=False)
class Plane:
    """The two principal components of standardised points.

    points: [drawn, 2], and labels: group of each, 0 for the first. centres: [groups, 2]. axes:
    [features, 2], where one more of a feature leads; 0 where it does not vary. share: variance
    that the plane shows. count: points, drawn or not.
    """

    points: Floats
    labels: Labels
    centres: Floats
    axes: Floats
    share: float
    count: int


def plane_of(points: Floats, labels: Labels, centres: Floats, *, seed: int) -> Plane:
    """Points [rows, features] in canonical order, on the plane that shows most of them.

    Of many points a random sample is drawn; each axis is turned towards more rather than less.
    """
    values, vectors = np.linalg.eigh(np.cov(points, rowvar=False))
    axes = vectors[:, ::-1][:, :2]
    axes = axes * np.where(axes.sum(axis=0) < 0, -1, 1) * (points.std(axis=0) > 0)[:, None]
    rows = np.arange(len(points))
    if len(points) > DRAWN:
        rows = np.sort(np.random.default_rng(seed).choice(len(points), DRAWN, replace=False))
    share = float(values[::-1][:2].sum() / values.sum())
    return Plane(points[rows] @ axes, labels[rows], centres @ axes, axes, share, len(points))
