"""Revenue of the files against the firm's accounts, fiscal year by fiscal year (R81)."""

import calendar
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from clientaudit.findings import Verdict
from clientaudit.intake.fec.facts import FecFacts
from clientaudit.intake.quality.check import Check, check
from clientaudit.intake.quality.line_facts import LineFacts

MAX_DIFFERENCE = 0.10
Status = Literal["agrees", "differs", "far off", "partly covered", "not in the data"]


@dataclass(frozen=True)
class YearReconciliation:
    """One fiscal year, named by the year in which it ends: the files against the accounts.

    difference: files less accounts, as a share of the accounts; None where the data do not
        cover the whole year.
    """

    fiscal_year: int
    start: dt.date
    end: dt.date
    revenue: Decimal
    accounts: Decimal
    difference: float | None
    status: Status


def reconcile(
    lines: LineFacts, accounts: Mapping[int, Decimal], *, start_month: int, tolerance: float
) -> tuple[YearReconciliation, ...]:
    """Each fiscal year of the accounts beside the revenue of the files, oldest first.

    accounts: revenue by fiscal year. start_month: first month of the fiscal year. tolerance:
        difference that passes, as a share of the accounts.
    """
    return tuple(
        _year(lines, year, accounts[year], start_month, tolerance) for year in sorted(accounts)
    )


def class_70_by_year(fec: FecFacts | None, start_month: int) -> dict[int, Decimal]:
    """Class 70 of the accounts by fiscal year; nothing without accounts."""
    totals: dict[int, Decimal] = {}
    for month, amount in fec.months if fec else ():
        year = fiscal_year(month, start_month)
        totals[year] = totals.get(year, Decimal(0)) + amount
    return totals


def fiscal_year(day: dt.date, start_month: int) -> int:
    """The fiscal year of a day, named by the year in which it ends."""
    return day.year + (start_month > 1 and day.month >= start_month)


def reconciliation_check(
    years: Sequence[YearReconciliation], *, tolerance: float, is_part: bool
) -> Check:
    """Whether the files bear the accounts out; more than 10 % off refuses the run.

    is_part: whether the accounts tell about another whole, and nothing is refused: a perimeter is
        audited, or the accounts are class 70 of a FEC, which the check of class 70 judges.
    """
    compared = [year for year in years if year.difference is not None]
    worst = max(compared, key=_distance, default=None)
    partly = len(years) - len(compared)
    if worst is None:
        return check(
            "reconciliation",
            "FLAG",
            "No fiscal year of the accounts is wholly covered by the data: revenue is not "
            "reconciled."
            if years
            else "Revenue is not reconciled: the engagement file gives no accounts.",
            {"years": 0, "partly": partly},
            bias="Lines that are missing or counted twice would not be seen.",
            request="the revenue excluding VAT of each fiscal year, from the annual accounts",
            evidence="intake_reconciliation",
        )
    return check(
        "reconciliation",
        _verdict(_distance(worst), tolerance, is_part),
        _sentence(worst, tolerance, partly),
        {
            "years": len(compared),
            "partly": partly,
            "tolerance": tolerance,
            "year": str(worst.fiscal_year),
            "revenue": float(worst.revenue),
            "accounts": float(worst.accounts),
            "difference": worst.difference,
        },
        bias="Revenue is too high against the accounts: lines counted twice, amounts with VAT, or "
        "sales that the accounts leave out."
        if worst.revenue > worst.accounts
        else "Revenue is too low against the accounts: lines, files or documents are missing.",
        refuses_run=True,
        request="what explains the difference between the files and the accounts in {year:text}",
        evidence="intake_reconciliation",
    )


def _sentence(worst: YearReconciliation, tolerance: float, partly: int) -> str:
    if _distance(worst) > tolerance:
        return (
            "In fiscal year {year:text} the files give {revenue:money} and the accounts "
            "{accounts:money}: a difference of {difference:pct}."
        )
    if partly:
        return (
            "Revenue agrees with the accounts within {tolerance:pct} in {years:int} fiscal "
            "{years:plural:year|years}; {partly:int} {partly:plural:year|years} only partly "
            "covered by the data {partly:plural:was|were} not compared."
        )
    return (
        "Revenue agrees with the accounts within {tolerance:pct} in {years:int} fiscal "
        "{years:plural:year|years}."
    )


def _verdict(distance: float, tolerance: float, is_part: bool) -> Verdict:
    if distance <= tolerance:
        return "PASS"
    return "REFUSE" if distance > MAX_DIFFERENCE and not is_part else "FLAG"


def _year(
    lines: LineFacts, year: int, accounts: Decimal, start_month: int, tolerance: float
) -> YearReconciliation:
    start = dt.date(year - (start_month > 1), start_month, 1)
    last_month = (start_month - 2) % 12 + 1
    end = dt.date(year, last_month, calendar.monthrange(year, last_month)[1])
    months = [entry for entry in lines.months if start <= entry.month <= end]
    revenue = sum((entry.revenue for entry in months), Decimal(0))
    days = lines.days
    covered = days.first.replace(day=1) <= start and end <= days.last_complete_month_end
    difference = float((revenue - accounts) / abs(accounts)) if covered and accounts else None
    status = _status(difference, tolerance, bool(months))
    return YearReconciliation(year, start, end, revenue, accounts, difference, status)


def _status(difference: float | None, tolerance: float, has_lines: bool) -> Status:
    if difference is None:
        return "partly covered" if has_lines else "not in the data"
    if abs(difference) <= tolerance:
        return "agrees"
    return "differs" if abs(difference) <= MAX_DIFFERENCE else "far off"


def _distance(year: YearReconciliation) -> float:
    return abs(year.difference or 0.0)
