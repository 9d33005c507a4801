"""What the contracts say: renewals past and to come, and how long agreements last."""

import numpy as np
import pandas as pd

from clientaudit.analyses.departures.contracts import ContractBook
from clientaudit.analyses.departures.findings import missing
from clientaudit.analyses.departures.renewals import WHO, Ahead
from clientaudit.findings import Finding
from clientaudit.models.survival import SurvivalCurve

YEAR_DAYS = 365
SHOWN_YEARS = (5, 3, 2, 1)


def renewal_findings(
    book: ContractBook | None, years: pd.DataFrame, ended: pd.DataFrame
) -> list[Finding]:
    """How many of the contracts that came to an end were renewed, and who ended the others.

    years: from `renewals_table`. ended: from `ended_table`.
    """
    if book is None:
        return [missing(
            "departures.renewals",
            "Renewals are not computed: table contracts missing. Ask for all contracts, those that "
            "have ended too.",
        )]  # fmt: skip
    if years.empty:
        return [missing(
            "departures.renewals",
            "Renewals are not computed: the contracts given do not cover a year with endings. Ask "
            "for those that have ended too.",
        )]  # fmt: skip
    last = years.iloc[0]
    low, high = float(last["low_rate"]), float(last["high_rate"])
    found = [
        Finding(
            "departures.renewals",
            "{renewed:int} of {due:int} {due:plural:contract|contracts} that came to an end in the "
            "last twelve months {renewed:plural:was|were} renewed ({rate:pct}, {low:pct} to "
            "{high:pct})."
            if pd.isna(last["amount_low_rate"])
            else "{renewed:int} of {due:int} {due:plural:contract|contracts} that came to an end "
            "in the last twelve months {renewed:plural:was|were} renewed ({rate:pct}, {low:pct} to "
            "{high:pct}), and {amount_rate:pct} of the yearly amount ({amount_low:pct} to "
            "{amount_high:pct}).",
            {
                "renewed": int(last["renewed_count"]),
                "due": int(last["due_count"]),
                "rate": float(last["renewal_rate"]),
                "low": low,
                "high": high,
                "amount_rate": _known(last["amount_renewal_rate"]),
                "amount_low": _known(last["amount_low_rate"]),
                "amount_high": _known(last["amount_high_rate"]),
            },
            interval=(low, high),
            n=int(last["due_count"]),
            evidence="renewals",
            verdict="PASS" if book.agreements["is_lost"].any() else "FLAG",
        ),
        _ended(ended),
    ]
    return [*found, *_runs_on(book)]


def agreement_findings(book: ContractBook | None, curve: SurvivalCurve | None) -> list[Finding]:
    """How long agreements last. curve: from `agreement_curve`."""
    if book is None or curve is None:
        return [missing(
            "departures.agreements",
            "How long agreements last is not computed: table contracts missing."
            if book is None
            else "How long agreements last is not computed: none has ended, or fewer than ten were "
            "under watch when the first one did.",
        )]  # fmt: skip
    years = next((y for y in SHOWN_YEARS if curve.watched(y * YEAR_DAYS) >= 10), SHOWN_YEARS[-1])
    share, low, high = curve.at(years * YEAR_DAYS)
    older = int(book.agreements["is_older"].sum())
    return [
        Finding(
            "departures.agreements",
            "{share:pct} of the agreements last {years:int} {years:plural:year|years} or more "
            "({low:pct} to {high:pct}); {older:int} of {agreements:int} began before endings are "
            "known and count from their first term in the file.",
            {
                "share": share, "years": years, "low": low, "high": high, "older": older,
                "agreements": curve.n,
            },
            interval=(low, high),
            n=curve.n,
        )
    ]  # fmt: skip


