"""P(class) said a year ago beside what came: by hand, recomputed, and as an audit had said it."""

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from analyses.grid_firm import firm, grid_at, sold
from clientaudit.analyses.grid.calibration import (
    calibration_finding,
    calibration_rows,
    reached_table,
)
from clientaudit.analyses.grid.classing import then_of
from clientaudit.analyses.grid.evidence import criteria_findings
from clientaudit.models.intervals import wilson
from clientaudit.text import Say

FORTY = {f"c{n:02d}": 120.0 * n for n in range(1, 41)}


def reached(*rows):
    return pd.DataFrame(rows, columns=["p_class", "by_orders", "came"]).astype({"came": bool})


def test_each_band_sets_what_was_said_beside_what_came():
    table = reached(
        *[(0.9, True, True)] * 6, *[(0.8, True, False)] * 2, *[(0.5, False, False)] * 5,
        *[(0.2, True, True)] * 4,
    )  # fmt: skip
    found = calibration_rows(table, min_cell=5).set_index("band")
    assert found.index.tolist() == ["At least 80% sure", "50% to 80%"]  # four are masked
    sure = found.loc["At least 80% sure"]
    assert sure["client_count"] == 8
    assert sure["said_share"] == pytest.approx(0.875)
    assert sure[["orders_share", "came_share"]].tolist() == [1.0, 0.75]
    assert (sure["low_rate"], sure["high_rate"]) == wilson(6, 8)
    assert found.loc["50% to 80%", "came_share"] == 0


def test_the_words_tell_a_gap_from_none(tmp_path):
    then = then_of(grid_at(two_years(tmp_path))[0])
    gap = calibration_finding(reached(*[(0.9, False, False)] * 30), then)
    assert "real change and the error of the model" in gap.say(Say("en"))
    none = calibration_finding(
        reached(*[(0.9, True, False)] * 27, *[(0.9, False, False)] * 3), then
    )
    assert "as said" in none.say(Say("en"))
    assert none.values["came"] == 0
    assert none.interval == wilson(27, 30)
    assert (none.n, none.values["day"]) == (30, "2024-12-31")


def two_years(folder, now=FORTY, **tables):
    lines = [*sold(now), *sold(FORTY, year=2024), ("c01", "2023-12-20", 1.0, 0.5)]
    return firm(folder, lines, **tables)


def test_a_year_lived_as_the_last_comes_true(tmp_path):
    audit, grid = grid_at(two_years(tmp_path))
    found = reached_table(audit, grid, then_of(audit))
    assert len(found) == 40
    assert found["came"].all()
    assert found["by_orders"].all()


def test_who_bought_no_more_has_no_class_and_is_not_the_same(tmp_path):
    audit, grid = grid_at(two_years(tmp_path, {k: v for k, v in FORTY.items() if k != "c40"}))
    found = reached_table(audit, grid, then_of(audit)).set_index("client_id")
    assert found.loc["c40", "said_class"] == "A"
    assert not found.loc["c40", ["came", "by_orders"]].any()


def test_a_criterion_measured_otherwise_a_year_ago_has_no_reliability(tmp_path):
    contacts = "\n".join(
        f"{client},{year}-05-{day},in,phone"
        for n, client in enumerate(FORTY)
        for year in (2024, 2025)
        for day in range(10, 10 + n % 9)
    )
    audit, grid = grid_at(two_years(tmp_path, contacts=contacts))
    (found,) = criteria_findings(grid.scores, then_of(audit))
    assert found.key == "grid.reliability_relation"
    assert found.values["r"] == pytest.approx(1)
    assert found.n == 40
    unlike = replace(grid.scores, parts=(*grid.scores.parts, "openness"))
    assert criteria_findings(unlike, then_of(audit)) == []
    assert criteria_findings(grid.scores, None) == []


def test_too_short_a_history_is_refused(tmp_path):
    audit, grid = grid_at(firm(tmp_path, sold(FORTY)))
    assert reached_table(audit, grid, then_of(audit)) is None
    assert calibration_rows(None, min_cell=5).empty
    assert calibration_finding(None, None).verdict == "REFUSE"


def test_periods_that_overlap_prove_nothing(tmp_path):
    audit, grid = grid_at(two_years(tmp_path))
    then = replace(then_of(audit), day=dt.date(2025, 6, 30))
    assert reached_table(audit, grid, then) is None


def test_after_an_audit_a_year_ago_what_it_said_counts(tmp_path):
    audit, _ = grid_at(two_years(tmp_path))
    folder = tmp_path / "last"
    (folder / "tables").mkdir(parents=True)
    said = pd.DataFrame(
        {"client_id": ["c40", "c01", "c02"], "grid_class": ["A", "A", "B"],
         "p_class": [0.9, 0.6, 0.7], "override_by": [None, None, "PDG"]}
    )  # fmt: skip
    said.to_parquet(folder / "tables" / "grid_clients.parquet")
    (folder / "manifest.json").write_text('{"as_of": "2024-12-31", "previous": null}')
    later = replace(audit, previous=folder)
    _, grid = grid_at(two_years(tmp_path))
    found = reached_table(later, grid, then_of(later))
    assert found["client_id"].tolist() == ["c40", "c01"]
    assert found["came"].tolist() == [True, False]
    finding = calibration_finding(found, then_of(later))
    assert finding.values["rate"] == 0.5
    assert "in the orders and in all else" in finding.say(Say("en"))
    assert "orders_share" not in calibration_rows(found, min_cell=1)
