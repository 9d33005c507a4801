"""Buy-till-you-die: who still buys, and how much, from repeat purchases and silence.

`collapse` a list of clients into `Histories`, fit, and ask the `Fit`; or hear that the data cannot
tell (`NotIdentifiable`).
"""

from clientaudit.models.btyd.fit import Estimate, Fit
from clientaudit.models.btyd.fitting import fit_bg_nbd, fit_mbg_cnbd, fit_pareto_nbd
from clientaudit.models.btyd.histories import Histories, collapse
from clientaudit.models.maximum import NotIdentifiable

__all__ = [
    "Estimate",
    "Fit",
    "Histories",
    "NotIdentifiable",
    "collapse",
    "fit_bg_nbd",
    "fit_mbg_cnbd",
    "fit_pareto_nbd",
]
