"""The grid on published data: no loss-maker on top, nothing invented without costs."""

import shutil
from pathlib import Path

import pytest

from clientaudit.analyses.grid.classing import Grid, grid_of, scores_of
from clientaudit.analyses.grid.findings import grid_findings
from clientaudit.analyses.grid.register import overrides_of, register_of
from clientaudit.analyses.grid.tables import class_rows
from clientaudit.audit import Audit
from clientaudit.engine.money import exact_total
from clientaudit.intake.prepare import prepare
from clientaudit.settings import load_engagement
from clientaudit.text import Say


def grid_at(path: Path, data: Path) -> tuple[Audit, Grid]:
    settings = load_engagement(path, data=data)
    prepared = prepare(settings)
    assert settings.as_of is not None
    say = Say(settings.language, settings.currency)
    audit = Audit(settings, prepared, settings.as_of, say, settings.thresholds)
    return audit, grid_of(audit, scores_of(audit), overrides_of(register_of(audit), audit))


@pytest.fixture
def example(root: Path, shared_data: Path, tmp_path: Path):
    """The grid of an example of the project on the data set of that folder."""

    def made(name: str, folder: str) -> tuple[Audit, Grid]:
        path = shutil.copy(root / "data" / "examples" / f"{name}.yml", tmp_path)
        return grid_at(Path(path), shared_data / folder)

    return made


def test_none_of_the_335_losing_resellers_is_a_or_b_and_the_totals_hold(example):
    audit, grid = example("adventureworks_reseller", "adventureworks")
    summary = audit.summary.execute().set_index("client_id")
    losing = set(summary.index[summary["margin"] < 0])
    assert len(losing) == 335
    best = set(grid.clients.loc[grid.clients["grid_class"].isin(["A", "B"]), "client_id"])
    assert len(best & losing) == 0 < len(best)
    rows = class_rows(grid, min_cell=5)
    window = exact_total(summary.loc[grid.clients["client_id"], "margin_window"])
    assert exact_total(rows["profit_window"]) == window
    assert rows["client_count"].iloc[0] == 98  # a fifth of the 493 that bought in the period


def test_the_three_strategic_clients_of_northwind_are_named(example):
    audit, grid = example("northwind", "northwind")
    found = {f.key: f for f in grid_findings(grid, class_rows(grid, min_cell=5), audit=audit)}
    assert found["grid.strategic"].values["clients"] == 3
    names = found["grid.strategic"].values["names"]
    assert all(name in names for name in ("QUICK", "ERNSH", "SAVEA"))
    assert grid.scores.basis == "revenue"
    assert grid.clients["profit_window"].isna().all()
