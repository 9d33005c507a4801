"""Names of groups are true, all different, and exist in French."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clientaudit.analyses.groups.names import MOST_GROUPS, NAMES, OTHERS, group_names
from clientaudit.settings import Thresholds
from clientaudit.text import catalogue

SIGNS = {name: signs for signs, name in NAMES.items()}


@given(
    arrays(
        np.float64,
        st.tuples(st.integers(2, MOST_GROUPS), st.just(3)),
        elements=st.floats(-3, 3, allow_nan=False, width=32),
    )
)
def test_names_are_different_and_true(centres):
    names = group_names(centres)
    assert len(set(names)) == len(centres)
    for name, centre in zip(names, centres, strict=True):
        for sign, value in zip(SIGNS.get(name, (0, 0, 0)), centre, strict=True):
            assert sign * value > 0 or sign == 0


@pytest.mark.parametrize(
    ("centre", "name"),
    [
        ((2.0, 0.1, 0.0), "Frequent purchases"),
        ((-1.0, 2.0, 0.1), "Rare large purchases"),
        ((1.5, 0.1, 1.5), "Frequent purchases, wide range"),
        ((0.0, 0.0, 0.0), OTHERS[0]),
    ],
)
def test_a_name_says_what_is_most_marked(centre, name):
    assert group_names(np.array([centre])) == (name,)


def test_every_name_has_its_french():
    french = catalogue("fr")
    assert [name for name in (*NAMES.values(), *OTHERS) if name not in french] == []
    assert len({french[name] for name in (*NAMES.values(), *OTHERS)}) == len(NAMES) + len(OTHERS)


def test_there_are_names_for_as_many_groups_as_may_be_asked_for():
    field = Thresholds.model_fields["max_groups"]
    assert max(rule.le for rule in field.metadata if hasattr(rule, "le")) == len(OTHERS)
