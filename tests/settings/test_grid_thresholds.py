"""Thresholds leave something for every class, weigh something, and stay in the calendar."""

import pytest
from pydantic import ValidationError

from clientaudit.settings import Thresholds


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"share_a": 0.5, "share_b": 0.3, "share_c": 0.3}, "share_c"),
        ({"w_margin": 0.0, "w_potential": 0.0, "w_relation": 0.0}, "w_relation"),
        ({"contacts_per_year": [12, 6, 2]}, "contacts_per_year"),
        ({"contacts_per_year": [12, 6, 2, -1]}, "contacts_per_year"),
        ({"lost_days": 10**9}, "lost_days"),
        ({"contract_alert_weeks": 10**6}, "contract_alert_weeks"),
        ({"worry_ratio": 10**6}, "worry_ratio"),
    ],
)
def test_impossible_thresholds_are_refused_by_name(values, name):
    with pytest.raises(ValidationError) as refused:
        Thresholds(**values)
    assert [error["loc"][0] for error in refused.value.errors()] == [name]


def test_contacts_may_be_given_on_the_command_line():
    assert Thresholds(contacts_per_year="12, 6, 2, 0").contacts_per_year == [12, 6, 2, 0]
