"""Each client is routed by what is known of it, and the firm by what its contracts bring."""

import pandas as pd
import pytest

from clientaudit.analyses.departures.routes import (
    FIRM,
    OLDER,
    SEEN,
    WHY,
    route_finding,
    routed_clients,
    routes_table,
)
from clientaudit.analyses.departures.silence import FEW, OWN

CLIENTS = pd.DataFrame(
    {
        "client_id": ["a", "b", "c", "d"],
        "method": [OWN, OWN, FEW, FEW],
        "is_left_truncated": [True, False, False, False],
        "revenue_window": [40.0, 30.0, 20.0, 10.0],
    }
)


def test_every_client_has_a_method_and_a_reason():
    routed = routed_clients(CLIENTS, {"b", "c"})
    assert routed["why"].tolist() == [
        WHY[OWN, False], WHY[OWN, True], WHY[FEW, True], WHY[FEW, False],
    ]  # fmt: skip
    assert routed["history"].tolist() == [OLDER, SEEN, SEEN, SEEN]
    table = routes_table(routed)
    assert table["client_count"].tolist() == [1, 1, 1, 1]
    assert table["revenue_window"].sum() == pytest.approx(100)
    assert table["method"].tolist() == [OWN, OWN, FEW, FEW]


@pytest.mark.parametrize(
    ("under", "kind"), [(set(), "none"), ({"c"}, "both"), ({"a", "d"}, "contracts")]
)
def test_a_firm_lives_by_contracts_from_half_its_revenue(under, kind):
    assert route_finding(routed_clients(CLIENTS, under)).sentence == FIRM[kind]
