"""How good the relation with each client is, from what it does and not from what is felt."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from clientaudit.analyses.grid.lateness import BROKEN_DAYS
from clientaudit.analyses.grid.relation_events import (
    counted_demands,
    counted_incidents,
    counted_lateness,
    counted_openings,
    counted_proposals,
    manual_ratings,
)
from clientaudit.audit import Audit
from clientaudit.engine.period import period_to
from clientaudit.engine.tables import beside
from clientaudit.models.beta_binomial import rate_prior
from clientaudit.models.maximum import Floats

OPENNESS, COMPLIANCE, PROACTIVITY, MANUAL = "openness", "compliance", "proactivity", "manual"
EXPORTS: Final = ("contacts", "quotes", "payments", "incidents", "concessions", "clients")
OPENINGS_FOR_ALL = 12  # opportunities that make proactivity 1: one a month [our default]
HIGHEST_RATING = 4
MANUAL_WEIGHT = 0.15  # what is rated by hand weighs no more [our default], R67
COUNTS: Final = (
    "n_proposals", "n_answers", "late_share", "late_days", "unfounded_count", "founded_count",
    "unknown_count", "demand_count", "referral_count", "opportunity_count",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class RelationTable:
    """The relation with each client over the period.

    frame: one row per client of the summary, in order of client_id:
        client_id; openness, compliance, proactivity (0 to 1, NaN for everybody where the firm's
        data do not tell it); relation (the mean of those that they tell; a rating by hand, where
        there is one, weighs 15 %); n_proposals, n_answers; late_share (of the amount due),
        late_days (mean, weighted by amount), both NaN for a client with nothing due;
        unfounded_count, founded_count, unknown_count (incidents of the period); demand_count
        (exceptions asked without a counterpart); referral_count, opportunity_count. A count is
        NaN for everybody where its table is missing.
    parts: those of openness, compliance, proactivity and manual that the data tell.
    rules: what compliance is made of, of late, unfounded and exceptions.
    """

    frame: pd.DataFrame
    parts: tuple[str, ...]
    rules: tuple[str, ...]


def client_relation(audit: Audit) -> RelationTable:
    """Openness, compliance and proactivity per client over the audit's period (R70).

    openness: answers (a reply, a meeting, an order, a quote won) to offers and to proposals of
    new products; silence and refusal are none, an opened e-mail neither. compliance: 1 less the
    share of rules contested: invoices due, by the days late, of which 30 are the whole; unfounded
    incidents per purchase day; exceptions asked per purchase day. Founded incidents and those of
    which it is not known lower nothing. Both are drawn towards the firm's mean, the more the less
    is known of the client (beta-binomial by moments, see `rate_prior`). proactivity: clients
    referred in all, and opportunities brought in the period, on a log scale up to 12.
    """
    given = {name: audit.table(name) for name in EXPORTS}
    tables = {name: table for name, table in given.items() if table is not None}
    period = period_to(audit.as_of, audit.thresholds.window_months)
    days = audit.thresholds.reaction_window_days
    base = audit.summary.select("client_id", orders="occasion_count_window")
    counted = [
        *counted_proposals(tables, period, reaction_days=days),
        *counted_lateness(tables, period),
        *counted_incidents(tables, period),
        *counted_demands(tables, period),
        *counted_openings(tables, audit.summary, period),
        *manual_ratings(tables, period),
    ]
    return relation_of(beside(base, counted).order_by("client_id").execute())


def relation_of(counts: pd.DataFrame) -> RelationTable:
    """The relation from what was counted: the columns of `relation_events`, and orders."""
    data = counts.drop(columns="client_id").astype("float64")
    partial = ("late_share", "late_days", "rating")  # unknown for a client, not none
    data = data.fillna({name: 0.0 for name in data if name not in partial})
    rates = _rule_rates(data)
    found = {
        OPENNESS: _openness(data),
        COMPLIANCE: 1 - np.minimum(sum(rates.values()), 1.0) if rates else None,
        PROACTIVITY: _proactivity(data),
    }
    known = {name: values for name, values in found.items() if values is not None}
    relation = np.mean(list(known.values()), axis=0) if known else np.full(len(data), np.nan)
    parts = tuple(known)
    if known and "rating" in data and data["rating"].notna().any():
        parts += (MANUAL,)
        rating = data["rating"].to_numpy() / HIGHEST_RATING
        mixed = (1 - MANUAL_WEIGHT) * relation + MANUAL_WEIGHT * rating
        relation = np.where(np.isnan(rating), relation, mixed)
    scores = {name: known.get(name, np.nan) for name in (OPENNESS, COMPLIANCE, PROACTIVITY)}
    frame = pd.DataFrame({"client_id": counts["client_id"], **scores, "relation": relation})
    return RelationTable(
        frame.assign(**{name: data.get(name, np.nan) for name in COUNTS}), parts, tuple(rates)
    )


def _openness(data: pd.DataFrame) -> Floats | None:
    """None where no proposal was ever answered: the firm does not note the answers."""
    if "n_proposals" not in data or not data["n_answers"].any():
        return None
    return _shrunk(data["n_answers"], data["n_proposals"])


def _rule_rates(data: pd.DataFrame) -> dict[str, Floats]:
    """How often each rule is contested, per invoice due or per purchase day."""
    orders = data["orders"]
    rules: Mapping[str, tuple[str, float, pd.Series[float]]] = {
        "late": ("broken_days", BROKEN_DAYS, data.get("due_count", orders)),
        "unfounded": ("unfounded_count", 1.0, orders),
        "exceptions": ("demand_count", 1.0, orders),
    }
    rates = {}
    for name, (column, unit, trials) in rules.items():
        if column in data and not (name == "unfounded" and _is_unjudged(data)):
            broken = data[column] / unit
            # What is contested without an order stands for one.
            rate = _shrunk(broken, trials.clip(lower=broken))
            if rate is not None:
                rates[name] = rate
    return rates


def _is_unjudged(data: pd.DataFrame) -> bool:
    judged = data["unfounded_count"] + data["founded_count"]
    return bool(data["unknown_count"].any() and not judged.any())


def _shrunk(successes: "pd.Series[float]", trials: "pd.Series[float]") -> Floats | None:
    prior = rate_prior(successes, trials)
    return None if prior is None else prior.shrunk(successes, trials)


def _proactivity(data: pd.DataFrame) -> Floats | None:
    """None where nobody ever brought anything: the firm does not keep it."""
    names = [name for name in ("referral_count", "opportunity_count") if name in data]
    brought = data[names].sum(axis=1).to_numpy(np.float64)
    if not brought.any():
        return None
    return np.asarray(np.log1p(np.minimum(brought, OPENINGS_FOR_ALL)) / np.log1p(OPENINGS_FOR_ALL))
