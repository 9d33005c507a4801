"""What the departure watch says: who is late, what is at stake, and how far to believe it."""

from typing import Any

import numpy as np
import pandas as pd

from clientaudit.analyses.departures.alerts import CONTACTS
from clientaudit.analyses.departures.deadlines import RENEWS, TO_SETTLE
from clientaudit.analyses.departures.silence import OWN, STATES
from clientaudit.analyses.departures.watch import Watch
from clientaudit.engine.money import exact_total
from clientaudit.findings import Finding, KeyFigure
from clientaudit.models.maximum import normal_quantile
from clientaudit.settings import Thresholds

ANSWER = (
    "departures.late", "departures.stake", "departures.renewals", "departures.upcoming",
    "departures.contracts", "departures.unanswered", "departures.attrition_change",
    "departures.precision",
)  # fmt: skip
STAKE = {
    "margin": "{stake:money} of yearly margin is at stake on the list, weighed by the probability "
    "that each client has left; of its {clients:int} {clients:plural:client|clients} with a rhythm "
    "about {false:int} should still be buying ({false_low:int} to {false_high:int}, if the rhythms "
    "hold).",
    "revenue": "{stake:money} of yearly revenue is at stake on the list, weighed by the "
    "probability that each client has left; of its {clients:int} {clients:plural:client|clients} "
    "with a rhythm about {false:int} should still be buying ({false_low:int} to {false_high:int}, "
    "if the rhythms hold).",
}


def watch_findings(
    watch: Watch, alerts: pd.DataFrame, upcoming: pd.DataFrame, *, thresholds: Thresholds
) -> list[Finding]:
    """Who is late now and soon, what is at stake, who is dormant and who is lost.

    alerts: from `alerts_table`. upcoming: from `upcoming_table`.
    """
    clients, n = watch.clients, len(watch.clients)
    late = alerts[alerts["silence_ratio"] >= thresholds.worry_ratio]
    return [
        Finding(
            "departures.late",
            "{clients:int} {clients:plural:client|clients} worth {value:money} a year "
            "{clients:plural:has|have} been silent for {ratio:number} times "
            "{clients:plural:its|their} own interval or more, of {watched:int} with a rhythm."
            if len(late)
            else "No client has passed its own threshold, of {watched:int} with a rhythm.",
            {
                "clients": len(late),
                "value": exact_total(late["yearly_value"]),
                "ratio": thresholds.worry_ratio,
                "watched": int((clients["method"] == OWN).sum()),
            },
            n=n,
            stake=exact_total(late["yearly_value"]),
            evidence="alerts",
        ),
        _stake(watch, alerts),
        Finding(
            "departures.upcoming",
            "{soon:int} more {soon:plural:client falls|clients fall} due for an alert within "
            "{first:int} days if {soon:plural:it buys|they buy} nothing, {later:int} within "
            "{last:int} days.",
            {
                "soon": int(upcoming["client_count"].iloc[0]),
                "later": int(upcoming["client_count"].iloc[-1]),
                "first": int(upcoming["day_count"].iloc[0]),
                "last": int(upcoming["day_count"].iloc[-1]),
            },
            n=n,
            evidence="upcoming",
        ),
        _states(watch, thresholds),
        _closures(watch),
    ]


