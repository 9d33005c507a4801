"""How far the departure watch can be believed: the past, and how long clients stay."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from clientaudit.analyses.departures.findings import missing
from clientaudit.analyses.departures.past import SILENCE_RULE, Past
from clientaudit.analyses.departures.retention import BANDS, DOUBLED, UNKNOWN, Retention
from clientaudit.findings import Finding, settle_claims
from clientaudit.intake.quality.check import flag
from clientaudit.models.cox import CoxFit
from clientaudit.models.intervals import wilson

BAD_CHECK = 0.05
TWO_YEARS = 730
MIN_COVERAGE = 0.6  # of the lost clients, with a reason [our default], R17


def retention_findings(
    found: Retention | None, hazard: pd.DataFrame, *, min_clients: int
) -> list[Finding]:
    """Who stays longer, in which year of the relation clients leave, and why, where it was asked.

    hazard: from `hazard_table`. Their claims are settled: they are titles of charts.
    """
    if found is None:
        return [missing(
            "departures.retention",
            "How long clients stay is not computed: it takes {months:int} months of exports and "
            "{clients:int} clients at the start.",
            {"months": 36, "clients": min_clients},
        ), *_hazard(hazard)]  # fmt: skip
    found_out = [_curves(found), *_hazard(hazard), _reasons(found), *_effects(found)]
    return list(settle_claims(found_out))


def past_findings(past: Past, rates: pd.DataFrame, *, living: float | None) -> list[Finding]:
    """How right the watch was on the firm's own past.

    rates: from `rule_rates` at the last past day. living: share of living clients in alert on any
    day, by the fitted rhythm.
    """
    if past.judged is None:
        return [missing(
            "departures.precision",
            "How right alerts are is not said: the past is too short, or too few clients buy "
            "again. Rank by days of silence and judge by hand.",
        )]  # fmt: skip
    return [_precision(rates), _chosen(past), *_living(living)]


def backtest_title(findings: Sequence[Finding]) -> Finding:
    """The finding that the comparison of the candidates is drawn for, or why there is none."""
    keys = ("departures.backtest", "departures.precision")
    return next(f for key in keys for f in findings if f.key == key)


def _curves(found: Retention) -> Finding:
    ends = {name: curve.at(TWO_YEARS) for name, curve in found.curves.items()}
    first, last = (ends.get(BANDS[0]), ends.get(BANDS[-1]))
    everybody = found.clients["is_lost"]
    values: dict[str, Any] = {
        "rate": 1 - float(everybody.mean()),
        "clients": len(found.clients),
        "large": first[0] if first else None,
        "large_low": first[1] if first else None,
        "large_high": first[2] if first else None,
        "small": last[0] if last else None,
        "small_low": last[1] if last else None,
        "small_high": last[2] if last else None,
        "p": found.comparison.p_value if found.comparison else 1.0,
    }
    return Finding(
        "departures.retention",
        "{large:pct} of the largest fifth of the clients were still there after two years "
        "({large_low:pct} to {large_high:pct}), against {small:pct} of the smaller half "
        "({small_low:pct} to {small_high:pct}).",
        values,
        n=len(found.clients),
        evidence="retention",
        claim_p=values["p"],
        neutral="{rate:pct} of {clients:int} clients were still there after two years, with no "
        "clear difference between large and small ones.",
    )


def _hazard(rows: pd.DataFrame) -> list[Finding]:
    if not (rows["tenure_year"] == 1).any():
        return [missing(
            "departures.hazard",
            "Losses by year of the relation are not computed: ask for the date of the first "
            "purchase of every client, or older invoice lines.",
        )]  # fmt: skip
    first, later = rows.iloc[0], rows.iloc[1:]
    lost, n = int(later["lost_count"].sum()), int(later["client_count"].sum())
    rest = wilson(lost, n) if n else (np.nan, np.nan)
    apart = n > 0 and (first["low_rate"] > rest[1] or first["high_rate"] < rest[0])
    return [
        Finding(
            "departures.hazard",
            "{first:pct} of the clients are lost in their first year ({low:pct} to {high:pct}), "
            "{rest:pct} a year after it ({rest_low:pct} to {rest_high:pct})."
            if apart
            else "{first:pct} of the clients are lost in their first year ({low:pct} to "
            "{high:pct}); later years do not clearly differ ({rest:pct}, {rest_low:pct} to "
            "{rest_high:pct})."
            if n
            else "{first:pct} of the clients are lost in their first year ({low:pct} to "
            "{high:pct}); the exports are too short to see later years.",
            {
                "first": float(first["loss_rate"]),
                "low": float(first["low_rate"]),
                "high": float(first["high_rate"]),
                **({"rest": lost / n, "rest_low": rest[0], "rest_high": rest[1]} if n else {}),
            },
            interval=(float(first["low_rate"]), float(first["high_rate"])),
            n=int(first["client_count"]),
            evidence="hazard",
        )
    ]


def _reasons(found: Retention) -> Finding:
    lost = found.clients[found.clients["is_lost"]]
    known = int((lost["reason"] != UNKNOWN).sum())
    return Finding(
        "departures.reasons",
        "Of {lost:int} {lost:plural:client|clients} lost in two years, the reason of {known:int} "
        "was written down ({share:pct}): shares by reason are those of the clients who were asked."
        if len(lost)
        else "Nobody was lost in two years: there is no reason to tell.",
        {"lost": len(lost), "known": known, "share": known / len(lost) if len(lost) else None},
        n=len(lost),
        evidence="reasons",
        verdict=flag(known < MIN_COVERAGE * len(lost)),
    )


def _effects(found: Retention) -> list[Finding]:
    fit = found.effects
    if not isinstance(fit, CoxFit) or DOUBLED not in fit.names:
        return []
    place = fit.names.index(DOUBLED)
    ratio = np.exp([fit.coefficients[place], fit.low[place], fit.high[place]])
    advice = fit.proportionality[place] < BAD_CHECK
    return [
        Finding(
            "departures.effect_of_size",
            "A client of twice the revenue leaves {less:pct} less often, at any time ({low:pct} to "
            "{high:pct})."
            if not advice
            else "A client of twice the revenue leaves {less:pct} less often on average ({low:pct} "
            "to {high:pct}); the effect changes over the two years.",
            {"less": 1 - ratio[0], "low": 1 - ratio[2], "high": 1 - ratio[1]},
            interval=(1 - float(ratio[2]), 1 - float(ratio[1])),
            n=fit.event_count,
            claim_p=float(fit.p_values[place]),
            neutral="The size of a client does not clearly go with leaving.",
        )
    ]


def _precision(rates: pd.DataFrame) -> Finding:
    best: pd.Series[Any] = rates[rates["rule"] == SILENCE_RULE].iloc[0]
    if not best["alert_count"]:
        return missing("departures.precision", "No client was in alert at the last past date.")
    rate, low, high = (float(best[name]) for name in ("precision_rate", "low_rate", "high_rate"))
    return Finding(
        "departures.precision",
        "Of {alerts:int} such {alerts:plural:alert|alerts} at the last past date, {gone:int} "
        "{gone:plural:was|were} right: the client bought nothing in the time that followed "
        "({rate:pct}, {low:pct} to {high:pct}). {recall:pct} of those who stopped were seen."
        if not pd.isna(best["recall_rate"])
        else "Of {alerts:int} such {alerts:plural:alert|alerts} at the last past date none was "
        "right: no client stopped in the time that followed.",
        {
            "alerts": int(best["alert_count"]),
            "gone": int(best["gone_count"]),
            "rate": rate,
            "low": low,
            "high": high,
            "recall": None if pd.isna(best["recall_rate"]) else float(best["recall_rate"]),
        },
        interval=(low, high),
        n=int(best["alert_count"]),
        evidence="rules_past",
    )


def _chosen(past: Past) -> Finding:
    judged = past.judged
    assert judged is not None
    model, rule = judged.scores[judged.chosen], judged.scores[judged.rule]
    values = {
        "model": judged.chosen,
        "rule": judged.rule,
        "model_auc": model.auc,
        "rule_auc": rule.auc,
        "gain": judged.advantage,
        "low": judged.advantage_interval[0],
        "high": judged.advantage_interval[1],
        "clients": model.n,
        "dates": judged.date_count,
    }
    return Finding(
        "departures.backtest",
        "Who will buy again is told better by a model than by the best simple rule, at each of "
        "{dates:int} past dates: {model_auc:pct} of pairs in the right order against "
        "{rule_auc:pct}."
        if judged.is_preferred
        else "Who will buy again is not told clearly better by a model than by the best simple "
        "rule ({model_auc:pct} of pairs in the right order against {rule_auc:pct}): the rule is "
        "kept.",
        values,
        interval=judged.advantage_interval,
        n=model.n,
        evidence="candidates",
        verdict=flag(judged.is_short),
    )


def _living(share: float | None) -> list[Finding]:
    if share is None:
        return []
    return [
        Finding(
            "departures.living",
            "On any day, {share:pct} of the living clients of such rhythms are silent for longer "
            "than nine of ten of their intervals: so many false alerts are in the nature of the "
            "watch.",
            {"share": share},
        )
    ]
