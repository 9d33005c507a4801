import datetime as dt
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import ibis
import pytest

from clientaudit.analyses.intake import gate
from clientaudit.intake.mapping.duplicates import ALL_ALIKE
from clientaudit.intake.mapping.overlaps import NO_OVERLAPS
from clientaudit.intake.mapping.rule_counts import RuleCount
from clientaudit.intake.quality.base_facts import BaseFacts, base_facts
from clientaudit.intake.quality.calendar_checks import month_gaps
from clientaudit.intake.quality.check import Check
from clientaudit.intake.quality.code_facts import NO_CODES
from clientaudit.intake.quality.currencies import CurrencyFacts
from clientaudit.intake.quality.estimated_costs import NO_ESTIMATES
from clientaudit.intake.quality.gate import quality_checks
from clientaudit.intake.quality.lookalikes import LookAlike
from clientaudit.intake.quality.price_facts import DiscountFacts, PriceFacts, PriceRatios
from clientaudit.intake.quality.reconciliation import fiscal_year, reconcile
from clientaudit.intake.quality.total_rows import NO_TOTALS
from clientaudit.schema import TABLES
from clientaudit.settings import Engagement, Thresholds
from clientaudit.text import Say
from intake.line_facts_factory import GOOD_LINES, days_with, lines_with, without_months

AS_OF = dt.date(2024, 12, 31)
GOOD_BASE = BaseFacts(client_count=100, revenue=360_000.0)
FILES = ("y22.csv", "y23.csv", "y24.csv")
GOOD_FILES = {
    "overlaps": NO_OVERLAPS,
    "unlike": ALL_ALIKE,
    "codes": NO_CODES,
    "prices": PriceFacts("percent", (PriceRatios(0, {0: 1000}, {0: 10_000.0}),)),
    "discounts": (DiscountFacts(0, 500, 30.0, 20),),
    "levels": (),
    "vat": (),
    "currencies": (CurrencyFacts("EUR", 3600, Decimal(360_000)),),
    "line_files": FILES,
    "fec": None,
}
EVERYTHING = {name: tuple(c.name for c in table.columns) for name, table in TABLES.items()}
SOURCE = {"files": "x.csv", "columns": {"client_id": "C", "date": "D", "amount_net": "A"}}

GOOD_EXPORTS = {
    "files": (),
    "file_clients": (),
    "file_signs": (),
    "total_rows": NO_TOTALS,
    "estimated": NO_ESTIMATES,
    "has_side_files": False,
}


def checks_of(
    lines=GOOD_LINES,
    *,
    base=GOOD_BASE,
    as_of=AS_OF,
    columns=EVERYTHING,
    lookalikes=(),
    rules=(),
    **settings,
) -> dict[str, Check]:
    """The checks by their name; `settings` go into the engagement file."""
    given = {"firm": "F", "tables": {"transactions": SOURCE}, "accounts": {2023: 120_000}}
    engagement = Engagement.model_validate(given | settings)
    facts = SimpleNamespace(
        lines=lines,
        lookalikes=lookalikes,
        columns=columns,
        rules=rules,
        **GOOD_FILES,
        **GOOD_EXPORTS,
    )
    found = quality_checks(facts, engagement, as_of=as_of, thresholds=Thresholds(), base=base)
    return {check.finding.key.removeprefix("intake."): check for check in found}


def verdicts(checks: dict[str, Check]) -> dict[str, str]:
    return {n: c.finding.verdict for n, c in checks.items() if c.finding.verdict != "PASS"}


def test_faultless_exports_pass_every_check():
    assert verdicts(checks_of()) == {}


def test_a_check_that_passes_has_no_bias_and_asks_for_nothing():
    assert {(c.bias, c.request, c.refuses_run) for c in checks_of().values()} == {("", "", False)}


