"""The grid from exports to classes: the rule, the gate, what is missing, decisions, last time."""

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analyses.grid_firm import AS_OF, classes, firm, grid_at, sold
from clientaudit.analyses.grid.actions import (
    privileges_known,
    privileges_table,
    tasks_table,
    treated,
)
from clientaudit.analyses.grid.attention import with_attention
from clientaudit.analyses.grid.chance import chances_of, sensitivity_of, with_chances
from clientaudit.analyses.grid.class_findings import grid_key_figures
from clientaudit.analyses.grid.classing import grid_of, scores_of, then_of
from clientaudit.analyses.grid.evidence import chance_findings, lookalike_findings
from clientaudit.analyses.grid.findings import grid_caveats, grid_findings
from clientaudit.analyses.grid.losses import no_losses, privilege_findings
from clientaudit.analyses.grid.moves import migration_rows, move_findings
from clientaudit.analyses.grid.register import OVERRIDES, decisions_table, review_day
from clientaudit.analyses.grid.tables import (
    SAVED,
    class_rows,
    grid_shown,
    losses_shown,
    overrides_shown,
    plan_rows,
    worded,
)
from clientaudit.analyses.grid.treatment import delivered_table
from clientaudit.analyses.grid.trends import trends_of
from clientaudit.audit import open_audit
from clientaudit.figures import grid as figures
from clientaudit.findings import Finding
from clientaudit.text import Say

TEN = {f"c{n}": 120.0 * n for n in range(1, 11)}


def keyed(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.key: finding for finding in findings}


def findings_of(audit, grid) -> dict[str, Finding]:
    return keyed(grid_findings(grid, class_rows(grid, min_cell=5), audit=audit))


def full(audit, grid):
    """The clients as the notebook treats them: with chances, attention and actions."""
    grid = with_attention(with_chances(grid, None), trends_of(audit))
    return treated(grid.clients, audit)


def test_by_profit_alone_the_best_fifth_is_a_and_the_shares_are_the_agreed_ones(tmp_path):
    _, grid = grid_at(firm(tmp_path, sold(TEN)))
    expected = dict(zip(reversed(TEN), "AABBBCCCDD", strict=True))
    assert classes(grid) == expected


def test_the_classes_add_up_to_the_totals_to_the_cent(tmp_path):
    lines = [*sold(TEN), ("c1", "2025-05-05", 0.07, 0.03), ("c9", "2025-06-06", 19.99, 8.12)]
    _, grid = grid_at(firm(tmp_path, lines))
    rows = class_rows(grid, min_cell=1)
    assert rows["client_count"].sum() == 10
    assert f"{rows['revenue_window'].sum():.4f}" == "120020.0600"
    assert f"{rows['profit_window'].sum():.4f}" == "6611.9100"


def test_a_loss_maker_is_never_a_or_b_however_large(tmp_path):
    lines = [*sold(TEN | {"big": -600.0}), ("big", "2025-03-03", 90_000.0, 90_000.0)]
    audit, grid = grid_at(firm(tmp_path, lines))
    assert classes(grid)["big"] in "CD"
    found = findings_of(audit, grid)
    assert found["grid.losses"].values["clients"] == 1
    assert found["grid.big_losses"].values["names"] == "big"
    assert found["grid.big_losses"].values["place"] == 1
    assert losses_shown(grid.clients, grid.scores)["client_id"].tolist() == ["big"]


def test_a_client_that_lost_money_over_all_the_exports_is_not_a_for_one_good_year(tmp_path):
    before = sold({"turned": -9000.0}, year=2024)
    audit, grid = grid_at(firm(tmp_path, [*sold(TEN | {"turned": 1200.0}), *before]))
    assert classes(grid)["turned"] in "CD"
    assert findings_of(audit, grid)["grid.losses"].values["before"] == 1


