from dataclasses import replace

from clientaudit.intake.facts import FileFact
from clientaudit.intake.quality.check import Check
from clientaudit.intake.quality.reading_checks import reading_checks
from clientaudit.text import Say

FILE = FileFact("v.csv", "transactions", "0" * 64, 10, 5, "utf-8", ";", ",", "%d/%m/%Y", ())


def checks_of(file: FileFact) -> dict[str, Check]:
    return {check.finding.key: check for check in reading_checks([file])}


def test_a_file_that_is_read_to_its_end_passes():
    assert {check.finding.verdict for check in checks_of(FILE).values()} == {"PASS"}


def test_many_rows_like_those_of_the_table_below_its_end_are_flagged():
    check = checks_of(replace(FILE, below_stop=8))["intake.rows_below"]
    assert check.finding.verdict == "FLAG"
    assert check.finding.say(Say("en")).startswith("8 rows of v.csv look like rows of the table")


def test_two_rows_below_the_end_of_a_table_are_its_foot():
    assert checks_of(replace(FILE, below_stop=2))["intake.rows_below"].finding.verdict == "PASS"
