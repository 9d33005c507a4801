"""Whether probabilities and intervals come true, on simulated bases whose truth is known.

`python -m benchmarks.calibration` prints each table as it is finished; tests/models holds smaller
versions.
"""

from collections.abc import Iterator
from typing import TypeVar

import numpy as np

from clientaudit.models.alarms import living_alarm_shares
from clientaudit.models.btyd import (
    Fit,
    Histories,
    NotIdentifiable,
    collapse,
    fit_mbg_cnbd,
)
from clientaudit.models.maximum import Floats
from clientaudit.models.portfolio import Part, portfolio_total
from clientaudit.models.rhythm import Rhythm, fit_rhythm, p_gone
from clientaudit.models.spend import fit_gamma_gamma
from models.bases import GapBase, buyer_base, gap_base

Model = TypeVar("Model")
LEVELS = (0.20, 0.10, 0.05)
KINDS = {"Poisson": (1.0,), "Erlang-2": (2.0,), "Erlang-4": (4.0,), "mixed": (1.0, 2.0, 4.0)}
DAYS, CLIENTS, BASES = 1460.0, 6000, 400
# Weeks: a purchase every eight weeks or so, 23 % of purchases the last one.
TRUTH = (0.8, 6.0, 0.6, 2.0)

# Spend per purchase: p around the client's own level, levels ever more unequal; those of the last
# have no variance: a few clients bring most of the total.
SPENDS = ((6.25, 3.74, 15.4), (1.0, 2.2, 60.0), (2.0, 1.6, 60.0))


def report() -> str:
    """Every table, as Markdown."""
    return "\n\n".join(tables())


def tables() -> Iterator[str]:
    """Each table as Markdown, once it is finished."""
    for lines in (rhythm_levels, departures, portfolios, values):
        yield "\n".join(lines())


def rhythm_levels() -> Iterator[str]:
    """Share of ordinary gaps, and of living clients on one day, that reach each level of alert."""
    yield "| gaps | opened gaps reach .20 / .10 / .05 | living clients on one day | as simulated |"
    yield "|---|---|---|---|"
    for name, kinds in KINDS.items():
        shapes = np.resize(kinds, CLIENTS)
        base, model = _fitted(shapes)
        order = np.broadcast_to(np.arange(base.gaps.shape[1]), base.gaps.shape)
        of = (order >= 3) & (base.opened <= base.end)
        p = model.p_silence(order[of], base.opened[of], base.gaps[of])
        n, last = _last(base)
        today = model.p_silence(n, last, base.end - last)[n >= 3]
        simulated = living_alarm_shares(model, [DAYS], levels=LEVELS)
        yield f"| {name} | {_shares(p)} | {_shares(today)} | {_list(simulated)} |"
        if len(kinds) > 1:
            shape_of = np.broadcast_to(shapes[:, None], base.gaps.shape)[of]
            for kind, other in zip(kinds, KINDS, strict=False):
                yield f"| of them {other} | {_shares(p[shape_of == kind])} | | |"


def departures() -> Iterator[str]:
    """P(gone) against who has left: 15 % a year, each client at its own rhythm."""
    yield "| P(gone) | clients | said | true |\n|---|---:|---:|---:|"
    base, _ = _fitted(np.full(4 * CLIENTS, 2.0))
    loss = 1 - 0.85 ** (base.gaps.mean(axis=1) / 365)
    final = np.random.default_rng(4).geometric(loss) - 1
    gone, n = base.completed >= final, np.minimum(base.completed, final)
    span = base.opened[np.arange(len(n)), n]
    counted = np.arange(base.gaps.shape[1]) < n[:, None]
    logs, seen = np.where(counted, np.log(base.gaps), 0).sum(axis=1), n >= 1
    model = _found(fit_rhythm(n[seen], span[seen], logs[seen]))
    p = model.p_silence(n, span, base.end - span)
    said = p_gone(p, span / np.maximum(n, 1), yearly_loss=0.15, year=365)
    for low, high in ((0, 0.05), (0.05, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 0.95), (0.95, 1)):
        of = (n >= 3) & (said >= low) & (said <= high)
        yield f"| {low} to {high} | {of.sum()} | {said[of].mean():.3f} | {gone[of].mean():.3f} |"


