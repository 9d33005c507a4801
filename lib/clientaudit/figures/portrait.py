"""Charts of the portrait: spread, concentration, tenths, loss of the first clients, tenure."""

from collections.abc import Mapping
from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from clientaudit.figures.axes import TickFormat
from clientaudit.figures.blank import not_drawn
from clientaudit.figures.style import COLOURS, Chart, axis_format, chart, finish
from clientaudit.findings import Finding
from clientaudit.text import Say

BINS = 30
HEADING = 18  # letters on a line above a narrow panel
LINES = ("actual", "accent", "neutral", "new")
MARKS = {"median": ("accent", "-"), "mean": ("ink", "--")}


def spread(clients: pd.DataFrame, say: Say, *, title: Finding | str, source: str) -> Chart:
    """Four histograms on a log scale, with mean and median.

    clients: from `period_clients`: revenue, occasion_count, average_value, margin.
    """
    panels = {
        "revenue": (say("Revenue per client"), "money"),
        "occasion_count": (say("Purchase days per client"), "int"),
        "average_value": (say("Revenue per purchase day"), "money"),
        "margin": (say("Margin per client"), "money"),
    }
    shown = [name for name in panels if (clients[name] > 0).any()]
    if not shown:
        return not_drawn(say, title=title, source=source)
    rows = (len(shown) + 1) // 2
    figure, axes = chart(rows=rows, columns=2, height=2.0 * rows, squeeze=False)
    for name, place in zip(shown, axes.flat, strict=False):
        _histogram(place, clients[name].dropna(), say, *panels[name])
    for place in axes.flat[len(shown) :]:
        place.set_axis_off()
    subtitle = say(
        "Number of clients by amount over the period, log scale. Solid line: median; dashed: mean. "
        "{n:int} clients.",
        n=len(clients),
    )
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def concentration(
    curves: Mapping[str, pd.DataFrame], say: Say, *, title: Finding | str, source: str
) -> Chart:
    """Cumulative share of revenue or margin against the share of clients, largest first.

    curves: English name of the curve and its points, from `lorenz`; empty ones are left out.
    """
    drawn = {name: curve for name, curve in curves.items() if len(curve)}
    if not drawn:
        return not_drawn(say, title=title, source=source)
    figure, axes = chart(height=3.6)
    axes.plot([0, 1], [0, 1], color=COLOURS["neutral"], linewidth=1, linestyle=":")
    axes.axhline(0.8, color=COLOURS["neutral"], linewidth=1, linestyle="--")
    axes.axvline(0.2, color=COLOURS["neutral"], linewidth=1, linestyle="--")
    for (name, curve), role in zip(drawn.items(), LINES, strict=False):
        axes.plot(
            curve["client_share"],
            curve["cumulative_share"],
            color=COLOURS[role],
            label=say.translate(name),
        )
    axes.legend(loc="lower right")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, None)
    axes.set_xlabel(say("Share of the clients, largest first"))
    axes.set_ylabel(say("Cumulative share"))
    axis_format(axes.xaxis, say, "percent")
    axis_format(axes.yaxis, say, "percent")
    subtitle = say(
        "Dotted: all clients equal. Dashed: one client in five, and {part:pct} of the total.",
        part=0.8,
    )
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def deciles(rows: pd.DataFrame, say: Say, *, title: Finding | str, source: str) -> Chart:
    """Tenths of the clients side by side: share of revenue, frequency, value, margin rate.

    rows: from `decile_rows`; tenth 1 holds the largest clients.
    """
    panels = {
        "revenue_share": (say("Share of revenue"), "percent"),
        "occasions_per_client": (say("Purchase days per client"), "number"),
        "average_value": (say("Revenue per purchase day"), "money"),
        "margin_rate": (say("Margin rate"), "percent"),
    }
    shown = [name for name in panels if rows[name].notna().any()]
    if not shown:
        return not_drawn(say, title=title, source=source)
    figure, axes = chart(columns=len(shown), height=3.2, sharey=True, squeeze=False)
    places = rows["decile"].astype(int).to_numpy()
    for name, panel in zip(shown, axes.flat, strict=True):
        heading, kind = panels[name]
        panel.barh(places, rows[name].fillna(0.0), color=COLOURS["actual"], height=0.75)
        panel.set_title(fill(heading, HEADING))
        panel.axvline(0, color=COLOURS["muted"], linewidth=0.8)
        axis_format(panel.xaxis, say, kind)
        panel.grid(visible=False, axis="y")
    first = axes.flat[0]
    first.set_ylim(10.6, 0.4)
    first.set_yticks(range(1, 11))
    first.set_ylabel(say("Tenth of the clients (1 = largest)"))
    subtitle = say(
        "Clients ranked by revenue of the period, in tenths of equal numbers; {n:int} clients.",
        n=int(rows["client_count"].sum()),
    )
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def stress(rows: pd.DataFrame, say: Say, *, title: Finding | str, source: str) -> Chart:
    """Share of revenue and margin that goes with the first 1, 3 and 5 clients.

    rows: from `stress`.
    """
    if rows.empty:
        return not_drawn(say, title=title, source=source)
    figure, axes = chart(height=0.7 + 0.6 * len(rows))
    places = np.arange(len(rows))
    amounts = [("revenue_share", say("Revenue"), "actual"), ("margin_share", say("Margin"), "keep")]
    shown = [amount for amount in amounts if rows[amount[0]].notna().any()]
    thickness = 0.7 / len(shown)
    for i, (name, label, role) in enumerate(shown):
        offset = (i - (len(shown) - 1) / 2) * thickness
        bars = axes.barh(
            places + offset, rows[name], color=COLOURS[role], height=thickness * 0.9, label=label
        )
        axes.bar_label(bars, [say.percent(share) for share in rows[name]], padding=3)
    names = [
        say("First client") if n == 1 else say("First {n:int} clients", n=n)
        for n in rows["lost_count"]
    ]
    axes.set_yticks(places, names)
    axes.invert_yaxis()
    axes.set_xlim(0, None)
    axes.margins(x=0.12)
    axis_format(axes.xaxis, say, "percent")
    axes.grid(visible=False, axis="y")
    if len(shown) > 1:
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    subtitle = say("Share of the period's total that would go with the largest clients by revenue.")
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def tenure(rows: pd.DataFrame, say: Say, *, title: Finding | str, source: str) -> Chart:
    """Pyramid of the relations' age: clients to the left, revenue to the right.

    rows: from `tenure_rows`.
    """
    if rows.empty:
        return not_drawn(say, title=title, source=source)
    figure, (left, right) = chart(columns=2, height=0.8 + 0.42 * len(rows), sharey=True)
    places = np.arange(len(rows))
    for panel, name, heading, role in (
        (left, "client_share", say("Share of clients"), "previous"),
        (right, "revenue_share", say("Share of revenue"), "actual"),
    ):
        shares = rows[name].fillna(0.0)
        panel.barh(places, shares, color=COLOURS[role], height=0.75)
        for y, share in zip(places, shares, strict=True):
            panel.annotate(
                say.percent(share), (max(share, 0.0), y), (-3 if panel is left else 3, 0),
                textcoords="offset points", va="center", ha="right" if panel is left else "left",
            )  # fmt: skip
        panel.set_title(heading)
        panel.margins(x=0.18)
        axis_format(panel.xaxis, say, "percent")
        panel.grid(visible=False, axis="y")
    left.invert_xaxis()
    left.set_yticks(places, [say.translate(band) for band in rows["tenure_band"]])
    subtitle = say(
        "Clients of the period by age of the relation; {n:int} clients.",
        n=int(rows["client_count"].sum()),
    )
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def _histogram(axes: Axes, values: "pd.Series[float]", say: Say, heading: str, kind: str) -> None:
    import seaborn

    positive = values[values > 0]
    apart = positive.nunique() > 1
    seaborn.histplot(
        x=positive.to_numpy(dtype=float),
        bins=BINS if apart else 1,
        log_scale=True if apart else None,
        color=COLOURS["previous"],
        edgecolor="white",
        ax=axes,
    )
    for value, mark in ((values.median(), "median"), (values.mean(), "mean")):
        if value > 0:
            colour, dash = MARKS[mark]
            axes.axvline(value, color=COLOURS[colour], linestyle=dash, linewidth=1.6)
    axes.set_title(heading)
    axes.set_xlabel(
        ""
        if len(positive) == len(values)
        else say("{n:int} at zero or below, not drawn", n=len(values) - len(positive))
    )
    axes.set_ylabel("")
    if apart:
        # Each power of ten in its own unit: 100 €, 10 k€, 1 M€.
        axes.xaxis.set_major_locator(LogLocator(numticks=5))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: TickFormat(say, kind)(x)))
        axes.xaxis.set_minor_locator(NullLocator())
    else:
        axis_format(axes.xaxis, say, kind)
    axis_format(axes.yaxis, say, "int")
