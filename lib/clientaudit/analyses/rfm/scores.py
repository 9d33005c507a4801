"""RFM: how recently, how often and for how much each client bought, scored and named."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import ibis
from ibis.expr.types import BooleanValue, IntegerValue, NumericValue, Table

from clientaudit.analyses.rfm.segments import CREDIT_ONLY, SEGMENT_MAPS
from clientaudit.errors import AuditError
from clientaudit.settings import Thresholds

SMALL_BASE = 200  # clients under which the scores run from 1 to 3
LIMITS = ("rfm_recency_limits", "rfm_frequency_limits", "rfm_money_limits")
OWN_RHYTHM, DAYS = "own rhythm", "days"


@dataclass(frozen=True)
class RfmRules:
    """How clients are scored: mode, highest score, limits of the fixed mode."""

    mode: str
    bins: int
    recency_limits: tuple[float, ...] = ()
    frequency_limits: tuple[float, ...] = ()
    money_limits: tuple[float, ...] = ()
    min_gaps: int = 3


def rfm_rules(thresholds: Thresholds, *, client_count: int) -> RfmRules:
    """The rules of scoring that the thresholds ask for.

    client_count: clients with a purchase; under 200 the automatic highest score is 3, else 5.
    In the fixed mode the limits give it: two limits per score of 3, four per score of 5.

    Raises AuditError for a number of scores without a segment map, and for limits that are
    missing, not increasing, or not as many as the scores ask for.
    """
    limits: dict[str, tuple[float, ...]] = {n: tuple(getattr(thresholds, n)) for n in LIMITS}
    bins = thresholds.rfm_bins or (5 if client_count >= SMALL_BASE else 3)
    if thresholds.rfm_mode == "fixed":
        bins = thresholds.rfm_bins or len(limits[LIMITS[0]]) + 1
        for name, values in limits.items():
            _check_limits(name, values, bins)
    if bins not in SEGMENT_MAPS:
        raise AuditError(
            f"rfm_bins is {bins}; segments are defined for 3 and 5 (0 = 5, or 3 under "
            f"{SMALL_BASE} clients)."
        )
    if thresholds.rfm_mode != "fixed":
        return RfmRules(thresholds.rfm_mode, bins, min_gaps=thresholds.min_gaps)
    return RfmRules("fixed", bins, limits[LIMITS[0]], limits[LIMITS[1]], limits[LIMITS[2]])


def rfm_table(summary: Table, rules: RfmRules) -> Table:
    """Recency, frequency and money of each client, each scored from 1 (worst) to `rules.bins`.

    summary: one row per client, from `client_summary`: recency over the whole history, purchase
        days and revenue over the whole history up to the same day.

    Returns one row per client: client_id, recency_days, observed_days, occasion_count, revenue,
    margin, revenue_window, revenue_prior_window, silence_ratio, recency_basis, r_score, f_score,
    m_score, rfm_segment (English; see `segments`).

    Quantile scores come from distinct values by integer arithmetic: the worst value scores 1,
    the best `bins`, between them 1 + floor(bins x share of clients strictly worse), at most
    `bins`. Equal clients get equal scores; a value that all clients share scores the middle, but
    a single purchase day the lowest: who bought once never bought often. Frequency counts
    purchase days, so a credit note never raises it. Clients with credit notes only have no score
    and a group of their own. Hughes (1994).
    """
    buys = summary.occasion_count > 0
    clients = summary.select(
        "client_id", "recency_days", "observed_days", "occasion_count", "revenue", "margin",
        "revenue_window", "revenue_prior_window", buys=buys,
        silence_ratio=_silence_ratio(summary, rules, buys),
    )  # fmt: skip
    scored = clients.mutate(
        recency_basis=ibis.ifelse(clients.silence_ratio.notnull(), OWN_RHYTHM, DAYS),
        r_score=_when(clients.buys, _recency_score(clients, rules)),
        f_score=_when(clients.buys, _frequency_score(clients, rules)),
        m_score=_when(
            clients.buys, _score(clients.revenue, clients.buys, rules.bins, rules.money_limits)
        ),
    )
    cell = scored.r_score * 10 + scored.f_score
    names = [(10 * r + f, name) for (r, f), name in SEGMENT_MAPS[rules.bins].items()]
    return scored.mutate(rfm_segment=cell.cases(*names, else_=CREDIT_ONLY)).drop("buys")


def quantile_score(value: NumericValue, group: BooleanValue, bins: int) -> IntegerValue:
    """Scores from 1 to `bins` by the share of clients of the same group who are strictly lower.

    value: higher is better. group: clients are compared within true and within false.
    """
    peers = ibis.window(group_by=group)
    lowest, highest = value.min().over(peers), value.max().over(peers)
    lower = ibis.rank().over(ibis.window(group_by=group, order_by=value))
    between = 1 + (bins * lower) // value.count().over(peers)
    return ibis.cases(
        (lowest == highest, (bins + 1) // 2),
        (value == lowest, 1),
        (value == highest, bins),
        else_=ibis.least(between, bins),
    ).cast("int64")


def _recency_score(clients: Table, rules: RfmRules) -> IntegerValue:
    """By days of silence, or in the own-rhythm mode by silence over own interval where known."""
    if rules.mode == "fixed":
        late = _limits_passed(clients.recency_days, rules.recency_limits, strictly=True)
        return rules.bins - late
    by_days = quantile_score(-clients.recency_days, clients.buys, rules.bins)
    if rules.mode == "quantile":
        return by_days
    rhythm = clients.silence_ratio.notnull()
    by_rhythm = quantile_score(-clients.silence_ratio, rhythm, rules.bins)
    return ibis.ifelse(rhythm, by_rhythm, by_days)


def _frequency_score(clients: Table, rules: RfmRules) -> IntegerValue:
    score = _score(clients.occasion_count, clients.buys, rules.bins, rules.frequency_limits)
    return score if rules.frequency_limits else ibis.ifelse(clients.occasion_count == 1, 1, score)


def _score(
    value: NumericValue, buys: BooleanValue, bins: int, limits: Sequence[float]
) -> IntegerValue:
    if limits:
        return 1 + _limits_passed(value, limits, strictly=False)
    return quantile_score(value, buys, bins)


def _limits_passed(value: NumericValue, limits: Sequence[float], *, strictly: bool) -> IntegerValue:
    passed = ibis.literal(0, "int64")
    for limit in limits:
        passed += (value > limit if strictly else value >= limit).cast("int64")
    return passed


def _silence_ratio(summary: Table, rules: RfmRules, buys: BooleanValue) -> NumericValue:
    """Silence over own mean interval; one division of whole numbers, so that equals stay equal."""
    if rules.mode != "own_rhythm":
        return ibis.null("float64")
    ratio = summary.recency_days * summary.gap_count / summary.last_order_age_days
    return _when(buys & (summary.gap_count >= rules.min_gaps), ratio.cast("float64"))


def _when(condition: BooleanValue, value: NumericValue) -> NumericValue:
    return ibis.ifelse(condition, value, ibis.null(value.type()))


def _check_limits(name: str, values: Sequence[float], bins: int) -> None:
    needed = bins - 1
    found = ", ".join(f"{value:g}" for value in values) or "none"
    if len(values) != needed or needed < 1:
        raise AuditError(
            f"rfm_mode is fixed: {name} needs {max(needed, 2)} limits for scores from 1 to "
            f"{max(bins, 3)} (found: {found}). Copy those of the last audit."
        )
    if any(low >= high for low, high in pairwise(values)):
        raise AuditError(f"{name} must increase from one limit to the next (found: {found}).")
