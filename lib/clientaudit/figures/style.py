"""The one look of all figures: size, colours, title, source line, axes in the reader's language."""

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.category import StrCategoryFormatter
from matplotlib.dates import AutoDateLocator
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text
from matplotlib.textpath import TextToPath
from matplotlib.ticker import FixedFormatter, MaxNLocator

from clientaudit.figures.axes import TickFormat
from clientaudit.findings import Finding
from clientaudit.text import Say

WIDTH = 8.0  # inches: 768 px on a page, the width of an A4 page between its margins
MARGIN = 0.08  # inches
LINE = {"title": 0.235, "subtitle": 0.19, "source": 0.165}  # height of one line, inches
GAP = 0.03  # inches between the title and what is under it
ASCENT = 0.76  # of a line, above the foot of its letters
SIZE = {"title": 12.0, "subtitle": 10.0, "source": 8.5}  # points
STYLE = Path(__file__).with_name("report.mplstyle")

# Told apart by colour-blind readers and in grey print; a colour is a role, never a rank.
COLOURS = {
    "ink": "#1b2430",
    "muted": "#4a5461",
    "grid": "#e6e9ed",
    "actual": "#1f3b57",
    "previous": "#a9b8c8",
    "target": "#1b2430",
    "accent": "#e08214",
    "neutral": "#8d97a3",
    "band": "#c9d6e3",
    "good": "#2166ac",
    "bad": "#b2182b",
    "keep": "#2a6f9e",
    "fix": "#7fb3d5",
    "win_back": "#e08214",
    "let_go": "#8c2d1c",
    "new": "#2a9d8f",
    "A": "#12395b",
    "B": "#3f7cac",
    "C": "#95b8d1",
    "D": "#d8c3a5",
}
SEQUENTIAL = "Blues"  # colour map of a quantity that starts at zero
NO_METADATA = ("Date", "Creator", "Format", "Type")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
BETWEEN, SPACES = re.compile(r">\s+<"), re.compile(r"\s+")
DECIMALS = re.compile(r"(\d*[1-9]\d*\.\d\d)\d+")  # not those of a scale, which is below 1
FONT = "DejaVuSans-"  # before the code of each letter
TICKS = 8  # at most, over the whole width


class Chart(Figure):
    """A figure that knows its finding and shows itself as SVG, without pyplot.

    alt: the finding, said in the reader's language; set by `finish`.
    """

    alt: str = ""

    def svg(self) -> str:
        """The figure as SVG text: the same figure gives the same bytes."""
        _without_formulas(self)
        buffer = BytesIO()
        # Not savefig, which draws everything once more to settle a layout that is settled.
        with in_style():
            canvas: Any = FigureCanvasSVG(self)
            canvas.print_svg(buffer, metadata=dict.fromkeys(NO_METADATA))
        text = buffer.getvalue().decode("utf-8")
        return _compact(text[text.index("<svg") :])

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        """What a notebook shows: the SVG, with the finding as alternative text.

        A chart with nothing on it is its sentence alone: an empty frame says no more.
        """
        if not any(axes.axison for axes in self.axes):
            return {"text/plain": repr(self.alt)}, {}
        return {"image/svg+xml": self.svg()}, {"image/svg+xml": {"alt": self.alt}}


def in_style() -> AbstractContextManager[None]:
    """The reports' style for what is drawn inside; nothing global changes."""
    return mpl.rc_context(fname=STYLE)


def chart(
    *, rows: int = 1, columns: int = 1, height: float = 4.2, **kwargs: Any
) -> tuple[Chart, Any]:
    """An empty chart and its axes (one Axes, or an array, as from `Figure.subplots`).

    height: inches of the drawing itself; `finish` adds the title above and the source below.
    kwargs: as for `Figure.subplots` (sharex, sharey, width_ratios, ...).
    """
    with in_style():
        figure = Chart(figsize=(WIDTH, height), layout="constrained")
        return figure, figure.subplots(rows, columns, **kwargs)


