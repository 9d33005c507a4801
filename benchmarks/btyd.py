"""Buy-till-you-die fits beside lifetimes, on the same simulated clients, in one process.

Runs in the environment of the peers, which holds numpy, scipy and lifetimes. Ours counts
everything from the clients' arrays on: collapsing, several starts, Hessian; lifetimes counts its
one start and its Hessian. `python -m benchmarks.btyd 10000` there measures one size only.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import ROOT
from benchmarks.harness import Step, measure

LIFETIMES = Step("lifetimes", "btyd:compare_all", runs=1, peer=True)
SIZES = (10_000, 100_000, 1_000_000)
PARETO_MOST = 100_000  # lifetimes would take about six minutes for a million
# Days: a purchase every two months or so, two years, 23 % of purchases the last one.
TRUTH = (0.8, 42.0, 0.6, 2.0)


def report() -> str:
    """The tables of every size."""
    found = measure(LIFETIMES, ROOT)
    return found.notes if found else "The models could not be set beside lifetimes."


def compare_all(_: Path) -> str:
    """The table of each size."""
    return "\n\n".join(map(compare, SIZES))


def compare(clients: int) -> str:
    """Processor seconds of both, and the log-likelihood that each reached."""
    import lifetimes
    import numpy as np

    from clientaudit.models.btyd import collapse, fit_bg_nbd, fit_mbg_cnbd, fit_pareto_nbd
    from clientaudit.models.spend import fit_gamma_gamma
    from models.bases import buyer_base

    draw = np.random.default_rng(0)
    T = draw.integers(30, 731, clients).astype(float)
    base = buyer_base(1, 1, TRUTH, T, 0.0)
    x, t_x = base.x, np.ceil(base.t_x)
    bought = x > 0
    spend = draw.gamma(4 * x[bought], 1 / draw.gamma(3, 1 / 60, bought.sum())) / x[bought]

    histories = collapse(x, t_x, T)[0]

    def ours(fit: Callable[..., Any]) -> Callable[[], Any]:
        return lambda: fit(collapse(x, t_x, T)[0])

    def peer(name: str) -> Callable[[], Any]:
        return lambda: getattr(lifetimes, name)(penalizer_coef=0.0).fit(x, t_x, T)

    def short(found: Any, fitted: Any) -> float:
        """By how much the likelihood at the peer's parameters is below ours."""
        theta = np.asarray(fitted.params_)
        there = found.model.log_likelihood(theta, histories, histories.count)[0]
        here = found.model.log_likelihood(found.theta, histories, histories.count)[0]
        return here - there

    def short_spend(found: Any, fitted: Any) -> float:
        return found.log_likelihood + fitted._negative_log_likelihood_ * bought.sum()

    def spend_here() -> Any:
        return fit_gamma_gamma(x[bought], spend)

    def spend_there() -> Any:
        return lifetimes.GammaGammaFitter(penalizer_coef=0.0).fit(x[bought], spend)

    pareto = ("Pareto/NBD", ours(fit_pareto_nbd), peer("ParetoNBDFitter"), short)
    rows = [
        ("BG/NBD", ours(fit_bg_nbd), peer("BetaGeoFitter"), short),
        ("MBG/NBD", ours(fit_mbg_cnbd), peer("ModifiedBetaGeoFitter"), short),
        *([pareto] if clients <= PARETO_MOST else []),
        ("Gamma-Gamma", spend_here, spend_there, short_spend),
    ]
    title = f"{clients:,} clients, {len(histories.x):,} histories"
    lines = [f"| {title} | ours, s | lifetimes, s | ratio | its log-likelihood is below by |"]
    lines.append("|---|---:|---:|---:|---:|")
    fit_bg_nbd(histories)  # scipy is loaded before the clock starts
    for name, here, there, below in rows:
        found, seconds = _timed(here, runs=3)
        fitted, peer_seconds = _timed(there, runs=1)
        ratio = f"{seconds:.2f} | {peer_seconds:.2f} | {peer_seconds / seconds:.0f}"
        lines.append(f"| {name} | {ratio} | {below(found, fitted):.2f} |")
    return "\n".join(lines)


def _timed(run: Callable[[], Any], *, runs: int) -> tuple[Any, float]:
    """What it gives, and the fewest processor seconds: on one thread, whoever else is busy."""
    seconds = []
    for _ in range(runs):
        start = time.process_time()
        found = run()
        seconds.append(time.process_time() - start)
    return found, min(seconds)


if __name__ == "__main__":
    print(compare(int(sys.argv[1])))
