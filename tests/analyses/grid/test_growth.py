"""What the classes have come to since: totals by hand, and no rate where there is no base."""

import numpy as np
import pandas as pd
import pytest

from analyses.audits import audit_of, table_of
from clientaudit.analyses.grid.growth import (
    growth_findings,
    growth_of,
    growth_rows,
    growth_shown,
    years_table,
)
from clientaudit.text import Say

YEARS = pd.DataFrame(
    {
        "client_id": list("abcd"),
        "revenue_now": [110.0, 130.0, 50.0, 0.0],
        "revenue_before": [100.0, 100.0, 100.0, 50.0],
        "margin_now": [11.0, 13.0, 5.0, -10.0],
        "margin_before": [10.0, 10.0, 10.0, -30.0],
        "families_now": [3.0, 4.0, 1.0, 0.0],
        "families_before": [2.0, 2.0, 2.0, 1.0],
    }
)
CLASSES = pd.DataFrame({"client_id": list("abcd"), "then_class": list("AADD")})


def rows(classes=CLASSES, min_cell=2):
    return growth_rows(YEARS, classes, min_cell=min_cell).set_index(["measure", "then_class"])


def test_the_change_is_that_of_the_totals_with_those_who_left():
    found = rows()
    assert found.loc[("revenue", "A"), ["client_count", "before", "now"]].tolist() == [2, 200, 240]
    assert found.loc[("revenue", "A"), "growth_rate"] == pytest.approx(0.2)
    assert found.loc[("revenue", "D"), "growth_rate"] == pytest.approx(-2 / 3)
    assert found.loc[("families", "A"), ["before", "now"]].tolist() == [2, 3.5]
    assert found.loc[("families", "A"), "growth_rate"] == pytest.approx(0.75)
    within = found[found["growth_rate"].notna()]
    assert (within["low_rate"] <= within["growth_rate"]).all()
    assert (within["growth_rate"] <= within["high_rate"]).all()


def test_a_margin_that_may_have_been_a_loss_has_no_rate_of_change():
    found = rows().loc[("margin", "D")]
    assert found[["before", "now"]].tolist() == [-20, -5]
    assert np.isnan(found[["growth_rate", "low_rate", "high_rate"]].astype(float)).all()


def test_small_classes_are_masked():
    assert "D" not in rows(CLASSES.assign(then_class=list("AAAD"))).reset_index()["then_class"]
    assert growth_of(audit_of([("a", "2025-03-03", 1)]), None).empty


def test_the_findings_set_a_beside_the_others():
    found = {f.key: f for f in growth_findings(rows().reset_index())}
    assert list(found) == ["grid.growth", "grid.growth_margin", "grid.growth_families"]
    assert found["grid.growth"].values["other"] == pytest.approx(-2 / 3)
    assert found["grid.growth_margin"].values["other"] is None
    assert "went from -€20 to -€5" in found["grid.growth_margin"].say(Say("en"))
    assert found["grid.growth_families"].values["other"] == pytest.approx(-2 / 3)
    assert all(f.interval and f.n == 2 for f in found.values())
    shown = growth_shown(rows().reset_index(), Say("en"))
    assert shown.index.unique().tolist() == [
        "Revenue of the class", "Margin of the class", "Product families bought, per client"
    ]  # fmt: skip


def test_each_period_counts_what_was_bought_in_it():
    lines = [
        {"client_id": "a", "date": day, "amount_net": amount, "cost_amount": cost, "doc_id": day,
         "product_family": family}
        for day, amount, cost, family in (
            ("2025-03-03", 100, 60, "x"), ("2025-04-03", 50, 30, "y"),
            ("2025-05-03", -50, -30, "z"), ("2024-03-03", 70, 20, "x"),
            ("2024-04-03", 30, 20, "x"), ("2023-03-03", 9, 9, "w"),
        )
    ]  # fmt: skip
    found = years_table(audit_of([], transactions=table_of("transactions", lines))).iloc[0]
    assert found[["revenue_now", "revenue_before"]].tolist() == [100, 100]
    assert found[["margin_now", "margin_before"]].tolist() == [40, 60]
    assert found[["families_now", "families_before"]].tolist() == [2, 1]


def test_a_margin_known_for_one_of_the_years_is_not_compared():
    sales = [("a", "2025-03-03", 100, 60), ("a", "2024-03-03", 100)]
    found = years_table(audit_of(sales))
    assert "margin_now" not in found
    assert "families_now" not in found
    assert found["revenue_before"].tolist() == [100]
