"""Whatever colour the firm has, its text can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientaudit.report.colour import AA, PAPER, contrast, readable


@given(st.integers(0, 0xFFFFFF), st.sampled_from(sorted(PAPER)))
def test_every_colour_becomes_readable(number, theme):
    assert contrast(readable(f"#{number:06x}", theme), PAPER[theme]) >= AA


def test_a_readable_colour_is_kept():
    assert readable("#1f4e79", "light") == "#1f4e79"


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
