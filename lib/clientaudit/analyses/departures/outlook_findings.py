"""What the next twelve months should bring, and how far that forecast can be believed."""

from clientaudit.analyses.departures.findings import missing
from clientaudit.analyses.departures.outlook import NextYear
from clientaudit.analyses.departures.past import Past
from clientaudit.findings import Finding
from clientaudit.intake.quality.check import flag

DOUBTFUL = 0.05
TOLERATED = 0.1  # of the purchases expected
NEXT_YEAR = {
    "margin": "Today's clients should buy on {purchases:int} days in the next twelve months "
    "({low:int} to {high:int}), worth {value:money} of margin ({value_low:money} to "
    "{value_high:money}).",
    "revenue": "Today's clients should buy on {purchases:int} days in the next twelve months "
    "({low:int} to {high:int}), worth {value:money} of revenue ({value_low:money} to "
    "{value_high:money}).",
    "": "Today's clients should buy on {purchases:int} days in the next twelve months ({low:int} "
    "to {high:int}); what a purchase is worth cannot be told.",
}
SPEND = {
    1: "Clients who buy more often also bring more each time (correlation {correlation:number}). "
    "The value of the next twelve months takes the two for independent: it errs, most for the "
    "largest clients.",
    -1: "Clients who buy more often bring less each time (correlation {correlation:number}). The "
    "value of the next twelve months takes the two for independent: it errs, most for the "
    "largest clients.",
    0: "How often clients buy and what they bring each time go together no more than by chance "
    "(correlation {correlation:number}), as the value of the next twelve months supposes.",
}


def next_year_findings(found: NextYear | None, past: Past) -> list[Finding]:
    """What the base should buy in the next twelve months, and what can be said of departures."""
    if found is None:
        return [missing(
            "departures.next_year",
            "Purchases to come are not forecast: fewer than 50 clients bought again.",
        )]  # fmt: skip
    total, value = found.purchases, found.value
    values = {"purchases": total.value, "low": total.low, "high": total.high}
    if value is not None:
        values |= {"value": value.value, "value_low": value.low, "value_high": value.high}
    first = Finding(
        "departures.next_year",
        NEXT_YEAR[found.basis if value is not None else ""],
        values,
        interval=(total.low, total.high),
        n=found.forecast.size,
    )
    return [first, *bias_findings(past), *_independence(found), *_problems(found)]


def bias_findings(past: Past) -> list[Finding]:
    """Purchases expected at the last past date over those that came; nothing without a model."""
    if not past.bias:
        return []
    return [
        Finding(
            "departures.bias",
            "At the last past date the same model expected {expected:pct} of the purchases that "
            "came.",
            {"expected": 1 / past.bias},
            verdict=flag(abs(past.bias - 1) > TOLERATED),
        )
    ]


def _independence(found: NextYear) -> list[Finding]:
    """Whether purchases and spend are independent, as the value takes them to be (METHODS §2)."""
    if found.spend is None:
        return []
    r, doubt = found.spend.correlation, found.spend.correlation_p_value < DOUBTFUL
    return [
        Finding(
            "departures.spend",
            SPEND[(r > 0) - (r < 0) if doubt else 0],
            {"correlation": r, "p": found.spend.correlation_p_value},
            n=found.forecast.size,
            verdict=flag(doubt),
        )
    ]


def _problems(found: NextYear) -> list[Finding]:
    problems = sorted({group.problem for group in found.forecast.groups} - {""})
    if not problems:
        return []
    return [Finding(
        "departures.not_identifiable",
        "For part of the clients the purchases alone cannot tell a departure from a long pause: "
        "the forecast stands, the probability to be gone rests on the rhythm only.",
        {"problems": ", ".join(problems)},
        verdict="FLAG",
    )]  # fmt: skip
