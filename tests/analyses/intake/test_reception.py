import datetime as dt
from dataclasses import replace
from decimal import Decimal

import ibis
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientaudit import schema
from clientaudit.analyses.intake import gate, reception
from clientaudit.analyses.intake import rules as intake_rules
from clientaudit.intake.facts import FileFact, IntakeFacts
from clientaudit.intake.identity import IdentityCount
from clientaudit.intake.mapping.rule_counts import RuleCount
from clientaudit.intake.quality.check import ALL, Check, check
from clientaudit.intake.quality.lookalikes import LookAlike
from clientaudit.intake.quality.reconciliation import reconcile
from clientaudit.text import Say
from intake.line_facts_factory import GOOD_LINES, lines_with, without_months

SAY = Say("en")


def file(path: str, table: str = "transactions") -> FileFact:
    return FileFact(path, table, "ab" * 32, 10, 3, "cp1252", "\t", ",", "%d/%m/%Y", ("separator",))


def rule(step: str, rows: int, *, table: str = "transactions", source: int = 0, **years: int):
    revenue = {year.removeprefix("y"): Decimal(amount) for year, amount in years.items()}
    return RuleCount(table, source, step, "a rule", "a reason", rows, revenue)


RULES = (
    rule("read", 100, y2023=600, y2024=400),
    rule("join", 4, y2023=50),
    rule("drop", 10, y2023=100),
    rule("credit_notes", 2, y2024=-80),
    rule("unique", 1, y2024=20),
    rule("kept", 89, y2023=500, y2024=300),
    rule("read", 20, source=1, y2024=200),
    rule("keep", 5, source=1, y2024=50),
    rule("kept", 15, source=1, y2024=150),
    rule("read", 7, table="clients"),
    rule("drop", 2, table="clients"),
    rule("kept", 5, table="clients"),
)


def facts_with(lines=GOOD_LINES, *, rules=RULES, lookalikes=()) -> IntakeFacts:
    return IntakeFacts(
        files=(file("y22.csv"), file("y23.csv"), file("y24.csv"), file("c.csv", "clients")),
        rules=rules,
        lines=lines,
        identity=IdentityCount(),
        lookalikes=lookalikes,
        columns={"transactions": ("client_id", "date", "amount_net")},
        row_counts={},
        as_of_default=dt.date(2024, 12, 31),
    )


def test_each_rule_shows_the_rows_it_touched_and_those_left():
    rows = intake_rules.rules_frame(facts_with(), SAY)
    assert rows["row_count"].tolist() == [100, 4, 10, 2, 1, 89, 20, 5, 15, 7, 2, 5]
    assert rows["rows_left_count"].tolist() == [100, 100, 90, 90, 89, 89, 20, 15, 15, 7, 5, 5]


def test_the_last_rows_left_of_a_source_are_the_rows_kept():
    rows = intake_rules.rules_frame(facts_with(), SAY)
    kept = rows[rows["step"] == "Kept"]
    assert kept["rows_left_count"].tolist() == kept["row_count"].tolist()


def test_what_the_perimeter_leaves_out_comes_off_last():
    rules = (*RULES, rule("perimeter", 30, y2024=10))
    rows = intake_rules.rules_frame(facts_with(rules=rules), SAY)
    last = rows.loc[[intake_rules.ALL_SOURCES]].iloc[-1]
    assert (last["row_count"], last["rows_left_count"]) == (30, GOOD_LINES.rows)


def test_revenue_is_followed_from_rule_to_rule_in_a_column_per_year():
    steps = intake_rules.revenue_steps_frame(facts_with(), SAY)
    assert list(steps) == ["step", "2023", "2024"]
    assert steps["step"].tolist() == [
        "Read", "Set aside: a reason", "Credit notes turned negative", "Set aside: there twice",
        "Kept", "Read", "Set aside: not to be kept", "Kept", "Kept",
    ]  # fmt: skip
    assert steps["2024"].fillna(0).tolist() == [400, 0, -80, -20, 300, 200, -50, 150, 450]
    assert steps.index[-1] == intake_rules.ALL_SOURCES


def test_lines_without_a_date_stand_in_a_column_of_their_own():
    totals = (rule("read", 3, y2024=10, y=5), rule("drop", 1, y=5), rule("kept", 2, y2024=10))
    steps = intake_rules.revenue_steps_frame(facts_with(rules=totals), SAY)
    assert list(steps) == ["step", "2024", "no_date"]
    assert steps["no_date"].fillna(0).tolist() == [5, -5, 0]


def test_what_two_exports_hold_comes_off_the_rows_left():
    rules = (rule("read", 9, y2024=90), rule("overlap", 3, y2024=30),
             rule("version", 1, y2024=5), rule("kept", 5, y2024=55))  # fmt: skip
    rows = intake_rules.rules_frame(facts_with(rules=rules), SAY)
    assert rows["rows_left_count"].tolist() == [9, 6, 5, 5]
    steps = intake_rules.revenue_steps_frame(facts_with(rules=rules), SAY)
    assert steps["2024"].tolist() == [90, -30, -5, 55]
    _, rejected = reception.intake_findings(facts_with(rules=rules))
    assert rejected.values["value"] == 4


