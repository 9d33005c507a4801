"""Words and numbers in the reader's language."""

import datetime as dt

import pytest

from clientaudit.errors import AuditError, Fault
from clientaudit.text import Say

NB, NNB = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("spec", "value", "french", "english"),
    [
        ("int", 12345, f"12{NNB}345", "12,345"),
        ("money", 2855.4, f"2{NNB}855{NB}€", "€2,855"),
        ("money", -2855.4, f"-2{NNB}855{NB}€", "-€2,855"),
        ("cents", 1234.5, f"1{NNB}234,50{NB}€", "€1,234.50"),
        ("pct", 0.7385, f"74{NB}%", "74%"),
        ("pct", 0.0432, f"4,3{NB}%", "4.3%"),
        ("pct", 0.05, f"5{NB}%", "5%"),
        ("pct", 0.0, f"0{NB}%", "0%"),
        ("points", -0.034, f"-3,4{NB}pts", f"-3.4{NB}pts"),
        ("points", -0.009, f"-0,9{NB}pt", f"-0.9{NB}pts"),
        ("number", 12.345, "12,3", "12.3"),
        ("number", 1234.5, f"1{NNB}234", "1,234"),
        ("day", dt.date(2026, 8, 1), "01/08/2026", "1 Aug 2026"),
        ("month", dt.date(2026, 8, 1), "août 2026", "August 2026"),
        ("money", None, "–", "–"),
        ("pct", float("nan"), "–", "–"),
    ],
)
def test_numbers_follow_the_language(spec: str, value: object, french: str, english: str) -> None:
    sentence = "{x:" + spec + "}"
    assert Say("fr")(sentence, x=value) == french
    assert Say("en")(sentence, x=value) == english


@pytest.mark.parametrize(("n", "french", "english"), [(0, "a", "b"), (1, "a", "a"), (2, "b", "b")])
def test_plurals_follow_the_language(n: int, french: str, english: str) -> None:
    assert Say("fr")("{n:plural:a|b}", n=n) == french
    assert Say("en")("{n:plural:a|b}", n=n) == english


def test_the_currency_is_the_engagement_s() -> None:
    assert Say("en", "GBP")("{x:money}", x=5) == "£5"
    assert Say("fr", "GBP")("{x:money}", x=5) == f"5{NB}£GB"


def test_braces_in_a_value_are_left_alone() -> None:
    assert Say("en")("{x:text}", x="{y} %s $\\frac{a}{b}$") == "{y} %s $\\frac{a}{b}$"


def test_an_unknown_language_is_an_audit_error() -> None:
    with pytest.raises(AuditError, match='"de"'):
        Say("de")


def test_an_audit_error_shows_counts_and_the_first_twenty_faults() -> None:
    faults = [Fault(f"f.csv, line {i}", "bad.") for i in range(25)]
    text = str(AuditError("f.csv cannot be read.", faults, {"date": 25}))
    assert "date: 25 faults" in text
    assert "line 19: bad." in text
    assert "line 20" not in text
    assert "5 more" in text
