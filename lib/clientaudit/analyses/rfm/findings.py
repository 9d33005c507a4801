"""Who the best clients are and who is drifting away, as far as the scores can tell."""

import pandas as pd

from clientaudit.analyses.rfm.scores import OWN_RHYTHM, RfmRules
from clientaudit.analyses.rfm.segments import CHAMPIONS, CREDIT_ONLY, DRIFTING, HIBERNATING, NEW
from clientaudit.engine.money import exact_total
from clientaudit.findings import Finding, KeyFigure

ANSWER = (
    "rfm.drifting", "rfm.champions", "rfm.sleeping_giants", "rfm.past", "rfm.past_rates",
)  # fmt: skip
HELD_BY_MOST = 0.5
YEAR_DAYS = 365

TOO_FEW = {
    "rfm.drifting": "Who is drifting away is not said: {clients:int} "
    "{clients:plural:client has|clients have} a purchase, and it takes {min_clients:int}.",
    "rfm.champions": "Who is best is not said: {clients:int} "
    "{clients:plural:client has|clients have} a purchase, and it takes {min_clients:int}. The list "
    "of clients says as much.",
}
DRIFTED = (
    "{clients:int} {clients:plural:client|clients} who bought on {purchases:int} "
    "{purchases:plural:day|days} or more {clients:plural:has|have} been silent for {silence:int} "
    "{silence:plural:day|days} or more ({share:pct} of the clients, {revenue_share:pct} of the "
    "revenue so far): {window:money} in the last {months:int} months."
)
DRIFTED_BEFORE = (
    "{clients:int} {clients:plural:client|clients} who bought on {purchases:int} "
    "{purchases:plural:day|days} or more {clients:plural:has|have} been silent for {silence:int} "
    "{silence:plural:day|days} or more ({share:pct} of the clients, {revenue_share:pct} of the "
    "revenue so far): {window:money} in the last {months:int} months, {before:money} in the "
    "{months:int} before."
)
DRIFTED_ONLY = (
    "{clients:int} {clients:plural:client|clients} who bought on {purchases:int} "
    "{purchases:plural:day|days} or more {clients:plural:has|have} been silent for {silence:int} "
    "{silence:plural:day|days} or more ({share:pct} of the clients)."
)
NOT_APART = {
    "rfm.drifting": "Who is drifting away is not said: all clients have the same recency score or "
    "the same frequency score.",
    "rfm.champions": "Who is best is not said: all clients have the same recency score or the "
    "same frequency score.",
}
UNIFORM = {
    "r_score": "Recency does not tell the clients apart: all score the same.",
    "f_score": "Frequency does not tell the clients apart: all score the same.",
    "m_score": "Money does not tell the clients apart: all score the same.",
}
UNEVEN = {
    "r_score": "{share:pct} of the clients share one recency score: recency only sets the others "
    "apart.",
    "f_score": "{share:pct} of the clients share one frequency score: frequency only sets the "
    "others apart.",
    "m_score": "{share:pct} of the clients share one money score: money only sets the others "
    "apart.",
}


def rfm_findings(
    clients: pd.DataFrame,
    rules: RfmRules,
    *,
    window_months: int,
    comparable: bool,
    min_clients: int,
) -> list[Finding]:
    """Who the best clients are and who is drifting away, as far as the scores can tell.

    clients: from `rfm_clients`. comparable: whether the exports cover the period before. Under
    `min_clients` clients with a purchase nothing is claimed.
    """
    scored = clients[clients["rfm_segment"] != CREDIT_ONLY]
    if len(scored) < min_clients:
        return [
            _too_few(key, sentence, len(scored), min_clients) for key, sentence in TOO_FEW.items()
        ]
    main = [_drifting(scored, window_months, comparable), _champions(scored)]
    if min(scored["r_score"].nunique(), scored["f_score"].nunique()) == 1:
        main = [Finding(key, sentence, verdict="REFUSE") for key, sentence in NOT_APART.items()]
    return [
        *main,
        *_sleeping_giants(scored, rules),
        *_discrimination(scored),
        *_marks(clients, rules),
    ]


def rfm_caveats(rules: RfmRules, *, window_months: int) -> list[Finding]:
    """What the reader must know of the scores."""
    relative = Finding(
        "rfm.relative",
        "Scores compare the clients of one day with each other: next year the same client may "
        "change group because the others did. Keep the limits of this year and use the fixed mode "
        "to compare.",
    )
    fixed = Finding(
        "rfm.fixed",
        "Scores follow the limits given, from 1 to {bins:int}: groups compare with those of an "
        "audit that used the same limits.",
        {"bins": rules.bins},
    )
    history = Finding(
        "rfm.history",
        "Frequency and money cover the whole history, so older relations had more time; the "
        "revenue of the last {months:int} months stands beside them.",
        {"months": window_months},
    )
    return [fixed if rules.mode == "fixed" else relative, history]


def rfm_key_figures(clients: pd.DataFrame) -> list[KeyFigure]:
    """The strip on top of the page. clients: from `rfm_clients`."""
    scored = clients[clients["rfm_segment"] != CREDIT_ONLY]
    drifting = scored[scored["rfm_segment"].isin(DRIFTING)]
    return [
        KeyFigure("Clients with a purchase", len(scored)),
        KeyFigure("Champions", int((scored["rfm_segment"] == CHAMPIONS).sum())),
        KeyFigure("At risk or cannot lose", len(drifting)),
        KeyFigure("Revenue so far of clients at risk", exact_total(drifting["revenue"]), "money"),
    ]


