"""Which kinds of clients there are, or that there are none, as sentences."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from clientaudit.analyses.groups.evidence import Validation
from clientaudit.analyses.groups.kinds import Groups
from clientaudit.findings import Finding, KeyFigure
from clientaudit.models.groups.evidence import LEVEL
from clientaudit.models.groups.grouping import GroupFit, NoGroups
from clientaudit.models.groups.rules import GroupRule
from clientaudit.settings import Thresholds

ANSWER = (
    "groups.found", "groups.kept", "groups.moved", "groups.first", "groups.rule", "groups.stayed",
    "groups.repeat",
)  # fmt: skip
MANY_BEYOND = 0.05
NO_GROUPS = {
    "too_few": "Groups are not looked for: {clients:int} {clients:plural:client|clients} bought in "
    "the last {months:int} months, and it takes {min_clients:int}.",
    "one_measure": "No groups are made: the {clients:int} clients of the last {months:int} months "
    "differ in one measure at most, and tenths of revenue say as much.",
    "none_beyond_chance": "No clear groups: the {clients:int} clients of the last {months:int} "
    "months differ by degrees. Cut into two to {most:int}, they look no more grouped than "
    "imitations of them that have no groups.",
    "none_stable": "No clear groups: the {clients:int} clients of the last {months:int} months are "
    "more than one cloud, but no cut into two to {most:int} groups comes back when clients are "
    "drawn again.",
}
FALL_INTO = (
    "The {clients:int} clients of the last {months:int} months fall into {groups:int} groups: "
    "group {largest:int} brings {revenue_share:pct} of the revenue with {client_share:pct} of the "
    "clients."
)
KEPT = {
    True: "The {groups:int} groups of the last audit still hold, and stay in use: grouped anew, "
    "the least alike has {alike:pct} in common with its successor.",
    False: "The {groups:int} groups of the last audit no longer hold: grouped anew, the least "
    "alike has {alike:pct} in common with its successor, and it takes {needed:pct}.",
}
NONE_LEFT = (
    "The {groups:int} groups of the last audit no longer hold: today's clients form no clear "
    "groups."
)
CLAIMS = {
    "margin_rate": "The groups differ in margin rate, which did not form them: {low:pct} for the "
    "median client of group {low_group:int}, {high:pct} for that of group {high_group:int}.",
    "tenure_years": "The groups differ in the age of the relation, which did not form them: "
    "{low:number} years for the median client of group {low_group:int}, {high:number} for that of "
    "group {high_group:int}.",
    "repeat_rate": "The groups tell who stays: of the clients who were in group {high_group:int} a "
    "period earlier, {high:pct} bought again; of those in group {low_group:int}, {low:pct}.",
}
NEUTRAL = {
    "margin_rate": "The margin rates of the groups do not differ beyond chance ({low:pct} to "
    "{high:pct} at the median).",
    "tenure_years": "The relations of the groups are not of different ages beyond chance "
    "({low:number} to {high:number} years at the median).",
    "repeat_rate": "The groups do not tell who stays beyond chance: {low:pct} to {high:pct} of the "
    "clients who were in a group a period earlier bought again.",
}
KEYS = {
    "margin_rate": "groups.margin", "tenure_years": "groups.tenure",
    "repeat_rate": "groups.repeat",
}  # fmt: skip


def groups_findings(
    groups: Groups, profile: pd.DataFrame, rule: GroupRule | None, *, thresholds: Thresholds
) -> list[Finding]:
    """Which groups there are, which one to look at first, and how to tell them; or none.

    profile: from `profile_table`. rule: from `rule_of`.
    """
    if groups.grouping is None:
        return [_none(groups, thresholds), *_existence(groups)]
    return [
        _found(groups, profile),
        _first(profile),
        *_rule(rule),
        *_stability(groups, profile),
        *_existence(groups),
    ]


def headline(findings: Sequence[Finding], key: str) -> Finding:
    """The finding of that key, or the first one where there is none."""
    return next((finding for finding in findings if finding.key == key), findings[0])


def validation_findings(validation: Validation) -> list[Finding]:
    """Whether the groups differ in what did not form them, and whether clients stay in them."""
    found = []
    for name, p_value in validation.p_values.items():
        known = validation.rows[validation.rows[name].notna()]
        if len(known) < 2:
            continue
        low, high = (_row(known, int(known[name].astype(float).agg(f)))
                     for f in ("argmin", "argmax"))  # fmt: skip
        values = {
            "low": float(low[name]), "high": float(high[name]),
            "low_group": int(low["group"]), "high_group": int(high["group"]),
        }  # fmt: skip
        found.append(
            Finding(KEYS[name], CLAIMS[name], values, evidence="group_validation",
                    claim_p=p_value, neutral=NEUTRAL[name])
        )  # fmt: skip
    return [*_stayed(validation), *found]


def kept_findings(groups: Groups, *, thresholds: Thresholds) -> list[Finding]:
    """Whether the groups of the last audit still hold, and who moved; nothing without them."""
    kept = groups.kept
    if kept is None:
        return []
    values: dict[str, Any] = {
        "groups": len(kept.names), "alike": float(kept.alike.min()),
        "needed": thresholds.min_jaccard,
    }  # fmt: skip
    sentence = KEPT[kept.holds] if isinstance(groups.fit, GroupFit) else NONE_LEFT
    today = dict(zip(groups.clients["client_id"], kept.now + 1, strict=True))
    both = [client for client in kept.before if client in today]
    moved = sum(today[client] != kept.before[client] for client in both)
    moves = {
        "both": len(both), "moved": int(moved), "gone": len(kept.before) - len(both),
        "arrived": len(today) - len(both), "share": moved / len(both) if both else None,
    }  # fmt: skip
    return [
        Finding("groups.kept", sentence, values, verdict="PASS" if kept.holds else "FLAG",
                evidence="group_model"),
        Finding(
            "groups.moved",
            "Since the last audit {moved:int} of {both:int} clients changed group by the same "
            "limits ({share:pct}); {gone:int} bought nothing in the period and {arrived:int} were "
            "in no group before.",
            moves, n=len(both), evidence="group_movements",
        ),
        _beyond(groups),
    ]  # fmt: skip


def groups_key_figures(
    groups: Groups, profile: pd.DataFrame, rule: GroupRule | None, validation: Validation
) -> list[KeyFigure]:
    """The strip on top of the page."""
    figures = [KeyFigure("Clients of the period", len(groups.clients))]
    if groups.grouping is None or rule is None:
        return [*figures, KeyFigure("Clear groups", 0)]
    figures.append(KeyFigure("Clear groups", len(groups.names)))
    figures.append(KeyFigure("Largest share of revenue", profile["revenue_share"].max(), "pct"))
    figures.append(KeyFigure("Clients that the short rule places", rule.overall, "pct"))
    if validation.both:
        stayed = validation.stayed / validation.both
        figures.append(KeyFigure("Still in their group after a period", stayed, "pct"))
    return figures


def groups_caveats(groups: Groups) -> list[Finding]:
    """What the reader must know of groups."""
    tails = Finding(
        "groups.tails",
        "Imitations keep each measure as it is and how the measures go together. Where extremes "
        "come together more often than that allows, one cloud can still pass for groups.",
    )
    degrees = Finding(
        "groups.degrees",
        "A group is a way to speak of clients who buy alike: one near a border may stand on the "
        "other side next year without having changed much.",
    )
    names = Finding(
        "groups.names",
        "Names are proposed from the average client of each group; the firm may know better ones.",
    )
    return [tails, degrees, names] if groups.grouping is not None else [tails]


def _row(rows: pd.DataFrame, place: int) -> dict[str, Any]:
    """One row by its place: plain values by column."""
    return {str(name): value for name, value in rows.iloc[place].items()}


def _none(groups: Groups, limits: Thresholds) -> Finding:
    assert isinstance(groups.fit, NoGroups)
    reason = groups.fit.reason
    values = {
        "clients": len(groups.clients), "months": groups.window_months,
        "min_clients": limits.min_clients, "most": limits.max_groups,
    }  # fmt: skip
    refused = reason in ("too_few", "one_measure")
    return Finding(
        "groups.found", NO_GROUPS[reason], values, n=len(groups.clients),
        verdict="REFUSE" if refused else "PASS",
    )  # fmt: skip


def _found(groups: Groups, profile: pd.DataFrame) -> Finding:
    largest = _row(profile, int(profile["revenue_share"].argmax()))
    values = {
        "clients": len(groups.clients), "months": groups.window_months, "groups": len(profile),
        "largest": int(largest["group"]), "revenue_share": float(largest["revenue_share"]),
        "client_share": float(largest["client_share"]),
    }  # fmt: skip
    return Finding(
        "groups.found", FALL_INTO, values, n=len(groups.clients), evidence="group_profile"
    )


def _first(profile: pd.DataFrame) -> Finding:
    """What a client of the group that brings most brings, beside one that brings least."""
    per_client = profile["revenue"] / profile["client_count"]
    first, last = int(per_client.argmax()), int(per_client.argmin())
    values = {
        "first": float(per_client.max()), "last": float(per_client.min()),
        "first_group": first + 1, "last_group": last + 1,
        "ratio": float(per_client.max() / per_client.min()),
    }  # fmt: skip
    return Finding(
        "groups.first",
        "On average a client of group {first_group:int} brings {first:money} over the period, and "
        "one of group {last_group:int} brings {last:money}: the first weighs {ratio:number} times "
        "as much.",
        values,
        evidence="group_profile",
    )


def _rule(rule: GroupRule | None) -> list[Finding]:
    if rule is None:
        return []
    values = {"fidelity": rule.overall, "lines": len(rule.boxes),
              "least": float(rule.fidelity.min())}  # fmt: skip
    return [
        Finding(
            "groups.rule",
            "A rule of {lines:int} {lines:plural:line|lines} gives {fidelity:pct} of the clients "
            "their group, and at least {least:pct} within each group.",
            values,
            evidence="group_rules",
        )
    ]


def _stability(groups: Groups, profile: pd.DataFrame) -> list[Finding]:
    if profile["found_again_share"].isna().any():
        return []
    least = _row(profile, int(profile["found_again_share"].argmin()))
    values = {"group": int(least["group"]), "similarity": float(least["found_again_share"])}
    return [
        Finding(
            "groups.stability",
            "When clients are drawn again, even the least sure group ({group:int}) comes back with "
            "{similarity:pct} of its clients in common (Jaccard similarity).",
            values,
            interval=(float(least["low_rate"]), float(least["high_rate"])),
            n=len(groups.clients),
            evidence="group_profile",
        )
    ]  # fmt: skip


def _existence(groups: Groups) -> list[Finding]:
    evidence = groups.fit.evidence
    if evidence is None:
        return []
    best = int(evidence.observed.argmax())
    values = {
        "reached": evidence.reached, "drawn": evidence.drawn, "most": evidence.counts[-1],
        "best": evidence.counts[best], "deviations": float(evidence.observed[best]),
    }  # fmt: skip
    return [
        Finding(
            "groups.existence",
            "{reached:int} of {drawn:int} imitations without groups {reached:plural:looks|look} as "
            "grouped as these clients, cut into two to {most:int}; {limit:pct} at most is proof of "
            "groups.",
            values | {"limit": LEVEL},
            n=len(groups.clients),
        )
    ]


def _stayed(validation: Validation) -> list[Finding]:
    if not validation.both:
        return []
    share = validation.stayed / validation.both
    return [
        Finding(
            "groups.stayed",
            "Of {n:int} {n:plural:client|clients} who bought in this period and in the one before, "
            "{share:pct} {n:plural:is|are} in the same group in both.",
            {"n": validation.both, "share": share},
            n=validation.both,
            evidence="group_validation",
        )
    ]


def _beyond(groups: Groups) -> Finding:
    assert groups.kept is not None
    n, beyond = len(groups.kept.beyond), int(groups.kept.beyond.sum())
    return Finding(
        "groups.beyond",
        "{beyond:int} of {n:int} clients {beyond:plural:is|are} unlike any client that the groups "
        "of the last audit were made of ({share:pct}).",
        {"beyond": beyond, "n": n, "share": beyond / n},
        n=n,
        verdict="FLAG" if beyond > MANY_BEYOND * n else "PASS",
    )
