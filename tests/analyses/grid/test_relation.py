"""The relation with each client: what counts for it, what counts against it, what never does."""

import random
from typing import Any

import pandas as pd
import pytest

from analyses.audits import audit_of, table_of
from clientaudit.analyses.grid.relation import RelationTable, client_relation

NAMES = [f"c{place:02}" for place in range(10)]
SALES = [(name, f"2025-{month:02}-05", 100, 60) for name in NAMES for month in range(1, 13)]


def relation(sales: list[tuple[Any, ...]] = SALES, **tables: Any) -> RelationTable:
    return client_relation(audit_of(sales, **tables))


def of(found: RelationTable, client: str) -> "pd.Series[Any]":
    return found.frame.set_index("client_id").loc[client]


def contact(client: str, reaction: str | None, **more: Any) -> dict[str, Any]:
    return {"client_id": client, "date": "2025-05-05", "direction": "out", "purpose": "offer",
            "reaction": reaction} | more  # fmt: skip


def proposals(answered: dict[str, int], of_each: int = 10) -> list[dict[str, Any]]:
    return [
        contact(name, "replied" if place < count else None)
        for name, count in answered.items()
        for place in range(of_each)
    ]


def incidents(client: str, count: int, *, founded: bool | None) -> list[dict[str, Any]]:
    return [
        {"incident_id": f"{client}{place}{founded}", "client_id": client, "kind": "quality",
         "opened_on": "2025-06-06", "founded": founded}
        for place in range(count)
    ]  # fmt: skip


def invoices(client: str, days_late: int, count: int = 12) -> list[dict[str, Any]]:
    paid = pd.Timestamp("2025-05-01") + pd.Timedelta(days=days_late)
    return [
        {"doc_id": f"{client}{place}", "client_id": client, "invoice_date": "2025-04-01",
         "due_date": "2025-05-01", "paid_date": f"{paid:%Y-%m-%d}", "amount_incl_vat": 100}
        for place in range(count)
    ]  # fmt: skip


def test_who_answers_proposals_is_open():
    answered = dict(zip(NAMES, [0, 0, 2, 4, 5, 5, 6, 8, 10, 10], strict=True))
    found = relation(contacts=proposals(answered))
    assert found.parts == ("openness",)
    openness = found.frame["openness"]
    assert openness.is_monotonic_increasing
    assert 0 < openness.iloc[0] < openness.iloc[-1] < 1  # drawn towards the mean
    assert found.frame["relation"].equals(openness)
    assert of(found, "c03")[["n_proposals", "n_answers"]].tolist() == [10, 4]


def test_an_opened_mail_or_a_refusal_is_no_answer():
    reactions = ("opened", "refused", "opt_out", "none", None, "replied", "meeting", "order")
    found = relation(contacts=[contact("c00", reaction) for reaction in reactions])
    assert of(found, "c00")[["n_proposals", "n_answers"]].tolist() == [8, 3]


def test_only_offers_and_new_products_are_proposals():
    purposes = ("offer", "new_product", "service", "winback", None)
    found = relation(contacts=[contact("c00", "replied", purpose=p) for p in purposes])
    assert of(found, "c00").n_proposals == 2


def test_a_proposal_may_still_be_answered_for_thirty_days():
    days = ("2025-12-01", "2025-12-02", "2025-12-31")
    found = relation(contacts=[contact("c00", "opened", date=day) for day in days])
    assert of(found, "c00")[["n_proposals", "n_answers"]].tolist() == [1, 0]
    early = relation(contacts=[contact("c00", "replied", date="2025-12-31")])
    assert of(early, "c00")[["n_proposals", "n_answers"]].tolist() == [1, 1]


def test_quotes_for_new_products_are_proposals_once_they_are_settled():
    quotes = [
        {"quote_id": number, "client_id": "c00", "date": "2025-05-05", "status": status,
         "is_new_product": new}
        for number, status, new in (("1", "lost", True), ("1", "won", True), ("2", "lost", True),
                                    ("3", "expired", True), ("4", "open", True),
                                    ("5", "won", False), ("6", "won", None))
    ]  # fmt: skip
    found = relation(quotes=quotes)
    assert of(found, "c00")[["n_proposals", "n_answers"]].tolist() == [3, 1]