def contact_findings(
    alerts: pd.DataFrame,
    deadlines: pd.DataFrame,
    solicitations: pd.DataFrame,
    *,
    thresholds: Thresholds,
) -> list[Finding]:
    """Contracts to settle and contacts without an answer; what is missing where they are not given.

    deadlines, solicitations: from `deadlines_of`, `solicitations_of`.
    """
    due = deadlines[deadlines["outcome"] == TO_SETTLE]
    passed = int((deadlines["outcome"] == RENEWS).sum())
    waiting = alerts["reasons"].str.contains(CONTACTS, regex=False)
    few = int((solicitations["solicitation_count"] < thresholds.max_unanswered).sum())
    return [
        Finding(
            "departures.contracts",
            "{contracts:int} {contracts:plural:contract|contracts} worth {amount:money} a year "
            "must be settled within {weeks:int} weeks, counted from the notice; for {passed:int} "
            "more the notice has passed.",
            {
                "contracts": len(due),
                "amount": exact_total(due["amount_year"]) if len(due) else 0.0,
                "weeks": thresholds.contract_alert_weeks,
                "passed": passed,
            },
            n=len(deadlines),
            evidence="deadlines",
        )
        if "decide_by" in deadlines
        else missing("departures.contracts", "Contract deadlines are not watched: ask for the "
                      "contracts, with start, end, notice and tacit renewal."),
        Finding(
            "departures.unanswered",
            "{clients:int} {clients:plural:client|clients} not yet lost left {count:int} "
            "solicitations in a row or more without an answer; for {few:int} there are too few "
            "contacts to say.",
            {"clients": int(waiting.sum()), "count": thresholds.max_unanswered, "few": few},
            n=len(solicitations),
            evidence="alerts",
        )
        if "unanswered_count" in solicitations and len(solicitations)
        else missing("departures.unanswered", "Unanswered contacts are not counted: ask for the "
                      "contacts of the CRM, with date, direction and reaction."),
    ]  # fmt: skip


def attrition_findings(
    rates: pd.DataFrame, change: tuple[float, tuple[float, float], float] | None
) -> list[Finding]:
    """How many clients and how much revenue were lost, and whether that changed in two years.

    rates: from `attrition_rates`. change: from `attrition_change`, None where a year is missing.
    """
    if rates.empty:
        return [missing(
            "departures.attrition",
            "Attrition is not computed: it takes exports that reach two years back. Ask for older "
            "invoice lines.",
        )]  # fmt: skip
    last = rates.iloc[0]
    found = [
        Finding(
            "departures.attrition",
            "{lost:int} of {clients:int} {clients:plural:client was|clients were} lost in the last "
            "twelve months ({rate:pct}, {low:pct} to {high:pct}), who had brought "
            "{revenue_rate:pct} of the revenue."
            if last["lost_count"] and not pd.isna(last["revenue_loss_rate"])
            else "{lost:int} of {clients:int} {clients:plural:client was|clients were} lost in the "
            "last twelve months ({rate:pct}, {low:pct} to {high:pct}).",
            {
                "lost": int(last["lost_count"]),
                "clients": int(last["client_count"]),
                "rate": float(last["loss_rate"]),
                "low": float(last["low_rate"]),
                "high": float(last["high_rate"]),
                "revenue_rate": _value(last["revenue_loss_rate"]),
            },
            interval=(float(last["low_rate"]), float(last["high_rate"])),
            n=int(last["client_count"]),
            stake=float(last["lost_revenue"]),
            evidence="attrition",
        )
    ]
    if change is None:
        return found
    points, (low, high), relative = change
    change_is = ("fallen" if high < 0 else "risen") if low > 0 or high < 0 else ""
    values = {"points": points, "relative": abs(relative), "low": low, "high": high}
    sentences = {
        "fallen": "Attrition has fallen by {relative:pct} in two years, that is {points:points} "
        "({low:points} to {high:points}).",
        "risen": "Attrition has risen by {relative:pct} in two years, that is {points:points} "
        "({low:points} to {high:points}).",
        "": "Attrition is {points:points} from two years ago, within what chance explains "
        "({low:points} to {high:points}).",
    }
    return [
        *found,
        Finding(
            "departures.attrition_change",
            sentences[change_is],
            values,
            interval=(low, high),
            n=int(rates["client_count"].iloc[0]),
            evidence="attrition",
        ),
    ]


