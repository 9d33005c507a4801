"""Bases with groups that were planted, and bases without any."""

from collections.abc import Callable

import numpy as np

MIX = np.array([[1, 0, 0, 0], [0.7, 0.7, 0, 0], [0.5, 0.2, 0.8, 0], [-0.4, 0.1, 0.3, 0.8]])


def planted(seed: int, rows: int, *, apart: float) -> tuple[np.ndarray, np.ndarray]:
    """Three equal groups on the corners of a triangle, and two noise features.

    apart: distance of the corners in standard deviations within a group. Returns measures
    [rows, 4], whose logarithms are normal within a group, and the group of each row.
    """
    draw, groups = np.random.default_rng(seed), np.arange(rows) % 3
    corners = apart * np.array([[0, 0], [1, 0], [0.5, 0.75**0.5]])
    signal = draw.normal(size=(rows, 2)) + corners[groups]
    return np.exp(np.column_stack([signal, draw.normal(size=(rows, 2))])), groups


def permuted(seed: int, rows: int) -> np.ndarray:
    """Three planted groups whose columns were shuffled apart: margins with humps, no groups."""
    values, _ = planted(seed, rows, apart=5.0)
    return np.random.default_rng(seed).permuted(values, axis=0)


def gaussian(seed: int, rows: int) -> np.ndarray:
    """One cloud of four correlated measures."""
    return np.exp(np.random.default_rng(seed).normal(size=(rows, 4)) @ MIX.T / 4)


def heavy(seed: int, rows: int) -> np.ndarray:
    """One cloud whose measures are heavy-tailed: log-normal with a coefficient of variation of 7,
    the second made in part of the first, all with whole counts."""
    draw = np.random.default_rng(seed).normal(size=(rows, 3))
    draw[:, 1] += draw[:, 0]
    return np.ceil(np.exp(2 * draw))


STRUCTURELESS: dict[str, Callable[[int, int], np.ndarray]] = {
    "permuted columns": permuted,
    "one correlated Gaussian": gaussian,
    "one heavy-tailed log-normal": heavy,
}


def heavy_dependence(seed: int, rows: int) -> np.ndarray:
    """One cloud whose extremes come together: a multivariate t with three degrees of freedom."""
    draw = np.random.default_rng(seed)
    chi = draw.chisquare(3, size=(rows, 1)) / 3
    return np.exp(draw.normal(size=(rows, 3)) / np.sqrt(chi) / 4)
