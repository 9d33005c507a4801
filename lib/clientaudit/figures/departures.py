"""Charts of the departure watch: lateness, alerts to come, losses, and how right alerts were."""

import datetime as dt
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes

from clientaudit.figures.blank import not_drawn
from clientaudit.figures.style import COLOURS, Chart, axis_format, chart, finish
from clientaudit.findings import Finding
from clientaudit.models.intervals import Floats
from clientaudit.models.survival import SurvivalCurve
from clientaudit.text import Say

SHOWN = 40  # clients of the work list on the chart
FARTHEST = 8.0  # times the own interval, where the axis ends
LEVEL_ROLES = {"urgent": "bad", "act": "accent", "watch": "keep", "in rhythm": "neutral"}
AT_RISK = 10  # clients under which a curve is not drawn on
STEPS = 200  # of a curve, four pixels each
CURVE_ROLES = ("A", "keep", "accent")
YEAR_DAYS = 365


def lateness(
    alerts: pd.DataFrame, say: Say, *, ratio: float, title: Finding | str, source: str
) -> Chart:
    """Silence of the first clients of the list over their own interval.

    alerts: from `alerts_table`; those without a rhythm are left out. ratio: where an alert begins.
    """
    rows = alerts[alerts["silence_ratio"].notna()].head(SHOWN)
    if rows.empty:
        return not_drawn(say, title=title, source=source)
    figure, axes = chart(height=0.8 + 0.2 * len(rows))
    places = np.arange(len(rows))
    ends = np.minimum(rows["silence_ratio"].to_numpy(float), FARTHEST)
    for level, role in LEVEL_ROLES.items():
        own = (rows["level"] == level).to_numpy()
        if own.any():
            axes.hlines(places[own], 0, ends[own], color=COLOURS["grid"], linewidth=2)
            axes.plot(ends[own], places[own], "o", color=COLOURS[role], label=say.translate(level))
    for place in places[rows["silence_ratio"].to_numpy(float) > FARTHEST]:
        axes.text(FARTHEST + 0.1, place, "→", va="center", color=COLOURS["ink"])
    axes.axvline(1, color=COLOURS["neutral"], linewidth=1)
    axes.axvline(ratio, color=COLOURS["ink"], linewidth=1, linestyle="--")
    axes.set_yticks(places, rows["client_id"].tolist())
    axes.invert_yaxis()
    axes.set_xlim(0, FARTHEST + 0.4)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(say("Silence over the client's own mean interval"))
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4)
    axis_format(axes.xaxis, say, "number")
    subtitle = say(
        "First {n:int} clients of the list. Lines: their own interval, and {ratio:number} times "
        "it. Colour: how rare such a silence is for the client. → = farther out.",
        n=len(rows),
        ratio=ratio,
    )
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def calendar(weeks: pd.DataFrame, say: Say, *, title: Finding | str, source: str) -> Chart:
    """Alerts that fall due in each week to come. weeks: from `weeks_table`."""
    if not weeks["client_count"].sum():
        return not_drawn(say, title=title, source=source)
    figure, axes = chart(height=2.4)
    places = np.arange(len(weeks))
    bars = axes.bar(places, weeks["client_count"], width=0.7, color=COLOURS["actual"])
    axes.bar_label(bars, [say.integer(n) for n in weeks["client_count"]], padding=2)
    axes.set_xticks(places, [say.day(day)[:-5] for day in weeks["week_start"]], rotation=45)
    axes.margins(y=0.15)
    axis_format(axes.yaxis, say, "int")
    subtitle = say("Clients whose alert falls due in the week from this day, if they buy nothing.")
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def attrition(rates: pd.DataFrame, say: Say, *, title: Finding | str, source: str) -> Chart:
    """Attrition of each year by clients and by revenue, with intervals.

    rates: from `attrition_rates`.
    """
    if rates.empty:
        return not_drawn(say, title=title, source=source)
    figure, axes = chart(columns=2, height=2.6, sharey=True)
    rows = rates.iloc[::-1]
    labels = [say.month(end) for end in rows["year_end"]]
    for panel, name, heading in (
        (axes[0], "", say("Of the clients")),
        (axes[1], "revenue_", say("Of the revenue")),
    ):
        _points(panel, rows, f"{name}loss_rate", f"{name}low_rate", f"{name}high_rate")
        panel.set_xticks(range(len(rows)), labels)
        panel.set_title(heading)
        panel.set_ylim(bottom=0)
    axis_format(axes[0].yaxis, say, "percent")
    subtitle = say(
        "Share lost in the twelve months up to the month shown, with its {level:pct} interval.",
        level=0.95,
    )
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def retention(
    curves: Mapping[str, SurvivalCurve],
    say: Say,
    *,
    start: dt.date,
    end: dt.date,
    title: Finding | str,
    source: str,
) -> Chart:
    """Share of the clients of the first day still there, by size, with the numbers at risk.

    curves: by band of size; may be empty. start, end: first and last day followed.
    """
    pairs = zip(curves.items(), CURVE_ROLES, strict=False)
    drawn = [((name, curve), role) for (name, curve), role in pairs if curve.n >= AT_RISK]
    if not drawn:
        return not_drawn(say, title=title, source=source)
    figure, axes = chart(rows=2, height=3.9, height_ratios=[4, 1], sharex=True)
    upper, lower = axes
    for (name, curve), role in drawn:
        _curve(upper, curve, COLOURS[role], f"{say.translate(name)} ({say.integer(curve.n)})")
    ticks = np.arange(0, (end - start).days + 1, YEAR_DAYS / 2)
    for place, ((_, curve), role) in enumerate(drawn):
        for tick in ticks:
            lower.text(
                tick, place, say.integer(curve.watched(float(tick))), ha="center", va="center",
                color=COLOURS[role], fontsize=9,
            )  # fmt: skip
    lower.set_yticks(range(len(drawn)), [say.translate(name) for (name, _), _ in drawn])
    lower.set_ylim(len(drawn) - 0.5, -0.5)
    lower.set_xticks(ticks, [say("{n:int} months", n=round(t / YEAR_DAYS * 12)) for t in ticks])
    lower.set_title(say("Clients under watch"))
    lower.grid(visible=False)
    upper.legend(loc="lower left")
    axis_format(upper.yaxis, say, "percent")
    subtitle = say(
        "Share of the clients of {day:day} still there, by size at that date, with its "
        "{level:pct} interval; clients in brackets. Drawn while {n:int} are under watch.",
        day=start,
        level=0.95,
        n=AT_RISK,
    )
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def agreements(
    curve: SurvivalCurve | None, say: Say, *, title: Finding | str, source: str
) -> Chart:
    """Share of the agreements that last so many years, with the numbers at risk.

    curve: from `agreement_curve`.
    """
    if curve is None:
        return not_drawn(say, title=title, source=source)
    figure, axes = chart(height=2.8)
    _curve(axes, curve, COLOURS["keep"], say("Agreements"))
    last = float(axes.lines[0].get_xdata()[-1])
    ticks = np.arange(0, last + 1, YEAR_DAYS)
    counts = [say.integer(curve.watched(float(tick))) for tick in ticks]
    labels = [f"{say.integer(year)}\n({count})" for year, count in enumerate(counts)]
    axes.set_xticks(ticks, labels)
    axes.set_xlabel(say("Years since the first term (agreements under watch)"))
    axes.set_ylim(0, 1.02)
    axis_format(axes.yaxis, say, "percent")
    subtitle = say(
        "Share of the agreements still running, with its {level:pct} interval. Drawn while {n:int} "
        "are under watch.",
        level=0.95,
        n=AT_RISK,
    )
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def hazard(rows: pd.DataFrame, say: Say, *, title: Finding | str, source: str) -> Chart:
    """Share of the clients lost in each year of the relation. rows: from `hazard_table`."""
    if rows.empty:
        return not_drawn(say, title=title, source=source)
    figure, axes = chart(height=2.8)
    _points(axes, rows, "loss_rate", "low_rate", "high_rate")
    pairs = zip(rows["tenure_year"], rows["client_count"], strict=True)
    labels = [f"{say.integer(year)}\n({say.integer(count)})" for year, count in pairs]
    axes.set_xticks(range(len(rows)), labels)
    axes.set_xlabel(say("Year of the relation (clients entering it)"))
    axes.set_ylim(bottom=0)
    axis_format(axes.yaxis, say, "percent")
    subtitle = say("Share lost within the year, with its {level:pct} interval.", level=0.95)
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def candidates(rows: pd.DataFrame, say: Say, *, title: Finding | str, source: str) -> Chart:
    """How right each way of telling who would buy again was, at the last past date.

    rows: from `candidates_table`.
    """
    if rows.empty:
        return not_drawn(say, title=title, source=source)
    figure, axes = chart(columns=2, height=0.9 + 0.34 * len(rows), sharey=True)
    places = np.arange(len(rows))
    for panel, value, low, high, heading in (
        (axes[0], "auc_rate", "low_rate", "high_rate", say("Pairs in the right order")),
        (axes[1], "log_loss", "low_loss", "high_loss", say("Log-loss")),
    ):
        centre = rows[value].to_numpy(float)
        below, above = centre - rows[low].to_numpy(float), rows[high].to_numpy(float) - centre
        panel.errorbar(
            centre, places, xerr=[below, above], fmt="o", capsize=2,
            color=COLOURS["actual"], ecolor=COLOURS["neutral"],
        )  # fmt: skip
        panel.set_title(heading)
    axes[0].set_yticks(places, [say.translate(str(name)) for name in rows["candidate"]])
    axes[0].invert_yaxis()
    axis_format(axes[0].xaxis, say, "percent")
    axis_format(axes[1].xaxis, say, "number")
    subtitle = say(
        "Each judged on {n:int} clients it had not seen, with its {level:pct} interval. Left: more "
        "is better; right: less is.",
        n=int(rows["client_count"].iloc[0]),
        level=0.95,
    )
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def calibration(rows: pd.DataFrame, say: Say, *, title: Finding | str, source: str) -> Chart:
    """What was said of groups of clients beside what came. rows: from `calibration_table`."""
    if rows.empty:
        return not_drawn(say, title=title, source=source)
    figure, axes = chart(height=3.4)
    axes.plot([0, 1], [0, 1], color=COLOURS["neutral"], linewidth=1)
    rate = rows["active_rate"].to_numpy(float)
    below, above = rate - rows["low_rate"].to_numpy(float), rows["high_rate"].to_numpy(float) - rate
    axes.errorbar(
        rows["predicted_rate"], rate, yerr=[below, above], fmt="o", capsize=2,
        color=COLOURS["actual"], ecolor=COLOURS["neutral"],
    )  # fmt: skip
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel(say("Probability to buy, as it was given"))
    axes.set_ylabel(say("Share that bought"))
    axis_format(axes.xaxis, say, "percent")
    axis_format(axes.yaxis, say, "percent")
    subtitle = say(
        "Groups of clients with neighbouring probabilities; {n:int} clients in all. On the line, "
        "the probability was right.",
        n=int(rows["client_count"].sum()),
    )
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def _points(axes: Axes, rows: pd.DataFrame, value: str, low: str, high: str) -> None:
    rate = rows[value].to_numpy(float)
    below, above = rate - rows[low].to_numpy(float), rows[high].to_numpy(float) - rate
    axes.errorbar(
        np.arange(len(rows)), rate, yerr=[below, above], fmt="o", capsize=2,
        color=COLOURS["actual"], ecolor=COLOURS["neutral"],
    )  # fmt: skip
    axes.margins(x=0.12)