def watch_key_figures(watch: Watch, alerts: pd.DataFrame, rates: pd.DataFrame) -> list[KeyFigure]:
    """The strip on top of the page."""
    last, before = [*rates["loss_rate"].tolist(), np.nan, np.nan][:2]
    return [
        KeyFigure("Clients to act on", len(alerts)),
        KeyFigure("At stake in a year", exact_total(alerts["stake"]), "money"),
        KeyFigure("Lost clients", int((watch.clients["state"] == STATES[2]).sum())),
        KeyFigure("Attrition in twelve months", last, "pct", previous=before),
    ]


def watch_caveats(watch: Watch, *, ratio: float) -> list[Finding]:
    """What the reader must know of the watch."""
    found = [
        Finding(
            "departures.not_probability",
            "How rare a silence is, is not the probability that the client has left: that one also "
            "depends on how many clients this firm loses. Both stand in the list.",
        ),
        Finding(
            "departures.ratio_errs",
            "The rule of {ratio:number} times the own interval fires in about one ordinary "
            "interval in five for a client that buys at random, and hardly ever for a very regular "
            "one.",
            {"ratio": ratio},
        ),
        Finding(
            "departures.sorting",
            "A risk that falls with the years need not mean that clients grow loyal: the fickle "
            "leave first, and those who stay were loyal from the start.",
        ),
    ]
    if watch.pace.is_common:
        found.append(Finding(
            "departures.common_rhythm",
            "The clients' rhythms cannot be told apart: alerts stand, but what is typical for one "
            "client rests on all.",
            verdict="FLAG",
        ))  # fmt: skip
    return found


def _stake(watch: Watch, alerts: pd.DataFrame) -> Finding:
    known = alerts[alerts["p_gone"].notna()]
    if watch.yearly_loss is None or known.empty:
        return missing(
            "departures.stake",
            "What is at stake is not said: the exports are too short to know how many clients this "
            "firm loses in a year."
            if watch.yearly_loss is None
            else "What is at stake is not said: no client of the list has a known rhythm.",
        )
    false = float((1 - known["p_gone"]).sum())
    half = normal_quantile(0.95) * float((known["p_gone"] * (1 - known["p_gone"])).sum()) ** 0.5
    return Finding(
        "departures.stake",
        STAKE[watch.basis],
        {
            "stake": exact_total(known["stake"]),
            "clients": len(known),
            "false": false,
            "false_low": max(false - half, 0.0),
            "false_high": min(false + half, float(len(known))),
        },
        n=len(known),
        stake=exact_total(known["stake"]),
        evidence="alerts",
    )


def _states(watch: Watch, thresholds: Thresholds) -> Finding:
    counts = watch.clients["state"].value_counts()
    return Finding(
        "departures.lost",
        "{lost:int} {lost:plural:client is|clients are} lost (silent for {lost_days:int} days or "
        "more), {dormant:int} "
        "dormant ({dormant_days:int} days or more, and late for their own rhythm); {ordinary:int} "
        "long {ordinary:plural:silence is|silences are} ordinary for the client.",
        {
            "lost": int(counts.get(STATES[2], 0)),
            "dormant": int(counts.get(STATES[1], 0)),
            "ordinary": int(counts.get(STATES[3], 0)),
            "lost_days": thresholds.lost_days,
            "dormant_days": thresholds.dormant_days,
        },
        n=len(watch.clients),
        evidence="sensitivity",
    )


def _closures(watch: Watch) -> Finding:
    return Finding(
        "departures.open_days",
        "Silences and intervals are counted in open days: the firm closes for about {days:int} "
        "days a year, in closures of more than ten."
        if watch.clock.closures
        else "Silences and intervals are counted in calendar days: the firm never closes for more "
        "than ten days.",
        {"days": 365 - watch.clock.year_days, "closures": len(watch.clock.closures)},
    )


def missing(key: str, sentence: str, values: dict[str, Any] | None = None) -> Finding:
    """What is not computed, why, and what to ask for."""
    return Finding(key, sentence, values or {}, verdict="REFUSE")


def _value(number: float) -> float | None:
    return None if pd.isna(number) else float(number)
