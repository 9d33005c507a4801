"""What is not in the files: empty cells by part, and the blind spots that apply."""

from dataclasses import replace

import pytest

from analyses.intake.test_reception import facts_with
from clientaudit.analyses.intake import gaps
from clientaudit.intake.quality.empty_cells import EmptyCells
from clientaudit.intake.quality.price_facts import PriceFacts
from clientaudit.intake.quality.undetectable import BLIND_SPOTS, accounts_given, undetectable
from clientaudit.intake.quality.vat_facts import VatFacts
from clientaudit.settings import Engagement
from clientaudit.text import Say
from intake.line_facts_factory import lines_with

SAY = Say("en")
UNPRICED = VatFacts(0, 2022, rows=100, paired=0, priced=0, whole=0, whole_without=(0, 0, 0))
CELLS = (
    EmptyCells("transactions", "channel", 0, 2022, 100, 0),
    EmptyCells("transactions", "channel", 1, 2023, 100, 50),
    EmptyCells("clients", "name", 0, None, 10, 1),
)


def test_the_matrix_has_a_cell_per_column_file_and_year():
    matrix = gaps.empty_matrix_frame(replace(facts_with(), empty=CELLS), SAY)
    assert matrix.values.tolist() == [
        ["Channel", "y22.csv, 2022", 100, 0, 0.0],
        ["Channel", "y23.csv, 2023", 100, 50, 0.5],
    ]


def test_many_files_are_shown_by_year():
    many = tuple(EmptyCells("transactions", "channel", i % 3, 2000 + i, 10, 1) for i in range(13))
    matrix = gaps.empty_matrix_frame(replace(facts_with(), empty=many), SAY)
    assert matrix["part"].tolist() == [str(2000 + i) for i in range(13)]


def test_every_table_is_listed_over_all_its_files():
    listed = gaps.empty_cells_frame(replace(facts_with(), empty=CELLS), SAY)
    assert listed.reset_index().values.tolist() == [
        ["Invoice lines", "Channel", 200, 50, 0.25],
        ["Clients", "Name", 10, 1, 0.1],
    ]


def test_the_emptiest_column_of_the_invoice_lines_is_told():
    finding = gaps.empty_finding(replace(facts_with(), empty=CELLS))
    assert finding.values == {"columns": 1, "all": 3, "share": 0.25}
    full = gaps.empty_finding(facts_with())
    assert full.say(SAY) == "No cell of the invoice lines is empty."


def engagement(years) -> Engagement:
    lines = {"files": "x.csv", "columns": {"client_id": "C", "date": "D", "amount_net": "A"}}
    accounts = dict.fromkeys(years, 1000)
    return Engagement.model_validate(
        {"firm": "F", "tables": {"transactions": lines}, "accounts": accounts}
    )


def names(facts, *, accounts="all") -> set[str]:
    return {spot.name for spot in undetectable(facts, accounts=accounts)}


def test_accounts_close_the_blind_spots_of_the_total():
    closed = {"uniform_scale", "missing_everywhere", "missing_ends"}
    assert closed <= names(facts_with(), accounts="none")
    assert closed & names(facts_with(), accounts="some") == {"missing_everywhere", "missing_ends"}
    assert closed.isdisjoint(names(facts_with(), accounts="all"))


@pytest.mark.parametrize(
    ("years", "given"),
    [((), "none"), ((2023,), "some"), ((2022, 2023, 2024), "all"), ((2019,), "none")],
)
def test_accounts_are_counted_over_the_fiscal_years_that_have_lines(years, given):
    assert accounts_given(facts_with(), engagement(years)) == given


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("rate_without_product", ("product_id",)),
        ("vat_pairs", ("product_id",)),
        ("same_day_twice", ("doc_id",)),
    ],
)
def test_a_column_that_is_given_closes_its_blind_spot(name, columns):
    facts = replace(facts_with(), vat=(UNPRICED,))
    assert name in names(facts, accounts="none")
    given = replace(facts, columns={"transactions": columns})
    assert name not in names(given, accounts="none")


def test_prices_in_whole_cents_close_the_blind_spot_of_vat():
    priced = replace(UNPRICED, priced=100, whole=99)
    facts = replace(facts_with(), vat=(priced,))
    assert "rate_without_product" not in names(facts, accounts="none")


def test_a_wrong_figure_stays_a_blind_spot_even_where_prices_are_given():
    priced = replace(facts_with(), prices=PriceFacts("price"))
    assert "plausible_digit" in names(facts_with())
    assert "plausible_digit" in names(priced)


def test_repeated_lines_are_a_blind_spot_only_where_there_are_some():
    assert "repeated_lines" not in names(facts_with())
    repeated = facts_with(lines_with(duplicate_rows=1))
    assert "repeated_lines" in names(repeated)


def test_blind_spots_are_listed_with_what_would_show_them_and_never_all_at_once():
    frame = gaps.blind_spots_frame(facts_with(), engagement(()), Say("fr"))
    assert 0 < len(frame) < len(BLIND_SPOTS)
    assert len({spot.name for spot in BLIND_SPOTS}) == len(BLIND_SPOTS)
    assert frame["remedy"].str.endswith(".").all()
