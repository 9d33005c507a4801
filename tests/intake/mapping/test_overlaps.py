"""The same invoices in two exports: each counted once, whatever the files are called."""

from collections import Counter
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientaudit.intake.mapping.table import MappedTable
from intake.mapping_factory import LINES, Firm

HEADING = "Client;Date;Pièce;Ligne;Réf;Qté;Montant"
BY_DAY = LINES | {"product_id": "Réf", "quantity": "Qté"}
BY_DOCUMENT = BY_DAY | {"doc_id": "Pièce"}
NUMBERED = BY_DOCUMENT | {"line_no": "Ligne"}


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    return Firm(tmp_path)


def line(client, day, doc, amount, *, number="1", product="P"):
    return f"{client};{day:02d}/03/2024;{doc};{number};{product};1;{amount}"


def mapped(firm: Firm, columns=BY_DOCUMENT, **files: list[str]) -> MappedTable:
    for name, lines in files.items():
        firm.write(f"{name}.csv", HEADING, *lines)
    return firm.map({"files": "*.csv", "columns": columns})


def total(firm: Firm, table: MappedTable) -> Decimal:
    return firm.connection.execute(
        f"select coalesce(sum(amount_net), 0) from read_parquet('{table.path}')"
    ).fetchall()[0][0]


def twice(table: MappedTable) -> dict[str, tuple[str, int, Decimal]]:
    return {
        rule.step: (rule.rule, rule.rows, sum(rule.revenue_by_year.values()))
        for rule in table.rules
        if rule.step in ("overlap", "version")
    }


FIRST = [
    line("A", 1, "F1", 10),
    line("A", 1, "F1", 20, number="2", product="Q"),
    line("B", 2, "F2", 5),
]


def test_an_invoice_in_two_exports_is_counted_once(firm):
    table = mapped(firm, old=FIRST, recent=[FIRST[2], line("C", 9, "F3", 7)])
    assert (table.rows, total(firm, table)) == (4, Decimal(42))
    assert twice(table) == {"overlap": ("old.csv also in recent.csv", 1, Decimal(5))}
    assert [row[:4] for row in firm.rejected()] == [("old.csv", 4, "overlap", "also in recent.csv")]


def test_rows_and_revenue_still_add_up_from_rule_to_rule(firm):
    table = mapped(firm, old=FIRST, recent=[*FIRST, line("C", 9, "F3", 7)])
    rows = {rule.step: rule.rows for rule in table.rules}
    assert rows["kept"] == rows["read"] - rows["overlap"] == 4
    amounts = {rule.step: rule.revenue_by_year["2024"] for rule in table.rules}
    assert amounts["kept"] == amounts["read"] - amounts["overlap"] == Decimal(42)


def test_a_file_sent_twice_under_another_name_adds_nothing(firm):
    table = mapped(firm, copy=FIRST, sales=FIRST)
    assert (table.rows, total(firm, table)) == (3, Decimal(35))
    assert twice(table)["overlap"][1:] == (3, Decimal(35))


def test_lines_repeated_inside_an_invoice_stay_as_often_as_one_file_has_them(firm):
    pair = [line("A", 1, "F1", 10), line("A", 1, "F1", 10)]
    assert mapped(firm, alone=pair).rows == 2
    table = mapped(firm, alone=pair, other=[*pair, line("B", 2, "F2", 1)])
    assert (table.rows, total(firm, table)) == (3, Decimal(21))


def test_files_of_two_sources_overlap_too(firm):
    firm.write("old.csv", HEADING, *FIRST)
    firm.write("new.csv", "Compte;Jour;Facture;Article;Net", "B;02/03/2024;F2;P;5")
    renamed = {"client_id": "Compte", "date": "Jour", "doc_id": "Facture",
               "product_id": "Article", "amount_net": "Net"}  # fmt: skip
    table = firm.map(
        {"files": "old.csv", "columns": BY_DOCUMENT}, {"files": "new.csv", "columns": renamed}
    )
    assert (table.rows, total(firm, table)) == (3, Decimal(35))
    steps = [(rule.source, rule.step) for rule in table.rules]
    assert steps == [(0, "read"), (0, "kept"), (1, "read"), (1, "overlap"), (1, "kept")]


