"""The analyses of the departure watch (notebook 06) on a base of a million clients."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import data, preparing
from benchmarks.harness import Step, measure

CLIENTS = 1_000_000
LINES_PER_CLIENT = 8  # each a purchase of its own
PREPARE = Step("prepare", "preparing:prepare", preparing.OURS, runs=1)
WATCH = Step("watch", "watch:analyses", ("clientaudit.analyses.departures_year",), runs=1)


def report(scale: float = 1.0) -> str:
    """Seconds of each analysis, and the highest memory of all. scale: share of the clients."""
    clients = int(CLIENTS * scale)
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        home = Path(folder)
        data.write_lines(
            home, clients * LINES_PER_CLIENT, per_client=LINES_PER_CLIENT, per_document=1
        )
        measure(PREPARE, home)
        found = measure(WATCH, home)
    if found is None:
        return "The watch could not be run."
    rows = [f"| departure watch, {clients:,} clients | seconds |", "|---|---:|"]
    rows += [f"| {name} | {seconds:.1f} |" for name, seconds in found.notes.items()]
    total = f"| all, {found.megabytes:,.0f} MB at most | {found.seconds:.1f} |"
    return "\n".join([*rows, total])


def analyses(home: Path) -> dict[str, float]:
    """Every analysis of notebook 06, in its order; seconds of each."""
    from clientaudit.analyses import departures, departures_year, retention
    from clientaudit.analyses.attrition import attrition_rates
    from clientaudit.audit import open_audit

    taken: dict[str, float] = {}

    def timed(name: str, run: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        found = run()
        taken[name] = time.perf_counter() - start
        return found

    audit = timed("opening", lambda: open_audit(home / "engagement.yml"))
    losses = timed("attrition", lambda: departures.attrition_of(audit))
    timed("attrition rates", lambda: attrition_rates(losses))
    watch = timed("silence and rhythm", lambda: departures.watch_of(audit, losses))
    past = timed("back-test", lambda: departures.past_at(audit, watch))
    timed("work list", lambda: departures.alerts_of(audit, watch, past))
    timed("rules in the past", lambda: departures.rules_past(audit, watch, past))
    timed("retention curves", lambda: departures.retention_at(audit))
    known = {"first_date": audit.facts.lines.first_date, "lost_days": audit.thresholds.lost_days}
    timed(
        "losses by tenure",
        lambda: retention.hazard_table(
            audit.table("clients"), audit.summary, as_of=audit.as_of, **known
        ),
    )
    timed("the next twelve months", lambda: departures_year.next_year_of(audit, watch, k=past.k))
    return taken
