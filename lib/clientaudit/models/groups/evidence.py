"""Whether points fall into groups, or only look so: k-means beside imitations without groups."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from clientaudit.models.groups.kmeans import Floats, nested_k_means

LEVEL = 0.02  # share of structureless bases that are said to have groups
DRAWS = 199  # imitations that decide
ALLOWED = round(LEVEL * (DRAWS + 1)) - 1  # of them, may reach what is observed
PILOT = 49  # imitations that say what is ordinary for each number of groups
STEPS = 6  # towards the correlation of the imitations
ROWS = 20_000  # on which that correlation is measured


@dataclass(frozen=True, eq=False)
class Evidence:
    """What stands out of each number of groups, beside bases without groups.

    counts: numbers of groups tried. observed: per number, by how many standard deviations
    k-means leaves less variance within groups than it does on imitations. imitated: the same of
    imitations [imitations, numbers]. reached, drawn: of so many more imitations drawn, those whose
    highest value over the numbers reaches the highest one observed.
    """

    counts: tuple[int, ...]
    observed: Floats
    imitated: Floats
    reached: int
    drawn: int

    @property
    def has_groups(self) -> bool:
        """Whether the highest value is beyond what 98 % of the imitations reach."""
        return self.reached <= ALLOWED

    @property
    def ordinary(self) -> Floats:
        """What 98 % of the imitations stay under, per number of groups."""
        return np.asarray(np.quantile(self.imitated, 1 - LEVEL, axis=0))

    @property
    def beyond_chance(self) -> tuple[int, ...]:
        """The numbers of groups that stand out."""
        pairs = zip(self.counts, self.observed > self.ordinary, strict=True)
        return tuple(k for k, stands_out in pairs if stands_out)


def group_evidence(points: Floats, counts: Sequence[int], *, seed: int) -> Evidence:
    """Set k-means on `points` beside k-means on imitations that have no groups.

    points: [rows, features], standardised, in canonical order; no constant feature, two or more.
    counts: numbers of groups to try.

    An imitation is drawn from a Gaussian copula with the margins of the points: each feature
    keeps its values, and the features their correlations, but rows have no other structure.
    Permuting the columns instead would call one correlated cloud "groups", and a plain Gaussian
    would err on skewed features. The statistic is the logarithm of the sum of squares within
    (Tibshirani, Walther & Hastie 2001), in standard deviations of a first set of imitations, so
    that numbers of groups compare; its maximum over the numbers is set beside the same maximum
    of up to 199 more. They stop as soon as too many of them reach it for the answer to be yes:
    the answer is that of all 199 (Besag & Clifford 1991, Biometrika 78: 301-304).
    """
    rng = np.random.default_rng(seed)
    imitations = _imitations(points, rng)
    pilot = np.array([_log_within(next(imitations), counts) for _ in range(PILOT)])
    mean, deviation = pilot.mean(axis=0), pilot.std(axis=0, ddof=1)
    observed = (mean - _log_within(points, counts)) / deviation
    reached, drawn = 0, 0
    while drawn < DRAWS and reached <= ALLOWED:
        found = (mean - _log_within(next(imitations), counts)) / deviation
        reached += int(found.max() >= observed.max())
        drawn += 1
    return Evidence(tuple(counts), observed, (mean - pilot) / deviation, reached, drawn)


def _log_within(points: Floats, counts: Sequence[int]) -> Floats:
    within = np.array([within for _, within in nested_k_means(points, counts)])
    return np.asarray(np.log(np.maximum(within, np.finfo(np.float64).tiny)))


def _imitations(points: Floats, rng: np.random.Generator) -> Iterator[Floats]:
    """Bases with the margins and the correlations of the points, and no groups."""
    margins = np.sort(points, axis=0)
    root = _latent_root(margins, np.asarray(np.corrcoef(points, rowvar=False)), rng)
    while True:
        yield _with_margins(rng.standard_normal(points.shape) @ root.T, margins)


def _latent_root(margins: Floats, wanted: Floats, rng: np.random.Generator) -> Floats:
    """Root of the latent correlation that gives the margins the correlation wanted.

    Ties and skewness make the correlation of the margins weaker than the latent one: it is
    raised step by step by what is missing (Cario & Nelson 1997, "NORTA").
    """
    rows, features = margins.shape
    copies = -(-ROWS // rows)
    normal = rng.standard_normal((rows * copies, features))
    tall = np.repeat(margins, copies, axis=0)
    latent = wanted
    for _ in range(STEPS):
        found = np.corrcoef(_with_margins(normal @ _root(latent).T, tall), rowvar=False)
        latent = latent + wanted - found
    return _root(latent)


def _root(latent: Floats) -> Floats:
    """Root of the nearest correlation matrix without negative directions."""
    values, vectors = np.linalg.eigh(np.clip((latent + latent.T) / 2, -1, 1))
    root = vectors * np.sqrt(np.maximum(values, 0))
    return np.asarray(root / np.linalg.norm(root, axis=1, keepdims=True))


def _with_margins(normal: Floats, margins: Floats) -> Floats:
    """Each column of `margins` (sorted) in the order of the same column of `normal`."""
    ranks = normal.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
    return np.take_along_axis(margins, ranks, axis=0)