def test_where_all_lose_money_nobody_is_a_or_b(tmp_path):
    audit, grid = grid_at(firm(tmp_path, sold({name: -p for name, p in TEN.items()})))
    assert set(classes(grid).values()) == {"C", "D"}
    found = findings_of(audit, grid)
    assert found["grid.classes"].values["clients"] == 0
    assert "No client is an A" in found["grid.classes"].sentence
    rows = class_rows(grid, min_cell=5)
    assert grid_key_figures(grid, rows)[2].label == "Margin of class A"
    assert rows["profit_window"].tolist()[:2] == [0.0, 0.0]
    # Empty classes have no share: zero.
    figures.classes(worded(rows, grid.scores), Say("fr"), title="", source="").svg()


def test_a_class_never_brings_more_than_all_of_the_profit(tmp_path):
    audit, grid = grid_at(firm(tmp_path, sold(TEN | {"big": -5000.0})))
    found = findings_of(audit, grid)["grid.classes"]
    assert found.values["profit_share"] > 1
    assert "{profit_share" not in found.sentence
    rows = class_rows(grid, min_cell=5)
    assert grid_key_figures(grid, rows)[2].label == "Margin of class A"


def test_equal_clients_are_never_separated(tmp_path):
    audit, grid = grid_at(firm(tmp_path, sold(dict.fromkeys(TEN, 500.0))))
    assert set(classes(grid).values()) == {"D"}
    assert "No client is an A" in findings_of(audit, grid)["grid.classes"].sentence
    assert sensitivity_of(audit, grid) is None


@pytest.mark.parametrize("days", ["2025-01-15", "2020-01-15"])
def test_one_client_or_none_in_the_period_is_refused_and_nothing_breaks(tmp_path, days):
    lines = [("only", days, 100.0, 50.0), ("old", "2020-01-01", 10.0, 5.0)]
    audit, grid = grid_at(firm(tmp_path, lines))
    found = findings_of(audit, grid)
    assert list(found) == ["grid.classes"]
    assert found["grid.classes"].verdict == "REFUSE"
    assert (
        privilege_findings(pd.DataFrame(), grid, is_known=True) == []
    )  # else it would make the headline
    grid = with_chances(grid, chances_of(audit, grid))
    delivered = delivered_table(audit, grid.clients)
    clients = full(audit, grid)
    privileges = privileges_table(grid.clients, delivered, audit)
    for table in (clients[SAVED], tasks_table(clients, privileges, audit), privileges,
                  decisions_table(grid.clients, audit), grid_shown(clients, grid.scores),
                  losses_shown(clients, grid.scores), plan_rows(clients),
                  overrides_shown(clients, grid.scores)):  # fmt: skip
        assert table.empty
    then = then_of(audit)
    assert keyed(move_findings(migration_rows(grid, then), then, None, grid))["grid.moves"]
    refused = keyed(chance_findings(grid, None, None, audit=audit))
    assert {f.verdict for f in refused.values()} == {"REFUSE"}


def test_without_costs_revenue_stands_in_and_no_profit_is_invented(tmp_path):
    lines = [(c, d, a * (1 + i), None) for i, (c, d, a, _) in enumerate(sold(TEN))]
    audit, grid = grid_at(firm(tmp_path, lines))
    assert grid.scores.basis == "revenue"
    assert grid.clients["profit_window"].isna().all()
    assert not grid.clients["is_loss_maker"].any()
    assert grid_caveats(grid)[0].key == "grid.proxy"
    assert grid_caveats(grid)[0].verdict == "FLAG"
    assert "grid.losses" not in findings_of(audit, grid)
    shown = worded(full(audit, grid)[SAVED], grid.scores)
    assert {"revenue_points", "revenue_weight"} < set(shown)
    assert not {"profit_window", "margin_points", "is_loss_maker"} & set(shown)
    (found,) = privilege_findings(pd.DataFrame(), grid, is_known=True)
    assert found.verdict == "REFUSE"
    assert "no cost is known" in no_losses(grid.scores)


