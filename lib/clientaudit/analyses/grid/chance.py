"""How sure the classes are: another year like this one, and other weights (R72, R73)."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from clientaudit.analyses.departures.silence import closures_of, pace_of, watched_clients
from clientaudit.analyses.grid.classing import Grid
from clientaudit.analyses.grid.points import (
    CLASSES,
    CRITERIA,
    DIGITS,
    Classes,
    chosen_weights,
    classes_of,
    codes_of,
    rank_points,
    weighed,
    weights_of,
)
from clientaudit.analyses.grid.profit import client_years
from clientaudit.analyses.portrait.overview import has_previous_period
from clientaudit.audit import Audit
from clientaudit.engine.gaps import gaps_table
from clientaudit.models.class_noise import ClassNoise, class_noise, detectable_share
from clientaudit.models.classes import (
    MIN_ORDERS,
    Sensitivity,
    orders_by_class,
    weight_sensitivity,
)
from clientaudit.models.intervals import Flags, Floats
from clientaudit.models.order_margin import Orders
from clientaudit.models.year_model import YearModel, fit_years
from clientaudit.settings import Thresholds

DRAWS = 500
FEW_DRAWS = 100  # above MANY clients, where the mean of all is known well with fewer
MANY = 200_000
SURE = 0.8
GREY = 0.5  # a class less likely than that to be found again is in the grey zone [our default]
MAX_SEARCHED = 20_000  # clients above which any excess worth speaking of is found
ORDERS = ("order_count", "margin_sum", "gross_sum", "margin_square_sum", "loss_count")
PROBABILITIES = ("p_a", "p_b", "p_c", "p_d")


@dataclass(frozen=True, eq=False)
class Chances:
    """What a year like the last one, lived again, would have made of the grid.

    noise: see `ClassNoise`. is_printed: (clients,) whether the class of the client holds enough
    orders for its probability to be printed. detectable: smallest share of clients with a doubled
    or halved margin that this base would show; None = not even all of them. is_searched: whether
    that was looked for. moved: share of the clients with both years that the margin of the year
    before, all else being equal, would have put in another class; None where it is not known.
    """

    noise: ClassNoise
    is_printed: Flags
    detectable: float | None
    is_searched: bool
    moved: float | None

    @property
    def is_moved(self) -> bool:
        """Whether profit moved more clients than the chance of orders explains."""
        return self.moved is not None and self.moved > self.noise.threshold


class YearClassifier:
    """The classes that these clients would have with the margins of another year.

    costs: what serving each of them costs in a year apart from its orders.
    """

    def __init__(self, grid: Grid, thresholds: Thresholds, *, costs: Floats) -> None:
        clients = grid.clients
        self.points = clients[[f"{name}_points" for name in CRITERIA]].to_numpy(float)
        self.weights = clients[[f"{name}_weight" for name in CRITERIA]].to_numpy(float)
        self.was_lost = (clients["margin"] < 0).to_numpy(bool)
        self.costs, self.incumbent = costs, grid.incumbent
        self._has_costs, self._thresholds = grid.scores.basis != "revenue", thresholds
        self._rest = weighed(self.points[:, 1:], self.weights[:, 1:])

    @property
    def others(self) -> Floats:
        """Everything but the margins that the classes depend on, (clients, k)."""
        columns = [self.points[:, 1:], self.weights, self.was_lost[:, None], self.costs[:, None]]
        if self.incumbent is not None:
            columns.append(self.incumbent[:, None].astype(float))
        return np.column_stack(columns)

    def __call__(self, margins: Floats) -> Classes:
        """margins: (clients,) of one year."""
        profit = margins - self.costs
        points = np.round(self._rest + rank_points(profit) * self.weights[:, 0], DIGITS)
        lost = ((profit < 0) | self.was_lost) & self._has_costs
        return classes_of(points, lost, self._thresholds, self.incumbent)


@dataclass(frozen=True, eq=False)
class Lived:
    """A year lived again many times: how it is drawn, how it is classed, what it came to.

    is_printed: as in `Chances`.
    """

    model: YearModel
    classify: YearClassifier
    noise: ClassNoise
    is_printed: Flags


def lived_again(audit: Audit, grid: Grid) -> Lived | None:
    """The year before the date of the audit, lived again; None under `min_clients` clients."""
    clients = grid.clients
    if len(clients) < audit.thresholds.min_clients:
        return None
    years = client_years(audit, grid.scores.profit).set_index("client_id")
    years = years.reindex(clients["client_id"]).fillna(0.0)
    codes, seed = codes_of(clients["computed_class"]), audit.thresholds.seed
    costs = years["yearly_cost"].to_numpy(float)
    classify = YearClassifier(grid, audit.thresholds, costs=costs)
    orders = Orders(*(years[name].to_numpy(float) for name in ORDERS))
    draws = DRAWS if len(clients) <= MANY else FEW_DRAWS
    model = fit_years(orders, classify.others, regularity=_regularity(audit))
    noise = class_noise(model, classify, codes, draws=draws, seed=seed)
    enough = orders_by_class(orders.count, codes) >= MIN_ORDERS
    return Lived(model, classify, noise, enough[codes])


def chances_of(audit: Audit, grid: Grid) -> Chances | None:
    """The chances of the classes; None under `min_clients` clients."""
    lived = lived_again(audit, grid)
    if lived is None:
        return None
    model, classify, noise = lived.model, lived.classify, lived.noise
    searched = len(grid.clients) <= MAX_SEARCHED
    seed = audit.thresholds.seed
    found = detectable_share(model, classify, noise, seed=seed) if searched else None
    moved = _moved(audit, grid, classify, noise.classes)
    return Chances(noise, lived.is_printed, found, searched, moved)


def _moved(audit: Audit, grid: Grid, classify: YearClassifier, codes: Classes) -> float | None:
    """Share of the clients with both years whose class the margin of the year before changes."""
    months, first = audit.thresholds.window_months, audit.facts.lines.first_date
    name = "revenue" if grid.scores.basis == "revenue" else "margin"
    before = grid.clients[f"{name}_prior_window"]
    both = before.notna() & (before != 0)
    known = has_previous_period(first, as_of=audit.as_of, window_months=months)
    if not known or both.sum() < audit.thresholds.min_clients:
        return None
    return float((classify(before.fillna(0.0).to_numpy(float)) != codes)[both].mean())


def with_chances(grid: Grid, chances: Chances | Lived | None) -> Grid:
    """The grid whose clients have p_a to p_d, p_class (of the class printed) and is_grey_zone.

    Null, and outside the grey zone, where the probabilities are not printed.
    """
    clients = grid.clients
    p = np.full((len(clients), len(CLASSES)), np.nan)
    if chances is not None:
        p = np.where(chances.is_printed[:, None], chances.noise.probabilities, np.nan)
    own = p[np.arange(len(clients)), codes_of(clients["grid_class"])]
    columns = {name: p[:, k] for k, name in enumerate(PROBABILITIES)}
    return replace(grid, clients=clients.assign(**columns, p_class=own, is_grey_zone=own < GREY))


def sureness_rows(grid: Grid, *, min_cell: int) -> pd.DataFrame:
    """How sure the class of the clients is, by class. grid: from `with_chances`.

    Returns grid_class, client_count (those with a probability), sure_share (.8 or more),
    likely_share (.5 to .8), grey_share (under .5); classes under `min_cell` clients are left out.
    """
    known = grid.clients[grid.clients["p_class"].notna()]
    rows = []
    for name, group in known.groupby("grid_class"):
        if len(group) >= min_cell:
            sure, grey = (group["p_class"] >= SURE).mean(), (group["p_class"] < GREY).mean()
            rows.append((name, len(group), sure, 1 - sure - grey, grey))
    names = ["grid_class", "client_count", "sure_share", "likely_share", "grey_share"]
    return pd.DataFrame(rows, columns=names)


def sensitivity_of(audit: Audit, grid: Grid) -> Sensitivity | None:
    """How the classes hold under weights up to 30 % larger or smaller; None where there is no A."""
    clients, thresholds = grid.clients, audit.thresholds
    points = clients[[f"{name}_points" for name in CRITERIA]].to_numpy(float)
    lost = clients["is_loss_maker"].to_numpy(bool)

    def classify(weights: Floats) -> Classes:
        own = weights_of(points, clients["source"], weights, thresholds)
        return classes_of(weighed(points, own), lost, thresholds, grid.incumbent)

    if not (clients["computed_class"] == CLASSES[0]).any():
        return None
    chosen = chosen_weights(thresholds)
    return weight_sensitivity(chosen, classify, draws=DRAWS, seed=thresholds.seed)


def _regularity(audit: Audit) -> float:
    """How regular the purchases are (see `Rhythm`); 1 = at random, where it cannot be told."""
    clock = closures_of(audit.facts.lines.days)
    clients = watched_clients(audit.summary, audit.occasions, as_of=audit.as_of, clock=clock)
    gaps = gaps_table(clock.occasions(audit.occasions), as_of=clock.opened(audit.as_of))
    pace = pace_of(clients.execute(), gaps.execute())
    return 1.0 if pace.rhythm is None else float(pace.rhythm.parameters["shape"])
