"""Contracts due, renewed and ended: by year, by who ended them, and in the year to come."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from clientaudit.analyses.departures.contracts import ENDED, RENEWED, RUNNING, ContractBook
from clientaudit.engine.money import exact_total
from clientaudit.engine.summary import months_before
from clientaudit.models.intervals import Floats, smooth_interval, wilson
from clientaudit.models.renewals import RenewalFit, common_chances, renewal_model

YEARS, YEAR_MONTHS, YEAR_DAYS = 4, 12, 365
DRAWS, LEVELS = 2000, (0.025, 0.975)
UNSAID = "nobody wrote down who"
WHO = {"client": "the client", "us": "the firm", "": UNSAID}
BY_FIRST, BY_ALL = "age of the agreement", "one chance for all"
ENDED_BY = ("client_ended_count", "us_ended_count", "unsaid_ended_count")
RENEWALS = [
    "year_end", "due_count", "renewed_count", "renewal_rate", "low_rate", "high_rate",
    "due_amount", "amount_renewal_rate", "amount_low_rate", "amount_high_rate",
    *ENDED_BY,
]  # fmt: skip
AHEAD = [
    "renewal_method", "due_count", "expected_count", "low_count", "high_count", "due_amount",
    "expected_amount", "low_amount", "high_amount",
]  # fmt: skip
LOST = [
    "contract_id", "client_id", "stop_date", "terminated_by", "amount_year", "last_purchase",
    "still_buys",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Ahead:
    """Renewals among terms that come to an end within a year, with the 95 % interval.

    count, amount: expected, low, high; amount is NaN where no contract has one. due_count,
    due_amount: of the terms. fit: None where one chance holds for all.
    """

    count: tuple[float, float, float]
    amount: tuple[float, float, float]
    due_count: int
    due_amount: float
    fit: RenewalFit | None


def renewals_table(book: ContractBook | None, *, as_of: dt.date) -> pd.DataFrame:
    """Terms that came to an end in each of the last years, and those renewed, latest first.

    Years begun before endings are known are left out. A term ended before its time counts in the
    year in which it was ended.

    Returns the columns of `RENEWALS`; rates by number (Wilson; by clients where one has several)
    and by yearly amount (`smooth_interval` over clients; null without amounts).
    """
    if book is None or book.first_end is None:
        return pd.DataFrame(columns=RENEWALS)
    ends = [months_before(as_of, YEAR_MONTHS * n) for n in range(YEARS)]
    rows = []
    for end in ends:
        start = months_before(end, YEAR_MONTHS)
        due = _decided(book.terms, start, end)
        if book.first_end <= start + dt.timedelta(days=31) and len(due):
            rows.append((end, *_rates(due)))
    return pd.DataFrame(rows, columns=RENEWALS)


def renewals_shown(years: pd.DataFrame) -> pd.DataFrame:
    """The rows of `renewals_table` for a page: no column of a party that ended no contract."""
    return years.drop(columns=[name for name in ENDED_BY if not years[name].any()])


def ended_table(
    book: ContractBook | None, clients: pd.DataFrame, *, as_of: dt.date
) -> pd.DataFrame:
    """The contracts that ended in the last twelve months, the largest amounts first.

    clients: client_id, last_purchase.

    Returns contract_id, client_id, stop_date, terminated_by, amount_year, last_purchase, still_buys
    (the client bought after the end).
    """
    if book is None:
        return pd.DataFrame(columns=LOST)
    due = _decided(book.terms, months_before(as_of, YEAR_MONTHS), as_of)
    bought = clients[["client_id", "last_purchase"]]
    lost = due[due["outcome"] == ENDED].merge(bought, on="client_id", how="left")
    found = lost.assign(
        stop_date=lost["stop_date"].dt.date,
        terminated_by=lost["terminated_by"].map(WHO),
        still_buys=pd.to_datetime(lost["last_purchase"]) > lost["stop_date"],
    )
    order = ["amount_year", "stop_date", "contract_id"]
    return found.sort_values(order, ascending=[False, True, True], ignore_index=True)[LOST]


def renewals_ahead(
    book: ContractBook | None, *, as_of: dt.date, min_clients: int, seed: int
) -> Ahead | None:
    """What to expect of the terms whose end lies in the next twelve months.

    Terms already terminated are left out. Where 30 agreements (`min_clients`) were seen from their
    first term and each has a chance of its own that can be told (shifted beta-geometric), theirs
    grows with the renewals made; older agreements share one chance, as all do otherwise, that
    differs between years as it did. None with nothing due, or fewer than `min_clients` terms
    decided.
    """
    if book is None or book.first_end is None:
        return None
    end = pd.Timestamp(as_of) + pd.Timedelta(days=YEAR_DAYS)
    terms = _with_age(book)
    due = terms[
        (terms["outcome"] == RUNNING) & ~terms["is_past_end"] & ~terms["is_leaving"]
        & (terms["stop_date"] <= end)
    ]  # fmt: skip
    return _ahead(_known_ends(terms, book), due, min_clients, seed)


def renewals_expected_then(
    book: ContractBook | None, *, as_of: dt.date, min_clients: int, seed: int
) -> tuple[Ahead, int] | None:
    """What the same reckoning would have said a year ago of the terms ended since, and what came.

    Returns the expectation, and the number renewed; None where nothing could be said then.
    """
    if book is None or book.first_end is None:
        return None
    start = months_before(as_of, YEAR_MONTHS)
    terms = _with_age(book)
    known = _known_ends(terms, book)
    before = known["stop_date"] <= pd.Timestamp(start)
    due = known[~before & (known["start_date"] <= pd.Timestamp(start))]
    found = _ahead(known[before], due, min_clients, seed)
    return None if found is None else (found, int((due["outcome"] == RENEWED).sum()))


def ahead_table(found: Ahead | None) -> pd.DataFrame:
    """`Ahead` as one row of a page: the columns of `AHEAD`, counts rounded."""
    if found is None:
        return pd.DataFrame(columns=AHEAD)
    method = BY_ALL if found.fit is None else BY_FIRST
    counts = [round(number) for number in found.count]
    row = (method, found.due_count, *counts, found.due_amount, *found.amount)
    return pd.DataFrame([row], columns=AHEAD)


def _decided(terms: pd.DataFrame, start: dt.date, end: dt.date) -> pd.DataFrame:
    """Terms that came to an end after `start`, up to `end`, renewed or not."""
    within = (terms["stop_date"] > pd.Timestamp(start)) & (terms["stop_date"] <= pd.Timestamp(end))
    return terms[within & terms["outcome"].isin([RENEWED, ENDED])]


def _rates(due: pd.DataFrame) -> tuple[Any, ...]:
    stayed = due["outcome"] == RENEWED
    lost = due.loc[~stayed, "terminated_by"]
    counts = due.assign(stayed=stayed * 1.0, one=1.0).groupby("client_id")[["stayed", "one"]].sum()
    low, high = _interval(counts.to_numpy(float))
    amount = due["amount_year"].fillna(0.0)
    sums = pd.DataFrame({"client_id": due["client_id"], "kept": amount * stayed, "all": amount})
    by_client = sums.groupby("client_id")[["kept", "all"]].sum().to_numpy(float)
    kept, everything = by_client.sum(axis=0)
    weighted = (np.nan,) * 3
    if everything > 0:
        weighted = (kept / everything, *_ratio_interval(by_client))
    by = [int((lost == who).sum()) for who in WHO]
    return (
        len(due), int(stayed.sum()), float(stayed.mean()), low, high, exact_total(amount),
        *weighted, *by,
    )  # fmt: skip


def _interval(counts: Floats) -> tuple[float, float]:
    """Of the renewal rate. counts: (clients, 2) renewed and due."""
    renewed, due = counts.sum(axis=0).astype(int).tolist()
    if renewed in (0, due):  # the clients are the sample, however many contracts each has
        return wilson(len(counts) if renewed else 0, len(counts))
    return wilson(renewed, due) if due == len(counts) else _ratio_interval(counts)


def _ratio_interval(sums: Floats) -> tuple[float, float]:
    """Of the share renewed; null where nothing or everything was. sums: (clients, 2)."""
    kept, everything = sums.sum(axis=0).tolist()
    if len(sums) < 2 or kept in (0.0, everything):
        return np.nan, np.nan
    low, high = smooth_interval(sums, lambda means: float(means[..., 0] / means[..., 1]))
    return max(low, 0.0), min(high, 1.0)


def _known_ends(terms: pd.DataFrame, book: ContractBook) -> pd.DataFrame:
    """Terms renewed or ended since endings are known: before, only the renewed ones are seen."""
    if book.first_end is None:
        return terms.iloc[:0]
    known = terms["stop_date"] > pd.Timestamp(book.first_end)
    return terms[known & terms["outcome"].isin([RENEWED, ENDED])]


def _with_age(book: ContractBook) -> pd.DataFrame:
    older = book.agreements[["agreement", "is_older"]]
    return book.terms.merge(older, on="agreement", how="left")


def _ahead(decided: pd.DataFrame, due: pd.DataFrame, min_clients: int, seed: int) -> Ahead | None:
    if due.empty or len(decided) < min_clients:
        return None
    fit = _fit(decided[~decided["is_older"]], min_clients)
    alike = due["is_older"].to_numpy() | (fit is None)
    of_all = decided[decided["is_older"]] if fit is not None else decided
    chances = np.empty((DRAWS, len(due)), dtype=np.float32)
    chances[:, alike] = common_chances(*_by_year(of_all), draws=DRAWS, seed=seed)[:, None]
    if fit is not None and not alike.all():
        chances[:, ~alike] = fit.chances(due["number"][~alike], draws=DRAWS, seed=seed + 1)
    made = np.random.default_rng(seed + 2).random(chances.shape, dtype=np.float32) < chances
    amounts = due["amount_year"].fillna(0.0).to_numpy(float)
    known = bool(due["amount_year"].notna().any())
    mean = chances.mean(axis=0, dtype=np.float64)
    return Ahead(
        count=(float(mean.sum()), *_bounds(made.sum(axis=1))),
        amount=(float(mean @ amounts), *_bounds(made @ amounts)) if known else (np.nan,) * 3,
        due_count=len(due),
        due_amount=exact_total(due["amount_year"]) if known else np.nan,
        fit=fit,
    )


def _fit(decided: pd.DataFrame, min_clients: int) -> RenewalFit | None:
    """One chance for each agreement; None where it cannot be told from one for all."""
    if decided["agreement"].nunique() < min_clients:
        return None
    stayed = decided["outcome"] == RENEWED
    renewed, lost = (
        np.bincount(decided.loc[rows, "number"], minlength=decided["number"].max() + 1)[1:]
        for rows in (stayed, ~stayed)
    )
    if ((renewed + lost) > 0).sum() < 2:
        return None
    fit = renewal_model(renewed, lost)
    return fit if fit.is_identified else None


def _by_year(decided: pd.DataFrame) -> tuple[Floats, Floats]:
    """Terms renewed and ended in each year, counted back from the last one."""
    back = ((decided["stop_date"].max() - decided["stop_date"]).dt.days // YEAR_DAYS).to_numpy()
    due = np.bincount(back, np.ones(len(back)))
    renewed = np.bincount(back, (decided["outcome"] == RENEWED).to_numpy(float))
    years = due > 0
    return np.asarray(renewed[years], float), np.asarray((due - renewed)[years], float)


def _bounds(totals: Floats) -> tuple[float, float]:
    low, high = np.quantile(totals, LEVELS).tolist()
    return low, high
