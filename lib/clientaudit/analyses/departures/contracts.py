"""The contracts as agreements: terms that follow one another, and what became of each."""

import datetime as dt
from bisect import bisect_left
from dataclasses import dataclass

import ibis
import numpy as np
import numpy.typing as npt
import pandas as pd
from ibis.expr.types import Table

from clientaudit.models.intervals import Floats
from clientaudit.models.survival import SurvivalCurve, kaplan_meier

GRACE_DAYS = 90  # between two terms of one agreement; half a term where shorter [our default]
AT_RISK = 10  # agreements under which a curve is not begun
RUNNING, RENEWED, ENDED = "running", "renewed", "ended"
OPTIONAL = {
    "end_date": "date",
    "terminated_on": "date",
    "terminated_by": "string",
    "status": "string",
    "tacit_renewal": "boolean",
    "notice_days": "int64",
    "term_months": "int64",
    "amount_year": "decimal(18, 4)",
    "product_family": "string",
}
DATES = ["start_date", "end_date", "terminated_on"]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class ContractBook:
    """The terms of a firm's contracts at the cut-off date, and the agreements they make up.

    terms: from `contract_terms`. agreements: from `agreements_of`. first_end: when the first
    agreement of the file ended. Endings are known after it only: a file may hold the whole past of
    the contracts that ran on some day, and nothing of those ended before. None where none has
    ended: a file of running contracts says nothing of renewals.
    """

    terms: pd.DataFrame
    agreements: pd.DataFrame
    first_end: dt.date | None

    @property
    def runs_on(self) -> pd.DataFrame:
        """Terms past their written end that renew by themselves and that nobody ended."""
        return self.terms[(self.terms["outcome"] == RUNNING) & self.terms["is_past_end"]]


def contract_book(contracts: Table, *, as_of: dt.date) -> ContractBook:
    """The terms and the agreements of the contracts.

    contracts: one row per term: contract_id, client_id, start_date and where mapped end_date,
    terminated_on, terminated_by, status, tacit_renewal, notice_days, term_months, amount_year,
    product_family.
    """
    terms = contract_terms(contracts, as_of=as_of)
    ends = terms.loc[terms["outcome"] == ENDED, "stop_date"]
    first = None if ends.empty else ends.min().date()
    return ContractBook(terms, agreements_of(terms, first, as_of=as_of), first)


def contract_terms(contracts: Table, *, as_of: dt.date) -> pd.DataFrame:
    """One row per term begun by the cut-off date, oldest first, and what became of it.

    A term stops at its end, or where it was terminated before. It is renewed where another term of
    the same client (and product family) starts within 90 days of that, or half its length if that
    is less; each term renews one. A term past its end without a successor runs on where it renews
    by itself and nobody ended it; else it has ended, though it may still be renewed late: without
    those, only the renewed ones of the last weeks would count.

    Returns contract_id, client_id, start_date, stop_date (missing where it runs without an end),
    end_date (as written), terminated_by ("" = nobody said), tacit_renewal, notice_days,
    term_months, amount_year, outcome (running, renewed, ended), is_leaving (terminated, its last
    day still ahead), is_past_end, agreement (rows of one agreement share it), number (of the term
    in its agreement, from 1).
    """
    rows = _rows(contracts)
    today = pd.Timestamp(as_of)
    stop = rows[["end_date", "terminated_on"]].min(axis=1)
    started = rows["start_date"] <= today
    following = _successors(rows, stop)
    has_next = following >= 0
    terminated = rows["terminated_on"].notna() | (rows["status"] == "terminated")
    past = (stop <= today) & started
    tacit = rows["tacit_renewal"] & ~terminated & (rows["status"] != "expired")
    conditions = [(~past).to_numpy(), has_next, tacit.to_numpy()]
    outcome = np.select(conditions, [RUNNING, RENEWED, RUNNING], default=ENDED)
    agreement, number = _chains(following)
    found = rows.assign(
        stop_date=stop, outcome=outcome, is_leaving=terminated & ~past, is_past_end=past,
        agreement=agreement, number=number,
    )  # fmt: skip
    names = [
        "contract_id", "client_id", "start_date", "stop_date", "end_date", "terminated_by",
        "tacit_renewal", "notice_days", "term_months", "amount_year", "outcome", "is_leaving",
        "is_past_end", "agreement", "number",
    ]  # fmt: skip
    return found.loc[started, names].reset_index(drop=True)