def test_where_no_answer_was_ever_noted_openness_is_not_measured():
    found = relation(contacts=proposals({"c00": 0, "c01": 0}))
    assert found.parts == ()
    assert found.frame["openness"].isna().all()


def test_a_client_without_a_proposal_gets_the_firms_mean():
    found = relation(contacts=proposals({"c00": 1, "c01": 9}))
    assert of(found, "c05").openness == pytest.approx(0.5)
    assert of(found, "c05").n_proposals == 0


def test_late_payers_lose_by_the_days_they_are_late():
    late = dict(zip(NAMES, [0] * 6 + [3, 10, 30, 90], strict=True))
    found = relation(payments=[row for name, days in late.items() for row in invoices(name, days)])
    assert (found.parts, found.rules) == (("compliance",), ("late",))
    compliance = found.frame["compliance"]
    assert compliance.iloc[:6].nunique() == 1
    assert (compliance.iloc[5:9].diff().dropna() < 0).all()
    assert compliance.iloc[8] == compliance.iloc[9]  # 30 days late is wholly late
    assert of(found, "c07")[["late_share", "late_days"]].tolist() == [1, 10]
    assert of(found, "c00")[["late_share", "late_days"]].tolist() == [0, 0]


def test_nothing_due_is_no_lateness():
    found = relation(payments=[*invoices("c00", 0), *invoices("c01", 20)])
    assert pd.isna(of(found, "c05").late_share)
    assert of(found, "c01").compliance < of(found, "c05").compliance < of(found, "c00").compliance


def test_unfounded_complaints_lower_the_relation():
    found = relation(incidents=incidents("c00", 4, founded=False))
    assert found.rules == ("unfounded",)
    assert of(found, "c00").relation < found.frame["relation"].iloc[1]
    assert of(found, "c00").unfounded_count == 4


@pytest.mark.parametrize("founded", [True, None])
def test_complaints_that_are_founded_or_not_judged_lower_nothing(founded: bool | None):
    known = incidents("c09", 3, founded=False)
    ours = incidents("c00", 6, founded=founded)
    without, found = relation(incidents=known), relation(incidents=[*known, *ours])
    pd.testing.assert_series_equal(without.frame["relation"], found.frame["relation"])
    counted = "founded_count" if founded else "unknown_count"
    assert of(found, "c00")[counted] == 6


@pytest.mark.parametrize("has_column", [True, False])
def test_where_no_complaint_is_judged_compliance_is_not_measured(has_column: bool):
    rows = incidents("c00", 3, founded=None)
    columns = [name for name in rows[0] if has_column or name != "founded"]
    found = relation(incidents=table_of("incidents", rows, columns))
    assert (found.parts, found.rules) == ((), ())
    assert found.frame["compliance"].isna().all()
    assert of(found, "c00").unknown_count == 3


def test_exceptions_count_unless_something_was_given_for_them():
    conceded = [
        {"client_id": client, "date": "2025-05-05", "kind": "terms", "counterpart": counterpart}
        for client, counterpart in (("c00", "none"), ("c00", None), ("c01", "volume"))
    ]
    quotes = [{"quote_id": "1", "client_id": "c02", "date": "2025-05-05", "status": "won",
               "price_cut_requested": True}]  # fmt: skip
    found = relation(concessions=conceded, quotes=quotes)
    assert found.frame["demand_count"].tolist() == [2, 0, 1] + [0] * 7
    assert of(found, "c00").compliance < of(found, "c02").compliance < of(found, "c01").compliance


def test_more_complaints_than_purchases_leave_a_share_of_rules():
    found = relation(
        [("a", "2025-01-05", 10, 5), ("b", "2023-01-05", 10, 5)],
        incidents=[*incidents("a", 5, founded=False), *incidents("b", 2, founded=False)],
    )
    assert found.frame["compliance"].between(0, 1).all()