def test_where_no_cost_to_serve_is_known_every_word_says_margin(tmp_path):
    audit, grid = grid_at(firm(tmp_path, [*sold(TEN), *sold({"big": -600.0})]))
    assert grid.scores.basis == "margin"
    found = grid_findings(grid, class_rows(grid, min_cell=1), audit=audit)
    said = [finding.say(Say("en")) for finding in found]
    assert any("of the margin and" in text for text in said)
    assert not any("profit" in text for text in said)
    rows = worded(class_rows(grid, min_cell=1), grid.scores)
    assert {"margin_window", "margin_share", "margin_part"} < set(rows)
    shown = worded(full(audit, grid)[SAVED], grid.scores)
    assert {"margin_points", "margin_weight", "margin_window"} < set(shown)
    assert not [name for name in (*rows, *shown) if "profit" in name]
    assert losses_shown(grid.clients, grid.scores)["margin_window"].tolist() == [-600.0]


def test_only_criteria_that_are_measured_are_named(tmp_path):
    contacts = "\n".join(f"c{n},2025-05-05,in,phone" for n in (1, 2, 2))
    audit, grid = grid_at(firm(tmp_path, sold(TEN), contacts=contacts))
    assert grid.scores.missing == ("potential",)
    found = keyed(grid_findings(grid, class_rows(grid, min_cell=1), audit=audit))
    text = found["grid.composition"].say(Say("en"))
    assert "to the relation" in text
    assert "potential" not in text
    alone = class_rows(grid_at(firm(tmp_path, sold(TEN)))[1], min_cell=1)
    assert alone["potential_part"].sum() == alone["relation_part"].sum() == 0


def test_without_a_table_of_them_privileges_are_not_said_to_be_none(tmp_path):
    audit, grid = grid_at(firm(tmp_path, sold(TEN | {"big": -600.0})))
    delivered = delivered_table(audit, grid.clients)
    assert not privileges_known(delivered, audit)
    none = privileges_table(grid.clients, delivered, audit)
    (found,) = privilege_findings(none, grid, is_known=False)
    assert found.verdict == "REFUSE"
    assert "ask for exceptions" in found.sentence
    granted = firm(tmp_path, sold(TEN), concessions="c1,2025-05-05,free_goods,70")
    audit, grid = grid_at(granted)
    assert privileges_known(delivered_table(audit, grid.clients), audit)


def test_the_points_can_be_worked_out_again_from_the_saved_table(tmp_path):
    audit, grid = grid_at(firm(tmp_path, sold(TEN), contacts="c1,2025-05-05,out,phone"))
    saved = full(audit, grid)[SAVED]
    names = ("margin", "potential", "relation")
    again = sum((saved[f"{n}_points"] * saved[f"{n}_weight"]).fillna(0.0) for n in names)
    assert (again - saved["points"]).abs().max() < 1e-6
    assert saved[[f"{n}_weight" for n in names]].sum(axis=1).tolist() == [1.0] * 10


def test_a_decision_with_an_author_sets_the_class_and_the_computed_one_stays(tmp_path):
    decided = "c1,2025-06-30,class_A,PDG,historic,2026-06-30\nc10,2025-06-30,class_B,,,"
    audit, grid = grid_at(firm(tmp_path, sold(TEN), decisions=decided))
    of = grid.clients.set_index("client_id")
    assert of.loc["c1", ["grid_class", "computed_class", "override_by"]].tolist() == [
        "A", "D", "PDG"
    ]  # fmt: skip
    assert of.loc["c10", "grid_class"] == "A"
    assert findings_of(audit, grid)["grid.overrides"].values["moved"] == 1
    proposed = decisions_table(grid.clients, audit)
    assert "c1" not in set(proposed["client_id"])
    assert set(proposed["review_on"]) == {dt.date(2026, 12, 31)} == {review_day(audit)}


