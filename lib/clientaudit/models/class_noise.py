"""How far classes move by chance alone, and what change a base could show at all."""

from collections.abc import Callable
from dataclasses import dataclass
from math import hypot

import numpy as np
from numpy.typing import NDArray

from clientaudit.models.classes import CLASS_COUNT, Classes
from clientaudit.models.intervals import Floats
from clientaudit.models.year_model import YearModel

Classify = Callable[[Floats], Classes]

# How far the expected share of class changes is from the truth on large bases, one kind of base
# with another (benchmarks/grid.py).
MODEL_ERROR = 0.01
CONFIDENCE = 0.95
STEP = 0.01
POWER, YEARS_OF_POWER = 0.8, 100


@dataclass(frozen=True, eq=False)
class ClassNoise:
    """Classes of years lived again without any change, beside those of today.

    classes: (clients,) of today. probabilities: (clients, 4) P(class in such a year); clients equal
    in everything have equal ones. migrations: (draws, 4, 4) clients by class today (rows) and in
    each such year (columns). As nothing changes between the two, the same holds of last year and
    this one.
    """

    classes: Classes
    probabilities: Floats
    migrations: NDArray[np.int64]

    @property
    def migration(self) -> Floats:
        """(4, 4) expected numbers of clients."""
        return np.asarray(self.migrations.mean(axis=0))

    @property
    def left(self) -> Floats:
        """(4,) expected share of each class that is in another one; NaN for an empty class."""
        total = self.migration.sum(axis=1)
        kept = np.diag(self.migration) / np.where(total > 0, total, np.nan)
        return np.asarray(1 - kept)

    @property
    def changed(self) -> float:
        """Expected share of all clients that change class; NaN without clients."""
        return float(self._changes.mean())

    @property
    def threshold(self) -> float:
        """Share of clients changing class above which more than chance is at work.

        Beyond the expected share: what 95 % of years stay within; as much again for the error of
        the expected share, itself drawn from one such year; and a point for what the model leaves
        out. The three are taken together as independent.
        """
        within = float(np.quantile(self._changes, CONFIDENCE)) - self.changed
        return self.changed + hypot(within, within, MODEL_ERROR)

    @property
    def _changes(self) -> Floats:
        total = self.migrations.sum(axis=(1, 2))
        same = np.trace(self.migrations, axis1=1, axis2=2)
        return np.asarray(1 - same / np.where(total > 0, total, np.nan))


def class_noise(
    model: YearModel, classify: Classify, classes: Classes, *, draws: int, seed: int
) -> ClassNoise:
    """What becomes of the classes when the same year is lived again.

    classify: margins of a year's orders (clients,) -> classes, with ranks, gates and recurring
    costs as for `classes`, those of today. Ranks are those of each year: whoever rises takes a
    place from someone. Where incumbents keep A more easily, `classify` that holds today's classes
    as incumbents gives the migration to set beside the one since the last audit.
    """
    counts = np.zeros((CLASS_COUNT, len(classes)), dtype=np.int32)
    migrations = np.empty((draws, CLASS_COUNT, CLASS_COUNT), dtype=np.int64)
    for place, year in enumerate(model.years(draws, seed=seed)):
        lived = classify(year)
        for letter in range(CLASS_COUNT):
            counts[letter] += lived == letter
        cells = np.bincount(CLASS_COUNT * classes.astype(np.intp) + lived, minlength=16)
        migrations[place] = cells.reshape(CLASS_COUNT, CLASS_COUNT)
    size = np.bincount(model.alike)
    means = np.column_stack([np.bincount(model.alike, row) / size for row in counts])
    return ClassNoise(classes, means[model.alike] / draws, migrations)


def detectable_share(
    model: YearModel,
    classify: Classify,
    noise: ClassNoise,
    *,
    factor: float = 2.0,
    seed: int,
) -> float | None:
    """Smallest share of clients whose change this base would show in four years of five.

    Of so many clients, drawn at random, the margin is multiplied by `factor` or divided by it, as
    likely; found is what passes the threshold of `noise`. In steps of .01; None where even
    a change of all clients would not be found.
    """
    if not len(noise.classes):
        return None
    random = np.random.default_rng(seed)
    needed = []
    for year in model.years(YEARS_OF_POWER, seed=seed):
        turn, change = np.empty((2, len(year)))
        turn[model.order] = random.random(len(year))
        change[model.order] = np.where(random.random(len(year)) < 0.5, factor, 1 / factor)
        needed.append(_first_found(classify, noise, year, year * change, turn))
    share = float(np.quantile(needed, POWER, method="higher")) * STEP
    return share if share <= 1 else None


def _first_found(
    classify: Classify, noise: ClassNoise, year: Floats, changed: Floats, turn: Floats
) -> int:
    """The first percent of changed clients that is found, by halving; 101 where none is."""
    low, high = 0, round(1 / STEP) + 1
    while low < high:
        middle = (low + high) // 2
        lived = classify(np.where(turn < middle * STEP, changed, year))
        is_found = np.mean(lived != noise.classes) > noise.threshold
        low, high = (low, middle) if is_found else (middle + 1, high)
    return low
