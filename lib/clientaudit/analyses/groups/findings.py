"""Which kinds of clients there are, or that there are none, as sentences."""

from collections.abc import Sequence

import pandas as pd

from clientaudit.analyses.groups.evidence import Validation
from clientaudit.analyses.groups.kinds import Groups
from clientaudit.findings import Finding, KeyFigure
from clientaudit.models.groups.evidence import LEVEL
from clientaudit.models.groups.grouping import NoGroups
from clientaudit.models.groups.rules import GroupRule
from clientaudit.settings import Thresholds

ANSWER = (
    "groups.found", "groups.rare", "groups.instead", "groups.kept", "groups.moved", "groups.first",
    "groups.rule", "groups.stayed", "groups.repeat",
)  # fmt: skip
# Simulated bases of 300 clients without groups (Poisson purchases of log-normal rates, each client
# around a value of its own) in which groups were seen: 7 of 10 where the median client bought on 2
# days, 1 of 8 on 3, 1 of 8 on 4, none of 16 on 6 or 12.
RARE = 3
NO_GROUPS = {
    "too_few": "Groups are not looked for: {clients:int} {clients:plural:client|clients} bought in "
    "the last {months:int} months, and it takes {min_clients:int}.",
    "one_measure": "No groups are made: the {clients:int} clients of the last {months:int} months "
    "differ in one measure at most.",
    "none_beyond_chance": "No clear groups: the {clients:int} clients of the last {months:int} "
    "months differ by degrees, and look no more grouped than imitations of them without groups.",
    "none_stable": "No clear groups: the {clients:int} clients of the last {months:int} months are "
    "not one single cloud, but no cut into {most:int} groups or fewer comes back when clients are "
    "drawn again.",
}
FALL_INTO = (
    "The {clients:int} clients of the last {months:int} months fall into {groups:int} groups: "
    "group {largest:int} ({name:word}) brings {revenue_share:pct} of the revenue with "
    "{client_share:pct} of the clients."
)
CHANCE = {
    "no": "Chance does not make clients look like this: of {drawn:int} imitations without groups, "
    "none looks as grouped.",
    "hardly": "Chance hardly makes clients look like this: of {drawn:int} imitations without "
    "groups, only {reached:int} {reached:plural:looks|look} as grouped.",
    "enough": "Chance is enough to make clients look like this: {reached:int} of the first "
    "{drawn:int} imitations without groups look as grouped.",
}


def groups_findings(
    groups: Groups, profile: pd.DataFrame, rule: GroupRule | None, *, thresholds: Thresholds
) -> list[Finding]:
    """Which groups there are, which one to look at first, and how to tell them; or none.

    profile: from `profile_table`. rule: from `rule_of`.
    """
    if groups.grouping is None:
        return [_none(groups, thresholds), _instead(), *_existence(groups)]
    return [
        _found(groups, profile),
        *_rare(groups.clients),
        _first(profile),
        *_rule(rule),
        *_stability(groups, profile),
        *_existence(groups),
    ]


def headline(findings: Sequence[Finding], key: str) -> Finding:
    """The finding of that key, or the first one where there is none."""
    return next((finding for finding in findings if finding.key == key), findings[0])


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
    """What the reader must know of groups; of clients too few or too alike there is nothing."""
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
    # Groups four and three standard deviations apart: benchmarks/README.md, "Groups".
    unseen = Finding(
        "groups.unseen",
        "Not to find groups is no proof that there are none. On simulated bases of 300 clients, "
        "three groups were always seen where one client in twenty stood nearer to another group "
        "than to its own, and seldom where one in eight did.",
    )
    if groups.grouping is not None:
        return [tails, degrees]
    return [unseen] if groups.fit.evidence is not None else []


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


def _instead() -> Finding:
    return Finding(
        "groups.instead",
        "To tell clients apart all the same, use a scale: tenths of revenue (report 01), recency "
        "and frequency (report 04) or the classes A to D (report 11).",
    )


def _found(groups: Groups, profile: pd.DataFrame) -> Finding:
    largest = profile.iloc[int(profile["revenue_share"].argmax())]
    values = {
        "clients": len(groups.clients), "months": groups.window_months, "groups": len(profile),
        "largest": int(largest["group"]), "name": str(largest["group_name"]),
        "revenue_share": float(largest["revenue_share"]),
        "client_share": float(largest["client_share"]),
    }  # fmt: skip
    return Finding(
        "groups.found", FALL_INTO, values, n=len(groups.clients), evidence="group_profile"
    )


def _rare(clients: pd.DataFrame) -> list[Finding]:
    days = int(clients["occasion_count"].quantile(interpolation="lower"))
    if days > RARE:
        return []
    return [
        Finding(
            "groups.rare",
            "Half of these clients bought on {days:int} {days:plural:day|days} or fewer. So few "
            "purchases scatter the value per purchase, which in simulations passed for groups by "
            "itself: take them as a way to speak of clients, not as a fact.",
            {"days": days},
            n=len(clients),
            verdict="FLAG",
        )
    ]


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
        "the second.",
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
            "A rule of {lines:int} {lines:plural:line|lines} is enough to place {fidelity:pct} of "
            "the clients in their group, and at least {least:pct} of those of each group.",
            values,
            evidence="group_rules",
        )
    ]


def _stability(groups: Groups, profile: pd.DataFrame) -> list[Finding]:
    if profile["found_again_share"].isna().any():
        return []
    least = profile.iloc[int(profile["found_again_share"].argmin())]
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
        "limit": LEVEL,
    }  # fmt: skip
    chance = "hardly" if evidence.reached else "no"
    sentence = CHANCE[chance if evidence.has_groups else "enough"]
    return [Finding("groups.existence", sentence, values, n=len(groups.clients))]
