"""What speaks for the groups beside the measures that made them: what was not used."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from clientaudit.analyses.groups.kinds import Groups, measures_of
from clientaudit.analyses.groups.names import MEASURES
from clientaudit.analyses.portrait.overview import has_previous_period
from clientaudit.analyses.portrait.tenure import with_tenure
from clientaudit.audit import Audit
from clientaudit.engine.summary import months_before
from clientaudit.findings import Finding
from clientaudit.models.intervals import wilson

FEWEST_GROUPS = 2
VALIDATION = [
    "group", "group_name", "client_count", "margin_rate", "tenure_years", "earlier_count",
    "repeat_rate", "low_rate", "high_rate", "stayed_share",
]  # fmt: skip

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


@dataclass(frozen=True, eq=False)
class Validation:
    """The groups beside facts that did not form them.

    rows: one per group, from `validation_of`. p_values: by fact (margin_rate, tenure_years,
    repeat_rate), that the groups are alike in it; only where it could be tested. both, stayed:
    clients who bought in this period and in the one before, and those of the same group in both.
    """

    rows: pd.DataFrame
    p_values: dict[str, float]
    both: int
    stayed: int


def earlier_of(audit: Audit) -> pd.DataFrame | None:
    """`measures_of` one period back; None where the exports do not cover it."""
    months = audit.thresholds.window_months
    first = audit.facts.lines.first_date
    if not has_previous_period(first, as_of=audit.as_of, window_months=months):
        return None
    return measures_of(audit, periods_back=1)


def validation_of(audit: Audit, groups: Groups, earlier: pd.DataFrame | None) -> Validation:
    """Margin rate, age of the relation and faithfulness of each group, none of which formed it.

    earlier: from `measures_of` one period back; None where the exports do not cover it.

    Rows: group, group_name, client_count, margin_rate and tenure_years (medians, masked under
    `min_cell` known ones), earlier_count (clients of the period before that the same centres put
    in the group), repeat_rate of those with its Wilson interval, stayed_share (of those who
    bought again, the share still in the group).
    """
    limits = audit.thresholds
    known = _known(groups.clients, audit)
    rows = pd.DataFrame(
        [
            {"group": place + 1, "group_name": name}
            | _medians(known[known["group"] == place + 1], limits.min_cell)
            for place, name in enumerate(groups.names)
        ],
        columns=VALIDATION,
    )
    p_values = {
        name: p
        for name in ("margin_rate", "tenure_years")
        if (p := _rank_test(known, name, limits.min_cell)) is not None
    }
    if earlier is None or groups.grouping is None:
        return Validation(rows, p_values, 0, 0)
    return _with_past(rows, p_values, _past(groups, earlier), limits.min_cell)


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


def _known(clients: pd.DataFrame, audit: Audit) -> pd.DataFrame:
    costed = clients["costed"] > 0
    rate = (clients["margin"] / clients["costed"].where(costed)).astype("float64")
    dated = with_tenure(clients.assign(margin_rate=rate), as_of=audit.as_of)
    start = months_before(audit.as_of, audit.thresholds.window_months)
    # A client of the period itself has had less time to buy: its age is part of its measures.
    young = pd.to_datetime(dated["first_purchase"]) > pd.Timestamp(start)
    return dated.assign(tenure_years=dated["tenure_years"].mask(young))


def _medians(part: pd.DataFrame, min_cell: int) -> dict[str, float]:
    found: dict[str, float] = {"client_count": len(part)}
    for name in ("margin_rate", "tenure_years"):
        if part[name].notna().sum() >= min_cell:
            found[name] = float(part[name].median())
    return found


def _rank_test(known: pd.DataFrame, name: str, min_cell: int) -> float | None:
    """Kruskal-Wallis p-value of one fact over the groups with enough known values."""
    from scipy.stats import kruskal

    samples = [part[name].dropna() for _, part in known.groupby("group")]
    samples = [sample for sample in samples if len(sample) >= min_cell]
    if len(samples) < FEWEST_GROUPS or pd.concat(samples).nunique() == 1:
        return None
    return float(kruskal(*samples).pvalue)


def _past(groups: Groups, earlier: pd.DataFrame) -> pd.DataFrame:
    """Clients of the period before: group then and now (by the same centres), came_back."""
    assert groups.grouping is not None
    then = earlier[earlier["revenue"] > 0]
    labels, _ = groups.grouping.assign(then[list(MEASURES)].to_numpy(dtype=np.float64))
    now = groups.clients.set_index("client_id")["group"]
    today = then["client_id"].map(now)
    return pd.DataFrame({"then": labels + 1, "now": today.to_numpy(), "came_back": today.notna()})


def _with_past(
    rows: pd.DataFrame, p_values: dict[str, float], past: pd.DataFrame, min_cell: int
) -> Validation:
    from scipy.stats import chi2_contingency

    for index, group in rows["group"].items():
        part = past[past["then"] == group]
        back = part[part["came_back"]]
        rows.loc[index, "earlier_count"] = len(part)
        if len(part) >= min_cell:
            low, high = wilson(len(back), len(part))
            rows.loc[index, ["repeat_rate", "low_rate", "high_rate"]] = (
                len(back) / len(part), low, high,
            )  # fmt: skip
        if len(back) >= min_cell:
            rows.loc[index, "stayed_share"] = (back["now"] == back["then"]).mean()
    table = pd.crosstab(past["then"], past["came_back"])
    if table.shape[1] == 2 and len(table) >= FEWEST_GROUPS:
        p_values = p_values | {"repeat_rate": float(chi2_contingency(table).pvalue)}
    both = past[past["came_back"]]
    return Validation(rows, p_values, len(both), int((both["now"] == both["then"]).sum()))


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


def _row(rows: pd.DataFrame, place: int) -> dict[str, Any]:
    """One row by its place: plain values by column."""
    return {str(name): value for name, value in rows.iloc[place].items()}