def test_a_decision_past_its_day_of_review_no_longer_holds(tmp_path):
    decided = "c1,2024-06-30,class_A,PDG,historic,2025-06-30"
    audit, grid = grid_at(firm(tmp_path, sold(TEN), decisions=decided))
    assert classes(grid)["c1"] == "D"
    assert findings_of(audit, grid)["grid.overrides"].values["lapsed"] == 1


def test_the_last_word_on_a_client_counts(tmp_path):
    decided = "c1,2025-01-31,class_A,PDG,,\nc1,2025-06-30,class_B,CFO,,"
    _, grid = grid_at(firm(tmp_path, sold(TEN), decisions=decided))
    assert classes(grid)["c1"] == "B"


def test_somebodys_word_goes_before_the_grids_of_the_same_day(tmp_path):
    decided = "c1,2025-12-31,class_A,PDG,,\nc1,2025-12-31,class_D,,,"
    _, grid = grid_at(firm(tmp_path, sold(TEN), decisions=decided))
    assert classes(grid)["c1"] == "A"


def test_forty_clients_have_chances_that_add_up_and_a_grey_zone(tmp_path):
    many = {f"c{n:02d}": 120.0 * n for n in range(1, 41)}
    audit, grid = grid_at(firm(tmp_path, sold(many)))
    chances = chances_of(audit, grid)
    assert chances is not None
    assert chances.moved is None  # the exports do not hold the year before
    sure = with_chances(grid, chances).clients
    assert sure[["p_a", "p_b", "p_c", "p_d"]].sum(axis=1).to_numpy() == pytest.approx(1)
    assert (sure["is_grey_zone"] == (sure["p_class"] < 0.5)).all()
    found = keyed(chance_findings(with_chances(grid, chances), chances, None, audit=audit))
    assert found["grid.chances"].verdict == "PASS"


def test_a_few_days_of_the_year_before_are_no_year_to_compare_with(tmp_path):
    many = {f"c{n:02d}": 120.0 * n for n in range(1, 41)}
    days = [(name, "2024-12-30", 10.0 + place, 5.0) for place, name in enumerate(many)]
    audit, grid = grid_at(firm(tmp_path, [*sold(many), *days]))
    found = keyed(chance_findings(with_chances(grid, None), None, None, audit=audit))
    assert found["grid.reliability"].verdict == "REFUSE"
    shutil.rmtree(tmp_path / ".clientaudit")
    audit, grid = grid_at(firm(tmp_path, [*sold(many), *sold(many, year=2024)]))
    found = keyed(chance_findings(with_chances(grid, None), None, None, audit=audit))
    assert found["grid.reliability"].values["r"] == pytest.approx(1)


def with_previous(audit, folder: Path, then: dict[str, str]):
    """The audit after a run that had put clients into these classes."""
    (folder / "tables").mkdir(parents=True)
    table = pd.DataFrame({"client_id": list(then), "grid_class": list(then.values())})
    table.to_parquet(folder / "tables" / "grid_clients.parquet")
    (folder / "manifest.json").write_text('{"as_of": "2024-12-31", "previous": null}')
    return replace(audit, previous=folder)


def test_an_a_just_under_the_limit_stays_one_before_newcomers(tmp_path):
    many = {f"c{n:03d}": 100.0 + n for n in range(100)}
    audit = open_audit(firm(tmp_path, sold(many, orders=2)))
    audit = with_previous(audit, tmp_path / "last", {"c079": "A", "c010": "A"})
    none = pd.DataFrame(columns=OVERRIDES).astype({"is_lapsed": bool})
    grid = grid_of(audit, scores_of(audit), none)
    of = classes(grid)
    assert of["c079"] == "A"  # the 21st of 100
    assert of["c080"] == "B"  # the 20th, who was not
    assert of["c010"] == "D"  # far under the limit
    assert sum(name == "A" for name in of.values()) == 20
    assert grid.clients.set_index("client_id")["previous_class"].dropna().to_dict() == {
        "c010": "A", "c079": "A"
    }  # fmt: skip
    moves = migration_rows(grid, then_of(audit))
    assert moves.set_index("then_class").loc["A", "class_a_count"] == 1


