"""Charts of the intake: months by file, agreement with the accounts, empty cells, verdicts."""

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num

from clientaudit.figures.blank import not_drawn
from clientaudit.figures.style import COLOURS, SEQUENTIAL, Chart, axis_format, chart, finish
from clientaudit.findings import Finding
from clientaudit.text import Say

TONES = ("actual", "previous")
MONTH_DAYS = 26  # drawn width of a month
ONE_LINE = 80  # letters that stand side by side under a board
DARK = 0.55  # share above which a cell takes white figures
MARKS = {"FLAG": ("!", "accent"), "REFUSE": ("×", "let_go")}


def months(rows: pd.DataFrame, say: Say, *, title: Finding | str, source: str) -> Chart:
    """Lines and revenue by month, one tone per file, months without a line marked.

    rows: from `months_frame`: sales_month, path, line_count, revenue, is_missing.
    """
    if rows.empty:
        return not_drawn(say, title=title, source=source)
    figure, (above, below) = chart(rows=2, height=3.8, sharex=True)
    _stacked(above, rows, "line_count")
    _stacked(below, rows, "revenue")
    for panel in (above, below):
        for month in sorted(set(rows.loc[rows["is_missing"], "sales_month"])):
            _mark_missing(panel, month, say("missing") if panel is above else "")
        panel.grid(visible=False, axis="x")
        panel.xaxis_date()
    above.set_ylabel(say("Lines"))
    below.set_ylabel(say("Revenue"))
    axis_format(above.yaxis, say, "int")
    axis_format(below.yaxis, say, "money")
    axis_format(below.xaxis, say, "month")
    subtitle = say(
        "By month of invoice; the tone changes with each of the {files:int} "
        "{files:plural:file|files}. Hatched: a month without a line.",
        files=rows["path"].nunique(),
    )
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def accounts(rows: pd.DataFrame, say: Say, *, title: Finding | str, source: str) -> Chart:
    """Revenue of the files beside that of the accounts, by fiscal year, with the difference.

    rows: from `reconciliation_frame`: fiscal_year, files_revenue, accounts_revenue, gap_share.
    """
    if rows.empty:
        return not_drawn(say, title=title, source=source)
    figure, axes = chart(height=2.8)
    places = np.arange(len(rows))
    compared = rows["gap_share"].notna()
    axes.bar(
        places - 0.2,
        rows["files_revenue"],
        width=0.38,
        color=[COLOURS["actual" if whole else "previous"] for whole in compared],
        label=say("Files"),
    )
    bars = axes.bar(
        places + 0.2,
        rows["accounts_revenue"],
        width=0.38,
        facecolor="none",
        edgecolor=COLOURS["target"],
        linewidth=1.4,
        label=say("Accounts"),
    )
    labels = [
        _difference(gap, say) if known else ""
        for gap, known in zip(rows["gap_share"], compared, strict=True)
    ]
    axes.bar_label(bars, labels, padding=3)
    axes.set_xticks(places, [str(year) for year in rows["fiscal_year"]])
    axes.set_ylim(min(0.0, rows["files_revenue"].min() * 1.1), None)
    axes.margins(y=0.15)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    axis_format(axes.yaxis, say, "money")
    axes.grid(visible=False, axis="x")
    subtitle = say(
        "Revenue by fiscal year, named by the year in which it ends; above, the difference of the "
        "files from the accounts. Pale: a year only partly in the data, not compared."
    )
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def board(rows: pd.DataFrame, say: Say, *, title: Finding | str, source: str) -> Chart:
    """Which reservation bears on which report.

    rows: from `board_frame`: check, report, verdict (PASS is not drawn).
    """
    if rows.empty:
        return not_drawn(say, title=title, source=source)
    checks, reports = list(dict.fromkeys(rows["check"])), list(dict.fromkeys(rows["report"]))
    figure, axes = chart(height=1.4 + 0.34 * len(checks))
    marked = rows[rows["verdict"] != "PASS"]
    for check, report, verdict in marked[["check", "report", "verdict"]].itertuples(index=False):
        mark, role = MARKS[verdict]
        place = (reports.index(report), checks.index(check))
        axes.scatter(*place, s=190, marker="s", color=COLOURS[role], linewidths=0)
        colour = "white" if verdict == "REFUSE" else COLOURS["ink"]
        axes.annotate(mark, place, ha="center", va="center", color=colour, fontweight="bold")
    _slanted(axes, [say.translate(name) for name in reports])
    axes.set_yticks(range(len(checks)), [say.translate(name) for name in checks])
    axes.set_xlim(-0.6, len(reports) - 0.4)
    axes.set_ylim(len(checks) - 0.4, -0.6)
    axes.grid(visible=False)
    subtitle = say(
        "! means with a reservation, whose effect is stated; × that the report is refused."
    )
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def empty_cells(rows: pd.DataFrame, say: Say, *, title: Finding | str, source: str) -> Chart:
    """How empty each column is in each file and year: the paler, the fuller.

    rows: from `empty_matrix_frame`: column, part, empty_share.
    """
    if rows.empty:
        return not_drawn(say, title=title, source=source)
    columns, parts = list(dict.fromkeys(rows["column"])), list(dict.fromkeys(rows["part"]))
    shares = np.full((len(columns), len(parts)), np.nan)
    for column, part, share in rows[["column", "part", "empty_share"]].itertuples(index=False):
        shares[columns.index(column), parts.index(part)] = share
    figure, axes = chart(height=1.5 + 0.36 * len(columns))
    edges = np.arange(len(parts) + 1) - 0.5, np.arange(len(columns) + 1) - 0.5
    axes.pcolormesh(*edges, shares, cmap=SEQUENTIAL, vmin=0, vmax=1)
    axes.invert_yaxis()
    for row, place in np.argwhere(~np.isnan(shares)):
        share = shares[row, place]
        colour = "white" if share > DARK else COLOURS["ink"]
        text = say.percent(share) if share else "0"
        axes.annotate(text, (place, row), ha="center", va="center", color=colour)
    _slanted(axes, parts)
    axes.set_yticks(range(len(columns)), columns)
    axes.grid(visible=False)
    subtitle = say(
        "Share of empty cells by file and calendar year of the invoice; columns without an empty "
        "cell are not drawn."
    )
    return finish(figure, say, title=title, source=source, subtitle=subtitle)


