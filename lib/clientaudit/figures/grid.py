"""Charts of the grid: what each class weighs, what makes its points, its moves, its treatment."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from clientaudit.figures.axes import TickFormat
from clientaudit.figures.blank import not_drawn
from clientaudit.figures.style import COLOURS, SEQUENTIAL, Chart, axis_format, chart, finish
from clientaudit.findings import Finding
from clientaudit.models.intervals import Floats
from clientaudit.text import Say

LETTERS = ("A", "B", "C", "D")
PARTS = {
    "profit": "keep", "margin": "keep", "revenue": "keep", "potential": "new", "relation": "fix",
}  # fmt: skip
DARK = 0.62  # of the largest share: above it the figure in a cell is white


def classes(rows: pd.DataFrame, say: Say, *, title: Finding | str, source: str) -> Chart:
    """Share of clients, revenue and profit of each class. rows: from `class_rows`, as `worded`."""
    names = {
        "client_share": say("Of the clients"),
        "revenue_share": say("Of the revenue"),
        "profit_share": say("Of the profit"),
        "margin_share": say("Of the margin"),
    }
    drawn = [name for name in names if name in rows and rows[name].notna().any()]
    if not rows["client_count"].sum() or not drawn:
        return not_drawn(say, title=title, source=source)
    figure, axes = chart(columns=len(drawn), height=2.4, sharey=True, squeeze=False)
    for panel, name in zip(axes[0], drawn, strict=True):
        values = rows[name].to_numpy(float)
        bars = panel.barh(LETTERS, values, color=[COLOURS[letter] for letter in LETTERS])
        panel.bar_label(bars, [say.percent(v) for v in values], padding=3)
        panel.set_title(names[name])
        _leave_room(panel, values)
        panel.axvline(0, color=COLOURS["neutral"], linewidth=0.8)
        panel.xaxis.set_visible(False)
        panel.grid(visible=False)
    axes[0][0].invert_yaxis()
    subtitle = say(
        "Share of each class over the {n:int} clients with a purchase in the period.",
        n=int(rows["client_count"].sum()),
    )
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def _leave_room(axes: Axes, values: Floats) -> None:
    """Room for the figures beside the bars, on both sides where some are negative."""
    low, high = min(np.nanmin(values), 0.0), max(np.nanmax(values), 0.01)
    room = 0.28 * (high - low)
    axes.set_xlim(low - room if low < 0 else 0, high + room)


def sureness(rows: pd.DataFrame, say: Say, *, title: Finding | str, source: str) -> Chart:
    """How sure the class of the clients of each class is. rows: from `sureness_rows`."""
    if rows.empty:
        return not_drawn(say, title=title, source=source)
    figure, axes = chart(height=2.3)
    bands = {
        "sure_share": (say("At least 80% sure"), "A", "white"),
        "likely_share": (say("50% to 80%"), "C", COLOURS["ink"]),
        "grey_share": (say("Grey zone: under 50%"), "accent", COLOURS["ink"]),
    }
    start = np.zeros(len(rows))
    for name, (label, role, colour) in bands.items():
        values = rows[name].to_numpy(float)
        bars = axes.barh(rows["grid_class"], values, left=start, color=COLOURS[role], label=label)
        texts = [say.percent(v) if v >= 0.05 else "" for v in values]
        axes.bar_label(bars, texts, label_type="center", color=colour)
        start += values
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axis_format(axes.xaxis, say, "percent")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=3)
    subtitle = say(
        "Share of the clients of each class by the probability that a year like this one gives "
        "them the same class; {n:int} clients.",
        n=int(rows["client_count"].sum()),
    )
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def composition(rows: pd.DataFrame, say: Say, *, title: Finding | str, source: str) -> Chart:
    """What the points of each class are made of. rows: from `class_rows`, as `worded`.

    Not drawn where they are made of one criterion only.
    """
    shown = rows[rows["points"].notna()]
    parts = {name: f"{name}_part" for name in PARTS if f"{name}_part" in shown}
    made = {name: shown[part].to_numpy(float) for name, part in parts.items() if shown[part].any()}
    if len(made) < 2:
        return not_drawn(say, title=title, source=source)
    labels = {
        "profit": say("Yearly profit"),
        "margin": say("Yearly margin"),
        "revenue": say("Yearly revenue"),
        "potential": say("Unused potential"),
        "relation": say("Quality of the relation"),
    }
    figure, axes = chart(height=2.3)
    start = np.zeros(len(shown))
    for name, values in made.items():
        colour = COLOURS[PARTS[name]]
        bars = axes.barh(shown["grid_class"], values, left=start, color=colour, label=labels[name])
        texts = [say.integer(v) if v >= 3 else "" for v in values]
        axes.bar_label(bars, texts, label_type="center", color="white")
        start += values
    axes.invert_yaxis()
    axes.set_xlabel(say("Points out of 100, mean of the class"))
    axis_format(axes.xaxis, say, "int")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.24), ncols=3)
    subtitle = say("Each criterion counts for its rank among the clients times its weight.")
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def moves(
    rows: pd.DataFrame, expected: Floats | None, say: Say, *, title: Finding | str, source: str
) -> Chart:
    """Share of each class of the last time in each class now, beside what chance alone gives.

    rows: from `migration_rows`. expected: (4, 4) numbers by chance alone, or None.
    """
    counts = rows.iloc[:4, 1:5].to_numpy(float) if len(rows) else np.zeros((4, 4))
    if not counts.sum():
        return not_drawn(say, title=title, source=source)
    panels = {say("What came"): counts}
    if expected is not None:
        panels[say("Chance alone")] = expected
    figure, axes = chart(columns=len(panels), height=2.9, sharey=True, squeeze=False)
    for panel, (heading, table) in zip(axes[0], panels.items(), strict=True):
        _shares(panel, table, say)
        panel.set_title(heading)
        panel.set_xlabel(say("Class now"))
    axes[0][0].set_ylabel(say("Class before"))
    subtitle = say(
        "Of each class before, the share in each class now; {n:int} clients classed both times.",
        n=int(counts.sum()),
    )
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def _shares(axes: Axes, counts: Floats, say: Say) -> None:
    """One table of shares by row, coloured by share."""
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.full_like(counts, np.nan), where=totals > 0)
    edges = np.arange(len(LETTERS) + 1) - 0.5
    axes.pcolormesh(edges, edges, shares, cmap=SEQUENTIAL, vmin=0, vmax=1)
    axes.set_ylim(len(LETTERS) - 0.5, -0.5)
    for (row, column), share in np.ndenumerate(shares):
        if not np.isnan(share):
            colour = "white" if share > DARK else COLOURS["ink"]
            axes.text(column, row, say.percent(share), ha="center", va="center", color=colour)
    axes.set_xticks(range(4), LETTERS)
    axes.set_yticks(range(4), LETTERS)
    axes.grid(visible=False)
    axes.tick_params(length=0)


def treatment(
    rates: pd.DataFrame,
    say: Say,
    *,
    kinds: Mapping[str, tuple[str, str]],
    title: Finding | str,
    source: str,
) -> Chart:
    """What a client of each class was given, with intervals.

    rates: from `treatment_rates`. kinds: by measure, its heading in English and its kind of number.
    """
    drawn = [name for name in kinds if (rates["measure"] == name).any()]
    if not drawn:
        return not_drawn(say, title=title, source=source)
    lines = -(-len(drawn) // 2)
    columns = min(len(drawn), 2)
    figure, axes = chart(rows=lines, columns=columns, height=1.9 * lines, squeeze=False)
    for place, panel in enumerate(axes.flat):
        if place >= len(drawn):
            panel.set_axis_off()
            continue
        heading, kind = kinds[drawn[place]]
        _points(panel, rates[rates["measure"] == drawn[place]])
        panel.set_title(say.translate(heading))
        panel.xaxis.set_major_formatter(TickFormat(say, kind))
        panel.set_xlim(left=0)
    subtitle = say("Mean of each class over the period, with its {level:pct} interval.", level=0.95)
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def _points(axes: Axes, rows: pd.DataFrame) -> None:
    value = rows["value"].to_numpy(float)
    below, above = value - rows["low"].to_numpy(float), rows["high"].to_numpy(float) - value
    axes.errorbar(
        value, rows["grid_class"], xerr=[below.clip(0), above.clip(0)], fmt="o", capsize=2,
        color=COLOURS["actual"], ecolor=COLOURS["neutral"],
    )  # fmt: skip
    axes.margins(y=0.2)
    axes.invert_yaxis()