def test_files_without_a_rule_stand_together():
    rules = (rule("read", 5, table="clients"), rule("kept", 5, table="clients"))
    rows = intake_rules.rules_frame(facts_with(rules=rules), SAY)
    assert rows.index.tolist() == [intake_rules.NO_RULE]
    assert rows.iloc[0][["step", "rule", "row_count"]].tolist() == ["Clients", "a rule", 5]


@pytest.mark.parametrize(
    ("step", "written", "said"),
    [
        ("drop", '"Type" in [PF, DV]', "« Type » est dans la liste PF, DV"),
        ("drop", '"Code "x" y" equals a equals b', '« Code "x" y » vaut a equals b'),
        ("keep", '"Type" is_empty false', "« Type » n’est pas vide"),
        ("credit_notes", 'negative_if_positive: "doc_type" equals credit_note',
         "Pièces de type avoir"),
        ("unique", "doc_id, line_no", "Mêmes valeurs de N° de facture, N° de ligne"),
        ("join", 'a on b.csv on "Référence" = "Code"', "a on b.csv, d’après « Référence »"),
        ("perimeter", "channel in direct, web", "Canal : direct, web"),
        ("overlap", "a also in.csv also in b.csv",
         "Factures de a also in.csv qui sont aussi dans b.csv"),
    ],
)  # fmt: skip
def test_a_rule_is_said_in_the_reader_s_words(step, written, said):
    one = RuleCount("transactions", 0, step, written, "", 1, {})
    assert intake_rules.rule_text(one, Say("fr")).replace("\u00a0", " ") == said


def test_kept_and_rejected_lines_are_those_of_the_transactions_only():
    kept, rejected = reception.intake_findings(facts_with())
    assert kept.key == "intake.line_count"
    assert kept.values == {"value": 3600, "read": 120, "files": 3}
    assert rejected.key == "intake.rejected_line_count"
    assert rejected.values == {"value": 16, "share": 16 / 120}


def test_no_rule_at_all_rejects_no_line():
    _, rejected = reception.intake_findings(facts_with(rules=(rule("read", 5), rule("kept", 5))))
    assert rejected.say(SAY) == "No line was set aside."


def test_each_file_is_named_with_how_it_was_read():
    first = reception.files_frame(facts_with(), SAY).iloc[0]
    assert (first["path"], first["separator"], first["detected"]) == ("y22.csv", "tab", "Separator")
    assert first["date_format"] == "dd/mm/yyyy"
    assert reception.date_pattern("%d/%m/%y", Say("fr")) == "jj/mm/aa"


def test_nothing_is_said_of_separators_that_were_not_used():
    sheet = replace(file("p.xlsx", "payments"), detected=())
    read = reception.files_frame(replace(facts_with(), files=(sheet,)), SAY)
    assert read.loc[0, ["encoding", "separator"]].tolist() == ["", ""]
    assert "detected" not in read


def test_a_missing_month_is_a_row_without_lines():
    months = reception.months_frame(facts_with(without_months((2024, 3))))
    missing = months[months["is_missing"]]
    assert missing[["sales_month", "path", "line_count"]].values.tolist() == [
        [dt.date(2024, 3, 1), "y24.csv", 0]
    ]
    assert len(months) == 36


def test_a_year_only_partly_in_the_data_has_no_difference():
    accounts = {2022: Decimal(100_000), 2023: Decimal(100_000)}
    years = reception.reconciliation_frame(
        reconcile(GOOD_LINES, accounts, start_month=7, tolerance=0.01)
    )
    assert years["status"].tolist() == ["Only partly in the data", "Far off"]
    assert years["gap_share"].isna().tolist() == [True, False]
    assert years["gap_revenue"].tolist()[1] == 20_000.0


LINES = {
    "client_id": [f"C{i % 9}" for i in range(200)],
    "date": [dt.date(2024, 1, 1) + dt.timedelta(days=i % 50) for i in range(200)],
    "name": ["Somebody"] * 200,
    "amount_net": [Decimal(i) for i in range(200)],
    "_file": [i % 3 for i in range(200)],
    "_row": list(range(1, 201)),
}


def sample_of(rows: pd.DataFrame, seed: int = 1) -> pd.DataFrame:
    return reception.sample_table(ibis.memtable(rows), facts_with(), seed=seed).execute()


def test_sixty_lines_are_drawn_with_their_place_and_no_name():
    sample = sample_of(pd.DataFrame(LINES))
    assert list(sample) == ["path", "row", "client_id", "date", "amount_net"]
    assert len(sample) == len(set(sample["row"])) == 60
    by_row = {row: (file, amount) for file, row, amount in zip(
        LINES["_file"], LINES["_row"], LINES["amount_net"], strict=True
    )}  # fmt: skip
    drawn = zip(sample["path"], sample["row"], sample["amount_net"], strict=True)
    paths = ("y22.csv", "y23.csv", "y24.csv")
    assert all((paths.index(path), amount) == by_row[row] for path, row, amount in drawn)


