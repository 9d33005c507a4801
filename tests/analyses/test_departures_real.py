"""How right the watch is: on public data sets, and on a firm whose departures are known."""

import datetime as dt
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from clientaudit.analyses import departures
from clientaudit.analyses.deadlines import RENEWS, TO_SETTLE
from clientaudit.analyses.departures_past import STACK, past_days, past_of
from clientaudit.analyses.watch import OWN, closures_of
from clientaudit.audit import Audit, open_audit
from clientaudit.intake.prepare import prepare
from clientaudit.models.backtest import Score
from clientaudit.settings import Thresholds, load_engagement
from clientaudit.text import Say

REGULAR = ("regular", "slow_regular")


def stack_score(example: Path, data: Path, *, horizon: int, days_known: int | None) -> Score:
    """The stacked model's score at the last past date, from the engagement file on."""
    settings = load_engagement(example, data=data)
    prepared = prepare(settings)
    first = prepared.facts.lines.first_date
    as_of = settings.as_of if days_known is None else first + dt.timedelta(days=days_known)
    audit = Audit(settings, prepared, as_of, Say("en"), Thresholds())
    found = past_of(
        audit.summary_at,
        audit.occasions,
        past_days(as_of, first_date=first, horizon_days=horizon),
        clock=closures_of(audit.facts.lines.days),
        thresholds=audit.thresholds,
    )
    return found.judged.scores[-1][STACK]


@pytest.mark.parametrize(
    ("name", "horizon", "days_known", "auc", "log_loss"),
    [("cdnow", 273, None, 0.765, 0.500), ("online_retail", 150, 360, 0.735, 0.565)],
)
def test_buyers_to_come_are_told_on_public_data(
    root, shared_data, tmp_path, name, horizon, days_known, auc, log_loss
):
    example = shutil.copy(root / "data" / "examples" / f"{name}.yml", tmp_path)
    found = stack_score(Path(example), shared_data / name, horizon=horizon, days_known=days_known)
    assert found.auc >= auc
    assert found.log_loss <= log_loss


@pytest.fixture(scope="module")
def demo(root, tmp_path_factory) -> Audit:
    home = tmp_path_factory.mktemp("watched") / "demo"
    shutil.copytree(root / "data" / "demo", home)
    return open_audit(home / "engagement.yml")


@pytest.fixture(scope="module")
def truth(root) -> dict:
    return json.loads((root / "data" / "demo" / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def clients(demo, truth) -> pd.DataFrame:
    """The watch of the demo firm beside what was planted."""
    watch = departures.watch_of(demo, departures.attrition_of(demo)).clients
    planted = pd.DataFrame.from_dict(truth["clients"], orient="index")
    columns = ["rhythm", "true_mean_gap_days", "kind", "departure", "silence_days"]
    return watch.set_index("client_id").join(planted[columns])


def test_nine_departures_in_ten_are_seen_once_they_can_be(clients):
    due = 8 / 3 * clients["true_mean_gap_days"]
    gone = clients[
        clients["departure"].notna()
        & (clients["gap_count"] >= 8)
        & (clients["silence_days"] >= due)
    ]
    assert len(gone) >= 20
    assert (gone["silence_ratio"] >= 5 / 3).mean() >= 0.9
    regular = gone[gone["rhythm"].isin(REGULAR)]
    assert len(regular) >= 10
    assert (regular["p_silence"] < 0.10).mean() >= 0.9


def test_no_client_that_only_buys_seldom_is_called_lost(clients, truth):
    friends = clients.loc[truth["planted"]["false_friends"]]
    assert (friends["method"] == OWN).mean() > 0.5
    assert (friends["state"] != "lost").all()


def test_contracts_to_settle_are_those_planted(demo, truth):
    due = departures.deadlines_of(demo)
    found = {name: set(rows["contract_id"]) for name, rows in due.groupby("outcome")}
    planted = truth["planted"]
    assert found == {
        TO_SETTLE: set(planted["contract_notice_within_six_weeks"]),
        RENEWS: set(planted["contract_end_within_six_weeks_notice_passed"]),
    }


def test_clients_who_do_not_answer_are_those_planted(demo, truth):
    found = departures.solicitations_of(demo)
    mute = found.loc[found["unanswered_count"] >= 3, "client_id"]
    assert set(mute) == set(truth["planted"]["three_unanswered"])
