"""Contracts that must be settled soon, counted from the day on which notice must be given."""

import datetime as dt

import numpy as np
import pandas as pd

from clientaudit.analyses.departures.contracts import RUNNING, ContractBook

DEFAULT_NOTICE_DAYS = 90  # where the export does not say (DATA_MODEL §1), and marked so
TO_SETTLE, RENEWS = "to settle", "renews by itself"


def running_contracts(book: ContractBook, *, as_of: dt.date) -> pd.DataFrame:
    """The contracts that run at the cut-off date, with the last day to act on each.

    Returns one row per contract: contract_id, client_id, start_date, end_date (of the present
        term), is_end_reckoned, notice_days, is_notice_assumed, tacit_renewal, amount_year,
        decide_by, days_left.

    A contract that renews by itself must be settled `notice_days` before its end, any other by its
    end (R11). A notice that is not given is taken as 90 days, and marked. Where the written end of
    one that renews by itself has passed, its present term ends whole terms (term_months) later,
    and is marked; without a known term it has no end. `days_left` is negative once the day has
    passed; both are null for a contract without an end.
    """
    terms = book.terms[book.terms["outcome"] == RUNNING]
    tacit, notice, end = terms["tacit_renewal"], terms["notice_days"], terms["end_date"].copy()
    past = book.runs_on
    pairs = zip(past["end_date"], past["term_months"], strict=True)
    present = [_present_end(*pair, as_of) for pair in pairs]
    end[past.index] = pd.Series(present, past.index, dtype=end.dtype)
    days = notice.fillna(DEFAULT_NOTICE_DAYS).clip(lower=0)
    decide_by = end - pd.to_timedelta(days.where(tacit, 0), unit="D")
    found = terms[["contract_id", "client_id", "start_date"]].assign(
        end_date=end,
        is_end_reckoned=terms["is_past_end"] & end.notna(),
        notice_days=days.astype(int),
        is_notice_assumed=notice.isna() & tacit,
        tacit_renewal=tacit,
        amount_year=terms["amount_year"],
        decide_by=decide_by,
        days_left=(decide_by - pd.Timestamp(as_of)).dt.days,
    )
    return found.reset_index(drop=True)


def deadlines_table(book: ContractBook, *, as_of: dt.date, weeks: int) -> pd.DataFrame:
    """The contracts to settle within some weeks, and those that end by then without a choice left.

    weeks: how far to look ahead.

    Returns the rows of `running_contracts` with `outcome`: to settle (the last day to act lies
    ahead, within `weeks`), renews by itself (that day has passed, the end lies within `weeks`).
    In order of the day to decide by, then of the amount.
    """
    running = running_contracts(book, as_of=as_of)
    last = pd.Timestamp(as_of) + pd.Timedelta(weeks=weeks)
    passed = running["days_left"] < 0
    due = running.assign(outcome=np.where(passed, RENEWS, TO_SETTLE))
    near = running["end_date"].where(passed, running["decide_by"]) <= last
    order = ["decide_by", "amount_year", "contract_id"]
    return due[near].sort_values(order, ascending=[True, False, True], ignore_index=True)


def _present_end(end: pd.Timestamp, months: float, as_of: dt.date) -> pd.Timestamp | None:
    """Last day of the term that runs on the day after `as_of`, terms of so many months following
    the written end; missing where their length is not known.
    """
    if not months > 0:
        return None
    first, today = end + pd.Timedelta(days=1), pd.Timestamp(as_of) + pd.Timedelta(days=1)
    passed = (today.year - first.year) * 12 + today.month - first.month
    whole = int(passed // months)
    starts = (first + pd.DateOffset(months=int(months) * (whole + n)) for n in (0, 1))
    return next(start for start in starts if start > today) - pd.Timedelta(days=1)
