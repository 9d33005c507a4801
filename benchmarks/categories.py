"""The analyses of groups and grid (notebooks 05 and 11) on a base of a million clients."""

from pathlib import Path

from benchmarks.harness import Step
from benchmarks.many_clients import Clock, table

CATEGORIES = Step(
    "groups and grid", "categories:analyses", ("clientaudit.analyses.grid_chance",), runs=1
)


def report(scale: float = 1.0) -> str:
    """The table. scale: share of the clients."""
    return table(CATEGORIES, scale)


def analyses(home: Path) -> dict[str, float]:
    """Every analysis of notebooks 05 and 11, in their order; seconds of each."""
    from clientaudit.analyses import (
        grid,
        grid_actions,
        grid_chance,
        grid_moves,
        grid_register,
        grid_treatment,
        groups,
        groups_evidence,
        groups_profile,
    )
    from clientaudit.audit import open_audit

    timed = Clock()
    audit = timed("opening", lambda: open_audit(home / "engagement.yml"))
    measures = timed("measures of each client", lambda: groups.measures_of(audit))
    found = timed("groups", lambda: groups.groups_of(audit, measures))
    timed("rule", lambda: groups_profile.rule_of(found, seed=audit.thresholds.seed))
    timed(
        "a period earlier",
        lambda: groups_evidence.validation_of(audit, found, groups_evidence.earlier_of(audit)),
    )
    scores = timed("profit, potential, relation", lambda: grid.scores_of(audit))
    decided = grid_register.overrides_of(grid_register.register_of(audit), audit)
    classed = timed("classes", lambda: grid.grid_of(audit, scores, decided))
    chances = timed("years lived again", lambda: grid_chance.chances_of(audit, classed))
    timed("weights", lambda: grid_chance.sensitivity_of(audit, classed))
    classed = grid_chance.with_chances(classed, chances)
    delivered = timed("treatment", lambda: grid_treatment.delivered_table(audit, classed.clients))
    timed(
        "privileges",
        lambda: grid_actions.privileges_table(classed.clients, delivered, audit),
    )
    then = timed("the grid a year earlier", lambda: grid.then_of(audit))
    timed("moves", lambda: grid_moves.moves_of(audit, classed, then))
    return timed.seconds