def portfolios() -> Iterator[str]:
    """How often the 90 % interval of the portfolio's purchases holds what was bought."""
    yield "| clients | k | not identifiable | interval holds | above | below | bought / expected |"
    yield "|---:|---:|---:|---:|---:|---:|---:|"
    for clients in (150, 400, 1500):
        for k in (1, 2):
            found = np.array([_portfolio(clients, k, seed) for seed in range(BASES)])
            limits, above, below, ratio = found.mean(axis=0)
            yield (
                f"| {clients} | {k} | {limits:.1%} | {1 - above - below:.1%} | {above:.1%} "
                f"| {below:.1%} | {ratio:.3f} |"
            )


def _portfolio(clients: int, k: int, seed: int) -> tuple[bool, bool, bool, float]:
    T = np.random.default_rng(10_000 + seed).integers(26, 79, clients).astype(float)
    base = buyer_base(seed, k, TRUTH, T, 26.0)
    histories, _ = collapse(base.x, base.t_x, base.T)
    fit, is_limit = _sure(fit_mbg_cnbd(histories, k=k), histories)
    total, bought = fit.total(histories, 26.0, confidence=0.9), base.later.sum()
    return is_limit, bought > total.high, bought < total.low, bought / total.value


def _sure(found: Fit | NotIdentifiable[Fit], histories: Histories) -> tuple[Fit, bool]:
    """The fit with the uncertainty that the report takes, and whether it is a limit's."""
    if isinstance(found, NotIdentifiable):
        return _found(found).bootstrap(histories, replicates=40), True
    return found, False


def values() -> Iterator[str]:
    """How often the 90 % interval of the portfolio's value holds what the purchases brought."""
    yield "| clients | spend p, q, gamma | interval holds | above | below | brought / expected |"
    yield "|---:|---|---:|---:|---:|---:|"
    for clients in (250, 1000):
        for spend in SPENDS:
            found = np.array([_value(clients, spend, seed) for seed in range(BASES)])
            above, below, ratio = found.mean(axis=0)
            yield (
                f"| {clients} | {spend} | {1 - above - below:.1%} | {above:.1%} | {below:.1%} "
                f"| {ratio:.3f} |"
            )


def _value(clients: int, spend: tuple[float, float, float], seed: int) -> tuple[bool, bool, float]:
    draw, (p, q, gamma) = np.random.default_rng(50_000 + seed), spend
    T = draw.integers(26, 79, clients).astype(float)
    base = buyer_base(seed, 1, TRUTH, T, 26.0)
    level, count = draw.gamma(q, 1 / gamma, clients), base.x + 1
    mean = draw.gamma(p * count) / level / count
    later = base.later > 0
    brought = float((draw.gamma(p * base.later[later]) / level[later]).sum())
    histories, row = collapse(base.x, base.t_x, base.T)
    fit, _ = _sure(fit_mbg_cnbd(histories), histories)
    spent = _found(fit_gamma_gamma(count, mean))
    worth = spent.worth(count, mean)
    part = Part(fit, histories, row, worth.mean, worth.chance, worth.doubt)
    common = spent.log_variance(count, mean, fit.purchases(histories, 26.0)[row])
    total = portfolio_total([part], 26.0, common=common, confidence=0.9)
    return brought > total.high, brought < total.low, brought / total.value


def _fitted(shapes: Floats) -> tuple[GapBase, Rhythm]:
    """Living clients of their own mean gaps, two months or so, and the model fitted to them."""
    rates = np.maximum(np.random.default_rng(1).gamma(2.5, 1 / 100, len(shapes)), 1e-4)
    base = gap_base(2, shapes * rates, shapes, DAYS)
    sums = (base.completed, base.sums(base.gaps), base.sums(np.log(base.gaps)))
    known = base.completed >= 1
    return base, _found(fit_rhythm(*(values[known] for values in sums)))


def _found(found: Model | NotIdentifiable[Model]) -> Model:
    """The model, or the limit that it comes close to where the data do not hold it."""
    if not isinstance(found, NotIdentifiable):
        return found
    assert found.limit is not None
    return found.limit


def _last(base: GapBase) -> tuple[np.ndarray, Floats]:
    n = base.completed
    return n, base.opened[np.arange(len(n)), n]


def _shares(p: Floats) -> str:
    return _list([np.mean(p < level) for level in LEVELS])


def _list(shares: Floats | list[float]) -> str:
    return " / ".join(f"{share:.3f}" for share in shares)


if __name__ == "__main__":
    for table in tables():
        print(table, end="\n\n", flush=True)