def test_clients_who_bring_clients_and_opportunities_are_proactive():
    clients = [{"client_id": name, "referred_by": by}
               for name, by in (("c01", "c00"), ("c02", "c00"), ("c03", "c03"), ("c04", "gone"),
                                ("prospect", "c05"))]  # fmt: skip
    contacts = [contact("c06", None, direction="in", purpose=purpose)
                for purpose in ("offer", None, "service")]  # fmt: skip
    found = relation(clients=clients, contacts=contacts)
    assert found.parts == ("proactivity",)
    assert found.frame["referral_count"].tolist() == [2] + [0] * 9
    assert of(found, "c06").opportunity_count == 2
    proactivity = found.frame["proactivity"]
    assert proactivity[0] == proactivity[6] == pytest.approx(0.4283, abs=1e-4)  # log 3 / log 13
    assert (proactivity.drop([0, 6]) == 0).all()


def test_what_nobody_ever_brought_is_not_kept_by_the_firm():
    found = relation(
        contacts=proposals(dict.fromkeys(NAMES, 5)),
        clients=[{"client_id": name, "referred_by": None} for name in NAMES],
    )
    assert found.parts == ("openness",)
    assert found.frame["proactivity"].isna().all()


def test_a_rating_by_hand_weighs_fifteen_percent_where_there_is_one():
    rated = (("c00", 4.0, None), ("c01", 0.0, None), ("c02", 7.0, None), ("c03", 0.0, "2026-02-01"))
    clients = [
        {"client_id": name, "relation_manual": rating, "relation_date": day}
        for name, rating, day in rated
    ]
    contacts = proposals(dict.fromkeys(NAMES, 5))
    found = relation(clients=clients, contacts=contacts)
    assert found.parts == ("openness", "manual")
    expected = [0.85 * 0.5 + 0.15, 0.85 * 0.5, 0.5, 0.5]
    assert found.frame["relation"].iloc[:4].tolist() == pytest.approx(expected)
    alone = relation(clients=clients)
    assert alone.parts == ()  # a feeling alone is no criterion
    assert alone.frame["relation"].isna().all()


def test_the_relation_is_the_mean_of_what_the_data_tell():
    found = relation(
        contacts=proposals({name: place for place, name in enumerate(NAMES)}),
        payments=[row for place, name in enumerate(NAMES) for row in invoices(name, 3 * place)],
    )
    assert found.parts == ("openness", "compliance")
    mean = found.frame[["openness", "compliance"]].mean(axis=1)
    assert found.frame["relation"].tolist() == pytest.approx(mean.tolist())
    assert found.frame["proactivity"].isna().all()


def test_a_base_without_any_table_has_no_relation():
    found = relation()
    assert (found.parts, found.rules) == ((), ())
    assert found.frame.drop(columns="client_id").isna().all(axis=None)


def test_one_client_and_none_are_bases_too():
    one = relation([SALES[0]], contacts=proposals({"c00": 3}))
    assert one.frame["relation"].tolist() == pytest.approx([0.3])
    rows = table_of("transactions", [], ("client_id", "date", "amount_net"))
    contacts = table_of("contacts", [], ("client_id", "date", "direction", "purpose", "reaction"))
    assert relation([], transactions=rows, contacts=contacts).frame.empty


def test_order_of_rows_and_names_of_clients_change_nothing():
    draw = random.Random(3)
    other = dict(zip(NAMES, reversed(NAMES), strict=True))
    tables = {
        "contacts": proposals({name: draw.randrange(10) for name in NAMES}),
        "payments": [row for name in NAMES for row in invoices(name, draw.randrange(40))],
        "incidents": [
            row for name in NAMES for row in incidents(name, draw.randrange(4), founded=False)
        ],
    }
    turned = {
        name: [row | {"client_id": other[row["client_id"]]} for row in reversed(rows)]
        for name, rows in tables.items()
    }
    plain = relation(**tables).frame
    again = relation([(other[c], *rest) for c, *rest in reversed(SALES)], **turned).frame
    again["client_id"] = again["client_id"].map(other)
    again = again.sort_values("client_id", ignore_index=True)
    pd.testing.assert_frame_equal(plain, again, check_exact=True)
    assert plain["relation"].nunique() > 5
