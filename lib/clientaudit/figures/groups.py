"""Charts of the groups: whether there are any, how each buys, and where the clients lie."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator

from clientaudit.figures.axes import TickFormat
from clientaudit.figures.style import COLOURS, Chart, axis_format, chart, finish
from clientaudit.findings import Finding
from clientaudit.models.groups.evidence import Evidence
from clientaudit.models.groups.plane import Plane
from clientaudit.text import Say

ROLES = ("actual", "win_back", "new", "let_go", "fix", "neutral", "D", "target")
MARKERS = ("o", "^", "s", "D", "v", "P", "X", "*")
MEASURES = {
    "occasion_count": ("Purchase days", "int"),
    "average_value": ("Revenue per day", "money"),
    "family_count": ("Families", "int"),
}
TICKS = (1, 2, 5)  # of each power of ten
MOST_TICKS = 6


def evidence(
    found: Evidence | None, say: Say, *, chosen: int | None, title: Finding | str, source: str
) -> Chart | None:
    """How far each number of groups stands out of imitations that have no groups; None without.

    chosen: the number of groups that is kept, None without.
    """
    if found is None:
        return None
    figure, axes = chart(height=2.6)
    places = np.arange(len(found.counts))
    low = np.quantile(found.imitated, 0.02, axis=0)
    axes.bar(places, found.ordinary - low, bottom=low, width=0.5, color=COLOURS["band"],
             label=say("98 % of the imitations"))  # fmt: skip
    axes.plot(places, found.observed, "o", color=COLOURS["actual"], label=say("These clients"))
    if chosen in found.counts:
        place = found.counts.index(chosen)
        axes.plot(place, found.observed[place], "o", markersize=14, markerfacecolor="none",
                  color=COLOURS["accent"], label=say("Kept"))  # fmt: skip
    axes.axhline(0, color=COLOURS["neutral"], linewidth=1)
    axes.set_xticks(places, [say.integer(k) for k in found.counts])
    axes.set_xlabel(say("Number of groups"))
    axes.set_ylabel(say("Standard deviations"))
    axes.margins(y=0.12)
    axis_format(axes.yaxis, say, "int")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3)
    subtitle = say(
        "The higher a point, the more grouped the clients are than imitations of them (0: the "
        "average of {n:int}).",
        n=len(found.imitated),
    )
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def profile(
    clients: pd.DataFrame, rows: pd.DataFrame, say: Say, *, title: Finding | str, source: str
) -> Chart | None:
    """How each group buys: median, middle half and middle nine tenths; None without groups.

    clients: those of `Groups`. rows: from `profile_table`.
    """
    shown = [name for name in MEASURES if clients[name].nunique() > 1]
    if rows.empty or not shown:
        return None
    figure, panels = chart(columns=len(shown), height=0.7 + 0.52 * len(rows), sharey=True,
                           squeeze=False)  # fmt: skip
    for name, axes in zip(shown, panels.flat, strict=True):
        _spread(axes, clients, rows, name)
        label, kind = MEASURES[name]
        axes.set_title(say.translate(label))
        _log_axis(axes, clients[name], say, kind)
    names = [_named(row, say).replace(", ", ",\n") for row in rows.itertuples(index=False)]
    panels.flat[0].set_yticks(range(len(rows)), names)
    panels.flat[0].invert_yaxis()
    subtitle = say(
        "Point: the median client of the group; thick line: the middle half; thin line: nine "
        "tenths. Each step of the scale multiplies. Clients of the group in brackets."
    )
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def plane(
    found: Plane | None, rows: pd.DataFrame, say: Say, *, title: Finding | str, source: str
) -> Chart | None:
    """The clients on a plane, near each other where they buy alike; None without groups.

    rows: from `profile_table`, one per group of the plane.
    """
    if found is None:
        return None
    figure, axes = chart(height=4.4)
    for place, row in enumerate(rows.itertuples(index=False)):
        x, y = found.points[found.labels == place].T
        axes.plot(x, y, MARKERS[place], markersize=4, alpha=0.55, markeredgewidth=0,
                  color=COLOURS[ROLES[place]], label=_named(row, say))  # fmt: skip
    for place, (x, y) in enumerate(found.centres):
        axes.text(x, y, say.integer(place + 1), ha="center", va="center", fontweight="bold",
                  bbox={"boxstyle": "circle", "facecolor": "white",
                        "edgecolor": COLOURS["ink"]})  # fmt: skip
    _arrows(axes, found, say)
    axes.set_aspect("equal", adjustable="datalim")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    subtitle = say(
        "Each point is a client; arrows lead to clients with more. The plane shows {share:pct} of "
        "what sets clients apart; {drawn:int} of {n:int} clients are drawn.",
        share=found.share,
        drawn=len(found.points),
        n=found.count,
    )
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def _spread(axes: Axes, clients: pd.DataFrame, rows: pd.DataFrame, name: str) -> None:
    for place, group in enumerate(rows["group"]):
        values = clients.loc[clients["group"] == group, name].to_numpy(dtype=float)
        low, first, middle, third, high = np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95])
        colour = COLOURS["actual"]
        axes.hlines(place, low, high, color=colour, linewidth=1)
        axes.hlines(place, first, third, color=colour, linewidth=5, alpha=0.45)
        axes.plot(middle, place, "o", color=colour)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.grid(visible=False, axis="y")


def _log_axis(axes: Axes, values: "pd.Series[float]", say: Say, kind: str) -> None:
    axes.set_xscale("log")
    low, high = axes.get_xlim()
    places = [
        step * 10.0**power
        for power in range(int(np.floor(np.log10(values.min()))), 13)
        for step in TICKS
        if low <= step * 10.0**power <= high
    ]
    if len(places) > MOST_TICKS:
        places = [place for place in places if np.isclose(np.log10(place) % 1, 0)]
    axes.xaxis.set_major_locator(FixedLocator(places))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(TickFormat(say, kind))


def _arrows(axes: Axes, found: Plane, say: Say) -> None:
    reach = np.abs(found.points).max() * 0.8
    for (x, y), (label, _) in zip(found.axes * reach, MEASURES.values(), strict=True):
        if x or y:
            axes.annotate("", (x, y), (0, 0), arrowprops={"arrowstyle": "->"})
            axes.text(x * 1.06, y * 1.06, say.translate(label), fontsize=9,
                      ha="left" if x >= 0 else "right", va="bottom" if y >= 0 else "top",
                      color=COLOURS["muted"])  # fmt: skip


def _named(row: object, say: Say) -> str:
    group, name, count = (getattr(row, key) for key in ("group", "group_name", "client_count"))
    return say(
        "{group:int} · {name:text} ({count:int})",
        group=group,
        name=say.translate(name),
        count=count,
    )
