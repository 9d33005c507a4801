"""Contracts that must be settled soon, counted from the day on which notice must be given."""

import datetime as dt

import ibis
from ibis.expr.types import Table, Value

DEFAULT_NOTICE_DAYS = 90  # where the export does not say (DATA_MODEL §1), and marked so
OPTIONAL = {
    "notice_days": "int64",
    "tacit_renewal": "boolean",
    "amount_year": "decimal(18, 4)",
    "terminated_on": "date",
    "end_date": "date",
}
TO_SETTLE, RENEWS = "to settle", "renews by itself"


def running_contracts(contracts: Table, *, as_of: dt.date) -> Table:
    """The contracts that run at the cut-off date, with the last day to act on each.

    contracts: contract_id, client_id, start_date and where mapped end_date, notice_days,
        tacit_renewal, amount_year, terminated_on.

    Returns one row per contract: contract_id, client_id, start_date, end_date, notice_days,
        is_notice_assumed, tacit_renewal, amount_year, decide_by, days_left.

    A contract that renews by itself must be settled `notice_days` before its end, any other by its
    end (R11). A notice that is not given is taken as 90 days, and marked. `days_left` is negative
    once the day has passed; both are null for a contract without an end.
    """
    known = contracts.mutate(
        **{n: ibis.null(kind) for n, kind in OPTIONAL.items() if n not in contracts.columns}
    )
    day = ibis.literal(as_of)
    running = known.filter(
        known.start_date <= day,
        known.end_date.isnull() | (known.end_date >= day),
        known.terminated_on.isnull() | (known.terminated_on > day),
    )
    tacit = running.tacit_renewal.fill_null(False)
    notice = ibis.greatest(running.notice_days.fill_null(DEFAULT_NOTICE_DAYS), 0)
    decide_by = running.end_date - ibis.ifelse(tacit, notice, 0) * ibis.interval(days=1)
    return running.select(
        "contract_id", "client_id", "start_date", "end_date",
        notice_days=notice,
        is_notice_assumed=running.notice_days.isnull() & tacit,
        tacit_renewal=tacit,
        amount_year=running.amount_year.cast("float64"),
        decide_by=_as_date(decide_by),
    ).mutate(days_left=lambda t: t.decide_by.delta(day, unit="day"))  # fmt: skip


def deadlines_table(contracts: Table, *, as_of: dt.date, weeks: int) -> Table:
    """The contracts to settle within some weeks, and those that end by then without a choice left.

    contracts: see `running_contracts`. weeks: how far to look ahead.

    Returns the rows of `running_contracts` with `outcome`: to settle (the last day to act lies
    ahead, within `weeks`), renews by itself (that day has passed, the end lies within `weeks`).
    In order of the day to decide by, then of the amount.
    """
    running = running_contracts(contracts, as_of=as_of)
    last = as_of + dt.timedelta(weeks=weeks)
    passed = running.decide_by < as_of
    due = running.mutate(outcome=ibis.ifelse(passed, RENEWS, TO_SETTLE))
    return due.filter(ibis.ifelse(passed, due.end_date <= last, due.decide_by <= last)).order_by(
        due.decide_by, due.amount_year.desc(nulls_first=False), due.contract_id
    )


def _as_date(value: Value) -> Value:
    return value.cast("date")
