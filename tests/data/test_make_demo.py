"""The demo firm: same bytes at each run, totals to the cent, and every planted fact visible."""

import csv
import datetime as dt
import gzip
import hashlib
import re
import subprocess
import sys
import zipfile
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from python_calamine import CalamineWorkbook

AS_OF = dt.date(2026, 8, 31)
YEAR_AGO = dt.date(2025, 8, 31)


def _sum_by(lines: list[dict[str, Any]], key: str, value: str = "amount") -> dict[Any, Decimal]:
    sums: dict[Any, Decimal] = defaultdict(Decimal)
    for line in lines:
        sums[line[key]] += line[value]
    return sums


def _days(lines: list[dict[str, Any]]) -> dict[str, list[dt.date]]:
    """Purchase days of each client."""
    days: dict[str, set[dt.date]] = defaultdict(set)
    for line in lines:
        if line["sign"] > 0:
            days[line["client"]].add(line["date"])
    return {client: sorted(found) for client, found in days.items()}


def _cents(amount: Decimal) -> int:
    return int(amount * 100)


def test_the_generator_writes_the_committed_files_again(root: Path, demo: Path, tmp_path: Path):
    subprocess.run([sys.executable, root / "data" / "make_demo.py", tmp_path], check=True)
    by_hand = {"engagement.yml", "fec.yml"}
    written = _files(tmp_path)
    assert written == [name for name in _files(demo) if name not in by_hand]
    for name in written:
        assert _content(tmp_path / name) == _content(demo / name), name


def _files(folder: Path) -> list[str]:
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in found if not path.parts[0].startswith("."))


def _content(path: Path) -> Any:
    """A file's hash; what is packed is unpacked (zlib's builds do not compress alike)."""
    if path.suffix == ".gz":
        packed = path.read_bytes()
        assert packed[4:8] == bytes(4), "the time stands in the file"
        return hashlib.sha256(gzip.decompress(packed)).hexdigest()
    if path.suffix != ".xlsx":
        return hashlib.sha256(path.read_bytes()).hexdigest()
    with zipfile.ZipFile(path) as book:
        return [(part.filename, part.date_time, part.CRC) for part in book.infolist()]


def test_the_demo_stays_under_five_megabytes_its_accounts_included(demo: Path):
    assert sum((demo / name).stat().st_size for name in _files(demo)) < 5_000_000


def test_the_accounts_bear_the_name_of_the_norm_and_no_real_company_number(demo: Path):
    names = [name for name in _files(demo) if name.startswith("fec/")]
    assert [re.sub(r"^fec/\d{9}FEC(\d{8})\.txt\.gz$", r"\1", name) for name in names] == [
        f"{year}0831" for year in range(2022, 2027)
    ]
    assert all(_luhn(name[4:13]) % 10 for name in names)


def test_every_entry_of_the_accounts_balances_and_is_numbered_within_its_journal(demo: Path):
    for name in (name for name in _files(demo) if name.startswith("fec/")):
        entries: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        numbers: dict[str, list[int]] = defaultdict(list)
        for row in _accounts(demo / name):
            sides = {"D": 1, "C": -1}
            amount = (
                Decimal(row["Debit"]) - Decimal(row["Credit"])
                if "Debit" in row
                else Decimal(row["Montant"].replace(",", ".")) * sides[row["Sens"]]
            )
            entries[row["JournalCode"], row["EcritureNum"]] += amount
            numbers[row["JournalCode"]].append(int(row["EcritureNum"]))
        assert set(entries.values()) == {Decimal(0)}
        for found in numbers.values():
            assert sorted(set(found)) == list(range(1, max(found) + 1))


def _accounts(path: Path) -> list[dict[str, str]]:
    data = gzip.decompress(path.read_bytes())
    old = path.name[12:16] < "2024"
    text = data.decode("iso-8859-15" if old else "utf-8")
    separator = "|" if old else "\t"
    return list(csv.DictReader(text.splitlines(), delimiter=separator, quoting=csv.QUOTE_NONE))


def test_the_files_add_up_to_the_truth_to_the_cent(rows, fates, lines, truth):
    revenue = _sum_by(lines, "year")
    for year, found in rows.items():
        facts = truth["fiscal_years"][str(year)]
        assert fates[year] == {k: n for k, n in facts["fates"].items() if n}
        assert len(found) == facts["rows"]
        assert _cents(revenue[year]) == facts["revenue_cents"]
    totals = truth["totals"]
    credits = [line for line in lines if line["sign"] < 0]
    assert len(lines) == totals["kept_lines"]
    assert len(credits) == totals["credit_note_lines"]
    assert _cents(sum(line["amount"] for line in credits)) == totals["credit_note_cents"]
    assert _cents(sum(line["cost"] for line in lines)) == totals["cost_cents"]
    assert sum(line["quantity"] for line in lines) == totals["quantity"]


