"""What today's clients should buy in the next twelve months, and what it should bring."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clientaudit.analyses.departures.forecast import Forecast, forecast_of
from clientaudit.analyses.departures.silence import YEAR_DAYS
from clientaudit.analyses.departures.watch import Watch
from clientaudit.audit import Audit
from clientaudit.engine.frames import frame_of
from clientaudit.engine.gaps import gaps_table
from clientaudit.models.btyd import Estimate
from clientaudit.models.intervals import Floats
from clientaudit.models.maximum import NotIdentifiable
from clientaudit.models.spend import SpendFit, Worth, fit_gamma_gamma

EVERYBODY = "all clients"


@dataclass(frozen=True, eq=False)
class NextYear:
    """What the base is expected to buy in the next twelve months.

    purchases, value: totals with intervals; value is of `basis`. value is None where the spend
    per purchase cannot be told. forecast, spend: the models behind it.
    """

    forecast: Forecast
    purchases: Estimate
    value: Estimate | None
    basis: str
    spend: SpendFit | None


def next_year_of(audit: Audit, watch: Watch, *, k: int) -> NextYear | None:
    """Expected purchases and value of the next twelve months; None with too few repeat buyers.

    k: regularity of the timing, from the back-test.
    """
    gaps = frame_of(gaps_table(audit.occasions, as_of=audit.as_of))
    forecast = forecast_of(watch.clients, gaps, k=k) if len(watch.clients) else None
    if forecast is None:
        return None
    purchases = forecast.total(YEAR_DAYS)
    found = _worth(watch, forecast.purchases(YEAR_DAYS))
    if found is None:
        return NextYear(forecast, purchases, None, watch.basis, None)
    spend, worth, common = found
    value = forecast.total(YEAR_DAYS, worth=worth, common=common)
    return NextYear(forecast, purchases, value, watch.basis, spend)


def next_year_table(found: NextYear | None) -> pd.DataFrame:
    """Purchases expected of each group of clients that was fitted together, and of all.

    Returns group, client_count, repeat_count (clients who bought again), purchase_count, low, high.
    """
    names = ["group", "client_count", "repeat_count", "purchase_count", "low_count", "high_count"]
    if found is None:
        return pd.DataFrame(columns=names)
    rows = []
    for group in found.forecast.groups:
        total = group.sure_fit.total(group.histories, YEAR_DAYS)
        repeats = int(group.histories.repeat_buyers)
        rows.append((group.name, len(group.rows), repeats, *_rounded(total)))
    if len(rows) > 1:
        repeats = sum(row[2] for row in rows)
        rows.append((EVERYBODY, found.forecast.size, repeats, *_rounded(found.purchases)))
    return pd.DataFrame(rows, columns=names)


def _rounded(total: Estimate) -> tuple[int, int, int]:
    return round(total.value), round(total.low), round(total.high)


def _worth(watch: Watch, purchases: Floats) -> tuple[SpendFit, Worth, float] | None:
    """The model of spend, what one purchase of each client brings, and how unsure the total is.

    purchases: expected of each client. Gamma-Gamma, METHODS §2.
    """
    clients = watch.clients
    count = clients["occasion_count"].to_numpy(float)
    mean = (clients[watch.basis] / count).to_numpy(float)
    usable = np.isfinite(mean) & (mean > 0)
    if not usable.any():
        return None
    found = fit_gamma_gamma(count[usable], mean[usable])
    fit = found.limit if isinstance(found, NotIdentifiable) else found
    if fit is None or fit.population_mean is None:
        return None
    # A client that brings less than nothing keeps its own mean: the model knows no losses.
    own = np.where(np.isfinite(mean), mean, fit.population_mean)
    known = fit.worth(count[usable], mean[usable])
    worth = Worth(own, own**2 / fit.theta[0], np.zeros(len(own)))
    for whole, part in (
        (worth.mean, known.mean),
        (worth.chance, known.chance),
        (worth.doubt, known.doubt),
    ):
        whole[usable] = part
    others = float(purchases[~usable] @ own[~usable])
    if others + float(purchases[usable] @ known.mean) <= 0:
        return fit, worth, 0.0
    common = fit.log_variance(count[usable], mean[usable], purchases[usable], known=others)
    return fit, worth, common
