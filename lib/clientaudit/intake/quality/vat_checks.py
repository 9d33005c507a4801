"""The check for VAT among amounts that should exclude it, by what it leaves in them."""

from collections.abc import Sequence

from clientaudit.intake.quality.check import Check, check, flag
from clientaudit.intake.quality.vat_facts import VAT_RATES, VatFacts

PAIRED = 0.5  # of the lines of a file and year
MIN_PRICED = 40
WHOLE, MORE = 0.5, 0.25  # of the lines with a price: whole cents, and so many more than before


def included_vat(vat: Sequence[VatFacts], files: Sequence[str]) -> Check:
    """Whether amounts include VAT: lines in pairs, or unit prices that are whole without it.

    files: their names, as `_file` counts them.
    """
    paired = [part for part in vat if part.paired >= PAIRED * part.rows]
    included = [part for part in vat if _rate(part)]
    found = paired or included
    return check(
        "included_vat",
        flag(bool(found)),
        _sentence(paired=bool(paired), included=bool(included)),
        {
            "files": ", ".join(dict.fromkeys(files[part.file] for part in found)),
            "rate": _rate(included[0]) if included else 0.0,
            "years": ", ".join(map(str, sorted({part.year for part in found}))),
        },
        bias="Amounts with VAT make revenue too high; lines in pairs make it more than twice what "
        "it is.",
        request="the amounts of {files:text} without VAT, each line once",
    )


def shows_vat(vat: Sequence[VatFacts]) -> bool:
    """Whether VAT would show in every file and year: unit prices are whole cents on most lines."""
    return all(
        part.priced >= MIN_PRICED and max(part.whole, *part.whole_without) >= WHOLE * part.priced
        for part in vat
    )


def _sentence(*, paired: bool, included: bool) -> str:
    if paired:
        return (
            "Most lines of {files:text} ({years:text}) stand twice in their document, once with "
            "and once without VAT."
        )
    if included:
        return (
            "The unit prices of {files:text} ({years:text}) are whole cents only once a VAT of "
            "{rate:pct} is taken off: the amounts seem to include it."
        )
    return "Nothing in the amounts looks like VAT."


def _rate(part: VatFacts) -> float:
    """The rate of VAT that the amounts seem to include, 0 for none."""
    most = max(part.whole_without)
    if part.priced < MIN_PRICED or most < max(WHOLE * part.priced, part.whole + MORE * part.priced):
        return 0.0
    return VAT_RATES[part.whole_without.index(most)]