def test_of_an_invoice_corrected_between_two_exports_the_later_version_stays(firm):
    fewer = line("A", 1, "F1", 18, number="2", product="Q")
    later = [line("A", 1, "F1", 10), fewer, line("B", 9, "F9", 1)]
    for columns in (BY_DOCUMENT, NUMBERED):
        table = mapped(firm, columns, z_first=FIRST[:2], a_later=later)
        assert total(firm, table) == Decimal(29)
        assert table.overlaps.versions.documents == 1
        assert (table.overlaps.versions.kept, table.overlaps.versions.other) == (28, 30)
        assert twice(table)["version"] == ("z_first.csv also in a_later.csv", 2, Decimal(30))


def test_an_invoice_of_one_corrected_line_is_known_by_the_others_that_the_files_share(firm):
    table = mapped(firm, one=[*FIRST, line("C", 3, "F3", 7)], two=[*FIRST, line("C", 3, "F3", 9)])
    assert table.overlaps.versions.documents == 1
    assert table.rows == 4


def test_an_invoice_cut_between_two_files_keeps_all_its_lines(firm):
    cut = {"one": [FIRST[0]], "two": [FIRST[1], FIRST[2]]}
    table = mapped(firm, NUMBERED, **cut)
    assert (table.rows, table.overlaps.pairs, table.overlaps.divided.documents) == (3, (), 0)
    assert mapped(firm, BY_DOCUMENT, **cut).rows == 3


@pytest.mark.parametrize("columns", [BY_DOCUMENT, NUMBERED, LINES | {"doc_id": "Pièce"}])
def test_a_file_sent_again_with_vat_is_another_version_of_its_invoices(firm, columns):
    net = [line("A", 1, "F1", 10), line("A", 1, "F1", 20, number="2", product="Q"),
           line("B", 2, "F2", 5)]  # fmt: skip
    gross = [line("A", 1, "F1", 12), line("A", 1, "F1", 24, number="2", product="Q"),
             line("B", 2, "F2", 6)]  # fmt: skip
    table = mapped(firm, columns, net=net, gross=gross)
    assert (table.rows, table.overlaps.versions.documents) == (3, 2)
    assert {table.overlaps.versions.kept, table.overlaps.versions.other} == {35, 42}


def test_lines_numbered_anew_in_the_later_export_are_the_same_lines(firm):
    renumbered = [
        line("A", 1, "F1", 10, number="70"),
        line("A", 1, "F1", 20, number="71", product="Q"),
    ]
    table = mapped(firm, NUMBERED, one=FIRST, two=[*renumbered, line("C", 9, "F9", 1)])
    assert (table.rows, total(firm, table)) == (4, Decimal(36))
    corrected = [renumbered[0], line("A", 1, "F1", 18, number="71", product="Q")]
    table = mapped(firm, NUMBERED, one=FIRST, two=[*corrected, line("C", 9, "F9", 1)])
    assert (table.rows, total(firm, table)) == (4, Decimal(34))
    assert table.overlaps.versions.documents == 1


def test_goods_and_carriage_of_one_invoice_in_two_files_are_added_up_and_told(firm):
    goods = [line("A", 1, "F1", 100), line("B", 2, "F2", 50)]
    carriage = [line("A", 1, "F1", 8, product="PORT"), line("B", 2, "F2", 8, product="PORT")]
    for columns in (BY_DOCUMENT, NUMBERED):
        table = mapped(firm, columns, goods=goods, carriage=carriage)
        assert (table.rows, total(firm, table)) == (4, Decimal(166))
        # Without line numbers nothing speaks against two parts of an invoice.
        assert table.overlaps.divided.documents == (2 if columns == NUMBERED else 0)


def test_numbers_used_again_by_another_client_or_on_another_day_are_other_invoices(firm):
    table = mapped(firm, one=[line("A", 1, "F1", 10)], two=[line("B", 1, "F1", 10)],
                   three=[line("A", 2, "F1", 10)])  # fmt: skip
    assert (table.rows, table.overlaps.pairs) == (3, ())


def test_files_that_share_no_day_are_not_compared(firm):
    table = mapped(firm, one=FIRST, two=[line("A", 9, "F1", 10)])
    assert [rule.step for rule in table.rules] == ["read", "kept"]


