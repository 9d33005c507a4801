"""Checks of the exports against each other: what each of them says, and when."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from clientaudit.intake.mapping.duplicates import UnlikeDuplicates
from clientaudit.intake.mapping.overlaps import NO_OVERLAPS, Differing, OverlapPair
from clientaudit.intake.quality.check import Check
from clientaudit.intake.quality.code_facts import (
    NO_CODES,
    CodeFacts,
    RoundedCodes,
    ScientificCodes,
    UnpaddedCodes,
)
from clientaudit.intake.quality.file_checks import file_checks
from clientaudit.intake.quality.line_checks import unlike_repeats
from clientaudit.intake.quality.line_facts import MonthFacts
from clientaudit.text import Say
from intake.line_facts_factory import GOOD_LINES, lines_with

FILES = ("y22.csv", "y23.csv", "y24.csv")
SAY = Say("en")


def checks_of(*, lines=GOOD_LINES, overlaps=NO_OVERLAPS, codes=NO_CODES) -> dict[str, Check]:
    found = file_checks(lines, overlaps, codes, files=FILES)
    return {check.finding.key.removeprefix("intake."): check for check in found}


def flagged(checks: dict[str, Check]) -> dict[str, str]:
    return {n: c.finding.verdict for n, c in checks.items() if c.finding.verdict != "PASS"}


def test_exports_without_a_defect_pass():
    assert flagged(checks_of()) == {}


COPIED = replace(
    NO_OVERLAPS,
    pairs=(OverlapPair(1, 2, "overlap", 3, 8, {"2023": Decimal(70), "2024": Decimal(30)}),),
)


def test_an_overlap_is_told_with_lines_invoices_amount_and_files():
    checks = checks_of(overlaps=COPIED)
    assert flagged(checks) == {"overlaps": "FLAG"}
    assert checks["overlaps"].finding.say(SAY) == (
        "8 lines of 3 invoices stand in two exports (y23.csv / y24.csv), worth €100: counted once."
    )


def test_without_invoice_numbers_an_overlap_is_told_in_days():
    said = checks_of(overlaps=replace(COPIED, unit="day"))["overlaps"].finding.say(SAY)
    assert said.startswith("8 lines of 3 days stand in two exports")


@pytest.mark.parametrize(("kept", "verdict"), [(36_000, "FLAG"), (36_001, "REFUSE")])
def test_two_versions_on_over_a_tenth_of_revenue_refuse_the_run(kept, verdict):
    found = replace(NO_OVERLAPS, versions=Differing(4, Decimal(kept), Decimal(300)))
    check = checks_of(overlaps=found)["invoice_versions"]
    assert (check.finding.verdict, check.refuses_run) == (verdict, verdict == "REFUSE")
    assert (check.finding.values["kept"], check.finding.values["other"]) == (kept, 300)


def test_invoices_whose_parts_are_added_up_are_told_with_both_amounts():
    checks = checks_of(overlaps=replace(NO_OVERLAPS, divided=Differing(1, Decimal(7), Decimal(5))))
    assert flagged(checks) == {"divided_invoices": "FLAG"}
    assert "€7 in one and €5 in the other" in checks["divided_invoices"].finding.say(SAY)


def test_repeated_lines_of_another_amount_are_told_with_both_amounts():
    check = unlike_repeats(UnlikeDuplicates(2, Decimal(30), Decimal(45)))
    assert check.finding.verdict == "FLAG"
    assert check.finding.say(SAY) == (
        "2 lines set aside as repeated have another amount than the line that stays: €45 against "
        "€30."
    )
    assert unlike_repeats(UnlikeDuplicates()).finding.verdict == "PASS"


def months(*whole: int) -> tuple[MonthFacts, ...]:
    """A month of 100 lines for each file, so many of them without cents."""
    return tuple(
        MonthFacts(file, dt.date(2022 + file, 1, 1), 100, Decimal(100), rows)
        for file, rows in enumerate(whole)
    )


@pytest.mark.parametrize(
    ("whole", "named"), [((5, 100, 4), "y23.csv"), ((100, 100, 100), ""), ((5, 90, 4), "")]
)
def test_a_file_without_cents_is_named_only_where_the_others_have_some(whole, named):
    check = checks_of(lines=lines_with(months=months(*whole)))["rounded_amounts"]
    assert (check.finding.verdict, check.finding.values["files"]) == (
        "FLAG" if named else "PASS", named,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("column", "word"),
    [("client_id", "clients"), ("doc_id", "invoices"), ("product_id", "products")],
)
def test_codes_turned_into_numbers_are_told_by_what_they_number(column, word):
    codes = CodeFacts(scientific=(ScientificCodes(column, 12, 2),))
    check = checks_of(codes=codes)["damaged_codes"]
    assert check.finding.verdict == "FLAG"
    assert f"several {word} may have become one" in check.finding.say(SAY)


def test_a_file_whose_codes_lost_their_zeros_is_named():
    codes = CodeFacts(unpadded=(UnpaddedCodes(0, 2, 10), UnpaddedCodes(1, 40, 80)))
    values = checks_of(codes=codes)["lost_zeros"].finding.values
    assert values == {"clients": 40, "files": "y23.csv"}


def test_codes_that_a_spreadsheet_rounded_are_told():
    codes = CodeFacts(rounded=(RoundedCodes("client_id", 12, 3),))
    check = checks_of(codes=codes)["damaged_codes"]
    assert check.finding.verdict == "FLAG"
    assert "12 lines carry a code of more than 15 digits" in check.finding.say(SAY)
