"""The registers kept by hand, read beside the invoices and the truth: each fact shows in them."""

import csv
import datetime as dt
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

AS_OF = dt.date(2026, 8, 31)
YEAR_AGO = dt.date(2025, 8, 31)
CANCELLED = "Annulée (doublon)"


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="cp1252", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def _sheet(path: Path, name: str) -> list[dict[str, Any]]:
    """Rows under the headings of row 4."""
    table = CalamineWorkbook.from_path(path).get_sheet_by_name(name).to_python()[3:]
    return [dict(zip(table[0], row, strict=True)) for row in table[1:]]


def _day(text: str) -> dt.date:
    return dt.datetime.strptime(text, "%d/%m/%Y").date()


def _cents(amount: str | float) -> int:
    text = str(amount).replace(" ", "").replace("€", "").replace(",", ".")
    return round(100 * Decimal(text)) if text else 0


@pytest.fixture(scope="module")
def typed(demo):
    return _sheet(demo / "reclamations.xlsx", "Registre")


@pytest.fixture(scope="module")
def complaints(typed):
    """The complaints that count, with the code of their client as the invoices have it."""
    return [
        row | {"client": row["Code client"].replace("-", "").upper().zfill(5)}
        for row in typed
        if row["État"] != CANCELLED
    ]


@pytest.fixture(scope="module")
def quotes(demo):
    return _csv(demo / "devis.csv")


@pytest.fixture(scope="module")
def favours(demo):
    return _csv(demo / "gestes_commerciaux.csv")


@pytest.fixture(scope="module")
def potentials(demo):
    """Cents a year by client."""
    rows = _sheet(demo / "potentiels.xlsx", "Potentiels")
    assert rows.pop()["Code client"] == "Total"
    return {row["Code client"]: round(row["Potentiel annuel (k€)"] * 100_000) for row in rows}


@pytest.fixture(scope="module")
def year(lines):
    """Revenue and margin of the last twelve months by client, in cents."""
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for line in lines:
        if line["date"] > YEAR_AGO:
            sums[line["client"]][0] += line["amount"]
            sums[line["client"]][1] += line["amount"] - line["cost"]
    return {
        code: (int(100 * revenue), int(100 * margin)) for code, (revenue, margin) in sums.items()
    }


def test_every_register_adds_up_to_the_truth(demo, complaints, quotes, favours, potentials, truth):
    totals = truth["totals"]
    judged = Counter(row["Fondée ?"] for row in complaints)
    won = [row for row in quotes if row["Statut"] == "Gagné"]
    assert len(complaints) == totals["incidents"]
    assert (judged["Oui"], judged["?"]) == (
        totals["incidents_founded"],
        totals["incidents_not_judged"],
    )
    assert sum(row["Clôturée le"] == "" for row in complaints) == totals["incidents_open"]
    assert len(quotes) == totals["quotes"]
    assert len(won) == totals["quotes_won"]
    assert sum(_cents(row["Montant final HT"]) for row in won) == totals["quotes_won_cents"]
    assert len(favours) == totals["concessions"]
    assert sum(_cents(row["Valeur HT"]) for row in favours) == totals["concessions_cents"]
    assert len(potentials) == totals["potentials"]
    assert sum(potentials.values()) == totals["potentials_cents"]
    assert len(_csv(demo / "contacts_tournees.csv")) == totals["visits"]


def test_every_register_names_clients_that_buy_and_days_of_the_period(
    demo, complaints, quotes, favours, potentials, truth
):
    visits = _csv(demo / "contacts_tournees.csv")
    codes = {row["client"] for row in complaints} | set(potentials)
    codes |= {row["Code client"] for row in quotes + favours + visits}
    assert codes <= set(truth["clients"])
    days = [row["Ouverte le"] for row in complaints] + [_day(row["Date devis"]) for row in quotes]
    days += [_day(row["Date"]) for row in favours + visits]
    assert all(dt.date(2023, 9, 1) <= day <= AS_OF and day.weekday() < 5 for day in days)


def test_the_register_of_complaints_is_typed_by_hand(typed, complaints, truth):
    odd = [row["Code client"] for row in typed if row["Code client"] not in truth["clients"]]
    assert 0.02 < len(odd) / len(typed) < 0.12
    assert 2 <= len(typed) - len(complaints) <= 20
    numbers = [row["N° réclamation"] for row in complaints]
    assert len(set(numbers)) == len(numbers)


def test_complaints_close_after_they_open_and_promises_are_made_by_then(complaints):
    for row in complaints:
        closed = row["Clôturée le"] or AS_OF
        assert row["Ouverte le"] <= closed
        assert not row["Engagement pris le"] or row["Engagement pris le"] == closed


