"""Classes when an unchanged year is lived again: said by the model, and as it was lived.

Bases of known truth (tests/models/bases.py): gamma or log-normal order rates, gaps of several
regularities, log-normal order margins, a tenth of the clients at a loss. The regularity is fitted
to gaps of the same clients, as a report does. `python -m benchmarks grid` takes some minutes.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from clientaudit.models.class_noise import ClassNoise, class_noise, detectable_share
from clientaudit.models.classes import CLASS_COUNT, Classes, class_of
from clientaudit.models.maximum import Floats
from clientaudit.models.rhythm import fit_rhythm
from clientaudit.models.year_model import YearModel, fit_years
from models.bases import OrderBase, gap_base, order_base

KINDS = {
    "at random": {},
    "Erlang-2": {"regularity": (2.0,)},
    "Erlang-4": {"regularity": (4.0,)},
    "mixed 1, 2, 4": {"regularity": (1.0, 2.0, 4.0)},
    "clustered, .6": {"regularity": (0.6,)},
    "2 orders a year": {"orders": 2.0},
    "20 orders a year": {"orders": 20.0},
    "even orders, cv .3": {"variation": 0.3},
    "uneven orders, cv 1.2": {"variation": 1.2},
    "alike clients": {"levels": 0.4},
    "unlike clients": {"levels": 1.6},
    "giants": {"giants": 1.4},
}
BASES, YEARS, DRAWS = 5, 20, 200
BANDS = (0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0)


@dataclass(frozen=True)
class Case:
    """One base, its classes today, and what the model says of them."""

    base: OrderBase
    classes: Classes
    model: YearModel
    noise: ClassNoise

    def lived(self, year: int, change: Floats | None = None) -> Classes:
        """The classes of one more year."""
        return by_margin(self.base.year(10_000 + year, change).margin)

    def moved(self, year: int, change: Floats | None = None) -> float:
        """Share of clients in another class that year."""
        return float(np.mean(self.lived(year, change) != self.classes))


def report() -> str:
    """Every table, as Markdown."""
    return "\n\n".join("\n".join(lines()) for lines in TABLES)


def changes() -> Iterator[str]:
    """Expected and true share of clients that change class; of each class that leave it."""
    yield "| clients | base | change class, said / true | worst base | leave A | B | C | D |"
    yield "|---:|---|---:|---:|---:|---:|---:|---:|"
    for clients in (400, 3000):
        for name, options in KINDS.items():
            rows = np.array([_changes(_case(seed, clients, **options)) for seed in range(BASES)])
            said, true = rows.mean(axis=0)
            worst = float(np.abs(rows[:, 0, 0] - rows[:, 1, 0]).max())
            cells = [f"{s:.3f} / {t:.3f}" for s, t in zip(said, true, strict=True)]
            yield f"| {clients} | {name} | {cells[0]} | {worst:.3f} | {' | '.join(cells[1:])} |"


def calibration() -> Iterator[str]:
    """P(class) said, and how often the clients were in it."""
    yield "| P(class) | " + " | ".join(f"{c}: clients, said, true" for c in "ABCD") + " |"
    yield "|---|---:|---:|---:|---:|"
    cases = [_case(seed, 3000, **options) for seed, options in enumerate(KINDS.values())]
    said = np.concatenate([case.noise.probabilities for case in cases])
    true = np.concatenate([_shares(case) for case in cases])
    for low, high in pairwise(BANDS):
        of = (said >= low) & ((said < high) | ((high == 1) & (said == 1)))
        cells = [
            f"{of[:, c].sum()}, {said[of[:, c], c].mean():.3f}, {true[of[:, c], c].mean():.3f}"
            if of[:, c].any()
            else ""
            for c in range(CLASS_COUNT)
        ]
        yield f"| {low} to {high} | {' | '.join(cells)} |"


def naive(clients: int = 3000, bases: int = BASES) -> Iterator[str]:
    """Beside the bootstrap of each client's own orders, as many of them or their number drawn too.

    It takes the year seen for the client's own, and so finds the classes surer than they are.
    """
    yield (
        "| base | leave A, said: model | as many orders again | their number drawn too | true | "
        "P(A) of .8 or more, said and true: model | as many orders | their number too |"
    )
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for name, options in KINDS.items():
        rows = np.array([_naive(_case(seed, clients, **options), seed) for seed in range(bases)])
        left, said, true = rows.mean(axis=0)[:4], *np.nanmean(rows[:, 4:], axis=0).reshape(2, 3)
        sure = (f"{s:.3f}, {t:.3f}" for s, t in zip(said, true, strict=True))
        yield f"| {name} | {' | '.join(f'{share:.3f}' for share in left)} | {' | '.join(sure)} |"


def power() -> Iterator[str]:
    """How often a change is found, and how often chance is taken for one."""
    yield "| clients | base | found: 20 % threefold | 10 % twofold | no change | detectable |"
    yield "|---:|---|---:|---:|---:|---:|"
    for clients, bases in ((400, 20), (2000, 10), (10_000, 5)):
        for name in ("at random", "Erlang-4", "mixed 1, 2, 4"):
            cases = [_case(seed, clients, **KINDS[name]) for seed in range(50, 50 + bases)]
            found = [
                np.mean([_found(case, share, factor) for case in cases])
                for share, factor in ((0.2, 3.0), (0.1, 2.0), (0.0, 1.0))
            ]
            smallest = [
                detectable_share(case.model, by_margin, case.noise, seed=1) for case in cases[:5]
            ]
            cells = " | ".join(f"{share:.2f}" for share in found)
            least = np.median([np.inf if share is None else share for share in smallest])
            of_all = f"{least:.0%} of clients twofold" if least <= 1 else "none"
            yield f"| {clients} | {name} | {cells} | {of_all} |"


def million() -> Iterator[str]:
    """Seconds at a million clients, in this process."""
    base = order_base(1, 1_000_000, regularity=(2.0,))
    year = base.year(2)
    start = time.perf_counter()
    classes = by_margin(year.margin)
    ranked = time.perf_counter()
    model = fit_years(year, np.ones((1_000_000, 2)), regularity=2.0)
    fitted = time.perf_counter()
    class_noise(model, by_margin, classes, draws=5, seed=1)
    seconds = (time.perf_counter() - fitted) / 5
    yield "| 1,000,000 clients | s |\n|---|---:|"
    yield f"| classes | {ranked - start:.2f} |"
    yield f"| fit | {fitted - ranked:.1f} |"
    yield f"| one year lived again, classes included | {seconds:.2f} |"
    yield f"| 500 years | {500 * seconds:.0f} |"


def by_margin(margins: Floats) -> Classes:
    """Classes from the margin alone."""
    return class_of(margins, is_loss=margins < 0)


def _case(seed: int, clients: int, **options) -> Case:
    base = order_base(1000 + seed, clients, **options)
    year = base.year(2000 + seed)
    classes = by_margin(year.margin)
    model = fit_years(year, None, regularity=_regularity(seed, base))
    return Case(base, classes, model, class_noise(model, by_margin, classes, draws=DRAWS, seed=1))


def _regularity(seed: int, base: OrderBase) -> float:
    """As fitted to the gaps of up to 3,000 of the clients over two years."""
    some = slice(0, 3000)
    shapes, rates = base.regularity[some], np.maximum(base.rate[some], 0.05)
    gaps = gap_base(3000 + seed, shapes * rates, shapes, 2.0)
    known = gaps.completed >= 1
    sums = (gaps.completed, gaps.sums(gaps.gaps), gaps.sums(np.log(gaps.gaps)))
    model = fit_rhythm(*(values[known] for values in sums))
    return float(getattr(model, "limit", model).theta[0])


def _changes(case: Case) -> Floats:
    """(2, 5): said and true; of all clients, and of each class."""
    again = np.array([case.lived(year) for year in range(YEARS)])
    left = [np.mean(again[:, case.classes == place] != place) for place in range(CLASS_COUNT)]
    said = [case.noise.changed, *case.noise.left]
    return np.array([said, [np.mean(again != case.classes), *left]])


def _naive(case: Case, seed: int) -> Floats:
    """(10,) share that leaves A: model, two bootstraps, true; P(A) of those above .8, said by the
    three, then true of them.
    """
    years = np.array([case.lived(year) for year in range(YEARS)])
    client, value = case.base.sold(2000 + seed)
    in_a = case.classes == 0
    told = [case.noise.probabilities[:, 0]]
    told += [_drawn_again(client, value, len(in_a), is_counted) for is_counted in (False, True)]
    true = (years == 0).mean(axis=0)
    left = [*(1 - p[in_a].mean() for p in told), 1 - true[in_a].mean()]
    sure = [p >= 0.8 for p in told]
    said = [p[of].mean() if of.any() else np.nan for p, of in zip(told, sure, strict=True)]
    return np.array([*left, *said, *(true[of].mean() if of.any() else np.nan for of in sure)])


def _drawn_again(client: Floats, value: Floats, clients: int, is_counted: bool) -> Floats:
    """(clients,) share of bootstraps in A. is_counted: the number of orders is drawn as well."""
    random = np.random.default_rng(1)
    order = np.argsort(client, kind="stable")
    client, value = client[order], value[order]
    number = np.bincount(client, minlength=clients)
    first = np.cumsum(number) - number
    inside = np.zeros(clients)
    for _ in range(DRAWS):
        if is_counted:
            drawn = value * random.poisson(1.0, len(value))
        else:
            place = first[client] + np.floor(random.random(len(value)) * number[client])
            drawn = value[place.astype(np.intp)]
        inside += by_margin(np.bincount(client, drawn, clients)) == 0
    return inside / DRAWS


def _shares(case: Case) -> Floats:
    """(clients, 4) share of years in each class."""
    again = np.array([case.lived(year) for year in range(YEARS)])
    return np.stack([(again == place).mean(axis=0) for place in range(CLASS_COUNT)], axis=1)


def _found(case: Case, share: float, factor: float) -> float:
    """Share of ten years in which the change of so many clients passes the threshold."""
    random, found = np.random.default_rng(1), []
    for year in range(10):
        size = len(case.classes)
        up = np.where(random.random(size) < 0.5, factor, 1 / factor)
        change = np.where(random.random(size) < share, up, 1.0)
        found.append(case.moved(year, change) > case.noise.threshold)
    return float(np.mean(found))


TABLES = (changes, calibration, naive, power, million)

if __name__ == "__main__":
    print(report())