def _too_few(key: str, sentence: str, clients: int, min_clients: int) -> Finding:
    values = {"clients": clients, "min_clients": min_clients}
    return Finding(key, sentence, values, n=clients, verdict="REFUSE")


def _drifting(scored: pd.DataFrame, window_months: int, comparable: bool) -> Finding:
    group = scored[scored["rfm_segment"].isin(DRIFTING)]
    total = exact_total(scored["revenue"])
    values = {
        "clients": len(group),
        "share": len(group) / len(scored),
        "revenue_share": exact_total(group["revenue"]) / total if total > 0 else None,
        "window": exact_total(group["revenue_window"]),
        "before": exact_total(group["revenue_prior_window"]),
        "months": window_months,
        "purchases": int(group["occasion_count"].min()) if len(group) else None,
        "silence": int(group["recency_days"].min()) if len(group) else None,
    }
    sentence = DRIFTED_BEFORE if comparable else DRIFTED
    if values["revenue_share"] is None:
        sentence = DRIFTED_ONLY
    if group.empty:
        sentence = "No client is both among the frequent buyers and among the longest silent."
    stake = values["before"] if comparable else values["window"]
    return Finding(
        "rfm.drifting", sentence, values, n=len(group), stake=stake, evidence="rfm_segments"
    )


def _champions(scored: pd.DataFrame) -> Finding:
    group = scored[scored["rfm_segment"] == CHAMPIONS]
    total = exact_total(scored["revenue"])
    values = {
        "clients": len(group),
        "share": len(group) / len(scored),
        "revenue_share": exact_total(group["revenue"]) / total if total > 0 else None,
        "purchases": int(group["occasion_count"].min()) if len(group) else None,
        "silence": int(group["recency_days"].max()) if len(group) else None,
    }
    sentence = (
        "{clients:int} {clients:plural:client|clients} ({share:pct}) bought on {purchases:int} "
        "{purchases:plural:day|days} or more, the last time {silence:int} "
        "{silence:plural:day|days} ago or less: "
        "{clients:plural:it|they} brought {revenue_share:pct} of the revenue so far."
    )
    if values["revenue_share"] is None:
        sentence = (
            "{clients:int} {clients:plural:client|clients} ({share:pct}) bought on {purchases:int} "
            "{purchases:plural:day|days} or more, the last time {silence:int} "
            "{silence:plural:day|days} ago or less."
        )
    if group.empty:
        sentence = "No client is both among the latest and among the most frequent buyers."
    return Finding("rfm.champions", sentence, values, n=len(group), evidence="rfm_segments")


def _sleeping_giants(scored: pd.DataFrame, rules: RfmRules) -> list[Finding]:
    """The map ignores money: what its advice would give up too quickly."""
    asleep = scored[scored["rfm_segment"] == HIBERNATING]
    large = asleep[asleep["m_score"] == rules.bins]
    if large.empty:
        return []
    return [
        Finding(
            "rfm.sleeping_giants",
            "{clients:int} hibernating {clients:plural:client has|clients have} the highest money "
            "score and brought {revenue:money} so far: the groups ignore money, so judge "
            "{clients:plural:it|them} one by one before giving up.",
            {"clients": len(large), "revenue": exact_total(large["revenue"])},
            verdict="FLAG",
            evidence="rfm_clients",
        )
    ]


def _discrimination(scored: pd.DataFrame) -> list[Finding]:
    """Scores that say little: one score for all, or for more than half of the clients."""
    found = []
    for name, uniform in UNIFORM.items():
        share = float(scored[name].value_counts(normalize=True).iloc[0])
        key = f"rfm.even_{name}"
        if scored[name].nunique() == 1:
            found.append(Finding(key, uniform, {"share": share}, verdict="FLAG"))
        elif share > HELD_BY_MOST:
            found.append(Finding(key, UNEVEN[name], {"share": share}, verdict="FLAG"))
    return found


def _marks(clients: pd.DataFrame, rules: RfmRules) -> list[Finding]:
    """What the reader must know of some clients: new by score only, no rhythm, credit only."""
    found = []
    new = clients[clients["rfm_segment"] == NEW]
    old = int((new["observed_days"] > YEAR_DAYS).sum())
    if old:
        found.append(
            Finding(
                "rfm.new_by_score",
                "{old:int} of the {clients:int} {clients:plural:client|clients} called new by "
                "{clients:plural:its|their} scores first bought more than {days:int} days ago: "
                "read few and recent purchases.",
                {"old": old, "clients": len(new), "days": YEAR_DAYS},
                verdict="FLAG",
            )
        )
    if rules.mode == "own_rhythm":
        own = int((clients["recency_basis"] == OWN_RHYTHM).sum())
        found.append(
            Finding(
                "rfm.own_rhythm",
                "Recency is silence over the client's own interval for {own:int} clients; the "
                "{others:int} with fewer than {min_gaps:int} intervals keep plain days of silence.",
                {
                    "own": own,
                    "others": int((clients["rfm_segment"] != CREDIT_ONLY).sum()) - own,
                    "min_gaps": rules.min_gaps,
                },
            )
        )
    credit = clients[clients["rfm_segment"] == CREDIT_ONLY]
    if len(credit):
        found.append(
            Finding(
                "rfm.credit_only",
                "{clients:int} {clients:plural:client has|clients have} credit notes and no "
                "purchase ({revenue:money}): they stand outside the scores.",
                {"clients": len(credit), "revenue": exact_total(credit["revenue"])},
            )
        )
    return found