DEFECTS = {
    "client_ids": lines_with(rows_without_client=90, revenue_without_client=Decimal(36_000)),
    "duplicates": lines_with(duplicate_rows=36, duplicate_revenue=Decimal(3_600)),
    "credit_notes": lines_with(negative_rows=0, credit_amount=Decimal(0)),
    "outliers": lines_with(outlier_rows=2, outlier_revenue=Decimal(90_000)),
    "zero_amounts": lines_with(zero_rows=360),
    "shared_documents": lines_with(shared_document_count=1, shared_document_pairs=2),
    "cost_coverage": lines_with(rows_with_cost=1800, revenue_with_cost=Decimal(180_000)),
    "missing_months": without_months((2024, 3)),
    "stray_dates": days_with(stray_rows=2, earliest=dt.date(1900, 1, 1)),
    "closure": days_with(
        long_pauses=tuple((dt.date(y, 7, 31), dt.date(y, 8, 24)) for y in (2022, 2023, 2024))
    ),
    "last_month": days_with(last=dt.date(2024, 12, 12)),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_one_defect_of_the_lines_raises_one_flag_with_its_bias(name):
    found = checks_of(DEFECTS[name])
    assert verdicts(found) == {name: "FLAG"}
    assert found[name].bias
    assert not found[name].refuses_run


CLIENT_DEFECTS = {
    "left_truncation": {"left_truncated_count": 3},
    "collective_accounts": {"collective_count": 1, "collective_revenue": 36_000.0},
    "unknown_clients": {"unknown_count": 2, "unknown_revenue": 10.0},
}


@pytest.mark.parametrize("name", CLIENT_DEFECTS)
def test_one_defect_of_the_clients_raises_one_flag_with_its_bias(name):
    found = checks_of(base=replace(GOOD_BASE, **CLIENT_DEFECTS[name]))
    assert verdicts(found) == {name: "FLAG"}
    assert found[name].bias


def test_rows_set_aside_for_an_empty_cell_are_weighed():
    rule = RuleCount("transactions", 0, "drop", '"Client" is_empty true', "", 90, {})
    light, heavy = (replace(rule, revenue_by_year={"": Decimal(n)}) for n in (3_000, 4_000))
    assert verdicts(checks_of(rules=(light,))) == {}
    assert verdicts(checks_of(rules=(heavy,))) == {"empty_set_aside": "FLAG"}  # of 360,000
    told = replace(heavy, rule='"Client" equals TOTAL')
    assert verdicts(checks_of(rules=(told,))) == {}


def test_look_alikes_are_flagged_with_what_they_weigh():
    twins = (LookAlike(("1", "2", "3"), "siren", Decimal(500)),)
    ((name, check),) = [
        (n, c) for n, c in checks_of(lookalikes=twins).items() if c.finding.verdict == "FLAG"
    ]
    assert name == "several_codes"
    assert check.finding.values == {"groups": 1, "codes": 3, "clients": 2, "revenue": 500.0}


def test_lines_that_a_look_up_does_not_know_are_flagged_with_their_share():
    rules = [
        RuleCount("transactions", 0, step, "", "", rows, {})
        for step, rows in (("read", 100), ("join", 3), ("kept", 100))
    ]
    check = checks_of(rules=rules)["look_ups"]
    assert (check.finding.verdict, check.finding.values) == ("FLAG", {"rows": 3, "share": 0.03})


def test_codes_that_are_names_are_told_without_a_bias():
    found = checks_of(base=replace(GOOD_BASE, name_like_count=4))
    assert verdicts(found) == {"names_as_codes": "FLAG"}
    assert found["names_as_codes"].bias == ""


def test_even_intervals_are_flagged_only_where_no_contract_is_given():
    regular = replace(GOOD_BASE, regular_count=50, regular_revenue=200_000.0)
    without = {name: c for name, c in EVERYTHING.items() if name != "contracts"}
    assert verdicts(checks_of(base=regular)) == {}
    assert set(verdicts(checks_of(base=regular, columns=without))) == {
        "contract_rhythm",
        "without_contracts",
    }


REFUSALS = {
    "client_ids": (lines_with(revenue_without_client=Decimal(180_001)), AS_OF),
    "dates": (days_with(first=AS_OF, last=AS_OF, earliest=AS_OF, latest=AS_OF), AS_OF),
    "cut_off": (GOOD_LINES, dt.date(2025, 2, 1)),
    "reconciliation": (lines_with(months=tuple(
        replace(m, revenue=m.revenue * 2) for m in GOOD_LINES.months
    )), AS_OF),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSALS)
def test_what_cannot_be_audited_refuses_the_whole_run(name):
    lines, as_of = REFUSALS[name]
    check = checks_of(lines, as_of=as_of)[name]
    assert check.finding.verdict == "REFUSE"
    assert check.refuses_run


def test_a_cut_off_date_before_the_first_line_is_outside_the_data():
    assert checks_of(as_of=dt.date(2022, 1, 2))["cut_off"].refuses_run


def test_half_of_the_revenue_without_a_client_is_still_only_flagged():
    half = lines_with(rows_without_client=1, revenue_without_client=Decimal(180_000))
    assert verdicts(checks_of(half)) == {"client_ids": "FLAG"}


def test_revenue_of_nothing_is_judged_by_its_lines():
    lines = lines_with(revenue=Decimal(0), rows_without_client=3000)
    assert checks_of(lines)["client_ids"].finding.verdict == "REFUSE"


@pytest.mark.parametrize(
    ("first", "verdict"), [(dt.date(2023, 1, 9), "PASS"), (dt.date(2023, 1, 20), "REFUSE")]
)
def test_under_two_years_cohorts_and_departures_are_refused_but_not_the_run(first, verdict):
    check = checks_of(days_with(first=first, earliest=first))["history"]
    assert (check.finding.verdict, check.refuses_run) == (verdict, False)
    assert check.affects == ("cohorts", "departures")


def test_under_thirty_clients_models_are_refused_but_not_the_run():
    check = checks_of(base=replace(GOOD_BASE, client_count=29))["client_count"]
    assert (check.finding.verdict, check.refuses_run) == ("REFUSE", False)
    assert "groups" in check.affects


@pytest.mark.parametrize(
    ("accounts", "verdict"),
    [(120_000, "PASS"), (121_000, "PASS"), (122_000, "FLAG"), (134_000, "REFUSE")],
)
def test_a_difference_from_the_accounts_is_judged_by_its_size(accounts, verdict):
    check = checks_of(accounts={2023: accounts})["reconciliation"]
    assert check.finding.verdict == verdict


def test_a_part_of_the_transactions_is_never_refused_for_not_being_the_whole():
    columns = SOURCE["columns"] | {"channel": "K"}
    check = checks_of(
        accounts={2023: 240_000},
        perimeter={"channel": ["direct"]},
        tables={"transactions": SOURCE | {"columns": columns}},
    )["reconciliation"]
    assert check.finding.verdict == "FLAG"


def test_no_accounts_is_a_flag_and_a_request():
    check = checks_of(accounts={})["reconciliation"]
    assert check.finding.verdict == "FLAG"
    assert "annual accounts" in check.request


def test_a_fiscal_year_bears_the_year_in_which_it_ends():
    days = [dt.date(2024, 8, 31), dt.date(2024, 9, 1), dt.date(2025, 8, 31)]
    assert [fiscal_year(day, 9) for day in days] == [2024, 2025, 2025]
    assert [fiscal_year(day, 1) for day in days] == [2024, 2024, 2025]


def test_fiscal_years_are_compared_only_where_the_data_cover_them():
    accounts = {year: Decimal(120_000) for year in (2021, 2022, 2023, 2024, 2025)}
    years = reconcile(GOOD_LINES, accounts, start_month=9, tolerance=0.01)
    assert {y.fiscal_year: y.status for y in years} == {
        2021: "not in the data",
        2022: "partly covered",
        2023: "agrees",
        2024: "agrees",
        2025: "partly covered",
    }
    assert (years[2].start, years[2].end) == (dt.date(2022, 9, 1), dt.date(2023, 8, 31))
    assert (years[2].revenue, years[2].difference) == (Decimal(120_000), 0.0)


def test_a_month_missing_from_a_file_is_named_with_the_revenue_to_expect():
    gaps = month_gaps(without_months((2024, 3)))
    assert gaps == [(2, dt.date(2024, 3, 1), Decimal(10_000))]
    values = checks_of(without_months((2024, 3)))["missing_months"].finding.values
    assert (values["months"], values["list"]) == (1, "2024-03")
    assert values["share"] == pytest.approx(1 / 12, rel=0.03)


def test_a_month_that_falls_between_two_files_is_missing_from_neither_but_missing():
    assert month_gaps(without_months((2023, 12))) == [(-1, dt.date(2023, 12, 1), Decimal(10_000))]


def test_a_month_that_no_year_has_is_a_closure_not_a_gap():
    assert month_gaps(without_months((2022, 8), (2023, 8), (2024, 8))) == []


def test_a_firm_that_invoices_every_other_month_misses_none():
    lines = without_months((2024, 3))
    assert month_gaps(replace(lines, days=replace(lines.days, ordinary_pause_days=30))) == []


def test_each_missing_table_says_what_is_lost_and_what_to_ask_for():
    found = checks_of(columns={"transactions": ("client_id", "date", "amount_net")})
    missing = {name: c for name, c in found.items() if name.startswith("without_")}
    assert missing["without_payments"].request == TABLES["payments"].request
    assert "without_transactions_cost_amount" in missing
    assert "without_clients" in missing
    assert "without_clients_sector" not in missing  # the whole table is asked for
    assert all(c.request and c.affects and c.finding.verdict == "FLAG" for c in missing.values())


def test_every_check_of_what_is_there_has_a_name_for_the_reader():
    columns = {"transactions": ("client_id", "doc_id", "cost_amount"), "clients": ("client_id",)}
    steps = (("join", ""), ("drop", '"Client" is_empty true'))
    rules = [RuleCount("transactions", 0, step, rule, "", 0, {}) for step, rule in steps]
    names = {n for n in checks_of(columns=columns, rules=rules) if not n.startswith("without_")}
    of_accounts = {"class_70", "entry_balance"}  # see tests/intake/fec
    of_files = {"table_copies", "rows_below"}  # see test_table_copies, test_reading_checks
    assert names | of_accounts | of_files == set(gate.CHECK_NAMES)


WORST_BASE = BaseFacts(1, 1.0, 1, 1, 1.0, 1, 1.0, 1, 1.0, 1)
SAID = [
    *DEFECTS.values(),
    *(lines for lines, _ in REFUSALS.values()),
    GOOD_LINES,
    lines_with(duplicate_rows=9, duplicate_rows_across_files=9),
    days_with(first=dt.date(2024, 1, 1), earliest=dt.date(2024, 1, 1)),
]
SAID_WITH: list[dict] = [
    {},
    {"accounts": {}},
    {"accounts": {2019: 1}},
    {"accounts": {2023: 1, 2021: 1}},
    {"accounts": {2023: 120_000, 2021: 1}},
    {"columns": {"transactions": ()}, "base": WORST_BASE, "as_of": dt.date(2030, 1, 1)},
    {"base": WORST_BASE, "lookalikes": (LookAlike(("1", "2"), "code", Decimal(1)),)},
    {"rules": [RuleCount("transactions", 0, step, "", "", 5, {}) for step in ("read", "join")]},
]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_sentence_can_be_said_with_its_values(language):
    say = Say(language)
    found = [checks_of(lines, **options) for lines in SAID for options in SAID_WITH]
    for check in (check for checks in found for check in checks.values()):
        texts = (check.finding.sentence, check.bias, check.request)
        assert not any("{" in say(text, **check.finding.values) for text in texts)


def summary_of(**columns) -> ibis.Table:
    count = len(next(iter(columns.values())))
    usual = {
        "revenue": [10.0] * count, "is_left_truncated": [False] * count,
        "gap_count": [0] * count, "mean_gap_days": [None] * count, "sd_gap_days": [None] * count,
    }  # fmt: skip
    rows = usual | columns
    schema = {"client_id": "string", "revenue": "float64", "is_left_truncated": "boolean",
              "gap_count": "int64", "mean_gap_days": "float64",
              "sd_gap_days": "float64"}  # fmt: skip
    return ibis.memtable(rows, schema={name: schema[name] for name in rows})


@pytest.mark.parametrize(
    ("code", "is_name", "is_collective"),
    [
        ("00123", False, False),
        ("ALFKI", False, False),
        ("C-12 B", False, False),
        ("DUPONT Marie", True, False),
        ("m.durand@example.com", True, False),
        ("DIVERS", False, True),
        ("clients divers", True, True),
        ("Vente Comptoir", True, True),
        ("COMPTOIR DES BOIS", True, False),
    ],
)
def test_codes_that_are_names_or_many_buyers_are_recognised(code, is_name, is_collective):
    facts = base_facts(summary_of(client_id=[code]))
    assert (facts.name_like_count, facts.collective_count) == (is_name, is_collective)


def test_a_code_that_is_the_client_s_own_name_is_a_name():
    clients = ibis.memtable({"client_id": ["DURAND", "B"], "name": ["Durand", "Martin"]})
    facts = base_facts(summary_of(client_id=["DURAND", "B", "C"]), clients)
    assert facts.name_like_count == 1
    assert (facts.unknown_count, facts.unknown_revenue) == (1, 10.0)


def test_clients_of_one_group_are_known_once():
    clients = ibis.memtable({"client_id": ["G", "G"], "name": ["North", "South"]})
    assert base_facts(summary_of(client_id=["G"]), clients).client_count == 1


def test_even_intervals_are_counted_from_six_of_them():
    facts = base_facts(
        summary_of(
            client_id=["even", "short", "uneven", "daily"],
            gap_count=[6, 5, 20, 300],
            mean_gap_days=[30.4, 30.4, 30.4, 1.0],
            sd_gap_days=[1.0, 1.0, 20.0, 0.0],
        )
    )
    assert (facts.regular_count, facts.regular_revenue) == (1, 10.0)


def test_no_client_gives_counts_of_zero():
    empty = summary_of(client_id=["x"]).filter(False)
    assert base_facts(empty) == BaseFacts()


def test_a_client_file_without_names_is_a_client_file():
    clients = ibis.memtable({"client_id": ["A"]})
    assert base_facts(summary_of(client_id=["A", "B"]), clients).unknown_count == 1
