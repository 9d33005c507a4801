"""Figures say their finding, in the reader's language, and the same figure gives the same bytes."""

import base64
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import to_rgb

from clientaudit.figures.blank import not_drawn
from clientaudit.figures.style import (
    COLOURS,
    NO_METADATA,
    WIDTH,
    Chart,
    axis_format,
    chart,
    finish,
    in_style,
)
from clientaudit.findings import Finding
from clientaudit.text import Say

FORMULA = "Client $\\frac{ & $x$"
BESIDE = ("keep", "fix", "win_back", "let_go")
SOURCE = "Source: ventes_2024.csv, up to 31 August 2026"


def bars(names=("Alpha", "Beta"), title="Alpha buys twice as much.", language="en") -> Chart:
    say = Say(language)
    figure, axes = chart(height=2)
    axes.barh(list(names), [2000, 1000])
    axis_format(axes.xaxis, say, "money")
    return finish(figure, say, title=title, source=SOURCE)


def tick_labels(axis) -> list[str]:
    return [label.get_text() for label in axis.get_majorticklabels()]


def test_the_same_figure_gives_the_same_bytes():
    figure = bars()
    assert figure.svg() == figure.svg() == bars().svg()


def test_a_name_that_looks_like_a_formula_is_drawn_as_written():
    figure = bars(names=(FORMULA, "Beta"), title=FORMULA)
    assert ET.fromstring(figure.svg()).tag.endswith("svg")
    assert tick_labels(figure.axes[0].yaxis)[0] == FORMULA


def test_a_notebook_gets_the_svg_with_the_finding_as_alternative_text():
    finding = Finding("rfm.best", "{clients:int} clients bring the most.", {"clients": 1200})
    data, metadata = bars(title=finding, language="fr")._repr_mimebundle_()
    assert list(data) == ["image/svg+xml"]
    assert data["image/svg+xml"].startswith("<svg")
    assert metadata["image/svg+xml"]["alt"] == finding.say(Say("fr"))


def test_where_nothing_can_be_drawn_the_reason_stands_alone():
    reason = "Le coût n'est pas connu."
    data, _ = not_drawn(Say("fr"), title=reason, source=SOURCE)._repr_mimebundle_()
    assert data == {"text/plain": repr(reason)}


def test_the_file_names_nothing_of_the_machine():
    svg = bars().svg()
    assert "<metadata" not in svg
    assert "Matplotlib v" not in svg
    assert str(Path.home()) not in svg


def test_a_long_finding_is_wrapped_inside_the_width_and_makes_the_figure_taller():
    short, long = bars(), bars(title="Alpha buys twice as much as everybody else. " * 5)
    assert long.get_figheight() > short.get_figheight()
    renderer = long._get_renderer()
    for text in long.texts:
        assert text.get_window_extent(renderer).x1 <= WIDTH * long.dpi


def test_text_of_the_figure_never_lies_over_the_drawing():
    figure = bars(title="Alpha buys twice as much as everybody else. " * 5)
    renderer = figure._get_renderer()
    drawing = figure.axes[0].get_tightbbox(renderer)
    for text in figure.texts:
        assert not text.get_window_extent(renderer).overlaps(drawing)


@pytest.mark.parametrize(
    ("language", "kind", "top", "expected"),
    [
        ("fr", "money", 120_000, "100\u00a0k€"),
        ("en", "money", 120_000, "€100k"),
        ("fr", "money", 1_200_000, "0,4\u00a0M€"),
        ("en", "money", 1_200_000, "€0.4m"),
        ("fr", "percent", 1, "40\u00a0%"),
        ("en", "percent", 0.02, "0.25%"),
        ("fr", "points", 0.1, "+2\u00a0pts"),
        ("fr", "int", 4_800, "1\u202f000"),
        ("en", "int", 2, "1"),
        ("fr", "number", 2, "0,25"),
    ],
)
def test_ticks_speak_the_language_of_the_reader(language, kind, top, expected):
    figure, axes = chart()
    axes.set_ylim(0, top)
    axis_format(axes.yaxis, Say(language), kind)
    figure.draw_without_rendering()
    assert expected in tick_labels(axes.yaxis)


def test_two_ticks_never_carry_the_same_label():
    for top in np.geomspace(0.001, 5e9, 40):
        figure, axes = chart()
        axes.set_xlim(0, top)
        axis_format(axes.xaxis, Say("fr"), "money")
        figure.draw_without_rendering()
        labels = tick_labels(axes.xaxis)
        assert len(set(labels)) == len(labels)


def test_months_are_written_in_the_language_of_the_reader():
    figure, axes = chart()
    axes.plot(np.array(["2026-01-01", "2026-12-31"], dtype="datetime64[D]"), [0, 1])
    axis_format(axes.xaxis, Say("fr"), "month")
    figure.draw_without_rendering()
    assert "juil. 2026" in tick_labels(axes.xaxis)


def test_decisions_are_told_apart_in_grey_print():
    def grey(colour: str) -> float:
        return float(np.dot(to_rgb(colour), (0.299, 0.587, 0.114)))

    for roles in (BESIDE, "ABCD", ("actual", "previous")):
        shades = sorted(grey(COLOURS[role]) for role in roles)
        assert min(np.diff(shades)) > 0.04


def test_pyplot_is_not_needed():
    code = (
        "import sys, clientaudit.figures.style as style; style.chart()[0].svg(); "
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_figure_is_drawn_to_a_hundredth_of_a_point_by_the_same_strokes():
    figure = bars()
    raw = BytesIO()
    with in_style():
        FigureCanvasSVG(figure).print_svg(raw, metadata=dict.fromkeys(NO_METADATA))
    drawn, light = (list(ET.fromstring(svg).iter()) for svg in (raw.getvalue(), figure.svg()))
    assert [element.tag for element in light] == [element.tag for element in drawn]
    for one, other in zip(drawn, light, strict=True):
        for name in ("d", "transform", "x", "y"):
            before, after = (
                [float(n) for n in re.findall(r"-?\d+\.?\d*", element.get(name, ""))]
                for element in (one, other)
            )
            assert after == pytest.approx(before, abs=0.01)
            assert all(n == m for n, m in zip(before, after, strict=True) if abs(n) < 1)


def test_a_figure_is_light_enough_for_a_page():
    assert len(base64.b64encode(bars().svg().encode())) < 120_000
