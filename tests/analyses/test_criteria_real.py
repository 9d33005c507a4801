"""The criteria on a firm whose truth is known, and on published data, from the engagement file."""

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from clientaudit.analyses.grid.potential import client_potential
from clientaudit.analyses.grid.profit import ProfitTable, client_profit, client_years
from clientaudit.analyses.grid.relation import RelationTable, client_relation
from clientaudit.audit import Audit, open_audit
from clientaudit.intake.prepare import prepare
from clientaudit.settings import Thresholds, load_engagement
from clientaudit.text import Say


@pytest.fixture(scope="module")
def demo(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Audit:
    home = tmp_path_factory.mktemp("criteria") / "demo"
    shutil.copytree(root / "data" / "demo", home)
    return open_audit(home / "engagement.yml")


@pytest.fixture(scope="module")
def planted(root: Path) -> dict[str, Any]:
    text = (root / "data" / "demo" / "truth.json").read_text(encoding="utf-8")
    return json.loads(text)["planted"]


@pytest.fixture(scope="module")
def profit(demo: Audit) -> ProfitTable:
    return client_profit(demo)


@pytest.fixture(scope="module")
def profits(profit: ProfitTable) -> pd.DataFrame:
    return profit.frame.set_index("client_id")


@pytest.fixture(scope="module")
def relation(demo: Audit) -> RelationTable:
    return client_relation(demo)


@pytest.fixture(scope="module")
def standing(relation: RelationTable, profits: pd.DataFrame) -> pd.DataFrame:
    """Where each client that bought in the period stands among them, 0 to 1."""
    frame = relation.frame.set_index("client_id")
    return frame[profits["revenue_window"] > 0].rank(pct=True)


def test_the_big_client_that_loses_money_is_found(profits, planted):
    known = planted["costly_client"]
    costly = profits.loc[known["client"]]
    assert (profits["revenue_window"] >= costly.revenue_window).sum() <= 10
    assert costly.margin_window == known["margin_12m_cents"] / 100
    assert costly.margin_window > 15_000
    assert costly.concession_cost == known["concessions_12m_cents"] / 100
    assert costly.profit_window < -5_000


def test_privileges_that_eat_the_margin_are_found(profits, planted):
    clients = [row["client"] for row in planted["privileged_unprofitable"]]
    assert (profits.loc[clients, "margin_window"] > 0).all()
    assert (profits.loc[clients, "profit_window"] < 0).all()


def test_the_one_client_sold_to_at_a_loss_stays_a_loss(profits, planted):
    assert profits.index[profits["margin_window"] < 0].tolist() == [planted["loss_maker"]]
    assert profits.loc[planted["loss_maker"], "profit_window"] < 0


def test_profit_is_the_margin_less_its_costs(profit, profits):
    parts = ["cost_to_serve", "late_payment_cost", "incident_cost", "concession_cost"]
    assert profit.basis == "profit"
    assert profit.uncosted == ("return",)  # the firm gives no cost of goods that come back
    left = profits["margin_window"] - profits[parts].sum(axis=1)
    assert profits["profit_window"].tolist() == pytest.approx(left.tolist())


def test_late_payers_and_unfounded_complainers_lose_relation_points(standing, planted):
    late = standing.index.intersection(planted["late_payers"])
    assert len(late) >= 12
    assert (standing.loc[late, "relation"] < 0.1).all()
    complain = standing.loc[planted["unfounded_complainers"]]
    assert (complain["compliance"] < 0.5).sum() >= len(complain) - 1  # one buys often
    assert complain["relation"].median() < 0.4


def test_founded_complainers_lose_nothing(demo, relation, standing, planted):
    assert standing.loc[planted["founded_complainers"], "relation"].median() > 0.5
    known = {name: demo.table(name) for name in ("incidents", "contacts", "quotes", "payments",
                                                 "concessions", "clients")}  # fmt: skip
    known["incidents"] = known["incidents"].filter(lambda t: ~t.founded.fill_null(True))
    without = client_relation(_Tables(demo, known))
    pd.testing.assert_series_equal(without.frame["relation"], relation.frame["relation"])


def test_unfounded_complaints_are_what_lowers_them(demo, relation, planted):
    known = {name: demo.table(name) for name in ("contacts", "quotes", "payments", "concessions",
                                                 "clients")}  # fmt: skip
    known["incidents"] = demo.table("incidents").mutate(founded=True)
    before = client_relation(_Tables(demo, known)).frame.set_index("client_id")["relation"]
    after = relation.frame.set_index("client_id")["relation"]
    fall = before - after
    complainers = fall.index.isin(planted["unfounded_complainers"])
    assert fall[complainers].min() > 2 * fall[~complainers].median()


def test_the_clients_with_room_to_grow_have_the_largest_gaps(demo, profits, planted):
    found = client_potential(demo)
    frame = found.frame.set_index("client_id")
    assert found.source == "declared"
    room = frame.loc[planted["potential_gap"]]
    share = profits.loc[room.index, "revenue_window"] / room["potential_amount"]
    assert share.between(0.19, 0.36).all()
    assert (frame["potential_gap"].dropna() >= 0).all()


def test_the_orders_of_the_demo_add_up_to_its_margins(demo, profit, profits):
    years = client_years(demo, profit).set_index("client_id")
    assert years["margin_sum"].tolist() == pytest.approx(profits["margin_window"].tolist())
    assert (years["order_count"] > 0).tolist() == (profits["revenue_window"] > 0).tolist()


def test_the_published_margin_and_losing_clients_come_out_exactly(
    root: Path, shared_data: Path, tmp_path: Path
):
    example = shutil.copy(root / "data" / "examples" / "adventureworks_reseller.yml", tmp_path)
    settings = load_engagement(Path(example), data=shared_data / "adventureworks")
    months = Thresholds(window_months=120)  # the whole history
    audit = Audit(settings, prepare(settings), settings.as_of, Say("en"), months)
    found = client_profit(audit)
    assert found.basis == "margin"
    assert round(found.frame["profit_window"].sum(), 2) == 470_482.60
    assert (found.frame["profit_window"] < 0).sum() == 335
    assert len(found.frame) == 635
    assert client_relation(audit).parts == ()


class _Tables:
    """An audit with other tables."""

    def __init__(self, audit: Audit, tables: dict[str, Any]) -> None:
        self.audit, self.table = audit, tables.get

    def __getattr__(self, name: str) -> Any:
        return getattr(self.audit, name)
