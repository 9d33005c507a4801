"""How long clients stay: survival curves, their comparison, and losses by reason."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from clientaudit.models.intervals import CONFIDENCE, Flags, Floats


@dataclass(frozen=True)
class SurvivalCurve:
    """A Kaplan-Meier curve: share still there just after each time at which somebody left.

    times: increasing, in the unit of the durations. survival, low, high: shares, with the
    pointwise interval on the log scale. at_risk: under watch just before each time. events:
    leaving at it. censored: times at which somebody was last seen still there. starts, ends: when
    each client came under watch and was last seen, sorted. n, event_count: clients and losses.
    """

    times: Floats
    survival: Floats
    low: Floats
    high: Floats
    at_risk: Floats
    events: Floats
    censored: Floats
    starts: Floats
    ends: Floats
    n: int
    event_count: int

    def at(self, time: float) -> tuple[float, float, float]:
        """Survival at a time with its low and high bound; 1 before the first loss."""
        place = int(np.searchsorted(self.times, time, side="right")) - 1
        if place < 0:
            return 1.0, 1.0, 1.0
        return float(self.survival[place]), float(self.low[place]), float(self.high[place])

    def watched(self, time: float) -> int:
        """Clients under watch just before a time."""
        begun = np.searchsorted(self.starts, time, side="left" if time > 0 else "right")
        return int(begun - np.searchsorted(self.ends, time, side="left"))

    @property
    def median(self) -> float | None:
        """First time at which half have left; None while more than half are still there."""
        return _first(self.times, self.survival <= 0.5)

    @property
    def median_interval(self) -> tuple[float | None, float | None]:
        """Times at which the bounds of the curve pass one half; None where they never do."""
        return _first(self.times, self.low <= 0.5), _first(self.times, self.high <= 0.5)


@dataclass(frozen=True)
class LogRank:
    """Whether groups leave at the same pace: chi-square statistic, degrees of freedom, p-value."""

    statistic: float
    degrees: int
    p_value: float


@dataclass(frozen=True)
class Incidence:
    """Share of the clients who left for one reason up to each time, all reasons competing."""

    times: Floats
    share: Floats
    low: Floats
    high: Floats


def kaplan_meier(
    durations: Floats, is_lost: Flags, *, entries: Floats | None = None
) -> SurvivalCurve:
    """The survival curve of clients seen for `durations`, some of whom were lost at their end.

    durations: (n,) time from the start of the relation to the loss, or to the last day seen.
    is_lost: (n,) False = still there. entries: (n,) time at which a client came under watch; it
    counts among those at risk after it only (left truncation). None = from the start.

    Kaplan and Meier (1958), variance of Greenwood, interval on the log scale as in R's survival.
    Raises ValueError without a client, or where a client leaves before it came under watch.
    """
    from statsmodels.duration.survfunc import SurvfuncRight

    _check(durations, is_lost, entries)
    fit = SurvfuncRight(durations, is_lost.astype(int), entry=entries)
    survival, error = np.asarray(fit.surv_prob, float), np.asarray(fit.surv_prob_se, float)
    z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.exp(z * error / survival)
        low, high = survival / spread, np.minimum(1.0, survival * spread)
    gone = survival == 0  # nobody is left: R prints no bound either
    return SurvivalCurve(
        times=np.asarray(fit.surv_times, float),
        survival=survival,
        low=np.where(gone, 0.0, low),
        high=np.where(gone, np.nan, high),
        at_risk=np.asarray(fit.n_risk, float),
        events=np.asarray(fit.n_events, float),
        censored=np.unique(durations[~is_lost]),
        starts=np.sort(np.zeros(len(durations)) if entries is None else entries),
        ends=np.sort(durations),
        n=len(durations),
        event_count=int(is_lost.sum()),
    )


def log_rank(
    durations: Floats,
    is_lost: Flags,
    groups: npt.NDArray[np.int64],
    *,
    entries: Floats | None = None,
) -> LogRank:
    """Whether two or more groups of clients leave at the same pace (Mantel 1966).

    durations, is_lost, entries: as for `kaplan_meier`. groups: (n,) code of each client's group.
    Raises ValueError with fewer than two groups.
    """
    from scipy.stats import chi2
    from statsmodels.duration.survfunc import survdiff

    _check(durations, is_lost, entries)
    count = len(np.unique(groups))
    if count < 2:
        raise ValueError("a comparison needs two groups")
    statistic, _ = survdiff(durations, is_lost.astype(int), groups, entry=entries)
    # The p-value of survdiff underflows to 0 by subtraction; the tail function does not.
    return LogRank(float(statistic), count - 1, float(chi2.sf(statistic, count - 1)))


def cumulative_incidence(durations: Floats, reasons: npt.NDArray[np.int64]) -> dict[int, Incidence]:
    """Share lost for each reason up to each time, the other reasons taken for what they are.

    durations: (n,) as for `kaplan_meier`. reasons: (n,) 0 = still there, else the code of the
    reason. Ties are counted as ties, never broken at random (Aalen and Johansen 1978); bounds on
    the scale of log(-log).
    """
    from statsmodels.duration.survfunc import CumIncidenceRight

    codes = np.unique(reasons[reasons > 0])
    ranks = np.searchsorted(codes, reasons) + 1
    with np.errstate(divide="ignore", invalid="ignore"):  # where the last clients all leave
        fit = CumIncidenceRight(durations, np.where(reasons > 0, ranks, 0))
    z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
    times = np.asarray(fit.times, float)
    found = {}
    for code, share, error in zip(codes, fit.cinc, fit.cinc_se, strict=True):
        found[int(code)] = Incidence(times, np.asarray(share, float), *_log_log(share, error, z))
    return found


def _log_log(share: Floats, error: Floats, z: float) -> tuple[Floats, Floats]:
    """Bounds of a share on the scale of log(-log): within 0 and 1, never 0 once somebody left.

    Kalbfleisch and Prentice (1980). Not a number where nobody is left; 0 before the first loss.
    """
    rate = np.asarray(share, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = z * np.asarray(error, float) / np.abs(rate * np.log(rate))
        low, high = rate ** np.exp(half), rate ** np.exp(-half)
    none = rate == 0
    return np.where(none, 0.0, low), np.where(none, 0.0, high)


def _check(durations: Floats, is_lost: Flags, entries: Floats | None) -> None:
    if len(durations) == 0 or len(durations) != len(is_lost):
        raise ValueError(f"{len(durations)} durations and {len(is_lost)} outcomes")
    if entries is not None and bool((entries >= durations).any()):
        raise ValueError("a client must come under watch before it is last seen")


def _first(times: Floats, reached: Flags) -> float | None:
    places = np.flatnonzero(reached)
    return float(times[places[0]]) if len(places) else None