def agreements_of(
    terms: pd.DataFrame, first_end: dt.date | None, *, as_of: dt.date
) -> pd.DataFrame:
    """One row per agreement: its terms taken together.

    terms: from `contract_terms`. first_end: see `ContractBook`.

    Returns agreement, client_id, start_date, duration_days (to its end, or to the cut-off date),
    is_lost, is_older (it began before endings are known: counted from its first term in the file),
    entry_days (age at which it came under watch; one that ended before never did).
    """
    last = terms.sort_values("number").groupby("agreement").last()
    first = terms.groupby("agreement")["start_date"].min()
    known = pd.Timestamp(first_end or as_of)
    is_lost = last["outcome"] == ENDED
    end = last["stop_date"].where(is_lost, pd.Timestamp(as_of))
    return pd.DataFrame(
        {
            "client_id": last["client_id"],
            "start_date": first,
            "duration_days": (end - first).dt.days + 1,
            "is_lost": is_lost,
            "is_older": first < known,
            "entry_days": ((known - first).dt.days + 1).clip(lower=0),
        }
    ).reset_index()


def under_contract(book: ContractBook | None, day: dt.date) -> set[str]:
    """The clients with a contract that runs on a day."""
    if book is None:
        return set()
    terms, at = book.terms, pd.Timestamp(day)
    stops = terms["stop_date"].where(~(terms["is_past_end"] & (terms["outcome"] == RUNNING)))
    runs = (terms["start_date"] <= at) & (stops.isna() | (stops > at))
    return set(terms.loc[runs, "client_id"])


def agreement_curve(book: ContractBook | None) -> SurvivalCurve | None:
    """How long agreements last (Kaplan-Meier); the older ones enter at the age they had.

    None without an ending, or with fewer than ten agreements under watch at the first of them.
    """
    if book is None:
        return None
    rows = book.agreements[book.agreements["duration_days"] > book.agreements["entry_days"]]
    if not rows["is_lost"].any():
        return None
    days, entry = (rows[name].to_numpy(float) for name in ("duration_days", "entry_days"))
    curve = kaplan_meier(days, rows["is_lost"].to_numpy(bool), entries=entry)
    return curve if curve.at_risk[0] >= AT_RISK else None


def _rows(contracts: Table) -> pd.DataFrame:
    """The terms with a start, oldest first; codes order equals only. Ended ones need a date."""
    absent = {n: ibis.null(kind) for n, kind in OPTIONAL.items() if n not in contracts.columns}
    known = contracts.mutate(**absent).filter(contracts.start_date.notnull())
    picked = known.select("start_date", *OPTIONAL, "client_id", "contract_id")
    rows: pd.DataFrame = picked.order_by(picked.columns).execute()
    for name in DATES:
        rows[name] = pd.to_datetime(rows[name])
    for name in ("terminated_by", "status", "product_family"):
        rows[name] = rows[name].fillna("").astype(str)
    rows["tacit_renewal"] = rows["tacit_renewal"].eq(True)
    for name in ("amount_year", "notice_days", "term_months"):
        rows[name] = rows[name].astype(float)
    undated = rows["status"].isin(["expired", "terminated"]) & rows[DATES[1:]].isna().all(axis=1)
    return rows[~undated].reset_index(drop=True)


def _grace(rows: pd.DataFrame, stop: "pd.Series[pd.Timestamp]") -> Floats:
    """Days around the end of each term within which another renews it."""
    length = (stop - rows["start_date"]).dt.days.to_numpy(float)
    return np.minimum(GRACE_DAYS, length / 2)


def _successors(rows: pd.DataFrame, stop: "pd.Series[pd.Timestamp]") -> Rows:
    """Row of the term that renews each term, -1 where none does."""
    day = pd.Timestamp(0)
    start, end = ((days - day).dt.days.to_numpy(float) for days in (rows["start_date"], stop))
    grace = _grace(rows, stop)
    found = np.full(len(rows), -1, dtype=np.intp)
    for group in rows.groupby(["client_id", "product_family"], sort=False).indices.values():
        places = np.asarray(group)
        starts, free = start[places].tolist(), places.tolist()  # in order of their start
        for row in places[np.argsort(end[places], kind="stable")].tolist():
            if np.isnan(end[row]):
                continue
            at = bisect_left(starts, max(end[row] - grace[row], start[row] + 1))
            if at < len(starts) and starts[at] <= end[row] + grace[row]:
                found[row] = free.pop(at)
                starts.pop(at)
    return found


def _chains(following: Rows) -> tuple[Rows, Rows]:
    """The agreement of each term, and its number in it; a successor always starts later."""
    agreement, number = np.arange(len(following)), np.ones(len(following), dtype=np.intp)
    for row, after in enumerate(following):
        if after >= 0:
            agreement[after], number[after] = agreement[row], number[row] + 1
    return agreement, number