def _difference(share: float, say: Say) -> str:
    """A difference with its sign; none where it rounds to nothing."""
    text = say.percent(abs(share))
    if text == say.percent(0):
        return text
    return f"{'+' if share > 0 else '-'}{text}"


def _slanted(axes: Axes, names: Sequence[str]) -> None:
    """Names under the columns of a board, slanted where they would not stand side by side."""
    axes.set_xticks(range(len(names)), names)
    if sum(map(len, names)) > ONE_LINE:
        for label in axes.get_xticklabels():
            label.set(rotation=40, horizontalalignment="right", rotation_mode="anchor")


def _stacked(axes: Axes, rows: pd.DataFrame, name: str) -> None:
    """Bars by month, the files of a month on top of each other."""
    files = sorted(path for path in rows["path"].unique() if path)
    base: dict[dt.date, float] = {}
    for rank, path in enumerate(files):
        part = rows[rows["path"] == path]
        bottoms = [base.get(month, 0.0) for month in part["sales_month"]]
        axes.bar(
            [_middle(month) for month in part["sales_month"]],
            part[name],
            bottom=bottoms,
            width=MONTH_DAYS,
            color=COLOURS[TONES[rank % len(TONES)]],
        )
        for month, amount in zip(part["sales_month"], part[name], strict=True):
            base[month] = base.get(month, 0.0) + amount


def _mark_missing(axes: Axes, month: dt.date, label: str) -> None:
    middle = _middle(month)
    axes.axvspan(middle - 15, middle + 15, facecolor="none", edgecolor=COLOURS["bad"], hatch="///")
    axes.annotate(
        label, (middle, 1.0), xycoords=("data", "axes fraction"), ha="center", va="bottom",
        color=COLOURS["bad"],
    )  # fmt: skip


def _middle(month: dt.date) -> float:
    """The middle of a month, as matplotlib counts days."""
    return float(date2num(month)) + 14.5