def _curve(axes: Axes, curve: SurvivalCurve, colour: str, label: str) -> None:
    """Steps with their band and censor marks, as long as ten clients are under watch."""
    watched = np.logical_and.accumulate(curve.at_risk >= AT_RISK)
    kept = _told_apart(curve.times[watched])
    times = np.concatenate(([0.0], curve.times[kept]))
    lines = [
        np.concatenate(([1.0], part[kept])) for part in (curve.survival, curve.low, curve.high)
    ]
    last = float(curve.censored.max()) if len(curve.censored) and watched.all() else times[-1]
    times = np.append(times, max(last, times[-1]))
    share, low, high = (np.append(part, part[-1]) for part in lines)
    axes.step(times, share, where="post", color=colour, label=label)
    axes.fill_between(times, low, high, step="post", color=colour, alpha=0.15, linewidth=0)
    marks = curve.censored[curve.censored <= times[-1]]
    marks = marks[_told_apart(marks)]
    axes.plot(marks, [curve.at(mark)[0] for mark in marks], "|", color=colour)


def _told_apart(times: Floats) -> npt.NDArray[np.intp]:
    """The places of the times to draw: the last of each stretch that the eye tells from the next.

    Of a few times all; a large base has a loss on every day, and a page no room for them.
    """
    if len(times) <= STEPS:
        return np.arange(len(times))
    stretch = np.floor(STEPS * (times - times[0]) / (times[-1] - times[0]))
    return np.flatnonzero(np.diff(stretch, append=np.inf))
