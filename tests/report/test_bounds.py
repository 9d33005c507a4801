"""Two bounds of a table stand in one column; no probability is written as certain."""

import numpy as np
import pandas as pd

from clientaudit.report.bounds import joined_bounds
from clientaudit.report.columns import column_text, kind_of
from clientaudit.text import Say

FRAME = pd.DataFrame(
    {
        "loss_rate": [0.25, 0.5],
        "low_rate": [0.1, np.nan],
        "high_rate": [0.4, np.nan],
        "revenue_low_rate": [0.2, 0.3],
        "revenue_high_rate": [0.3, 0.4],
        "low_tenth": [1.0, 2.0],
    },
    index=pd.Index(["a", "b"], name="scope"),
)


def joined(say: Say) -> tuple[pd.DataFrame, dict[str, str]]:
    kinds = {name: kind_of(name, FRAME[name]) for name in FRAME}
    return joined_bounds(FRAME, kinds, say)


def test_neighbouring_bounds_become_one_column_and_a_lone_low_stays():
    found, kinds = joined(Say("en"))
    assert list(found) == ["loss_rate", "interval_rate", "revenue_interval_rate", "low_tenth"]
    assert list(kinds) == list(found)
    assert found.index.name == "scope"
    assert found["interval_rate"].tolist() == ["10% to 40%", "–"]
    assert kinds["interval_rate"] == "interval"


def test_bounds_are_written_in_the_language():
    found, _ = joined(Say("fr"))
    assert found["interval_rate"].iloc[0] == "10\N{NO-BREAK SPACE}% à 40\N{NO-BREAK SPACE}%"


def test_no_chance_is_written_as_certain():
    values = pd.Series([1.0, 0.9999, 0.98, 0.05, 0.0004, 0.0])
    assert kind_of("p_gone", values) == "chance"
    found = column_text(values, "chance", Say("en"))
    assert found == ["> 99%", "> 99%", "98%", "5%", "< 0.1%", "0%"]