def test_a_first_audit_compares_with_the_year_before_as_it_was_known(tmp_path):
    earlier = sold({name: 1320.0 - p for name, p in TEN.items()}, year=2024)
    path = firm(tmp_path, [*sold(TEN), *earlier, ("old", "2023-12-20", 1.0, 0.5)])
    audit, grid = grid_at(path)
    then = then_of(audit)
    assert then is not None
    assert then.day == dt.date(2024, 12, 31)
    before = dict(zip(then.classes["client_id"], then.classes["then_class"], strict=True))
    assert before["c1"] == "A"
    assert classes(grid)["c1"] == "D"
    assert grid.clients["previous_class"].isna().all()
    found = keyed(move_findings(migration_rows(grid, then), then, None, grid))
    assert found["grid.moves"].values["left"] == 2


def test_where_nobody_was_classed_twice_no_move_is_told(tmp_path):
    others = {f"o{name}": profit for name, profit in TEN.items()}
    path = firm(tmp_path, [*sold(TEN), *sold(others, year=2024), ("c1", "2023-12-20", 1.0, 0.5)])
    audit, grid = grid_at(path)
    then = then_of(audit)
    found = keyed(move_findings(migration_rows(grid, then), then, None, grid))
    assert found["grid.moves"].verdict == "REFUSE"


def test_too_short_a_history_refuses_the_moves(tmp_path):
    audit, _ = grid_at(firm(tmp_path, sold(TEN)))
    assert then_of(audit) is None


def test_privileges_of_loss_makers_are_listed_and_become_tasks(tmp_path):
    granted = "c1,2025-05-05,free_goods,70\nc10,2025-05-05,free_goods,70\nc1,2020-05-05,terms,5"
    lines = [line for line in sold(TEN) if line[0] != "c1"] + sold({"c1": -50.0})
    audit, grid = grid_at(firm(tmp_path, lines, concessions=granted))
    privileges = privileges_table(grid.clients, delivered_table(audit, grid.clients), audit)
    assert privileges["client_id"].tolist() == ["c1"]
    assert privileges["concession_amount"].tolist() == [70.0]
    tasks = tasks_table(full(audit, grid), privileges, audit)
    assert tasks.loc[tasks["source"] == "privileges", "client_id"].tolist() == ["c1"]
    assert (tasks.loc[tasks["source"] == "grid", "client_id"].isin(["c10", "c9"])).sum() == 2


def test_the_next_contact_follows_the_last_one_and_is_never_past(tmp_path):
    sent = "c10,2025-12-20,out,phone\nc9,2025-01-20,out,phone"
    audit, grid = grid_at(firm(tmp_path, sold(TEN), contacts=sent))
    due = treated(grid.clients, audit).set_index("client_id")["next_contact_date"]
    assert due["c10"] == dt.date(2026, 1, 19)  # an A: 30 days after the last
    assert due["c9"] == AS_OF + dt.timedelta(days=1)  # overdue
    assert due["c1"] == dt.date(2026, 12, 31)  # a D, never contacted: a year


def test_a_copy_of_the_exports_gives_the_same_grid_in_any_order(tmp_path):
    lines = sold(TEN)
    _, one = grid_at(firm(tmp_path, lines))
    shutil.rmtree(tmp_path / ".clientaudit")
    _, other = grid_at(firm(tmp_path, lines[::-1]))
    pd.testing.assert_frame_equal(one.clients, other.clients)


def test_codes_of_one_company_are_named_and_not_merged():
    rows = pd.DataFrame({"codes": ["1, 2"], "classes": ["A, D"], "revenue": [10.0]})
    (found,) = lookalike_findings(rows)
    assert found.verdict == "FLAG"
    assert "1 company seems" in found.say(Say("en"))
    assert lookalike_findings(rows.head(0)) == []
