"""What the choice of a model does: how the list is ranked, and what timing says of departures."""

from clientaudit.analyses.departures.forecast import Forecast, Group
from clientaudit.analyses.departures.past import DAYS, MAJORITY, NINETY, RATIO, Past
from clientaudit.findings import Finding
from clientaudit.models.btyd import Estimate

BY_RULE = {
    DAYS: "The list is ranked by days since the last purchase and what each client brings in a "
    "year: on the firm's past no model told clearly better who would buy again. The amounts at "
    "stake still come from the rhythm.",
    NINETY: "The list is ranked by whether a client is dormant and what it brings in a year: on "
    "the firm's past no model told clearly better who would buy again. The amounts at stake still "
    "come from the rhythm.",
    RATIO: "The list is ranked by whether a client is late for its own rhythm and what it brings "
    "in a year: on the firm's past no model told clearly better who would buy again. The amounts "
    "at stake still come from the rhythm.",
    MAJORITY: "The list is ranked by what each client brings in a year: on the firm's past neither "
    "a model nor a rule told clearly who would buy again. The amounts at stake still come from the "
    "rhythm.",
}
RANDOM = 1  # regularity of purchases at random in time


def ranking_finding(past: Past) -> Finding:
    """By what the work list is ranked, and why."""
    judged = past.judged
    if judged is None:
        sentence = (
            "The list is ranked by what is at stake by the clients' rhythm: the past is too short "
            "to say whether a simpler rule would do as well."
        )
    elif judged.is_preferred:
        sentence = (
            "The list is ranked by what is at stake by the clients' rhythm: on the firm's past, "
            "models told better than simple rules who would buy again."
        )
    else:
        sentence = BY_RULE[judged.rule]
    values = {} if judged is None else {"rule": judged.rule, "low": judged.advantage_interval[0]}
    return Finding("departures.ranked_by", sentence, values)


def timing_findings(past: Past) -> list[Finding]:
    """Whether the share of clients who leave hangs on how regular their buying is taken to be.

    At the last past date, on the largest group of clients: purchases at random against the
    regularity of the highest likelihood. Nothing where that is at random too, or says the same.
    """
    fits = past.last.forecasts if past.last else {}
    best = max(fits, key=lambda k: fits[k].log_likelihood, default=RANDOM)
    if best == RANDOM or RANDOM not in fits:
        return []
    random, regular = (_leaving(fits[k]) for k in (RANDOM, best))
    if regular is None or (random and regular.low <= random.value <= regular.high):
        return []
    return [Finding(
        "departures.timing",
        "Taken at random in time, purchases cannot tell a departure from a pause; taken as regular "
        "as fits best, {regular:pct} of purchases are the client's last ({low:pct} to {high:pct}): "
        "the answer hangs on the timing."
        if random is None
        else "Taken at random in time, {random:pct} of purchases are the client's last; taken as "
        "regular as fits best, {regular:pct} ({low:pct} to {high:pct}): the answer hangs on the "
        "timing.",
        {
            "random": None if random is None else random.value,
            "regular": regular.value, "low": regular.low, "high": regular.high, "k": best,
            "gain": fits[best].log_likelihood - fits[RANDOM].log_likelihood,
        },
        interval=(regular.low, regular.high),
        n=fits[best].size,
        verdict="FLAG" if random is None else "PASS",
    )]  # fmt: skip


def _leaving(forecast: Forecast) -> Estimate | None:
    """Share of purchases that are the last one of their client; None where it cannot be told."""
    group: Group = max(forecast.groups, key=lambda each: len(each.rows))
    return None if group.problem else group.fit.leaving()
