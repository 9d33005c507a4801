"""The analyses of the departure watch (notebook 06) on a base of a million clients.

Linear algebra has one thread, as in the kernels of a run.
"""

from pathlib import Path

from benchmarks.harness import Step
from benchmarks.many_clients import Clock, table

WATCH = Step(
    "departure watch", "watch:analyses", ("clientaudit.analyses.departures.outlook",), runs=1,
    environment={"OPENBLAS_NUM_THREADS": "1"},
)  # fmt: skip


def report(scale: float = 1.0) -> str:
    """The table. scale: share of the clients."""
    return table(WATCH, scale)


def analyses(home: Path) -> dict[str, float]:
    """Every analysis of notebook 06, in its order; seconds of each."""
    from clientaudit.analyses.departures import outlook, retention
    from clientaudit.analyses.departures import watch as departures
    from clientaudit.analyses.departures.attrition import attrition_rates
    from clientaudit.audit import open_audit

    timed = Clock()
    audit = timed("opening", lambda: open_audit(home / "engagement.yml"))
    losses = timed("attrition", lambda: departures.attrition_of(audit))
    timed("attrition rates", lambda: attrition_rates(losses))
    watch = timed("silence and rhythm", lambda: departures.watch_of(audit, losses))
    past = timed("back-test", lambda: departures.past_at(audit, watch))
    known = {
        "solicitations": departures.solicitations_of(audit),
        "deadlines": departures.deadlines_of(audit, departures.book_of(audit)),
    }
    timed("work list", lambda: departures.alerts_of(audit, watch, past, **known))
    timed("rules in the past", lambda: departures.rules_past(audit, watch, past))
    timed("retention curves", lambda: departures.retention_at(audit))
    known = {"first_date": audit.facts.lines.first_date, "lost_days": audit.thresholds.lost_days}
    timed(
        "losses by tenure",
        lambda: retention.hazard_table(
            audit.table("clients"), audit.summary, as_of=audit.as_of, **known
        ),
    )
    timed("the next twelve months", lambda: outlook.next_year_of(audit, watch, k=past.k))
    return timed.seconds