def test_every_typed_code_is_a_client_of_the_truth_with_its_revenue(lines, truth):
    revenue = {client: _cents(amount) for client, amount in _sum_by(lines, "client").items()}
    assert revenue == {code: facts["revenue_cents"] for code, facts in truth["clients"].items()}
    days = _days(lines)
    assert sum(map(len, days.values())) == truth["totals"]["occasions"]
    for code, facts in truth["clients"].items():
        assert facts["occasions"] == len(days[code])
        assert facts["last_purchase"] == days[code][-1].isoformat()


def test_each_amount_is_quantity_times_list_price_less_discount(lines):
    for line in lines:
        exact = line["quantity"] * line["list"] * (100 - line["discount"]) / 100
        assert line["amount"] == exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_the_accounts_agree_to_the_cent_in_four_years_and_within_one_percent_in_2023(demo, truth):
    text = (demo / "engagement.yml").read_text(encoding="utf-8")
    accounts = yaml.safe_load(text)["accounts"]
    assert list(map(str, accounts)) == list(truth["fiscal_years"])
    for year, facts in truth["fiscal_years"].items():
        assert round(100 * accounts[int(year)]) == facts["accounts_cents"]
        gap = abs(facts["accounts_cents"] - facts["revenue_cents"]) / facts["revenue_cents"]
        assert (0 < gap < 0.01) if year == "2023" else gap == 0


def test_nothing_is_invoiced_while_the_firm_is_closed(lines):
    for date in {line["date"] for line in lines}:
        assert date.weekday() < 5
        assert not (date.month == 8 and date.day <= 23)
        assert dt.date(2021, 9, 1) <= date <= AS_OF


def test_hostile_remarks_survive_in_the_files(rows):
    remarks = {row["remark"] for row in rows[2025] + rows[2026]}
    assert {
        '=HYPERLINK("x")',
        "<b>Urgent</b>",
        'Poser le modèle "Mistral"; pas le "Tramontane"',
        "Livrer quai 3\nDemander Léon",
    } <= remarks


def test_forty_clients_or_more_go_quiet_and_never_buy_after_it(lines, truth):
    days = _days(lines)
    gone = {c: truth["clients"][c] for c in truth["planted"]["goes_quiet"]}
    assert len(gone) >= 40
    assert {facts["departure"][:4] for facts in gone.values()} >= {"2022", "2023", "2024", "2025"}
    assert all(days[code][-1].isoformat() <= facts["departure"] for code, facts in gone.items())
    watched = Counter(facts["rhythm"] for code, facts in gone.items() if len(days[code]) > 8)
    assert watched["regular"] >= 10
    assert watched["irregular"] >= 10


def test_a_ninety_day_rule_would_flag_the_false_friends(lines, truth):
    days = _days(lines)
    friends = truth["planted"]["false_friends"]
    assert len(friends) >= 30
    assert all((AS_OF - days[code][-1]).days >= 90 for code in friends)
    assert {truth["clients"][code]["rhythm"] for code in friends} == {"slow_regular", "seasonal"}
    assert all(truth["clients"][code]["departure"] is None for code in friends)


def test_observed_gaps_follow_the_planted_rhythm(lines, truth):
    gaps = {c: np.diff([d.toordinal() for d in days]) for c, days in _days(lines).items()}
    variation = defaultdict(list)
    for code, facts in truth["clients"].items():
        if facts["rhythm"] in ("regular", "irregular") and len(gaps[code]) >= 20:
            assert gaps[code].mean() == pytest.approx(facts["true_mean_gap_days"], rel=0.65)
            variation[facts["rhythm"]].append(gaps[code].std() / gaps[code].mean())
    assert np.mean(variation["regular"]) < 0.6 < 0.85 < np.mean(variation["irregular"])


def test_one_of_the_three_largest_clients_loses_money_every_year(lines, truth):
    loser = truth["planted"]["loss_maker"]
    revenue = _sum_by(lines, "client")
    assert loser in sorted(revenue, key=revenue.__getitem__)[-3:]
    own = [line for line in lines if line["client"] == loser]
    cost = _sum_by(own, "year", "cost")
    assert all(amount < cost[year] for year, amount in _sum_by(own, "year").items())
    assert len(cost) == 5


def test_two_or_three_clients_pass_five_percent_of_the_last_year(lines, truth):
    recent = _sum_by([line for line in lines if line["date"] > YEAR_AGO], "client")
    large = {code for code, amount in recent.items() if amount > sum(recent.values()) / 20}
    assert large == set(truth["planted"]["above_5_percent_12m"])
    assert 2 <= len(large) <= 3


