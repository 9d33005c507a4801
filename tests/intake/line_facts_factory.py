"""Facts of made-up invoice lines without a fault, each of which a test may change."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

from clientaudit.intake.quality.active_days import ActiveDays
from clientaudit.intake.quality.line_facts import LineFacts, MonthFacts

GOOD_DAYS = ActiveDays(
    first=dt.date(2022, 1, 3),
    last=dt.date(2024, 12, 30),
    earliest=dt.date(2022, 1, 3),
    latest=dt.date(2024, 12, 30),
    count=750,
    ordinary_pause_days=3,
    long_pauses=(),
    stray_rows=0,
    stray_revenue=Decimal(0),
)
GOOD_LINES = LineFacts(
    rows=3600,
    revenue=Decimal(360_000),
    sales_amount=Decimal(363_600),
    credit_amount=Decimal(-3_600),
    negative_rows=36,
    zero_rows=0,
    rows_without_client=0,
    revenue_without_client=Decimal(0),
    rows_with_cost=3600,
    revenue_with_cost=Decimal(360_000),
    days=GOOD_DAYS,
    months=tuple(
        MonthFacts(year - 2022, dt.date(year, month, 1), 100, Decimal(10_000))
        for year in (2022, 2023, 2024)
        for month in range(1, 13)
    ),
    client_count=100,
    document_count=1200,
    credit_document_count=12,
    shared_document_count=0,
    shared_document_pairs=0,
    shared_document_revenue=Decimal(0),
    duplicate_rows=0,
    duplicate_revenue=Decimal(0),
    duplicate_rows_across_files=0,
    outlier_rows=0,
    outlier_revenue=Decimal(0),
)


def lines_with(**changes: Any) -> LineFacts:
    """Faultless lines but for `changes`."""
    return replace(GOOD_LINES, **changes)


def days_with(**changes: Any) -> LineFacts:
    """Faultless lines but for changes of their days."""
    return lines_with(days=replace(GOOD_DAYS, **changes))


def without_months(*months: tuple[int, int]) -> LineFacts:
    """Faultless lines without those (year, month)."""
    gone = {dt.date(year, month, 1) for year, month in months}
    return lines_with(months=tuple(m for m in GOOD_LINES.months if m.month not in gone))
