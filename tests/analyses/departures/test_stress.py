"""What goes with the clients on the list is a sum; what the watch costs is set beside it."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from clientaudit.analyses.departures.stress import (
    GONE,
    LARGEST,
    LISTED,
    cost_findings,
    stress_finding,
    stress_table,
)

CLIENTS = pd.DataFrame(
    {
        "client_id": list("abcd"),
        "revenue_window": [50.0, 30.0, 15.0, 5.0],
        "margin_window": [10.0, 15.0, 10.0, 5.0],
    }
)
ALERTS = pd.DataFrame(
    {"client_id": ["b", "d"], "p_gone": [0.2, 0.8], "stake": [3.0, 4.0], "yearly_value": [15, 5]}
)


def test_the_list_is_weighed_beside_the_largest_clients():
    rows = stress_table(CLIENTS, ALERTS).set_index(["scenario", "lost_count"])
    assert rows.loc[(LARGEST, 1), "revenue"] == 50
    assert rows.loc[(LARGEST, 3), "revenue_share"] == pytest.approx(0.95)
    assert rows.loc[(LISTED, 2)].to_dict() == {
        "revenue": 35.0, "revenue_share": 0.35, "margin": 20.0, "margin_share": 0.5,
    }  # fmt: skip
    assert rows.loc[(GONE, 1), "margin"] == 5


def test_a_margin_unknown_for_one_client_is_not_summed():
    clients = CLIENTS.assign(margin_window=[10.0, np.nan, 10.0, 5.0])
    table = stress_table(clients, ALERTS)
    listed = table[table["scenario"] == LISTED].iloc[0]
    assert np.isnan(listed["margin"])
    assert "margin" not in stress_finding(table, client_count=4).sentence


def test_the_watch_pays_once_calls_keep_its_cost():
    watch = SimpleNamespace(basis="margin")
    (found,) = cost_findings(watch, ALERTS, alert_cost_month=0.07)
    assert found.values["stake"] == pytest.approx(3.5)
    assert found.values["cost"] == pytest.approx(0.42)
    assert found.values["share"] == pytest.approx(0.12)
    assert cost_findings(watch, ALERTS.iloc[:0], alert_cost_month=30) == []
    (found,) = cost_findings(watch, ALERTS, alert_cost_month=30)
    assert "{share" not in found.sentence  # nobody keeps more than all of what is at stake
