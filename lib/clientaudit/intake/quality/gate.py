"""The quality gate: each defect of the exports with a verdict and the direction of its bias."""

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from clientaudit.intake.fec.checks import fec_checks
from clientaudit.intake.quality.base_facts import BaseFacts, base_facts
from clientaudit.intake.quality.calendar_checks import calendar_checks
from clientaudit.intake.quality.check import Check
from clientaudit.intake.quality.client_checks import client_checks
from clientaudit.intake.quality.continuity import new_codes
from clientaudit.intake.quality.currencies import currencies_check
from clientaudit.intake.quality.file_checks import file_checks
from clientaudit.intake.quality.line_checks import line_checks, unlike_repeats
from clientaudit.intake.quality.lost_signs import lost_signs
from clientaudit.intake.quality.reading_checks import reading_checks
from clientaudit.intake.quality.reconciliation import (
    YearReconciliation,
    class_70_by_year,
    reconcile,
    reconciliation_check,
)
from clientaudit.intake.quality.requests import missing_data
from clientaudit.intake.quality.scale_checks import scale_checks
from clientaudit.intake.quality.table_copies import table_copies_check
from clientaudit.intake.quality.total_rows import total_rows_check, unnumbered_lines
from clientaudit.intake.quality.vat_checks import included_vat
from clientaudit.settings import Engagement, Thresholds

if TYPE_CHECKING:
    from clientaudit.intake.facts import IntakeFacts

__all__ = ["BaseFacts", "Check", "base_facts", "quality_checks", "reconciled_years"]


def quality_checks(
    facts: "IntakeFacts",
    engagement: Engagement,
    *,
    as_of: dt.date,
    thresholds: Thresholds,
    base: BaseFacts,
) -> tuple[Check, ...]:
    """Every check of the exports: the defects, then what is missing.

    as_of: cut-off date. base: counts of clients, from `base_facts`.
    """
    return (
        reconciliation_check(
            reconciled_years(facts, engagement, thresholds),
            tolerance=thresholds.recon_tol,
            is_part=bool(engagement.perimeter) or not engagement.accounts,
        ),
        *_export_checks(facts, engagement.currency),
        *calendar_checks(facts.lines, as_of=as_of),
        *client_checks(
            base, facts.lookalikes, tuple(facts.columns), min_clients=thresholds.min_clients
        ),
        *missing_data(facts.columns, has_cost=facts.estimated.rows > 0),
    )


def _export_checks(facts: "IntakeFacts", currency: str) -> Iterator[Check]:
    """What the files and their lines show by themselves."""
    lines, files, columns = facts.lines, facts.line_files, facts.columns["transactions"]
    if facts.fec:
        yield from fec_checks(facts.fec)
    yield from line_checks(lines, columns, facts.rules, facts.estimated)
    yield unlike_repeats(facts.unlike)
    yield from file_checks(lines, facts.overlaps, facts.codes, files=files)
    yield from scale_checks(facts.prices, facts.discounts, facts.levels, files=files)
    yield included_vat(facts.vat, files)
    if facts.currencies:
        yield currencies_check(facts.currencies, currency)
    yield from reading_checks(facts.files)
    if facts.has_side_files:
        yield table_copies_check(facts.copies)
    yield total_rows_check(facts.total_rows)
    if "doc_id" in columns:
        yield unnumbered_lines(facts.total_rows, lines.revenue)
    yield new_codes(facts.file_clients, files)
    yield lost_signs(facts.file_signs, files)


def reconciled_years(
    facts: "IntakeFacts", engagement: Engagement, thresholds: Thresholds
) -> tuple[YearReconciliation, ...]:
    """The fiscal years of the accounts beside the revenue of the files.

    The accounts are those that the engagement gives, else class 70 of the FEC.
    """
    start_month = engagement.fiscal_year_start
    accounts = engagement.accounts or class_70_by_year(facts.fec, start_month)
    return reconcile(
        facts.lines,
        accounts,
        start_month=start_month,
        tolerance=thresholds.recon_tol,
    )
