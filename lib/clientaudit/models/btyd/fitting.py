"""Fitting a buy-till-you-die model by maximum likelihood."""

import numpy as np

from clientaudit.models.btyd.cnbd import Cnbd
from clientaudit.models.btyd.fit import Fit, Model, objective, typical_time
from clientaudit.models.btyd.histories import Histories
from clientaudit.models.btyd.pareto import ParetoNbd
from clientaudit.models.btyd.timing import Nbd, constant
from clientaudit.models.maximum import Floats, NotIdentifiable, climb, maximise, polish

MIN_REPEAT_BUYERS = 50
# Half of the 95 % quantile of chi-square with the two parameters of drop-out.
MIN_GAIN = 3.0


def fit_mbg_cnbd(histories: Histories, *, k: int = 1) -> Fit | NotIdentifiable[Fit]:
    """MBG/CNBD-k: Erlang-k gaps, drop-out possible after every purchase; k = 1 is MBG/NBD.

    histories: of clients seen from their first purchase on (leave left-truncated ones out).
    k: 1, 2 or 3; their log-likelihoods compare, the better forecast on a period held out decides.

    `NotIdentifiable`: fewer than 50 repeat buyers, no silence, a likelihood no better (by 3) than
    without drop-out, or parameters that run away.
    """
    return _fit(Cnbd(k, drop_at_first=True), histories)


def fit_bg_nbd(histories: Histories) -> Fit | NotIdentifiable[Fit]:
    """BG/NBD, a reference: one-time buyers never leave."""
    return _fit(Cnbd(1, drop_at_first=False), histories)


def fit_pareto_nbd(histories: Histories) -> Fit | NotIdentifiable[Fit]:
    """Pareto/NBD, a reference: clients leave at any moment."""
    return _fit(ParetoNbd(), histories)


def fit_nbd(histories: Histories, *, k: int = 1) -> tuple[Floats, float]:
    """The model in which nobody leaves: r, alpha and its log-likelihood without `constant`."""
    model, time = Nbd(k), typical_time(histories)
    purchases = float(np.sum(histories.count * histories.x)) / histories.clients
    start = np.log([1.0, time / (k * purchases)])
    rough, scale = objective(model, histories.sample), model.scale(time)
    best = polish(objective(model, histories), climb(rough, start, scale), scale, rough)
    return np.exp(best), objective(model, histories)(best)[0]


def _fit(model: Model, histories: Histories) -> Fit | NotIdentifiable[Fit]:
    if histories.repeat_buyers < MIN_REPEAT_BUYERS:
        return NotIdentifiable("too_few")
    if not (histories.t_x < histories.T)[histories.count > 0].any():
        return NotIdentifiable("no_silence")
    (r, alpha), staying = fit_nbd(histories, k=model.k)
    found = maximise(
        objective(model, histories),
        model.starts(r, alpha),
        model.scale(typical_time(histories)),
        sample=objective(model, histories.sample),
    )
    value, gain = found.value + constant(model.k, histories), found.value - staying
    fit = Fit(model, np.exp(found.log_theta), found.covariance, value, gain)
    if gain < MIN_GAIN:
        return NotIdentifiable("no_drop_out", fit)
    if found.loose:
        names = tuple(model.parameters[place] for place in found.loose)
        return NotIdentifiable("loose_parameters", fit, names)
    return fit
