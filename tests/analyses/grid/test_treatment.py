"""What each class was given, and where a lower class fares better than chance allows."""

import numpy as np
import pandas as pd
import pytest

from analyses.grid_firm import firm, grid_at, sold
from clientaudit.analyses.grid.evidence import treatment_findings
from clientaudit.analyses.grid.treatment import (
    DELIVERED,
    delivered_table,
    inversions_table,
    overserved_table,
    rates_shown,
    treatment_rates,
)
from clientaudit.text import Say

NOTHING = dict.fromkeys(DELIVERED, np.nan)


def delivered(**by_class: list[dict[str, float]]) -> pd.DataFrame:
    rows = [
        {"client_id": f"{name}{n}", "grid_class": name, **NOTHING, **row}
        for name, group in by_class.items()
        for n, row in enumerate(group)
    ]
    return pd.DataFrame(rows).astype(dict.fromkeys(DELIVERED, float))


def visits(*counts: float) -> list[dict[str, float]]:
    return [{"visit_count": count} for count in counts]


def test_a_lower_class_visited_far_more_is_an_inversion():
    rates = treatment_rates(delivered(A=visits(*[1, 2] * 10), D=visits(*[8, 9] * 10)), min_cell=5)
    (row,) = inversions_table(rates).to_dict("records")
    assert (row["measure"], row["grid_class"], row["other_class"]) == ("visits", "A", "D")
    assert row["gap"] == pytest.approx(7)
    assert 6 < row["low"] < 7 < row["high"] < 8


def test_the_right_order_and_chance_are_no_inversions():
    good = treatment_rates(delivered(A=visits(*[8, 9] * 10), D=visits(*[1, 2] * 10)), min_cell=5)
    close = treatment_rates(delivered(A=visits(*[0, 9] * 3), D=visits(*[1, 9] * 3)), min_cell=5)
    assert inversions_table(good).empty
    assert inversions_table(close).empty


def test_waiting_longer_is_the_worse_treatment():
    slow = [{"resolution_days": days, "resolved_count": 1.0} for days in [30.0, 31.0] * 10]
    fast = [{"resolution_days": days, "resolved_count": 1.0} for days in [3.0, 4.0] * 10]
    (row,) = inversions_table(
        treatment_rates(delivered(A=slow, D=fast), min_cell=5)
    ).to_dict("records")  # fmt: skip
    assert row["gap"] == pytest.approx(27)


def test_small_classes_are_masked():
    rates = treatment_rates(delivered(A=visits(1, 2, 3, 4), D=visits(*[2] * 5)), min_cell=5)
    assert rates["grid_class"].tolist() == ["D"]


def test_a_c_client_visited_more_than_nine_a_clients_in_ten_is_named():
    table = delivered(A=visits(*[1] * 9, 5), C=visits(6, 1), B=visits(9))
    clients = table[["client_id"]].assign(revenue_window=1.0, profit_window=2.0)
    found = overserved_table(table, clients)
    assert found["client_id"].tolist() == ["C0"]
    rates = treatment_rates(table, min_cell=1)
    (finding, *_) = treatment_findings(rates, inversions_table(rates).head(0), found)
    assert "(C0)" in finding.say(Say("en"))


def test_without_any_table_nothing_is_said_of_the_treatment():
    table = delivered(A=[{}], C=[{}])
    rates = treatment_rates(table, min_cell=1)
    assert rates.empty
    assert rates_shown(rates, Say("en")).empty
    nobody = overserved_table(table, table[["client_id"]].assign(revenue_window=1, profit_window=1))
    (finding,) = treatment_findings(rates, inversions_table(rates), nobody)
    assert finding.verdict == "REFUSE"


def test_only_our_own_contacts_of_the_period_count(tmp_path):
    sent = (
        "c1,2025-05-05,out,visit\nc1,2025-05-06,in,phone\n"
        "c1,2024-05-05,out,visit\nc1,2025-06-05,out,phone"
    )
    profits = {f"c{n}": 120.0 * n for n in range(1, 7)}
    audit, grid = grid_at(firm(tmp_path, sold(profits), contacts=sent))
    found = delivered_table(audit, grid.clients).set_index("client_id")
    assert found.loc["c1", ["contact_count", "visit_count"]].tolist() == [2, 1]
    assert found.loc["c2", ["contact_count", "visit_count"]].tolist() == [0, 0]
    assert found["discount_share"].isna().all()