def test_every_credit_granted_is_a_credit_note_of_the_invoices(complaints, lines, truth):
    notes: Counter[tuple[str, dt.date, int]] = Counter()
    sums: dict[str, Decimal] = defaultdict(Decimal)
    credits = [line for line in lines if line["sign"] < 0]
    for line in credits:
        sums[line["doc"]] -= line["amount"]
    for doc, (client, date) in {
        line["doc"]: (line["client"], line["date"]) for line in credits
    }.items():
        notes[client, date, int(100 * sums[doc])] += 1
    granted = [row for row in complaints if row["Avoir accordé HT"]]
    found = Counter(
        (row["client"], row["Clôturée le"], _cents(row["Avoir accordé HT"])) for row in granted
    )
    assert found <= notes
    assert len(granted) >= 100
    assert (
        sum(_cents(row["Avoir accordé HT"]) for row in granted)
        == (truth["totals"]["credits_granted_cents"])
    )


def test_every_quote_won_became_an_invoice_of_its_amount(quotes, lines):
    sums: dict[tuple[str, str, dt.date], Decimal] = defaultdict(Decimal)
    for line in lines:
        if line["sign"] > 0:
            sums[line["client"], line["doc"], line["date"]] += line["amount"]
    invoiced = defaultdict(list)
    for (client, _, date), amount in sums.items():
        invoiced[client, int(100 * amount)].append(date)
    for row in quotes:
        if row["Statut"] == "Gagné":
            dates = invoiced[row["Code client"], _cents(row["Montant final HT"])]
            assert any(0 <= (date - _day(row["Date devis"])).days <= 60 for date in dates)


def test_the_final_amount_of_a_quote_is_the_first_less_the_cut_granted(quotes):
    for row in quotes:
        asked = row["Remise demandée"] == "O"
        assert asked == bool(row["Remise demandée %"]) == bool(row["Remise accordée %"])
        cut = Decimal((row["Remise accordée %"] or "0").replace(",", "."))
        first, final = _cents(row["Montant initial HT"]), _cents(row["Montant final HT"])
        assert abs(first * (100 - cut) / 100 - final) <= 1
        assert (row["Preuve fournie"], row["Concurrent cité"]) != ("O", "N")


def test_planted_complainers_complain_more_than_anybody_and_are_wrong_or_right(complaints, truth):
    planted = truth["planted"]
    recent = [row for row in complaints if row["Ouverte le"] >= dt.date(2024, 9, 1)]
    counts = Counter(row["client"] for row in recent)
    wrong = Counter(row["client"] for row in recent if row["Fondée ?"] == "Non")
    right = Counter(row["client"] for row in recent if row["Fondée ?"] == "Oui")
    unfounded = [*planted["unfounded_complainers"], planted["costly_client"]["client"]]
    assert all(counts[c] >= 5 and wrong[c] / counts[c] > 0.6 for c in unfounded)
    founded = planted["founded_complainers"]
    assert all(counts[c] >= 5 and right[c] / counts[c] > 0.6 for c in founded)
    assert max(n for c, n in wrong.items() if c not in unfounded) <= 3
    assert len(unfounded) == 9
    assert len(founded) == 8


def test_broken_promises_are_founded_complaints_of_a_kind_that_was_never_to_come_back(
    complaints, truth
):
    first: dict[tuple[str, str], dt.date] = {}
    for row in complaints:
        if row["Engagement pris le"]:
            key = (row["client"], row["Motif"])
            first[key] = min(first.get(key, AS_OF), row["Engagement pris le"])
    broken = {
        row["client"]
        for row in complaints
        if row["Fondée ?"] == "Oui"
        and row["Ouverte le"] > first.get((row["client"], row["Motif"]), AS_OF)
    }
    assert sorted(broken) == truth["planted"]["promise_broken"]
    assert len(broken) >= 5


def test_departed_clients_complained_with_reason_before_they_left(demo, complaints, truth):
    lefts = {code: facts["departure"] for code, facts in truth["clients"].items()}
    found = defaultdict(set)
    for row in complaints:
        left = lefts[row["client"]] and dt.date.fromisoformat(lefts[row["client"]])
        if row["Fondée ?"] == "Oui" and left and 0 <= (left - row["Ouverte le"]).days <= 180:
            found[row["client"]].add(row["Motif"])
    assert sorted(found) == truth["planted"]["complained_before_leaving"]
    kinds = {"Retards de livraison": "Retard de livraison", "Qualité": "Défaut produit"}
    known = [row for row in _csv(demo / "departs.csv") if row["Motif"] in kinds]
    told = [row for row in known if kinds[row["Motif"]] in found[row["Code client"]]]
    assert len(told) >= 4


