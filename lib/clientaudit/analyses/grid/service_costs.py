"""What serving each client cost: the activities at the firm's own unit costs, never at ours."""

import datetime as dt

import ibis
from ibis.expr.types import Table

from clientaudit.analyses.grid.service_events import FOUNDED, SERVICE, UNFOUNDED
from clientaudit.engine.period import Period
from clientaudit.engine.tables import completed
from clientaudit.errors import AuditError, Fault

MONEY = "decimal(18, 4)"
EVER, NEVER = dt.date(1, 1, 1), dt.date(9999, 12, 31)


def rates_table(costs: Table | None) -> Table:
    """What each activity costs, and from when to when.

    costs: activity and where given unit_cost, hours, hourly_rate, valid_from; None = no rate.

    Returns one row per activity and rate: activity, unit_cost (the one given, else hours times
        hourly rate; null where only a rate per hour is known), hourly_rate, valid_from (null =
        ever), valid_until (the first day of the next rate).

    Raises AuditError where an activity has two different rates from one day on.
    """
    if costs is None:
        empty = {"activity": "string", "unit_cost": MONEY, "hourly_rate": MONEY,
                 "valid_from": "date", "valid_until": "date"}  # fmt: skip
        return ibis.memtable([], schema=empty)
    known = completed(costs, unit_cost=MONEY, hours="float64", hourly_rate=MONEY, valid_from="date")
    timed = known.hours.try_cast(MONEY) * known.hourly_rate
    rates = known.select(
        "activity",
        "hourly_rate",
        unit_cost=ibis.coalesce(known.unit_cost, timed.cast(MONEY)),
        valid_from=known.valid_from.fill_null(EVER),
    ).distinct()
    rates = rates.filter(rates.unit_cost.notnull() | rates.hourly_rate.notnull())
    _refuse_two_rates(rates)
    following = rates.valid_from.lead().over(group_by="activity", order_by="valid_from")
    return rates.mutate(valid_until=following.fill_null(NEVER))


def priced_events(events: Table, rates: Table, period: Period) -> Table:
    """The events of a period with what they cost.

    events: from `service_events`. rates: from `rates_table`.

    Returns the columns of `events` and cost: the amount that the export itself gives, else its
        hours at the rate per hour, else the unit cost of the day; null where none is known.
    """
    seen = events.filter(period.holds(events.date))
    joined = seen.left_join(
        rates,
        [
            seen.activity == rates.activity,
            seen.date >= rates.valid_from,
            seen.date < rates.valid_until,
        ],
    )
    by_hour = (seen.hours * rates.hourly_rate).cast(MONEY)
    by_unit = (seen.event_count * rates.unit_cost).cast(MONEY)
    return joined.select(seen, cost=ibis.coalesce(seen.amount, by_hour, by_unit))


def costs_by_client(priced: Table) -> Table:
    """Cost of serving, of unfounded incidents and of our own faults, per client.

    priced: from `priced_events`.

    Returns one row per client: client_id, service_cost, incident_cost, founded_cost; null where
        nothing of the kind has a cost.
    """
    names = {"service_cost": SERVICE, "incident_cost": UNFOUNDED, "founded_cost": FOUNDED}
    return priced.group_by("client_id").agg(
        **{n: priced.cost.sum(where=priced.borne_by == kind) for n, kind in names.items()}
    )


def uncosted_activities(priced: Table, direct: Table | None, period: Period) -> tuple[str, ...]:
    """The activities of which some event has no cost, by name.

    priced: from `priced_events`. direct: the table client_costs; an activity that it holds in the
    period is costed there.
    """
    missing = priced.filter(priced.cost.isnull()).select("activity").distinct()
    found = set(missing.execute()["activity"])
    if direct is not None:
        held = direct.filter(period.holds(direct.period)).select("activity").distinct()
        found -= set(held.execute()["activity"])
    return tuple(sorted(found))


def _refuse_two_rates(rates: Table) -> None:
    given = ibis.coalesce(rates.unit_cost, rates.hourly_rate).cast("float64")
    same = rates.group_by("activity", "valid_from").agg(
        n=rates.count(), low=given.min(), high=given.max()
    )
    twice = same.filter(same.n > 1).order_by("activity", "valid_from")
    twice = twice.mutate(valid_from=twice.valid_from.cast("string")).execute()
    if len(twice):
        faults = [
            Fault(
                f"costs, {row.activity}",
                f"several rates {_since(row.valid_from)} ({row.low} to {row.high}); keep one, or "
                "give each its valid_from.",
            )
            for row in twice.itertuples()
        ]
        raise AuditError("The unit costs cannot be used.", faults)


def _since(day: str) -> str:
    return "without a date" if day == EVER.isoformat() else f"from {day} on"
