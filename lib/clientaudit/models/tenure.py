"""The pace of leaving by year of the relation."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clientaudit.models.intervals import Flags, Floats

YEAR_DAYS = 365


@dataclass(frozen=True)
class TenureHazard:
    """Losses by year of the relation, the first year first.

    entering, lost: (years,) counts of clients; their ratio is the hazard of the year.
    """

    entering: npt.NDArray[np.int64]
    lost: npt.NDArray[np.int64]


def tenure_hazard(
    entry_days: Floats, last_days: Floats, seen_days: Floats, is_lost: Flags, *, lost_days: int
) -> TenureHazard:
    """Losses by year of the relation, dated at the last purchase, without those still unknown.

    All (n,) in days since the relation began. entry_days: when the client came under watch (0, or
    its tenure at the start of the exports). last_days: last purchase. seen_days: the cut-off date.
    is_lost: silent for `lost_days` or more at the cut-off date.

    A client counts in a year of its relation if it was under watch before the year began, still
    bought in it or after, and if the year ended `lost_days` before the cut-off date: else a loss
    in it could not be seen yet, and hazards would seem to fall.
    """
    first_year = np.ceil(entry_days / YEAR_DAYS).astype(int)
    last_year = np.floor(last_days / YEAR_DAYS).astype(int)
    known_years = np.floor((seen_days - lost_days) / YEAR_DAYS).astype(int)
    end = np.minimum(last_year + 1, known_years)
    years = int(max(end.max(initial=0), 0))
    counted = end > first_year
    entering = np.bincount(first_year[counted], minlength=years + 1)
    leaving = np.bincount(end[counted], minlength=years + 1)
    at_risk = np.cumsum(entering - leaving)[:years]
    lost = counted & is_lost & (last_year < known_years)
    return TenureHazard(at_risk, np.bincount(last_year[lost], minlength=years)[:years])
