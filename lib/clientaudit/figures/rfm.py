"""Charts of the RFM groups: the grid of scores, the groups, their repeat rates a year before."""

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle

from clientaudit.figures.blank import not_drawn
from clientaudit.figures.style import (
    COLOURS,
    SEQUENTIAL,
    Chart,
    axis_format,
    chart,
    finish,
)
from clientaudit.findings import Finding
from clientaudit.text import Say

DARK = 0.55  # of the colour scale, from which text on a tile is white
PALEST, DARKEST = 0.12, 0.95
LARGEST = 0.74  # side of the largest tile, of a cell
ROOMY = 0.3  # side from which the number fits inside
ABOVE, BELOW = 0.08, 0.4  # a tile stands above its name


def grid(cells: pd.DataFrame, say: Say, *, bins: int, title: Finding | str, source: str) -> Chart:
    """One tile per pair of scores: its area is the number of clients, its colour their margin.

    cells: from `cell_rows`. Colour is revenue where no margin is known. bins: highest score.
    """
    if cells.empty:
        return not_drawn(say, title=title, source=source)
    amount = "margin" if cells["margin"].notna().any() else "revenue"
    figure, axes = chart(height=2.0 + 0.46 * bins)
    values = cells[amount].fillna(0.0).to_numpy(dtype=float)
    scale = Normalize(min(0.0, values.min()), max(values.max(), 1.0))
    sides = np.sqrt(cells["client_count"] / cells["client_count"].max()).to_numpy(dtype=float)
    for i, side in enumerate(sides):
        _tile(axes, cells.iloc[i], float(scale(values[i])), side * LARGEST, say)
    axes.set_xlim(0.5, bins + 0.5)
    axes.set_ylim(0.5, bins + 0.5)
    axes.set_xticks(range(1, bins + 1))
    axes.set_yticks(range(1, bins + 1))
    axes.set_xlabel(say("Recency score ({bins:int} = bought lately)", bins=bins))
    axes.set_ylabel(say("Frequency score ({bins:int} = bought most often)", bins=bins))
    axes.grid(visible=False)
    name = say("margin so far") if amount == "margin" else say("revenue so far")
    subtitle = say(
        "Area of a tile: number of clients (written on it). Colour, from {low:money} to "
        "{high:money}: {amount:text}. {n:int} clients.",
        low=values.min(),
        high=values.max(),
        amount=name,
        n=int(cells["client_count"].sum()),
    )
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def segments(rows: pd.DataFrame, say: Say, *, title: Finding | str, source: str) -> Chart:
    """Each group's share of the clients beside its share of the revenue.

    rows: from `segment_rows`.
    """
    if rows.empty:
        return not_drawn(say, title=title, source=source)
    figure, axes = chart(height=0.7 + 0.36 * len(rows))
    places = np.arange(len(rows))
    for offset, share_of, role, label in (
        (-0.2, "client_share", "previous", say("Share of clients")),
        (0.2, "revenue_share", "actual", say("Share of revenue")),
    ):
        shares = rows[share_of].fillna(0.0)
        bars = axes.barh(places + offset, shares, height=0.36, color=COLOURS[role], label=label)
        axes.bar_label(bars, [say.percent(share) for share in shares], padding=3, fontsize=8.5)
    axes.set_yticks(places, [say.translate(name) for name in rows["rfm_segment"]])
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axis_format(axes.xaxis, say, "percent")
    axes.grid(visible=False, axis="y")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    subtitle = say(
        "Whole history up to the cut-off date; {n:int} clients.", n=int(rows["client_count"].sum())
    )
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def repeat_rates(rates: pd.DataFrame, say: Say, *, title: Finding | str, source: str) -> Chart:
    """Share of each group of a year before that bought again, beside groups of recency alone.

    rates: from `repeat_rates`; masked rates are left out.
    """
    known = rates[rates["repeat_rate"].notna()]
    if known.empty:
        return not_drawn(say, title=title, source=source)
    panels = [(name, part) for name, part in known.groupby("grouping", sort=False)]
    tallest = max(len(part) for _, part in panels)
    figure, axes = chart(columns=len(panels), height=0.8 + 0.3 * tallest, sharex=True,
                         squeeze=False)  # fmt: skip
    for (name, part), panel in zip(panels, axes.flat, strict=True):
        _rates(panel, part, say)
        panel.set_title(say.translate(str(name)))
    subtitle = say(
        "Share of clients who bought in the {months:int} months that followed, with its "
        "{level:pct} interval; number of clients in brackets.",
        months=12,
        level=0.95,
    )
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def _tile(axes: Axes, cell: "pd.Series[float]", value: float, side: float, say: Say) -> None:
    """One tile and its number, the name of its group below."""
    x, y = float(cell["r_score"]), float(cell["f_score"]) + ABOVE
    shade = PALEST + value * (DARKEST - PALEST)
    colour = mpl.colormaps[SEQUENTIAL](shade)
    axes.add_patch(Rectangle((x - side / 2, y - side / 2), side, side, color=colour))
    inside = side >= ROOMY
    axes.text(
        x if inside else x + side / 2 + 0.03,
        y,
        say.integer(cell["client_count"]),
        ha="center" if inside else "left",
        va="center",
        color="white" if inside and shade > DARK else COLOURS["ink"],
    )
    name = say.translate(str(cell["rfm_segment"]))
    axes.text(x, y - ABOVE - BELOW, name, ha="center", va="center", fontsize=9,
              color=COLOURS["muted"])  # fmt: skip


def _rates(axes: Axes, part: pd.DataFrame, say: Say) -> None:
    places = np.arange(len(part))
    rates = part["repeat_rate"].to_numpy(dtype=float)
    below = rates - part["low_rate"].to_numpy(dtype=float)
    above = part["high_rate"].to_numpy(dtype=float) - rates
    axes.errorbar(
        rates, places, xerr=[below, above], fmt="o", color=COLOURS["actual"],
        ecolor=COLOURS["neutral"], capsize=2,
    )  # fmt: skip
    names = [
        say.translate(str(row.group))
        or say("{low:int} to {high:int} days", low=row.recency_from, high=row.recency_to)
        for row in part.itertuples(index=False)
    ]
    counts = [say.integer(n) for n in part["client_count"]]
    axes.set_yticks(places, [f"{name} ({n})" for name, n in zip(names, counts, strict=True)])
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axis_format(axes.xaxis, say, "percent")
