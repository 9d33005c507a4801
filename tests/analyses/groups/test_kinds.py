"""Clients are described by how they bought over the period, and grouped if groups exist."""

import datetime as dt
from dataclasses import dataclass, field, replace
from decimal import Decimal

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from analyses.sales import AS_OF, MONEY, START
from clientaudit.analyses.groups.evidence import validation_findings, validation_of
from clientaudit.analyses.groups.findings import (
    groups_caveats,
    groups_findings,
    groups_key_figures,
)
from clientaudit.analyses.groups.kept import model_table
from clientaudit.analyses.groups.kinds import (
    Groups,
    clients_table,
    groups_of,
    measures_table,
    scope_table,
)
from clientaudit.analyses.groups.movements import kept_findings, movements_table
from clientaudit.analyses.groups.names import MEASURES
from clientaudit.analyses.groups.profile import (
    group_plane,
    profile_table,
    rule_of,
    rules_table,
)
from clientaudit.engine.occasions import occasions_table
from clientaudit.engine.summary import client_summary
from clientaudit.findings import settle_claims
from clientaudit.models.groups.evidence import Evidence
from clientaudit.models.groups.grouping import NoGroups
from clientaudit.settings import Thresholds
from clientaudit.text import LANGUAGES, Say

LIMITS = Thresholds()


@dataclass
class FakeAudit:
    """What the analysis asks of an audit: thresholds, cut-off date, the last audit's tables."""

    thresholds: Thresholds = LIMITS
    as_of: dt.date = AS_OF
    kept: dict[str, pd.DataFrame] = field(default_factory=dict)

    def previous_table(self, name: str) -> pd.DataFrame | None:
        return self.kept.get(name)


def measures_of(rows, clients=None, *, families=True, window_months=12) -> pd.DataFrame:
    """rows: (client, day, amount, family, cost)."""
    columns = {
        "client_id": pa.array([r[0] for r in rows], pa.string()),
        "date": pa.array([dt.date.fromisoformat(r[1]) for r in rows], pa.date32()),
        "doc_id": pa.array([str(i) for i in range(len(rows))], pa.string()),
        "amount_net": pa.array([Decimal(str(r[2])) for r in rows], MONEY),
        "cost_amount": pa.array([None if r[4] is None else Decimal(r[4]) for r in rows], MONEY),
    }
    if families:
        columns["product_family"] = pa.array([r[3] for r in rows], pa.string())
    lines = ibis.memtable(pa.table(columns))
    occasions = occasions_table(lines)
    summary = client_summary(occasions, as_of=AS_OF, data_start=START)
    table = measures_table(
        occasions, lines, summary, clients, as_of=AS_OF, window_months=window_months
    )
    return table.execute().sort_values("client_id", ignore_index=True)


def test_the_measures_are_those_counted_by_hand_over_the_period_only():
    found = measures_of(
        [("a", "2024-12-31", 999, "old", 1), ("a", "2025-01-01", 60, "x", 40),
         ("a", "2025-03-01", 50, "y", None), ("a", "2025-03-01", 10, "x", 4),
         ("a", "2025-04-01", -20, "z", None), ("b", "2025-12-31", 30, None, None),
         ("c", "2024-05-01", 70, "x", None)]
    )  # fmt: skip
    assert found["client_id"].tolist() == ["a", "b"]  # c bought before the period
    assert found["occasion_count"].tolist() == [2, 1]  # a credit note is no purchase
    assert found["revenue"].tolist() == [100.0, 30.0]
    assert found["average_value"].tolist() == [50.0, 30.0]
    assert found["family_count"].tolist() == [2, 1]
    assert found["costed"].tolist() == [70.0, 0.0]
    assert found["margin"].tolist()[:1] == [26.0]
    assert pd.isna(found["margin"][1])


def test_without_families_all_clients_have_one():
    rows = [("a", "2025-02-01", 60, None, None), ("a", "2025-03-01", 5, None, None)]
    assert measures_of(rows, families=False)["family_count"].tolist() == [1]


def test_the_start_of_the_relation_is_the_earliest_that_the_firm_gave():
    since = ibis.memtable(
        pd.DataFrame({"client_id": ["a", "a"], "client_since": [dt.date(2015, 1, 2)] * 2})
    )
    rows = [("a", "2025-02-01", 60, "x", None), ("b", "2025-02-01", 60, "x", None)]
    found = measures_of(rows, since)
    assert str(found["client_since"][0])[:10] == "2015-01-02"
    assert pd.isna(found["client_since"][1])


