"""The demo firm's contracts, contacts, departures and team, read by hand beside their truth."""

import csv
import datetime as dt
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

AS_OF = dt.date(2026, 8, 31)


def _rows(path: Path, encoding: str = "cp1252", separator: str = ";") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=separator))


def _day(text: str) -> dt.date:
    return dt.datetime.strptime(text, "%d/%m/%Y").date()


@pytest.fixture(scope="module")
def contracts(demo):
    return _rows(demo / "contrats.csv")


@pytest.fixture(scope="module")
def contacts(demo):
    return _rows(demo / "contacts_crm.csv", "utf-8", ",")


def test_every_table_has_the_rows_of_the_truth(demo, contracts, contacts, truth):
    totals = truth["totals"]
    assert len(contracts) == totals["contracts"]
    assert len(contacts) == totals["contacts"]
    assert len(_rows(demo / "departs.csv")) == totals["departures"]
    assert len(_rows(demo / "portefeuilles.csv")) == totals["assignments"]


def test_the_terms_of_a_client_follow_each_other_without_overlap(contracts):
    terms = defaultdict(list)
    for row in contracts:
        terms[row["Code client"]].append((_day(row["Début"]), _day(row["Fin"])))
    for own in terms.values():
        own.sort()
        assert all(start < end for start, end in own)
        assert all(one[1] + dt.timedelta(1) == next_[0] for one, next_ in pairwise(own))


def test_deadlines_count_from_the_notice_where_renewal_is_tacit(contracts, truth):
    soon = []
    for row in contracts:
        if row["Statut"] == "EN COURS":
            notice = int(row["Préavis (j)"] or 90) if row["Tacite reconduction"] == "O" else 0
            days = (_day(row["Fin"]) - AS_OF).days - notice
            soon += [row["N° contrat"]] if 0 < days <= 42 else []
    assert soon == truth["planted"]["contract_notice_within_six_weeks"]
    assert len(soon) >= 5
    late = truth["planted"]["contract_end_within_six_weeks_notice_passed"]
    assert len(late) == 2
    assert not set(late) & set(soon)


def test_terminated_contracts_belong_to_lost_clients_or_to_the_planted_four(contracts, truth):
    ended = {row["N° contrat"]: row["Code client"] for row in contracts if row["Résilié le"]}
    planted = set(truth["planted"]["contract_ended_still_buying"])
    assert len(planted) == 4
    others = {client for number, client in ended.items() if number not in planted}
    assert others <= {c for c, facts in truth["clients"].items() if facts["departure"]}
    assert len(others) >= 10


def test_three_unanswered_solicitations_are_counted_up_to_those_still_open(contacts, lines, truth):
    signs = {(line["client"], line["date"]) for line in lines if line["sign"] > 0}
    signs |= {(r["Compte"], _iso(r["Date"])) for r in contacts if r["Sens"] == "Entrant"}
    counts: Counter[str] = Counter()
    for row in (row for row in contacts if row["Sens"] == "Sortant"):
        client, date = row["Compte"], _iso(row["Date"])
        month = {date + dt.timedelta(n) for n in range(31)}
        if row["Réaction"] not in ("", "Ouvert") or any((client, d) in signs for d in month):
            counts[client] = 0
        elif max(month) <= AS_OF:
            counts[client] += 1
    assert {c for c, n in counts.items() if n >= 3} == set(truth["planted"]["three_unanswered"])


def _iso(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_departed_clients_answer_much_less(contacts, truth):
    answered = defaultdict(list)
    for row in contacts:
        left = truth["clients"][row["Compte"]]["departure"]
        if row["Sens"] == "Sortant" and truth["clients"][row["Compte"]]["rhythm"] != "one_time":
            gone = left is not None and row["Date"] > left
            answered[gone].append(row["Réaction"] not in ("", "Ouvert"))
    assert sum(answered[True]) / len(answered[True]) < 0.2
    assert sum(answered[False]) / len(answered[False]) > 0.5


def test_recorded_departures_are_true_ones_and_cover_about_half(demo, truth):
    rows = _rows(demo / "departs.csv")
    for row in rows:
        departure = truth["clients"][row["Code client"]]["departure"]
        assert dt.date.fromisoformat(departure) < _day(row["Constaté le"]) <= AS_OF
    reasons = Counter(row["Motif"] for row in rows)
    assert sum(reasons.values()) == sum(truth["planted"]["departure_reasons"].values())
    assert 0.3 < len(rows) / len(truth["planted"]["goes_quiet"]) < 0.6


def test_the_sales_person_of_a_line_is_the_one_of_the_portfolio(demo, lines, truth):
    periods = defaultdict(list)
    for row in _rows(demo / "portefeuilles.csv"):
        end = _day(row["Au"]) if row["Au"] else AS_OF
        periods[row["Code client"]].append((_day(row["Du"]), end, row["Commercial"]))
    handed = set(truth["planted"]["handover"]["clients"])
    assert {client for client, own in periods.items() if len(own) == 2} == handed
    for line in lines:
        own = periods[line["client"]]
        inside = [rep for start, end, rep in own if start <= line["date"] <= end]
        assert inside == [line["rep"]] or line["date"] < min(start for start, _, _ in own)
