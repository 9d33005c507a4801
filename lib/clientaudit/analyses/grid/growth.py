"""What the classes of the last time have come to: revenue, margin and breadth since (R76)."""

import numpy as np
import pandas as pd
from ibis.expr.types import Table

from clientaudit.analyses.grid.classing import Then
from clientaudit.audit import Audit
from clientaudit.engine.money import exact_total
from clientaudit.engine.period import Period, period_to
from clientaudit.engine.tables import beside
from clientaudit.findings import Finding
from clientaudit.intake.quality.line_checks import COSTED
from clientaudit.models.intervals import Floats, smooth_interval
from clientaudit.text import Say

GROWN = {
    "revenue": "Revenue of the class",
    "margin": "Margin of the class",
    "families": "Product families bought, per client",
}
AMOUNTS = ("revenue", "margin")
ROWS = [
    "measure", "then_class", "client_count", "before", "now", "growth_rate", "low_rate",
    "high_rate",
]  # fmt: skip
SENTENCES = {
    "revenue": "The A clients of the last time changed their revenue by {growth:pct} ({low:pct} to "
    "{high:pct}), the others by {other:pct}. The best of one year fall back in the next by chance "
    "alone: this is no effect of the treatment.",
    "margin": "The margin of the A clients of the last time changed by {growth:pct} ({low:pct} to "
    "{high:pct}); that of the others went from {other_before:money} to {other_now:money}.",
    "families": "The A clients of the last time bought from {now:number} product families each, "
    "after {before:number} in the period before ({growth:pct}, {low:pct} to {high:pct}); for the "
    "others the change is {other:pct}.",
}


def growth_of(audit: Audit, then: Then | None) -> pd.DataFrame:
    """`growth_rows` of one audit; empty where there is nothing to compare with."""
    if then is None:
        return pd.DataFrame(columns=ROWS)
    return growth_rows(years_table(audit), then.classes, min_cell=audit.thresholds.min_cell)


def years_table(audit: Audit) -> pd.DataFrame:
    """What each client of the summary bought in the period, and in the one before.

    Returns client_id and, as far as the firm's data tell them, NAME_now and NAME_before for
    revenue, margin (where 95 % of the revenue of both periods has a known cost) and families
    (product families bought).
    """
    now = period_to(audit.as_of, audit.thresholds.window_months)
    before = period_to(now.start, now.months)
    amounts = ["revenue", *(["margin"] if _is_costed(audit, now, before) else [])]
    columns = {f"{name}_now": f"{name}_window" for name in amounts}
    columns |= {f"{name}_before": f"{name}_prior_window" for name in amounts}
    base = audit.summary.select("client_id", **columns)
    frame = beside(base, _families(audit, now, before)).order_by("client_id").execute()
    known: pd.DataFrame = frame.fillna({name: 0.0 for name in frame if name != "client_id"})
    return known


def growth_rows(years: pd.DataFrame, classes: pd.DataFrame, *, min_cell: int) -> pd.DataFrame:
    """What each class of the last time has done since, the clients that left included.

    years: from `years_table`. classes: client_id, then_class. Classes under `min_cell` clients are
    left out.

    Returns measure, then_class, client_count, before and now (totals; of families means per
    client), growth_rate, low_rate, high_rate (95 %, over the clients); these are null where what
    the class brought before may be nothing or a loss, so that no rate of change exists.
    """
    known = classes.merge(years, on="client_id")
    rows = []
    for measure in (name for name in GROWN if f"{name}_now" in years):
        now_before = [f"{measure}_now", f"{measure}_before"]
        for name, group in known.groupby("then_class"):
            now, before = (_level(group[column], measure) for column in now_before)
            if len(group) >= min_cell:
                rate = _rate(group[now_before].to_numpy(float))
                rows.append((measure, name, len(group), before, now, *rate))
    return pd.DataFrame(rows, columns=ROWS)


def growth_shown(rows: pd.DataFrame, say: Say) -> pd.DataFrame:
    """The rows as a page shows them: amounts and numbers in words, the measures as headings."""
    shown = rows.drop(columns="measure")
    for name in ("before", "now"):
        pairs = zip(rows["measure"], rows[name], strict=True)
        shown[name] = [say.money(v) if m in AMOUNTS else say.number(v) for m, v in pairs]
    headings = [say.translate(GROWN[measure]) for measure in rows["measure"]]
    return shown.set_axis(pd.Index(headings, name="measure"))


def growth_findings(rows: pd.DataFrame) -> list[Finding]:
    """How the A clients of the last time fared beside the others. rows: from `growth_rows`."""
    return [
        _compared(measure, group)
        for measure in GROWN
        if {"A"} < set((group := rows[rows["measure"] == measure])["then_class"])
        and group.loc[group["then_class"] == "A", "growth_rate"].notna().all()
    ]


def _compared(measure: str, group: pd.DataFrame) -> Finding:
    row = group[group["then_class"] == "A"].iloc[0]
    others = group[group["then_class"] != "A"]
    weights = 1.0 if measure in AMOUNTS else others["client_count"]
    now, before = (exact_total(others[name] * weights) for name in ("now", "before"))
    names = {"growth": "growth_rate", "low": "low_rate", "high": "high_rate"}
    return Finding(
        "grid.growth" if measure == "revenue" else f"grid.growth_{measure}",
        SENTENCES[measure],
        {name: float(row[column]) for name, column in names.items()}
        | {
            "before": float(row["before"]),
            "now": float(row["now"]),
            "other_before": before,
            "other_now": now,
            "other": now / before - 1 if before > 0 else None,
        },
        interval=(float(row["low_rate"]), float(row["high_rate"])),
        n=int(row["client_count"]),
        evidence="grid_growth",
    )


def _level(values: "pd.Series[float]", measure: str) -> float:
    total = exact_total(values)
    return total if measure in AMOUNTS else total / len(values)


def _rate(values: Floats) -> tuple[float, float, float]:
    """Change of the first column over the second, with its bounds; null without a sure base."""
    if len(values) < 2 or smooth_interval(values[:, 1:], _mean)[0] <= 0:
        return np.nan, np.nan, np.nan
    return _change(values.mean(axis=0)), *smooth_interval(values, _change)


def _mean(means: Floats) -> float:
    return float(means[..., 0])


def _change(means: Floats) -> float:
    return float(means[..., 0] / means[..., 1]) - 1


def _is_costed(audit: Audit, *periods: Period) -> bool:
    """Whether 95 % of the revenue of each period has a known cost."""
    seen = audit.occasions
    sums = {
        f"{name}{place}": seen[column].sum(where=period.holds(seen.date)).cast("float64")
        for place, period in enumerate(periods)
        for name, column in (("revenue", "revenue"), ("costed", "revenue_with_cost"))
    }
    row = seen.agg(**sums).execute().fillna(0.0).iloc[0]
    return all(row[f"costed{k}"] >= COSTED * row[f"revenue{k}"] > 0 for k in range(len(periods)))


def _families(audit: Audit, now: Period, before: Period) -> list[Table]:
    """The product families that each client bought in the two periods, where they are known."""
    if "product_family" not in audit.lines.columns:
        return []
    bought = audit.lines.filter(audit.lines.amount_net > 0, audit.lines.client_id.notnull())
    counts = {
        f"families_{name}": bought.product_family.nunique(where=period.holds(bought.date))
        for name, period in (("now", now), ("before", before))
    }
    return [bought.group_by("client_id").agg(**counts)]
