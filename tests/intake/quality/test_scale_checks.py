"""Checks of the scale of amounts: which file, by what factor, and what raises no alarm."""

import math
from collections.abc import Sequence
from decimal import Decimal

import pytest

from clientaudit.intake.quality.check import Check
from clientaudit.intake.quality.level_facts import LevelFacts
from clientaudit.intake.quality.price_facts import DiscountFacts, PriceFacts, PriceRatios
from clientaudit.intake.quality.scale_checks import level_shift, percent_scale, price_times_quantity
from clientaudit.text import Say

FILES = ("y22.csv", "y23.csv", "y24.csv", "y25.csv")
SAY = Say("en")


def told(check: Check) -> tuple[str, str]:
    return check.finding.verdict, check.finding.say(SAY)


def place(ratio: float) -> int:
    return round(200 * math.log(ratio))


def priced(*files: dict[float, int]) -> PriceFacts:
    """Files as {ratio of amount to price: lines}, each line of an amount of 100."""
    return PriceFacts(
        "percent",
        tuple(
            PriceRatios(
                file,
                {place(ratio): rows for ratio, rows in ratios.items()},
                {place(ratio): 100.0 * rows for ratio, rows in ratios.items()},
            )
            for file, ratios in enumerate(files)
        ),
    )


def test_amounts_that_follow_from_the_price_pass():
    check = price_times_quantity(priced({1: 500}, {1: 300, 1.005: 5}), FILES)
    assert told(check) == ("PASS", "Amounts are quantity times price on all lines.")


@pytest.mark.parametrize(
    ("factor", "said"),
    [
        (1.2, "In y23.csv the amounts are 1.2 times quantity times price, on most lines."),
        (100, "In y23.csv the amounts are 100 times quantity times price, on most lines."),
        (0.001, "In y23.csv quantity times price is 1,000 times the amount, on most lines."),
    ],
)
def test_a_file_on_another_scale_is_named_with_its_factor(factor, said):
    check = price_times_quantity(priced({1: 500}, {factor: 300, 1: 9}), FILES)
    assert told(check) == ("FLAG", said)


def test_single_amounts_without_their_decimal_mark_are_counted():
    check = price_times_quantity(priced({1: 9_000, 1000: 2, 0.01: 8}), FILES)
    assert check.finding.verdict == "FLAG"
    assert check.finding.values["rows"] == 10
    assert "10 amounts are ten, a hundred or a thousand times" in told(check)[1]


@pytest.mark.parametrize(("rows", "verdict"), [(9, "PASS"), (11, "FLAG")])
def test_one_per_cent_of_other_amounts_is_material(rows, verdict):
    assert told(price_times_quantity(priced({1: 1000 - rows, 0.7: rows}), FILES))[0] == verdict


def test_discounts_between_0_and_1_are_shares_where_the_price_does_not_bear_them_out():
    discounts = (DiscountFacts(0, 100, 30.0, 5), DiscountFacts(1, 100, 0.3, 90))
    check = percent_scale(discounts, priced({1: 500}, {0.8: 250, 0.7: 250}), FILES)
    assert check.finding.verdict == "FLAG"
    assert check.finding.values["files"] == "y23.csv"
    assert percent_scale(discounts, priced({1: 500}, {1: 500}), FILES).finding.verdict == "PASS"


def test_without_prices_discounts_all_under_one_are_doubted():
    few, many = (DiscountFacts(0, 100, 0.3, rows) for rows in (4, 90))
    assert percent_scale([few], PriceFacts(), FILES).finding.verdict == "PASS"
    assert percent_scale([many], PriceFacts(), FILES).finding.verdict == "FLAG"


def levels(*shifts: float, spread: float = 0.01, rows: int = 1000) -> list[LevelFacts]:
    """One file per year, 2022 the first, each so many times the last one's level."""
    return [
        LevelFacts(i, 2022 + i, rows, Decimal(1), math.log(shift), spread, 100)
        for i, shift in enumerate(shifts)
    ]


@pytest.mark.parametrize(
    ("shifts", "said"),
    [
        ((0.001, 1, 1), "the amounts of y22.csv are 1,000 times smaller than those of the others."),
        ((1, 97, 1.03), "the amounts of y23.csv are 100 times those of the others."),
        ((1, 1, 7), "the amounts of y24.csv are 7 times those of the others."),
    ],
)
def test_a_shifted_file_is_named_with_its_factor(shifts, said):
    verdict, sentence = told(level_shift(levels(*shifts), FILES))
    assert (verdict, sentence) == ("FLAG", f"Like for like, {said}")


@pytest.mark.parametrize(
    ("shifts", "file", "rate"),
    [
        ((0.9, 1.14, 1.0), "y23.csv", 0.20),
        ((0.98, 1.09, 1.0), "y23.csv", 0.10),
        ((0.97, 1.04, 1.0, 1.03), "y23.csv", 0.055),
        ((1, 1, 1.2), "y24.csv", 0.20),
    ],
)
def test_a_file_above_its_neighbours_by_a_rate_of_vat_is_named(shifts, file, rate):
    check = level_shift(levels(*shifts), FILES)
    assert (check.finding.values["files"], check.finding.values["rate"]) == (file, rate)
    assert "as if they included VAT" in told(check)[1]


@pytest.mark.parametrize(
    "shifts", [(1, 1.03, 1.06, 1.1), (1, 1.1, 1.1, 1.1), (1, 1, 1.1), (1, 3, 1), (1, 0.9, 0.8)]
)
def test_prices_that_rise_or_fall_raise_no_alarm(shifts):
    assert level_shift(levels(*shifts), FILES).finding.verdict == "PASS"


def test_a_rate_that_every_product_moves_by_is_told_at_the_end_of_the_period_too():
    exact = levels(1, 1, 1.1, spread=0.0)
    assert level_shift(exact, FILES).finding.values["rate"] == 0.10


def test_a_factor_that_chance_explains_is_no_shift():
    few = [LevelFacts(i, 2022 + i, 10, Decimal(1), i * 1.7, 1.0, 5) for i in range(2)]
    assert level_shift(few, FILES).finding.verdict == "PASS"


def test_only_the_year_concerned_of_a_file_is_named():
    parts: Sequence[LevelFacts] = [
        LevelFacts(0, year, 100, Decimal(1), 0.0 if year < 2024 else math.log(1000), 0.0, 50)
        for year in (2021, 2022, 2023, 2024)
    ]
    assert level_shift(parts, FILES).finding.values["files"] == "y22.csv (2024)"
