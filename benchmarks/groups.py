"""How often groups are seen where there are none, and found where they are; time at a million.

`python -m benchmarks.groups` prints the tables; tests/models/test_groups.py holds smaller versions.
"""

import time
from collections import Counter
from collections.abc import Iterator

import numpy as np

from clientaudit.models.groups.grouping import (
    GroupFit,
    GroupRules,
    NoGroups,
    fit_groups,
)
from clientaudit.models.groups.rules import group_rule
from models.grouped import STRUCTURELESS, heavy_dependence, planted

RULES = GroupRules(most=6, min_rows=30, min_size=5, min_jaccard=0.75, seed=20260831)
ROWS, BASES, POWER_BASES, MILLION = 300, 200, 50, 1_000_000
KINDS = STRUCTURELESS | {"multivariate t3 (known weakness)": heavy_dependence}


def report() -> str:
    """Every table, as Markdown."""
    return "\n\n".join("\n".join(lines()) for lines in (level, power, times))


def level() -> Iterator[str]:
    """Share of structureless bases of which no groups are said."""
    yield f"| {BASES} bases of {ROWS} clients without groups | right | of them unstable |"
    yield "|---|---:|---:|"
    for name, base in KINDS.items():
        found = Counter(_reason(_fit(base(seed, ROWS))) for seed in range(1000, 1000 + BASES))
        yield f"| {name} | {BASES - found['groups']} | {found['none_stable']} |"


def power() -> Iterator[str]:
    """Three planted groups beside two noise features: seen, counted right, recovered."""
    yield (
        "| three groups, deviations apart | clients | seen | as three | adjusted Rand of these "
        "(median, lowest) | of them at least .9 |"
    )
    yield "|---:|---:|---:|---:|---:|---:|"
    for rows in (ROWS, 1000):
        for apart in (3.0, 4.0, 5.0):
            yield f"| {apart:.0f} | {rows} | {_power(apart, rows)} |"


def times() -> Iterator[str]:
    """Seconds for the features of many clients, with groups and without."""
    yield "| clients | base | seconds | processor seconds |\n|---:|---|---:|---:|"
    bases = {"three groups": lambda rows: planted(1, rows, apart=5.0)[0]}
    bases |= {"no groups": lambda rows: STRUCTURELESS["one correlated Gaussian"](1, rows)}
    for rows in (ROWS, 5000, MILLION):
        for name, base in bases.items():
            values = base(rows)
            start, cpu = time.perf_counter(), time.process_time()
            fit = _fit(values)
            if isinstance(fit, GroupFit):
                group_rule(values, fit.labels, seed=1)
            seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
            yield f"| {rows:,} | {name} | {seconds:.1f} | {cpu:.1f} |"


def _power(apart: float, rows: int) -> str:
    from sklearn.metrics import adjusted_rand_score

    found, agreed = 0, []
    for seed in range(POWER_BASES):
        values, truth = planted(1000 + seed, rows, apart=apart)
        fit = _fit(values)
        if isinstance(fit, GroupFit):
            found += 1
            if len(fit.grouping.centres) == 3:
                agreed.append(adjusted_rand_score(truth, fit.labels))
    if not agreed:
        return f"{found / POWER_BASES:.0%} | 0 | | "
    return (
        f"{found / POWER_BASES:.0%} | {len(agreed)} | {np.median(agreed):.2f}, {min(agreed):.2f} "
        f"| {np.mean(np.array(agreed) >= 0.9):.0%}"
    )


def _fit(values: np.ndarray) -> GroupFit | NoGroups:
    return fit_groups(values, rank_by=values[:, 0], rules=RULES)


def _reason(fit: GroupFit | NoGroups) -> str:
    return fit.reason if isinstance(fit, NoGroups) else "groups"


if __name__ == "__main__":
    print(report())
