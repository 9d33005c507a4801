"""What stands where a chart cannot be drawn: the reason, as its title."""

from clientaudit.figures.style import Chart, chart, finish
from clientaudit.findings import Finding
from clientaudit.text import Say


def not_drawn(say: Say, *, title: Finding | str, source: str) -> Chart:
    """A chart without axes that says why there is nothing to draw."""
    figure, axes = chart(height=0.3)
    axes.set_axis_off()
    return finish(figure, say, title=title, source=source)