def test_unique_takes_copies_out_first_and_tells_those_of_another_amount(firm):
    later = [FIRST[0], line("A", 1, "F1", 18, number="2", product="Q")]
    for name, lines in {"one": FIRST, "two": later}.items():
        firm.write(f"{name}.csv", HEADING, *lines)
    source = {"files": "*.csv", "columns": NUMBERED, "unique": ["doc_id", "line_no"]}
    table = firm.map(source)
    assert (table.rows, table.overlaps.pairs) == (3, ())
    assert (table.unlike.rows, table.unlike.kept, table.unlike.other) == (1, 20, 18)
    assert firm.map(source | {"unique": "all"}).unlike.rows == 0


DAYS = [line("AB"[i % 2], 1 + i // 4, "", i) for i in range(12)]


def test_without_numbers_whole_days_that_coincide_are_counted_once(firm):
    late = [line("C", 4, "", 100)]
    table = mapped(firm, BY_DAY, one=DAYS, two=[*DAYS, *late])
    assert table.overlaps.unit == "day"
    assert [(p.documents, p.rows) for p in table.overlaps.pairs] == [(3, 12)]
    assert total(firm, table) == Decimal(sum(range(12)) + 100)


def test_without_numbers_a_day_that_was_not_over_is_completed_by_the_later_export(firm):
    morning, afternoon, later = line("C", 5, "", 7), line("D", 5, "", 8), line("D", 9, "", 1)
    table = mapped(firm, BY_DAY, one=[*DAYS, morning], two=[*DAYS, morning, afternoon, later])
    assert total(firm, table) == Decimal(sum(range(12)) + 16)
    assert table.overlaps.divided.documents == 1


def test_without_numbers_single_lines_alike_in_two_files_stay(firm):
    table = mapped(firm, BY_DAY, one=DAYS, two=[DAYS[0], line("Z", 20, "", 1)])
    assert (table.rows, table.overlaps.pairs) == (14, ())


@st.composite
def exports(draw) -> tuple[dict[str, list[str]], list[str]]:
    """Invoices, each in one or more of three files, and the lines that there really are."""
    files: dict[str, list[str]] = {name: [] for name in draw(st.permutations("abc"))}
    truth: list[str] = []
    for number in range(draw(st.integers(1, 8))):
        client, day = draw(st.sampled_from("AB")), draw(st.integers(1, 3))
        amounts = draw(st.lists(st.integers(-3, 3), min_size=1, max_size=4))
        lines = [line(client, day, f"F{number}", amount) for amount in amounts]
        truth += lines
        for name in draw(st.sets(st.sampled_from("abc"), min_size=1)):
            files[name] += draw(st.permutations(lines))
    return {name: lines for name, lines in files.items() if lines}, truth


@settings(max_examples=25)
@given(exports())
def test_however_invoices_are_spread_over_files_each_counts_once(spread):
    files, truth = spread
    with TemporaryDirectory() as folder:
        firm = Firm(Path(folder))
        table = mapped(firm, **files)
        found = firm.rows(table, "client_id, day(date), doc_id, amount_net")
    cells = (text.split(";") for text in truth)
    assert Counter(found) == Counter((c[0], int(c[1][:2]), c[2], Decimal(c[6])) for c in cells)
    read, kept = (sum(r.rows for r in table.rules if r.step == s) for s in ("read", "kept"))
    assert read - kept == sum(pair.rows for pair in table.overlaps.pairs)
    assert table.overlaps.versions.documents == 0


@settings(max_examples=20)
@given(st.lists(st.sets(st.sampled_from("abc"), min_size=1), min_size=1, max_size=12))
def test_numbered_lines_count_once_however_files_cut_the_invoices(places):
    lines = [
        line("A", 1 + i // 6, f"F{i // 4}", i, number=str(i), product=f"P{i}")
        for i in range(len(places))
    ]
    files = {
        name: [text for text, held in zip(lines, places, strict=True) if name in held]
        for name in "abc"
    }
    with TemporaryDirectory() as folder:
        firm = Firm(Path(folder))
        table = mapped(firm, NUMBERED, **{name: held for name, held in files.items() if held})
        assert total(firm, table) == sum(range(len(places)))


@settings(max_examples=6)
@given(st.permutations(["x", "y", "z"]))
def test_the_names_of_the_files_change_no_total(names):
    contents = (FIRST, [*FIRST, line("C", 3, "F3", 9)], [line("C", 3, "F3", 7), FIRST[2]])
    with TemporaryDirectory() as folder:
        firm = Firm(Path(folder))
        table = mapped(firm, **dict(zip(names, contents, strict=True)))
        assert (table.rows, total(firm, table)) == (4, Decimal(44))