def ahead_findings(
    book: ContractBook | None, ahead: Ahead | None, then: tuple[Ahead, int] | None
) -> list[Finding]:
    """What should be renewed within a year, and how the same reckoning did a year ago.

    ahead: from `renewals_ahead`. then: from `renewals_expected_then`.
    """
    if ahead is None:
        return [missing(
            "departures.renewals_ahead",
            "Renewals to come are not forecast: table contracts missing."
            if book is None
            else "Renewals to come are not forecast: no contract comes to an end within a year, or "
            "too few have ended so far.",
        )]  # fmt: skip
    expected, low, high = ahead.count
    amount, amount_low, amount_high = ahead.amount
    first = Finding(
        "departures.renewals_ahead",
        "Of {due:int} {due:plural:contract that comes|contracts that come} to an end within a "
        "year, {expected:int} should be renewed ({low:int} to {high:int})."
        if np.isnan(amount)
        else "Of {due:int} {due:plural:contract that comes|contracts that come} to an end within a "
        "year, {expected:int} should be renewed ({low:int} to {high:int}), worth {amount:money} of "
        "{total:money} a year ({amount_low:money} to {amount_high:money}).",
        {
            "due": ahead.due_count, "expected": expected, "low": low, "high": high,
            "amount": _known(amount), "amount_low": _known(amount_low),
            "amount_high": _known(amount_high), "total": _known(ahead.due_amount),
        },
        interval=(low, high),
        n=ahead.due_count,
        evidence="renewals_ahead",
    )  # fmt: skip
    return [first, *_then(then)]


def _ended(ended: pd.DataFrame) -> Finding:
    who = ended["terminated_by"].value_counts()
    still = int(ended["still_buys"].sum())
    by_client, by_us = int(who.get(WHO["client"], 0)), int(who.get(WHO["us"], 0))
    return Finding(
        "departures.contracts_ended",
        "{ended:int} {ended:plural:contract|contracts} ended in the last twelve months: "
        "{client:int} by the client, {us:int} by the firm, {unsaid:int} without a word of who. For "
        "{still:int} of them the client still buys.",
        {
            "ended": len(ended), "client": by_client, "us": by_us,
            "unsaid": len(ended) - by_client - by_us, "still": still,
        },
        n=len(ended),
        evidence="ended_contracts",
    )  # fmt: skip


def _runs_on(book: ContractBook) -> list[Finding]:
    rows = book.runs_on
    unknown = int((~(rows["term_months"] > 0)).sum())
    if rows.empty:
        return []
    return [Finding(
        "departures.contracts_run_on",
        "{contracts:int} {contracts:plural:contract is|contracts are} past the end written in the "
        "file, {contracts:plural:renews|renew} by {contracts:plural:itself|themselves} and nobody "
        "ended {contracts:plural:it|them}: taken to run on. The present term ends whole terms "
        "after the written end, and its deadline is watched."
        if not unknown
        else "{contracts:int} {contracts:plural:contract is|contracts are} past the end written in "
        "the file, {contracts:plural:renews|renew} by {contracts:plural:itself|themselves} and "
        "nobody ended {contracts:plural:it|them}: taken to run on. Where a term is known, the "
        "present one ends whole terms after the written end; for {unknown:int} it is not, and no "
        "deadline is watched: ask for the end of the present term.",
        {"contracts": len(rows), "unknown": unknown},
        verdict="FLAG",
    )]  # fmt: skip


def _then(then: tuple[Ahead, int] | None) -> list[Finding]:
    if then is None:
        return []
    found, came = then
    expected, low, high = found.count
    return [Finding(
        "departures.renewals_check",
        "A year ago the same reckoning would have expected {expected:int} "
        "{expected:plural:renewal|renewals} of {due:int} ({low:int} to {high:int}); {came:int} "
        "came.",
        {"expected": expected, "low": low, "high": high, "due": found.due_count, "came": came},
        interval=(low, high),
        n=found.due_count,
        verdict="PASS" if low <= came <= high else "FLAG",
    )]  # fmt: skip


def _known(number: float) -> float | None:
    return None if pd.isna(number) else float(number)
