"""What a level of alert costs: false alarms among living clients."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from clientaudit.models.maximum import Floats
from clientaudit.models.rhythm import Rhythm

DRAWS = 20_000


def living_alarm_shares(
    rhythm: Rhythm,
    observed: ArrayLike,
    *,
    levels: Sequence[float],
    min_gaps: int = 3,
    seed: int = 0,
) -> Floats:
    """Of the living clients watched on one day, the share whose `p_silence` is under each level.

    Not the level itself: a day falls into long gaps more often than into short ones.
    Simulated: a base of the fitted rhythm in which nobody leaves.

    observed: time from each client's first purchase to the day. A client is watched from
    `min_gaps` completed gaps on; NaN where nobody is.
    """
    draw = np.random.default_rng(seed)
    observed = np.asarray(observed, dtype=np.float64)
    ends = np.resize(observed, max(DRAWS, observed.size))
    shape = rhythm.theta[0]
    rates = _rates(rhythm, ends.size, draw)
    gaps, span = np.zeros_like(ends), np.zeros_like(ends)
    going = np.arange(ends.size)
    while going.size:
        after = span[going] + draw.gamma(shape, 1 / rates[going])
        inside = after <= ends[going]
        going = going[inside]
        gaps[going] += 1
        span[going] = after[inside]
    watched = gaps >= min_gaps
    p = rhythm.p_silence(gaps[watched], span[watched], (ends - span)[watched])
    if not p.size:
        return np.full(len(levels), np.nan)
    return np.array([np.mean(p < level) for level in levels])


def _rates(rhythm: Rhythm, size: int, draw: np.random.Generator) -> Floats:
    """Rates of clients of the base; none so low that a gap could not be written as a number."""
    _, r, alpha = rhythm.theta
    return np.asarray(np.maximum(draw.gamma(r, size=size), 1e-100) / alpha)