def test_the_top_fifth_makes_two_thirds_to_three_quarters_of_revenue(lines):
    for since in (dt.date(2021, 8, 31), YEAR_AGO):
        sums = _sum_by([line for line in lines if line["date"] > since], "client")
        ranked = sorted(sums.values(), reverse=True)
        assert 0.65 <= sum(ranked[: len(ranked) // 5]) / sum(ranked) <= 0.75


def test_one_sales_person_gives_eight_points_that_volume_does_not_explain(truth):
    points = defaultdict(list)
    for facts in truth["clients"].values():
        if facts["roles"] != ["strategic", "loss_maker"] and facts["group"] == "distributeurs":
            points[facts["rep"]].append(facts["discount_points"])
    generous = truth["planted"]["generous_rep"]
    others = [np.mean(found) for rep, found in points.items() if rep != generous]
    assert np.mean(points[generous]) - max(others) > 5
    assert max(others) - min(others) < 2.5


def test_late_payers_pay_weeks_after_the_others(demo, truth):
    book = CalamineWorkbook.from_path(demo / "reglements.xlsx")
    table = book.get_sheet_by_name("Règlements").to_python()[3:]
    assert table[0][:2] == ["Compte", "N° facture"]
    last = next(i for i, row in enumerate(table) if row[0] == "Total")
    late, total = defaultdict(list), 0
    for client, _, _, due, paid, amount, _ in table[1:last]:
        total += round(amount * 100)
        if paid:
            late[client].append((paid - due).days)
    assert last - 1 == truth["totals"]["payments"]
    assert total == truth["totals"]["payments_incl_vat_cents"]
    payers = set(truth["planted"]["late_payers"])
    slow = min(np.mean(days) for code, days in late.items() if code in payers)
    usual = max(np.mean(days) for code, days in late.items() if code not in payers)
    assert slow > 20 > usual


def test_clients_won_in_the_weak_year_buy_again_much_less(lines, truth):
    days = _days(lines)
    repeats = defaultdict(list)
    for code, facts in truth["clients"].items():
        if facts["acquired"] and facts["acquired"] < 2026:
            year_end = days[code][0] + dt.timedelta(365)
            repeats[facts["acquired"]].append(any(d <= year_end for d in days[code][1:]))
    shares = {year: np.mean(found) for year, found in repeats.items()}
    weak = shares.pop(truth["planted"]["weak_cohort"])
    assert weak < min(shares.values()) - 0.2


def test_only_the_renumbered_company_has_its_siren_twice(clients, truth):
    sirens = Counter(row["SIREN"] for row in clients.values() if row["SIREN"])
    twice = [siren for siren, count in sirens.items() if count > 1]
    assert len(twice) == 1
    codes = [code for code, row in clients.items() if row["SIREN"] == twice[0]]
    assert codes == truth["planted"]["same_company"]
    first, second = (clients[code]["Raison sociale"].upper() for code in codes)
    assert second == f"{first} SAS"


def test_no_registration_number_could_be_a_real_one(clients):
    numbers = [row[n].replace(" ", "") for row in clients.values() for n in ("SIREN", "SIRET")]
    given = [number for number in numbers if number]
    assert len(given) == 2 * (len(clients) - 3)
    assert any(number.startswith("0") for number in given)
    assert all(_luhn(number) % 10 for number in given)


def _luhn(digits: str) -> int:
    doubled = (int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(digits)))
    return sum(d // 10 + d % 10 for d in doubled)


def test_the_client_file_lacks_two_buyers_and_holds_three_prospects(clients, truth):
    known, buying = set(clients), set(truth["clients"])
    assert buying - known == set(truth["planted"]["not_in_clients_file"])
    assert {clients[code]["Statut"] for code in known - buying} == {"P"}
    assert len(known) == truth["totals"]["clients_file_rows"]


def test_first_purchases_agree_with_the_client_file(lines, clients, truth):
    days = _days(lines)
    for code, facts in truth["clients"].items():
        if code in clients and facts["acquired"]:
            since = dt.datetime.strptime(clients[code]["Client depuis"], "%d/%m/%Y").date()
            assert since == days[code][0]


def test_three_groups_are_found_from_rate_order_size_and_breadth(lines, truth):
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score

    families, revenue, days = defaultdict(set), _sum_by(lines, "client"), _days(lines)
    for line in lines:
        families[line["client"]].add(line["ref"][:2].replace("PX", "PO"))
    active = [c for c, d in days.items() if len(d) >= 3 and (AS_OF - d[-1]).days < 365]
    features = np.log(
        [
            (
                (len(days[c]) - 1) / max((days[c][-1] - days[c][0]).days, 30),
                float(revenue[c]) / len(days[c]),
                len(families[c]),
            )
            for c in active
        ]
    )
    scaled = (features - features.mean(axis=0)) / features.std(axis=0)
    found = KMeans(3, n_init=10, random_state=0).fit_predict(scaled)
    planted = [truth["clients"][c]["group"] for c in active]
    assert adjusted_rand_score(planted, found) > 0.95