def finish(
    figure: Chart, say: Say, *, title: Finding | str, source: str, subtitle: str = ""
) -> Chart:
    """Write the finding above the chart and the source below, and give the chart its alt text.

    title: the finding that the chart shows, or a sentence in the reader's language.
    subtitle: what is drawn, its unit, the period and the number of clients.
    source: files and cut-off date (`audit.source`).
    """
    figure.alt = title.say(say) if isinstance(title, Finding) else title
    with in_style():
        above = [("title", _wrapped(figure.alt, "title")), ("subtitle", _wrapped(subtitle))]
        below = _wrapped(source, "source")
        top = 2 * MARGIN + GAP + sum(len(lines) * LINE[part] for part, lines in above)
        bottom = len(below) * LINE["source"] + (MARGIN if below else 0)
        height = figure.get_figheight() + top + bottom
        figure.set_size_inches(WIDTH, height)
        edge = height - MARGIN
        for part, lines in above:
            _write(figure, lines, part, edge)
            edge -= len(lines) * LINE[part] + GAP
        _write(figure, below, "source", bottom)
        rectangle = (0, bottom / height, 1, 1 - (top + bottom) / height)
        layout = ConstrainedLayoutEngine(rect=rectangle)
        for axes in figure.axes:
            _tidy(axes)
        _without_formulas(figure)
        layout.execute(figure)
        figure.set_layout_engine("none")  # the layout is settled: every rendering is the same
    return figure


def axis_format(axis: Axis, say: Say, kind: str) -> None:
    """Label an axis in the reader's language.

    kind: "money", "percent" (of shares between 0 and 1), "points" (differences between shares),
    "int", "number", "month" or "day".
    """
    with in_style():
        place = axis.axes.get_subplotspec()
        columns = place.get_gridspec().ncols if place and axis is axis.axes.xaxis else 1
        bins = max(3, TICKS // columns)
        if isinstance(axis.get_major_locator(), AutoDateLocator):
            dates = AutoDateLocator(minticks=3, maxticks=bins)
            axis.set_major_locator(dates)
        elif axis.get_scale() == "linear" and kind not in ("month", "day"):
            axis.set_major_locator(
                MaxNLocator(bins, steps=[1, 2, 2.5, 5, 10], integer=kind == "int")
            )
        axis.set_major_formatter(TickFormat(say, kind))


def _tidy(axes: Axes) -> None:
    """Small titles to the left; no frame around a legend; no grid along an axis of names."""
    if legend := axes.get_legend():
        legend.set_frame_on(False)
    if heading := axes.get_title("center"):
        axes.set_title("", loc="center")
        axes.set_title(heading, loc="left")
    for axis in (axes.xaxis, axes.yaxis):
        if isinstance(axis.get_major_formatter(), (StrCategoryFormatter, FixedFormatter)):
            axis.grid(visible=False)
            axis.set_tick_params(length=0)


def _write(figure: Chart, lines: Sequence[str], part: str, top: float) -> None:
    """Lines of text, each at its own height: accents and descenders move none of them."""
    height = figure.get_figheight()
    for rank, line in enumerate(lines):
        figure.text(
            MARGIN / WIDTH,
            (top - (rank + ASCENT) * LINE[part]) / height,
            line,
            fontsize=SIZE[part],
            fontweight="bold" if part == "title" else "normal",
            color=COLOURS["ink"] if part == "title" else COLOURS["muted"],
            va="baseline",
            ha="left",
            in_layout=False,
        )


def _wrapped(text: str, part: str = "subtitle") -> list[str]:
    """The text cut into lines that fit the width, at ordinary spaces only."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _inches(longer, part) > WIDTH - 2 * MARGIN:
            lines.append(word)
        else:
            lines[-1:] = [longer]
    return lines if text else []


def _inches(text: str, part: str) -> float:
    weight = "bold" if part == "title" else "normal"
    font = FontProperties(family="DejaVu Sans", weight=weight, size=SIZE[part])
    width, _, _ = TextToPath().get_text_width_height_descent(text, font, ismath=False)
    return float(width) / 72


def _compact(svg: str) -> str:
    """The same picture in fewer bytes: no comments, no indents, coordinates to 1/100 of a point."""
    bare = BETWEEN.sub("><", COMMENT.sub("", svg))
    return DECIMALS.sub(r"\1", SPACES.sub(" ", bare)).replace(FONT, "g")


def _without_formulas(figure: Chart) -> None:
    """A product named `$x$` is shown as written: nothing is read as a formula."""
    for text in figure.findobj(Text):
        text.set_parse_math(False)
