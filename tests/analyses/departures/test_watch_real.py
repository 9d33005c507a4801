"""How right the watch is: on public data sets, and on a firm whose departures are known."""

import datetime as dt
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clientaudit.analyses.departures import watch as departures
from clientaudit.analyses.departures.contracts import ENDED, RENEWED, RUNNING
from clientaudit.analyses.departures.deadlines import RENEWS, TO_SETTLE
from clientaudit.analyses.departures.models import BY_RULE, ranking_finding, timing_findings
from clientaudit.analyses.departures.outlook_findings import bias_findings
from clientaudit.analyses.departures.past import (
    DAYS,
    STACK,
    Past,
    past_days,
    past_of,
    rule_silence,
)
from clientaudit.analyses.departures.renewals import ended_table
from clientaudit.analyses.departures.silence import OWN, closures_of
from clientaudit.audit import Audit, open_audit
from clientaudit.intake.prepare import prepare
from clientaudit.settings import Thresholds, load_engagement
from clientaudit.text import Say

REGULAR = ("regular", "slow_regular")


def past_judged(example: Path, data: Path, *, horizon: int, days_known: int | None) -> Past:
    """What a firm's past says, from the engagement file on."""
    settings = load_engagement(example, data=data)
    prepared = prepare(settings)
    first = prepared.facts.lines.first_date
    as_of = settings.as_of if days_known is None else first + dt.timedelta(days=days_known)
    audit = Audit(settings, prepared, as_of, Say("en"), Thresholds())
    return past_of(
        audit.summary_at,
        audit.occasions,
        past_days(as_of, first_date=first, horizon_days=horizon),
        clock=closures_of(audit.facts.lines.days),
        thresholds=audit.thresholds,
    )


@pytest.fixture(scope="module")
def public(root, shared_data, tmp_path_factory) -> dict[str, Past]:
    """The past of two public data sets."""
    home = tmp_path_factory.mktemp("public")
    return {
        name: past_judged(
            Path(shutil.copy(root / "data" / "examples" / f"{name}.yml", home)),
            shared_data / name,
            horizon=horizon,
            days_known=days_known,
        )
        for name, horizon, days_known in (("cdnow", 273, None), ("online_retail", 150, 360))
    }


@pytest.mark.parametrize(
    ("name", "auc", "log_loss"), [("cdnow", 0.765, 0.500), ("online_retail", 0.735, 0.565)]
)
def test_buyers_to_come_are_told_on_public_data(public, name, auc, log_loss):
    found = public[name].judged.scores[STACK]
    assert found.auc >= auc
    assert found.log_loss <= log_loss


def test_the_answer_that_hangs_on_the_timing_is_said_to(public):
    """Online Retail: at random nobody leaves, as regular as fits best 7 % of purchases are last."""
    (found,) = timing_findings(public["online_retail"])
    assert found.values["random"] is None
    assert found.values["k"] >= 2
    assert found.values["regular"] == pytest.approx(0.07, abs=0.03)
    assert found.values["gain"] > 50
    assert found.verdict == "FLAG"


def test_purchases_that_no_model_foresaw_are_said_to(public):
    """The weeks before Christmas, of which the model had never seen any."""
    past = public["online_retail"]
    assert past.bias > 1.1
    (found,) = bias_findings(past)
    assert found.verdict == "FLAG"
    assert found.values["expected"] == pytest.approx(1 / past.bias)


def test_the_list_is_ranked_by_the_rule_where_no_model_is_ahead(public):
    past = public["cdnow"]
    ruled = replace(past, judged=replace(past.judged, is_preferred=False, rule=DAYS))
    preferred = replace(past, judged=replace(past.judged, is_preferred=True))
    clients = past.last.clients
    p = rule_silence(ruled, clients, thresholds=Thresholds())
    order = np.argsort(clients["recency_days"].to_numpy(), kind="stable")
    assert (np.diff(p[order]) >= 0).all()
    assert p[order[0]] < p[order[-1]]
    assert rule_silence(preferred, clients, thresholds=Thresholds()) is None
    assert ranking_finding(ruled).sentence == BY_RULE[DAYS]
    assert ranking_finding(preferred).sentence not in BY_RULE.values()


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
    due = departures.deadlines_of(demo, departures.book_of(demo))
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


def test_contracts_that_ended_are_those_planted(demo, truth):
    book = departures.book_of(demo)
    file = demo.table("contracts").select("contract_id", "status").execute()
    terminated = set(file.loc[file["status"] == "terminated", "contract_id"])
    terms = book.terms
    assert set(terms.loc[terms["outcome"] == ENDED, "contract_id"]) == terminated
    assert set(terms["outcome"]) == {RUNNING, RENEWED, ENDED}
    summary = demo.summary.select("client_id", "last_purchase").execute()
    ended = ended_table(book, summary, as_of=demo.as_of)
    still = set(ended.loc[ended["still_buys"], "contract_id"])
    planted = set(truth["planted"]["contract_ended_still_buying"])
    assert still <= planted <= set(ended["contract_id"])
    assert len(still) >= len(planted) - 1  # one ended two weeks before the cut-off date
    gone = ended.loc[~ended["contract_id"].isin(planted), "client_id"]
    assert all(truth["clients"][client]["departure"] for client in gone)
