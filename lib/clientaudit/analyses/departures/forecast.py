"""What the clients are expected to buy next, and who will buy at all (METHODS §2)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from clientaudit.models.btyd import Estimate, Fit, Histories, collapse, fit_mbg_cnbd
from clientaudit.models.btyd.histories import Places
from clientaudit.models.maximum import Floats, NotIdentifiable
from clientaudit.models.portfolio import Part, portfolio_total
from clientaudit.models.spend import Worth

MIN_REPEAT_BUYERS = 50  # of each of the two groups, to fit them apart
ALL, SEEN, OLDER = "all clients", "seen from the first purchase", "older than the exports"


@dataclass(frozen=True, eq=False)
class Group:
    """Clients fitted together.

    rows: their places in the base. row: (clients of the group,) its history among `histories`.
    problem: "" or why the model says nothing certain of departures (see `NotIdentifiable`).
    """

    name: str
    rows: Places
    histories: Histories
    row: Places
    fit: Fit
    problem: str

    @cached_property
    def sure_fit(self) -> Fit:
        """The fit with the uncertainty of its parameters, of a limit too (bootstrap)."""
        return self.fit.bootstrap(self.histories) if self.problem else self.fit


@dataclass(frozen=True, eq=False)
class Forecast:
    """The purchase models of one base at one date, all of one regularity k of the timing.

    Clients older than the exports are those who had stayed until then: they are fitted apart from
    those seen from their first purchase, or all together where one of the groups is small.
    size: clients of the base.
    """

    k: int
    groups: tuple[Group, ...]
    size: int

    @property
    def log_likelihood(self) -> float:
        """Of all groups together, comparable over k on the same base."""
        return sum(group.fit.log_likelihood for group in self.groups)

    def p_active(self, horizon: float) -> Floats:
        """P(at least one purchase within `horizon` days), (size,)."""
        return self._spread(lambda group: group.fit.p_active(group.histories, horizon))

    def purchases(self, horizon: float) -> Floats:
        """Expected purchases within `horizon` days, (size,)."""
        return self._spread(lambda group: group.fit.purchases(group.histories, horizon))

    def total(self, horizon: float, *, worth: Worth | None = None, common: float = 0.0) -> Estimate:
        """Purchases of the whole base within `horizon` days, with their interval.

        worth: of one purchase of each client, (size,), for the value of the purchases instead of
        their number; common: see `portfolio_total`.
        """
        zeros = np.zeros(self.size)
        each = worth or Worth(np.ones(self.size), zeros, zeros)
        parts = [
            Part(
                group.sure_fit, group.histories, group.row, each.mean[group.rows],
                each.chance[group.rows], each.doubt[group.rows],
            )
            for group in self.groups
        ]  # fmt: skip
        return portfolio_total(parts, horizon, common=common)

    def _spread(self, of_group: Callable[[Group], Floats]) -> Floats:
        values = np.empty(self.size)
        for group in self.groups:
            values[group.rows] = of_group(group)[group.row]
        return values


def forecast_of(clients: pd.DataFrame, gaps: pd.DataFrame, *, k: int) -> Forecast | None:
    """The forecast of one regularity (see `forecasts_of`); None where it cannot be fitted."""
    return forecasts_of(clients, gaps, [k]).get(k)


def forecasts_of(
    clients: pd.DataFrame, gaps: pd.DataFrame, regularities: Sequence[int]
) -> dict[int, Forecast]:
    """Fit the purchase models of a base; none where it has too few repeat buyers for any.

    clients: from `watched_clients`. gaps: from `gaps_table`, of the same clients. regularities:
    k of the timing: 1 = purchases at random, 2 and 3 = ever more regular.
    """
    logs = float(gaps["gap_count"] @ np.log(gaps["gap_days"].to_numpy(float)))
    per_gap = logs / max(int(gaps["gap_count"].sum()), 1)
    cohorts = [
        (name, rows, *_histories(clients.iloc[rows], per_gap))
        for name, rows in _split(clients).items()
    ]
    found = {}
    for k in regularities:
        groups = [_group(*cohort, k) for cohort in cohorts]
        fitted = tuple(group for group in groups if group is not None)
        if len(fitted) == len(groups):
            found[k] = Forecast(k, fitted, len(clients))
    return found


def _split(clients: pd.DataFrame) -> dict[str, Places]:
    older = clients["is_left_truncated"].to_numpy(bool)
    repeats = clients["repeat_count"].to_numpy() > 0
    sizes = ((repeats & older).sum(), (repeats & ~older).sum())
    if min(sizes) < MIN_REPEAT_BUYERS:
        return {ALL: np.arange(len(clients))}
    return {SEEN: np.flatnonzero(~older), OLDER: np.flatnonzero(older)}


def _histories(own: pd.DataFrame, per_gap: float) -> tuple[Histories, Places]:
    """The distinct histories of some clients, and the row of each. per_gap: mean log of a gap."""
    columns = ("repeat_count", "last_order_age_days", "observed_days")
    histories, row = collapse(*(own[column].to_numpy(float) for column in columns))
    return replace(histories, log_gaps=per_gap * float(own["gap_count"].sum())), row


def _group(name: str, rows: Places, histories: Histories, row: Places, k: int) -> Group | None:
    found = fit_mbg_cnbd(histories, k=k)
    if not isinstance(found, NotIdentifiable):
        return Group(name, rows, histories, row, found, "")
    if found.limit is None:
        return None
    return Group(name, rows, histories, row, found.limit, found.reason)
