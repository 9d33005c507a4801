"""The forecast says whether what it takes for granted holds."""

from types import SimpleNamespace

import numpy as np
import pytest

from clientaudit.analyses.departures.outlook import NextYear
from clientaudit.analyses.departures.outlook_findings import next_year_findings
from clientaudit.analyses.departures.past import Past
from clientaudit.models.btyd import Estimate
from clientaudit.models.spend import SpendFit

PAST = Past(None, 1, None)


def spend_said(correlation: float, p_value: float):
    spend = SpendFit(np.array([4.0, 3.0, 60.0]), np.eye(3), 0.0, correlation, p_value)
    total = Estimate(100.0, 80.0, 120.0)
    found = NextYear(SimpleNamespace(size=70, groups=()), total, total, "revenue", spend)
    return next(f for f in next_year_findings(found, PAST) if f.key == "departures.spend")


@pytest.mark.parametrize(
    ("correlation", "p_value", "says", "verdict"),
    [
        (0.4, 0.01, "bring more each time", "FLAG"),
        (-0.4, 0.01, "bring less each time", "FLAG"),
        (0.4, 0.2, "no more than by chance", "PASS"),
    ],
)
def test_spend_that_goes_with_frequency_is_told_with_its_sign(correlation, p_value, says, verdict):
    found = spend_said(correlation, p_value)
    assert says in found.sentence
    assert found.verdict == verdict
    assert found.n == 70
    assert found.values["correlation"] == correlation
