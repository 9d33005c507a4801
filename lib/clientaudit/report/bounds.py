"""Intervals in the tables of a page: two bounds as one column."""

import re
from collections.abc import Mapping
from itertools import pairwise

import pandas as pd

from clientaudit.report.columns import MISSING, column_text
from clientaudit.text import Say

LOW = re.compile(r"(^|_)low_")


def joined_bounds(
    frame: pd.DataFrame, kinds: Mapping[str, str], say: Say
) -> tuple[pd.DataFrame, dict[str, str]]:
    """The frame with each low and high bound as one column of text, and the kinds of its columns.

    frame: bounds are the neighbouring columns `low_X` and `high_X`, after any other word
    (`revenue_low_rate`). kinds: by column. The new column stands in their place, named `interval`
    instead of `low`, of kind interval.
    """
    pairs = _pairs(list(frame.columns))
    columns, found = {}, {}
    for name in frame.columns:
        if name in pairs:
            new = LOW.sub(r"\1interval_", name)
            columns[new] = _bounds(frame[name], frame[pairs[name]], kinds[name], say)
            found[new] = "interval"
        elif name not in pairs.values():
            columns[name], found[name] = frame[name], kinds[name]
    return pd.DataFrame(columns, index=frame.index), found


def _pairs(columns: list[str]) -> dict[str, str]:
    """High bound by low bound."""
    following = dict(pairwise(columns))
    return {
        low: high
        for low, high in following.items()
        if LOW.search(low) and high == LOW.sub(r"\1high_", low)
    }


def _bounds(
    low: "pd.Series[float]", high: "pd.Series[float]", kind: str, say: Say
) -> "pd.Series[str]":
    ends = zip(*(column_text(values, kind, say) for values in (low, high)), strict=True)
    texts = [
        MISSING if MISSING in pair else say("{low:text} to {high:text}", low=pair[0], high=pair[1])
        for pair in ends
    ]
    return pd.Series(texts, low.index, dtype="str")