NUMBERED = LINES | {
    "doc_id": [f"F{i // 4}" for i in range(200)],
    "product_id": [f"P{i % 4}" for i in range(200)],
}


@given(st.randoms(use_true_random=False), st.sampled_from([LINES, NUMBERED]))
def test_the_order_of_the_lines_does_not_change_the_draw(random, columns):
    lines = pd.DataFrame(columns)
    order = list(range(len(lines)))
    random.shuffle(order)
    pd.testing.assert_frame_equal(sample_of(lines.iloc[order]), sample_of(lines))


def test_another_seed_draws_other_lines():
    lines = pd.DataFrame(LINES)
    assert set(sample_of(lines, 1)["row"]) != set(sample_of(lines, 2)["row"])


def test_few_lines_are_all_checked():
    assert len(sample_of(pd.DataFrame(LINES).head(7))) == 7


def defect(name: str, verdict: str, **values) -> Check:
    options = {"bias": "Too high.", "request": f"ask about {name}", "affects": ("rfm", "grid")}
    return check(name, verdict, "Found.", values, **options)


CHECKS = (
    defect("credit_notes", "PASS"),
    defect("duplicates", "FLAG", rows=36, revenue=3_600.0),
    defect("unknown_clients", "FLAG", clients=2, revenue=10.0),
    defect("several_codes", "FLAG", clients=1, revenue=500.0),
    defect("history", "REFUSE"),
    defect("without_payments", "FLAG"),
)


def test_checks_are_listed_worst_first_and_missing_tables_apart():
    names = gate.checks_frame(CHECKS, SAY)["check"].tolist()
    assert names[0] == "Length of the history"
    assert names[-1] == "Credit notes"
    assert len(names) == 5
    asked = gate.requests_frame(CHECKS, SAY)
    assert asked.iloc[-1].tolist() == ["Ask about without_payments", "Found.", "RFM, Grid"]


def test_checks_that_passed_are_summed_up_in_a_sentence():
    assert gate.passed_sentence(CHECKS, SAY) == "1 check passed: Credit notes."
    assert gate.name_of(gate.reservations(CHECKS)[0]) == "history"


def test_the_board_marks_the_reports_that_a_check_bears_on():
    board = gate.board_frame(CHECKS)
    marked = board[board["verdict"] != "PASS"]
    assert set(marked["report"]) == {"RFM", "Grid"}
    assert set(board["report"]) == {gate.NOTEBOOKS[name] for name in ALL}
    assert "Credit notes" not in set(board["check"])


def test_each_thing_is_asked_for_once():
    twice = (*CHECKS, CHECKS[1])
    assert gate.requests_frame(twice, SAY)["request"].tolist() == [
        "Ask about duplicates",
        "Ask about unknown_clients",
        "Ask about several_codes",
        "Ask about history",
        "Ask about without_payments",
    ]


def test_headline_figures_leave_out_what_each_reservation_touches():
    rows = gate.headline_frame(facts_with(), CHECKS).set_index("check")
    assert rows.loc["All lines kept"].tolist() == [3600, 100, 360_000, 0]
    assert rows.loc["Lines there twice"].tolist() == [3564, 100, 356_400, -0.01]
    assert rows.loc["Clients not in the client file", "client_count"] == 98
    assert rows.loc["One company, several codes"].tolist() == [3600, 99, 360_000, 0]
    assert len(rows) == 4


def test_headline_figures_of_no_revenue_change_by_nothing():
    nothing = facts_with(lines_with(revenue=Decimal(0)))
    changes = gate.headline_frame(nothing, CHECKS[:1])["revenue_change_share"]
    assert changes.tolist() == [0.0]


@pytest.mark.parametrize(
    ("checks", "verdict", "sentence"),
    [
        (CHECKS[:1], "PASS", "These files bear the audit without reservation."),
        (
            CHECKS[:2],
            "FLAG",
            "These files bear the audit, with 1 reservation whose effect is stated.",
        ),
        (CHECKS, "FLAG", "These files bear the audit but for 2 reports, with 3 reservations."),
        (
            (*CHECKS, replace(defect("dates", "REFUSE"), refuses_run=True)),
            "REFUSE",
            "These files cannot bear the audit: 1 check refuses them.",
        ),
        ((CHECKS[0], CHECKS[5]), "PASS", "These files bear the audit without reservation."),
    ],
)
def test_the_verdict_is_that_of_the_files_not_of_what_is_missing(checks, verdict, sentence):
    found = gate.gate_findings(checks)
    assert (found[0].key, found[0].verdict) == ("intake.verdict", verdict)
    assert found[0].say(SAY) == sentence
    assert len(found) == 1 + len(gate.reservations(checks))


def test_look_alikes_are_listed_by_code_never_by_name():
    twins = (LookAlike(("1", "2"), "siren", Decimal(12)),)
    rows = gate.lookalikes_frame(facts_with(lookalikes=twins))
    assert rows.values.tolist() == [["1, 2", "Same company number", 12.0]]


def test_every_table_has_a_name_for_the_reader():
    assert set(reception.TABLES) == set(schema.TABLES)