def _given(favours: list[dict[str, str]], client: str, since: dt.date, until: dt.date) -> int:
    """Favours in cents that are no lower price."""
    return sum(
        _cents(row["Valeur HT"])
        for row in favours
        if row["Code client"] == client
        and since < _day(row["Date"]) <= until
        and row["Type de geste"] not in ("Remise hors facture", "Port offert")
    )


def test_a_large_client_with_a_fair_margin_loses_money_once_its_favours_are_counted(
    favours, lines, year, truth
):
    facts = truth["planted"]["costly_client"]
    code = facts["client"]
    revenue, margin = year[code]
    assert (revenue, margin) == (facts["revenue_12m_cents"], facts["margin_12m_cents"])
    assert code in sorted(year, key=lambda c: year[c][0])[-10:]
    assert margin / revenue > 0.3
    given = _given(favours, code, YEAR_AGO, AS_OF)
    assert given <= facts["concessions_12m_cents"]
    assert given > 1.2 * margin
    before = dt.date(2024, 8, 31)
    own = [x for x in lines if x["client"] == code and before < x["date"] <= YEAR_AGO]
    earlier = 100 * sum(x["amount"] - x["cost"] for x in own)
    assert 0 < earlier < _given(favours, code, before, YEAR_AGO)


def test_the_privileged_cost_more_in_favours_than_their_margin(favours, year, truth):
    privileged = truth["planted"]["privileged_unprofitable"]
    assert len(privileged) == 6
    for facts in privileged:
        revenue, margin = year[facts["client"]]
        assert (revenue, margin) == (facts["revenue_12m_cents"], facts["margin_12m_cents"])
        assert 0 < margin < _given(favours, facts["client"], YEAR_AGO, AS_OF)


def test_potentials_exceed_revenue_and_three_times_over_for_the_planted(potentials, year, truth):
    planted = set(truth["planted"]["potential_gap"])
    for code, cents in potentials.items():
        times = cents / year[code][0]
        assert times >= 3 if code in planted else times >= 1
    usual = [c / year[code][0] for code, c in potentials.items() if code not in planted]
    assert sorted(usual)[len(usual) // 2] < 1.5
    assert 0.3 < len(potentials) / len(year) < 0.6


def test_small_workshops_are_visited_monthly_and_the_largest_clients_are_not(demo, year, truth):
    with (demo / "contacts_crm.csv").open(encoding="utf-8", newline="") as file:
        crm = [row for row in csv.DictReader(file) if row["Canal"] == "Visite"]
    visits = Counter(row["Compte"] for row in crm if row["Date"] > YEAR_AGO.isoformat())
    diary = Counter(row["Code client"] for row in _csv(demo / "contacts_tournees.csv"))
    planted = truth["planted"]["visited_every_month"]
    assert set(diary) == set(planted)
    assert min(diary.values()) >= 11
    largest = sorted(year, key=lambda code: -year[code][0])
    assert max(visits[code] for code in largest[:57]) < min(diary.values()) / 2
    assert not set(planted) & set(largest[: len(largest) // 2])


def test_one_sales_person_grants_what_is_asked_and_asks_for_nothing(quotes, favours, truth):
    planted = truth["planted"]
    generous = planted["generous_rep"]
    cuts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for row in quotes:
        if row["Remise demandée"] == "O":
            granted = Decimal(row["Remise accordée %"].replace(",", ".")) > 0
            cuts[row["Commercial"] == generous].update(["asked"] + ["granted"] * granted)
    assert dict(cuts[True]) == planted["price_cuts"]["generous"]
    assert dict(cuts[False]) == planted["price_cuts"]["others"]
    assert cuts[True]["granted"] / cuts[True]["asked"] > 0.85
    assert cuts[False]["granted"] / cuts[False]["asked"] < 0.65
    found = defaultdict(list)
    for row in favours:
        found[row["Accordé par"]].append(row["Contrepartie"] == "Aucune")
    assert {rep: [sum(f), len(f)] for rep, f in found.items()} == (
        planted["concessions_without_counterpart"]
    )
    assert sum(found[generous]) / len(found[generous]) > 0.85


def test_an_activity_has_a_unit_cost_or_hours_and_a_rate(demo):
    rows = _csv(demo / "couts_de_service.csv")
    for row in rows:
        by_hour = bool(row["Heures"]) and bool(row["Taux horaire"])
        assert by_hour != bool(row["Coût unitaire HT"])
    assert len({row["Activité"] for row in rows}) == len(rows) == 9
