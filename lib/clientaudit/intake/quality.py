"""The quality gate: each defect of the exports with a verdict and the direction of its bias."""

import datetime as dt
from typing import TYPE_CHECKING

from clientaudit.intake.base_facts import BaseFacts, base_facts
from clientaudit.intake.calendar_checks import calendar_checks
from clientaudit.intake.check import Check
from clientaudit.intake.client_checks import client_checks
from clientaudit.intake.line_checks import line_checks
from clientaudit.intake.reconciliation import (
    YearReconciliation,
    reconcile,
    reconciliation_check,
)
from clientaudit.intake.requests import missing_data
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
    """Every check of the exports (DATA_MODEL §5): the defects, then what is missing.

    as_of: cut-off date. base: counts of clients, from `base_facts`.
    """
    lines = facts.lines
    return (
        reconciliation_check(
            reconciled_years(facts, engagement, thresholds),
            tolerance=thresholds.recon_tol,
            perimeter=bool(engagement.perimeter),
        ),
        *line_checks(lines, facts.columns["transactions"], facts.rules),
        *calendar_checks(lines, as_of=as_of),
        *client_checks(
            base, facts.lookalikes, tuple(facts.columns), min_clients=thresholds.min_clients
        ),
        *missing_data(facts.columns),
    )


def reconciled_years(
    facts: "IntakeFacts", engagement: Engagement, thresholds: Thresholds
) -> tuple[YearReconciliation, ...]:
    """The fiscal years of the accounts beside the revenue of the files."""
    return reconcile(
        facts.lines,
        engagement.accounts,
        start_month=engagement.fiscal_year_start,
        tolerance=thresholds.recon_tol,
    )