def firm(seed: int = 1, *, each: int = 40, shift: float = 1.0) -> pd.DataFrame:
    """Three kinds: rare large buyers, frequent buyers of many families, rare small buyers."""
    draw = np.random.default_rng(seed)
    kinds = [(4, 9000 * shift, 3), (40, 800 * shift, 9), (4, 300 * shift, 2)]
    parts = []
    for kind, (count, value, families) in enumerate(kinds):
        count_of = np.rint(count * np.exp(draw.normal(0, 0.2, each)))
        value_of = value * np.exp(draw.normal(0, 0.25, each))
        parts.append(
            pd.DataFrame(
                {
                    "client_id": [f"K{kind}{i:03}" for i in range(each)],
                    "occasion_count": count_of,
                    "average_value": value_of,
                    "family_count": np.rint(families * np.exp(draw.normal(0, 0.15, each))),
                    "revenue": np.round(count_of * value_of, 2),
                }
            )
        )
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(
        margin=frame["revenue"] * (0.5 - 0.1 * (frame["average_value"] > 3000)),
        costed=frame["revenue"],
        first_purchase=pd.Timestamp("2022-03-01"),
        client_since=pd.NaT,
        is_left_truncated=False,
    )


def grouped(frame: pd.DataFrame, **audit) -> Groups:
    return groups_of(FakeAudit(**audit), frame)


@pytest.fixture(scope="module")
def three() -> Groups:
    return grouped(firm())


def test_planted_kinds_are_found_named_and_ranked_by_what_a_client_brings(three):
    table = pd.crosstab(three.clients["client_id"].str[:2], three.clients["group"])
    assert table.max(axis=1).tolist() == [40, 40, 40]
    assert three.names == (
        "Rare large purchases", "Frequent purchases, wide range", "Small purchases, narrow range",
    )  # fmt: skip
    revenue = three.clients.groupby("group")["revenue"].mean()
    assert revenue.is_monotonic_decreasing


def test_renamed_and_shuffled_clients_keep_their_group(three):
    frame = firm()
    other = frame.assign(client_id=frame["client_id"].str[::-1]).sample(frac=1, random_state=3)
    found = grouped(other.reset_index(drop=True)).clients.set_index("client_id")
    before = three.clients.set_index("client_id")
    for client in before.index:
        assert found["group"][client[::-1]] == before["group"][client]
        assert found["centre_distance"][client[::-1]] == before["centre_distance"][client]


def test_the_profile_adds_up_and_masks_small_groups(three):
    profile = profile_table(three, min_cell=5)
    assert profile["client_count"].sum() == 120
    for share in ("client_share", "revenue_share", "margin_share"):
        assert profile[share].sum() == pytest.approx(1)
    own = three.clients[three.clients["group"] == 2]
    assert profile["average_value"][1] == own["average_value"].median()
    assert (profile["low_rate"] <= profile["found_again_share"]).all()
    assert profile_table(three, min_cell=41)[list(MEASURES)].isna().all(axis=None)


def test_the_rule_is_in_words_of_the_firm_and_as_right_as_it_says(three):
    rule = rule_of(three, seed=1)
    labels = rule.assign(three.clients[list(MEASURES)].to_numpy(float)) + 1
    assert rule.overall == (labels == three.clients["group"].to_numpy(int)).mean() >= 0.95
    rows = rules_table(three, rule, Say("en"))
    assert len(rows) == 3
    assert "at least €3,200 per purchase day" in rows["rule"][0]
    assert rows["rule"].is_unique


def test_clients_whose_credit_notes_exceed_their_purchases_stay_out_and_are_counted():
    frame = firm()
    frame.loc[:1, "revenue"] = [0.0, -5.0]
    assert len(grouped(frame).clients) == 118
    ids = [*frame["client_id"], "silent"]
    summary = ibis.memtable(pd.DataFrame({"client_id": ids, "revenue_window": 0.0}))
    scope = scope_table(summary, frame)
    assert scope["client_count"].tolist() == [118, 2, 1]
    assert scope["revenue"].tolist()[1] == -5.0


