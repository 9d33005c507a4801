"""Checks of the scale of amounts: thousands, VAT, lost decimal marks, percentages."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from clientaudit.intake.quality.check import MATERIAL, Check, check, flag
from clientaudit.intake.quality.level_facts import LevelFacts
from clientaudit.intake.quality.price_facts import (
    BINS,
    PERCENT,
    SHARE,
    DiscountFacts,
    PriceFacts,
    PriceRatios,
    ratio_at,
    usual_place,
)
from clientaudit.intake.quality.vat_facts import VAT_RATES

FAR = math.log(5)
MOST = 0.5
SLACK = 3  # bins: a ratio within 1.5 % of one is no other factor
TENS = round(math.log(10) * BINS)
SOME_TENS = 0.001
MIN_DISCOUNTS = 5
CERTAIN = 3 * 1.2533 * 1.4826  # three standard errors of a median, from the median distance


def scale_checks(
    prices: PriceFacts,
    discounts: Sequence[DiscountFacts],
    levels: Sequence[LevelFacts],
    *,
    files: Sequence[str],
) -> Iterator[Check]:
    """What is wrong with the scale of amounts. files: their names, as `_file` counts them."""
    if prices.rule:
        yield price_times_quantity(prices, files)
    if discounts:
        yield percent_scale(discounts, prices, files)
    yield level_shift(levels, files)


def price_times_quantity(prices: PriceFacts, files: Sequence[str]) -> Check:
    """Whether the amounts follow from quantity and price, up to single lines and whole files."""
    shifted = [entry for entry in prices.ratios if _constant_factor(entry)]
    tens, tens_amount, off_amount = _odd_lines(prices.ratios)
    whole = sum(sum(entry.amount.values()) for entry in prices.ratios)
    factor = math.exp(usual_place(shifted) / BINS) if shifted else 1.0
    some_tens, part = tens_amount >= SOME_TENS * whole, off_amount / whole
    return check(
        "price_times_quantity",
        flag(bool(shifted) or some_tens or part >= MATERIAL),
        _price_sentence(factor, part, some_tens=some_tens),
        {
            "files": ", ".join(files[entry.file] for entry in shifted),
            "factor": _unit(max(factor, 1 / factor)),
            "rows": tens,
            "share": part,
        },
        bias="Amounts in thousands make revenue too low, amounts with VAT or without their "
        "decimal mark too high; a wrong quantity or price bends unit prices only.",
        request="what explains the amounts that are not quantity times price: unit, VAT, decimal "
        "mark, or a discount that is not on the line",
    )


def _price_sentence(factor: float, part: float, *, some_tens: bool) -> str:
    if factor > 1:
        return (
            "In {files:text} the amounts are {factor:number} times quantity times price, on most "
            "lines."
        )
    if factor < 1:
        return (
            "In {files:text} quantity times price is {factor:number} times the amount, on most "
            "lines."
        )
    if some_tens:
        return (
            "{rows:int} {rows:plural:amount is|amounts are} ten, a hundred or a thousand times "
            "quantity times price, or as many times too small: {share:pct} of the amounts, in "
            "value, do not follow from the price."
        )
    if part:
        return "{share:pct} of the amounts, in value, are not quantity times price."
    return "Amounts are quantity times price on all lines."


def percent_scale(
    discounts: Sequence[DiscountFacts], prices: PriceFacts, files: Sequence[str]
) -> Check:
    """Discounts of 0.2 where 20 % is meant: cells of a percentage arrive from Excel as shares."""
    ratios = {entry.file: entry for entry in prices.ratios}
    shares = [
        entry.file
        for entry in discounts
        if entry.largest <= 1
        and entry.fractions >= MIN_DISCOUNTS
        and not (prices.rule == PERCENT and _agrees(ratios.get(entry.file)))
    ]
    return check(
        "percent_scale",
        flag(bool(shares) or prices.rule == SHARE),
        "The discounts of {files:text} lie between 0 and 1: they look like shares, not percentages."
        if shares or prices.rule == SHARE
        else "Discounts are percentages, from 0 to 100.",
        {"files": ", ".join(files[file] for file in shares or sorted(ratios))},
        bias="Discounts look a hundred times too small: nobody seems to concede anything.",
        affects=("prices",),
        request="whether a discount of 0.2 means 20% in {files:text}",
    )


def level_shift(levels: Sequence[LevelFacts], files: Sequence[str]) -> Check:
    """A file whose amounts, like for like, are a multiple of those of the others."""
    far = _far(levels)
    vat = None if far else _vat(levels)
    named = far or [entry for entry in levels if vat and entry.file == vat[0].file]
    factor = math.exp(far[0].shift - _usual(levels)) if far else 1.0
    return check(
        "level_shift",
        flag(bool(named)),
        _level_sentence(factor, with_vat=vat is not None),
        {
            "files": _named(named, levels, files),
            "factor": _unit(max(factor, 1 / factor)),
            "rate": vat[1] if vat else 0.0,
            "rows": sum(entry.rows for entry in named),
        },
        bias="Amounts in thousands make revenue too low, amounts with VAT or without their "
        "decimal mark too high, and clients seem to leave or to grow when only the unit changes.",
        request="the unit of the amounts of {files:text}, and whether they include VAT",
    )


def _level_sentence(factor: float, *, with_vat: bool) -> str:
    if factor > 1:
        return (
            "Like for like, the amounts of {files:text} are {factor:number} times those of the "
            "others."
        )
    if factor < 1:
        return (
            "Like for like, the amounts of {files:text} are {factor:number} times smaller than "
            "those of the others."
        )
    if with_vat:
        return (
            "Like for like, the amounts of {files:text} are {rate:pct} above those of the others, "
            "as if they included VAT."
        )
    return "Like for like, the amounts of all files stand on one level."


def _constant_factor(entry: PriceRatios) -> bool:
    place = usual_place([entry])
    most = ratio_at(entry, place) >= MOST * sum(entry.rows.values())
    return most and abs(place) > SLACK


def _odd_lines(ratios: Sequence[PriceRatios]) -> tuple[int, float, float]:
    """Lines off by a power of ten and their amount; the amount of all lines that are off."""
    tens, tens_amount, off_amount = 0, 0.0, 0.0
    for entry in ratios:
        usual = usual_place([entry])
        for place, amount in entry.amount.items():
            away = abs(place - usual)
            if away <= SLACK:
                continue
            off_amount += amount
            if away > TENS - SLACK and min(away % TENS, TENS - away % TENS) <= SLACK:
                tens += entry.rows[place]
                tens_amount += amount
    return tens, tens_amount, off_amount


def _agrees(entry: PriceRatios | None) -> bool:
    return entry is not None and ratio_at(entry, 0) >= (1 - MATERIAL) * sum(entry.rows.values())


def _usual(levels: Sequence[LevelFacts]) -> float:
    """The level on which half of the lines stand."""
    ranked = sorted(levels, key=lambda entry: (entry.shift, entry.rows))
    half, seen = sum(entry.rows for entry in ranked) / 2, 0
    for entry in ranked:
        seen += entry.rows
        if seen >= half:
            return entry.shift
    return 0.0


def _far(levels: Sequence[LevelFacts]) -> list[LevelFacts]:
    """The parts five times or more off the usual level, beyond what chance explains."""
    usual = _usual(levels)
    return [
        entry
        for entry in levels
        if abs(entry.shift - usual)
        >= max(FAR, CERTAIN * entry.spread / math.sqrt(max(entry.shared, 1)))
    ]


def _vat(levels: Sequence[LevelFacts]) -> tuple[LevelFacts, float] | None:
    """A file that stands above the one before and the one after by a rate of VAT, and the rate.

    At the end of the period one neighbour must do: then only 20 % is told from a rise in prices,
    unless every product moves by exactly the rate.
    """
    by_file = {entry.file: entry for entry in sorted(levels, key=lambda entry: entry.rows)}
    order = sorted(by_file.values(), key=lambda entry: (entry.year, entry.shift))
    above: dict[int, list[float]] = {}
    for before, after in pairwise(order):
        above.setdefault(before.file, []).append(before.shift - after.shift)
        above.setdefault(after.file, []).append(after.shift - before.shift)
    for rate in VAT_RATES:
        for entry in order:
            if _is_rate(above.get(entry.file, []), math.log1p(rate), entry.spread):
                return entry, rate
    return None


def _is_rate(steps: Sequence[float], height: float, spread: float) -> bool:
    if not steps:
        return False
    distance = abs(sum(steps) / len(steps) - height)
    if distance <= 0.002 and spread <= 0.002:
        return min(steps) > 0
    if len(steps) > 1:
        return distance <= 0.02 * (height > 0.15) + 0.012 and min(steps) > 0.35 * height
    return height > 0.15 and distance <= 0.04 and spread <= 0.05


def _named(found: Sequence[LevelFacts], levels: Sequence[LevelFacts], files: Sequence[str]) -> str:
    """The files, with the year where only one of several years of a file is concerned."""
    names = []
    for entry in found:
        years = {other.year for other in levels if other.file == entry.file}
        whole = years == {other.year for other in found if other.file == entry.file}
        names.append(files[entry.file] if whole else f"{files[entry.file]} ({entry.year})")
    return ", ".join(dict.fromkeys(names))


def _unit(factor: float) -> float:
    """A thousand for 970: prices move between files, units do not."""
    power = 10.0 ** round(math.log10(factor))
    return power if power > 1 and 0.75 < factor / power < 1.33 else factor
