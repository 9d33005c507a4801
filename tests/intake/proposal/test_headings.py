import pytest

from clientaudit.intake.proposal.coded_values import VALUES
from clientaudit.intake.proposal.headings import name_scores, names_a_table, shown, words
from clientaudit.intake.proposal.line_headings import LINES
from clientaudit.intake.proposal.matching import HELPERS
from clientaudit.intake.proposal.vocabulary import HEADINGS
from clientaudit.intake.proposal.words import FILE_NAMES, NAMED_ONLY
from clientaudit.schema import TABLES


def best(table: str, heading: str) -> str:
    scores = name_scores(table, heading)
    return max(scores, key=scores.__getitem__, default="")


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("Code client", "client_id"),
        ("N° Client", "client_id"),
        ("CLIENT_ID", "client_id"),
        ("Sell-to Customer No.", "client_id"),
        ("Nº de facture", "doc_id"),
        ("Numéro du document", "doc_id"),
        ("DO_Piece", "doc_id"),
        ("Date de la facture", "date"),
        ("DATE_FACT", ""),
        ("InvoiceDate", "date"),
        ("C.A. H.T.", "amount_net"),
        ("Montant H.T. (€)", "amount_net"),
        ("Total HT (k€)", "amount_net"),
        ("Total TTC", "amount_incl_vat"),
        ("DL_PrixRU", "unit_cost"),
        ("FA_CodeFamille", "product_family"),
        ("Articles", "product_id"),
        ("Quantités", "quantity"),
        ("Remise (%)", "discount_pct"),
        ("Remise (0 à 100)", "discount_pct"),
        ("Unit Cost (LCY)", "unit_cost"),
    ],
)
def test_a_heading_names_its_column_whatever_its_writing(heading, column):
    scores = name_scores("transactions", heading)
    found = best("transactions", heading)
    assert found == column or (not column and max(scores.values(), default=0) < 1)


def test_other_words_around_a_name_weaken_it():
    assert name_scores("transactions", "Date facture")["date"] == 1.0
    assert name_scores("transactions", "Date de naissance")["date"] == 0.5
    assert "client_id" not in name_scores("transactions", "Order ID")
    assert name_scores("transactions", "7 * 7 PU") == {"unit_price": 0.5}


def test_a_name_of_the_second_choice_yields_to_one_of_the_first():
    first, second = (name_scores("clients", h)["client_id"] for h in ("Code client", "Code"))
    assert first > second


@pytest.mark.parametrize("table", HEADINGS)
def test_the_vocabulary_names_every_column_of_the_schema_and_no_other(table):
    known = {column.name for column in TABLES[table].columns}
    assert set(HEADINGS[table]) - known <= set(HELPERS)
    assert known <= set(HEADINGS[table])


def test_every_canonical_table_has_its_headings():
    assert set(HEADINGS) == set(TABLES)


@pytest.mark.parametrize("name", VALUES)
def test_the_values_of_the_vocabulary_are_those_of_the_schema(name):
    table, column = name.split(".")
    known = TABLES[table].column(column)
    assert set(VALUES[name]) <= set(known.values or ("true", "false"))


def test_every_table_that_is_recognised_has_names_of_files():
    assert set(FILE_NAMES) == set(HEADINGS)
    assert set(NAMED_ONLY) <= set(FILE_NAMES)


def test_no_name_of_an_invoice_line_means_two_columns_at_first_choice():
    seen: dict[tuple[str, ...], str] = {}
    for column, names in LINES.items():
        for name in names.split(">")[0].split(","):
            other = seen.setdefault(words(name), column)
            assert {column, other} <= {column} or {column, other} in SHARED, name


# The values tell these apart, or the required column takes the heading first.
SHARED = [{"delivered_date", "date"}, {"rep_id", "channel"}]


def test_a_file_is_known_by_how_a_word_of_its_name_begins():
    assert names_a_table(FILE_NAMES["payments"], "export_reglements_2024.xlsx")
    assert not names_a_table(FILE_NAMES["payments"], "ventes_2024.csv")


def test_what_is_shown_of_a_heading_is_one_short_line_of_plain_signs():
    assert shown("a\n\x1b[31mb\u202e") == "a \ufffd[31mb\ufffd"
    assert len(shown("x" * 500)) == 60