@pytest.mark.parametrize(
    ("frame", "verdict"),
    [
        (firm().head(1), "REFUSE"),
        (firm().head(0), "REFUSE"),
        (firm().assign(occasion_count=1, average_value=10.0, revenue=10.0), "REFUSE"),
        (firm().head(40), "PASS"),
    ],
)
def test_without_groups_every_part_says_so_and_nothing_fails(frame, verdict):
    groups = grouped(frame)
    profile = profile_table(groups, min_cell=5)
    rule = rule_of(groups, seed=1)
    validation = validation_of(FakeAudit(), groups, firm(2))
    first, instead, *_ = groups_findings(groups, profile, rule, thresholds=LIMITS)
    assert (first.key, first.verdict) == ("groups.found", verdict)
    assert instead.key == "groups.instead"  # a refusal says what to do all the same
    assert profile.empty
    assert rule is None
    assert group_plane(groups, seed=1) is None
    assert rules_table(groups, rule, Say("en")).empty
    assert clients_table(groups).empty
    assert model_table(groups.grouping, groups.names, months=12).empty
    assert validation_findings(validation) == []
    assert kept_findings(groups, thresholds=LIMITS) == []
    assert movements_table(groups.kept, groups.clients).empty
    assert groups_key_figures(groups, profile, rule, validation)[-1].value == 0


def test_only_a_base_that_was_tested_is_warned_of_groups_unseen(three):
    keys = [[f.key for f in groups_caveats(g)] for g in (three, grouped(firm().head(40)))]
    assert keys == [["groups.tails", "groups.degrees"], ["groups.unseen"]]
    assert groups_caveats(grouped(firm().head(1))) == []


def test_groups_of_clients_who_bought_once_or_twice_are_said_with_a_reservation(three):
    profile, rule = profile_table(three, min_cell=5), rule_of(three, seed=1)
    clients = three.clients.assign(occasion_count=[1] * 30 + [3] * 30 + [40] * 60)
    rare = groups_findings(replace(three, clients=clients), profile, rule, thresholds=LIMITS)[1]
    assert (rare.key, rare.verdict, rare.values) == ("groups.rare", "FLAG", {"days": 3})
    often = replace(three, clients=clients.assign(occasion_count=4))
    found = groups_findings(often, profile, rule, thresholds=LIMITS)
    assert "groups.rare" not in [finding.key for finding in found]


def test_the_answer_names_the_group_that_brings_most_in_the_language(three):
    found, *_ = groups_findings(
        three, profile_table(three, min_cell=5), rule_of(three, seed=1), thresholds=LIMITS
    )
    assert "(Rare large purchases)" in found.say(Say("en"))
    assert "(Gros achats espacés)" in found.say(Say("fr"))


@pytest.mark.parametrize(
    ("reached", "drawn", "says"),
    [
        (0, 199, "of 199 imitations without groups, none looks as grouped"),
        (1, 199, "only 1 looks as grouped"),
        (3, 199, "only 3 look as grouped"),
        (4, 6, "4 of the first 6 imitations without groups look as grouped"),
    ],
)
def test_the_imitations_that_look_as_grouped_are_said_as_they_were_drawn(reached, drawn, says):
    evidence = Evidence((2, 3), np.array([0.0, 1.0]), np.zeros((49, 2)), reached, drawn)
    groups = replace(grouped(firm().head(1)), fit=NoGroups("none_stable", evidence))
    found = groups_findings(groups, pd.DataFrame(), None, thresholds=LIMITS)[-1]
    assert found.key == "groups.existence"
    assert says in found.say(Say("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_can_be_said(three, language):
    profile, rule = profile_table(three, min_cell=5), rule_of(three, seed=1)
    validation = validation_of(FakeAudit(), three, firm(2))
    found = groups_findings(three, profile, rule, thresholds=LIMITS)
    found += validation_findings(validation) + groups_caveats(three)
    keys = [finding.key for finding in found]
    assert len(set(keys)) == len(keys)
    assert "groups.margin" in keys
    texts = [finding.say(Say(language)) for finding in found]
    assert all(texts)
    assert not any("{" in text for text in texts)


def test_what_did_not_form_the_groups_is_claimed_only_where_it_differs(three):
    validation = validation_of(FakeAudit(), three, firm(2))
    findings = {f.key: f for f in settle_claims(validation_findings(validation))}
    assert validation.rows["margin_rate"].round(3).tolist() == [0.4, 0.5, 0.5]
    assert "differ in margin rate" in findings["groups.margin"].sentence
    assert "groups.tenure" not in findings  # all relations are of one age: nothing to test
    assert validation.both == 120  # the same clients bought a period earlier
    assert validation.stayed >= 114


def test_a_client_of_the_period_itself_has_no_say_on_the_age_of_relations(three):
    young = firm().assign(first_purchase=pd.Timestamp("2025-02-01"))
    assert validation_of(FakeAudit(), grouped(young), None).rows["tenure_years"].isna().all()
