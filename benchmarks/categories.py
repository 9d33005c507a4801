"""The analyses of groups and grid (notebooks 05 and 11) on a base of a million clients."""

from pathlib import Path

from benchmarks.harness import Step
from benchmarks.many_clients import Clock, table

CATEGORIES = Step(
    "groups and grid", "categories:analyses", ("clientaudit.analyses.grid.chance",), runs=1
)


def report(scale: float = 1.0) -> str:
    """The table. scale: share of the clients."""
    return table(CATEGORIES, scale)


def analyses(home: Path) -> dict[str, float]:
    """Every analysis of notebooks 05 and 11, in their order; seconds of each."""
    from clientaudit.analyses.grid import (
        actions,
        attention,
        calibration,
        chance,
        classing,
        growth,
        moves,
        register,
        treatment,
        trends,
    )
    from clientaudit.analyses.groups import evidence, kinds, profile
    from clientaudit.audit import open_audit

    timed = Clock()
    audit = timed("opening", lambda: open_audit(home / "engagement.yml"))
    measures = timed("measures of each client", lambda: kinds.measures_of(audit))
    found = timed("groups", lambda: kinds.groups_of(audit, measures))
    timed("rule", lambda: profile.rule_of(found, seed=audit.thresholds.seed))
    timed(
        "a period earlier",
        lambda: evidence.validation_of(audit, found, evidence.earlier_of(audit)),
    )
    scores = timed("profit, potential, relation", lambda: classing.scores_of(audit))
    decided = register.overrides_of(register.register_of(audit), audit)
    classed = timed("classes", lambda: classing.grid_of(audit, scores, decided))
    chances = timed("years lived again", lambda: chance.chances_of(audit, classed))
    timed("weights", lambda: chance.sensitivity_of(audit, classed))
    classed = chance.with_chances(classed, chances)
    then = timed("the grid a year earlier", lambda: classing.then_of(audit))
    timed("said a year ago", lambda: calibration.reached_table(audit, classed, then))
    trend = timed("trends", lambda: trends.trends_of(audit))
    classed = timed("attention", lambda: attention.with_attention(classed, trend))
    delivered = timed("treatment", lambda: treatment.delivered_table(audit, classed.clients))
    timed(
        "privileges",
        lambda: actions.privileges_table(classed.clients, delivered, audit),
    )
    timed("moves", lambda: moves.migration_rows(classed, then))
    timed("growth by class", lambda: growth.growth_of(audit, then))
    return timed.seconds
