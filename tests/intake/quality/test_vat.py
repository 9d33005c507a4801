"""VAT among amounts that should exclude it: seen by the cents of unit prices, and by pairs."""

from pathlib import Path

import duckdb
import pytest

from clientaudit.intake.quality.vat_checks import included_vat, shows_vat
from clientaudit.intake.quality.vat_facts import VatFacts, vat_facts
from clientaudit.text import Say
from intake.quality.test_scale_facts import lines_of

COLUMNS = ("client_id", "date", "doc_id", "product_id", "quantity", "discount_pct", "amount_net")
FILES = ("y22.csv", "y23.csv")


def facts_of(folder: Path, rows: list[dict], columns=COLUMNS) -> tuple[VatFacts, ...]:
    with duckdb.connect() as connection:
        return vat_facts(connection, lines_of(folder, rows), columns)


def part(**counts: object) -> VatFacts:
    plain = {"file": 0, "year": 2024, "rows": 100, "paired": 0, "priced": 100, "whole": 100}
    return VatFacts(**(plain | {"whole_without": (10, 8, 7)} | counts))


def told(*parts: VatFacts) -> tuple[str, str]:
    finding = included_vat(parts, FILES).finding
    return finding.verdict, finding.say(Say("en"))


def test_a_unit_price_is_whole_once_its_vat_is_taken_off(tmp_path):
    rows = [{"quantity": 40, "amount_net": amount} for amount in (494.80, 593.76, 544.28, 522.01)]
    (found,) = facts_of(tmp_path, rows)  # 40 x 12.37, and with 20 %, 10 % and 5.5 %
    assert (found.rows, found.priced, found.whole, found.whole_without) == (4, 4, 1, (1, 1, 1))


def test_a_discount_is_taken_off_the_price_first(tmp_path):
    rows = [{"quantity": 7, "discount_pct": 10, "amount_net": 77.93}]  # 7 x 12.37 x 0.9
    (found,) = facts_of(tmp_path, rows)
    assert found.whole == 1
    (blind,) = facts_of(tmp_path, rows, [name for name in COLUMNS if "disc" not in name])
    assert blind.whole == 0


@pytest.mark.parametrize("quantity", [1, 4, 2.5, 12.5, 2000])
def test_few_units_and_parts_of_one_tell_nothing(tmp_path, quantity):
    (found,) = facts_of(tmp_path, [{"quantity": quantity, "amount_net": 90}])
    assert (found.rows, found.priced, found.whole_without) == (1, 0, (0, 0, 0))


def test_a_line_with_and_one_without_vat_are_a_pair(tmp_path):
    pair = [{"amount_net": 33.33}, {"amount_net": 40.00}]
    credit = [{"amount_net": -10, "product_id": "Q"}, {"amount_net": -11, "product_id": "Q"}]
    repeated = [{"amount_net": 0.02, "product_id": "R"}] * 2
    others = [{"amount_net": 10, "doc_id": doc, "product_id": "S"} for doc in ("F2", "F3")]
    alone = [{"amount_net": 12, "product_id": product} for product in ("T", "U")]
    (found,) = facts_of(tmp_path, pair + credit + repeated + others + alone)
    assert (found.rows, found.paired) == (10, 4)


def test_without_quantities_no_price_is_looked_at(tmp_path):
    (found,) = facts_of(tmp_path, [{"quantity": 9, "amount_net": 90}], ("client_id", "amount_net"))
    assert (found.priced, found.whole, found.whole_without) == (0, 0, (0, 0, 0))


def test_each_file_and_year_is_told_apart(tmp_path):
    rows = [{"_file": 1}, {"_file": 0}, {"date": "2023-12-31"}]
    found = facts_of(tmp_path, rows)
    assert [(p.file, p.year) for p in found] == [(0, 2023), (0, 2024), (1, 2024)]


def test_amounts_that_include_vat_are_named_with_the_rate():
    verdict, sentence = told(part(), part(file=1, whole=20, whole_without=(15, 97, 12)))
    assert verdict == "FLAG"
    assert sentence.startswith("The unit prices of y23.csv (2024) are whole cents only once a VAT ")
    assert "10%" in sentence


def test_lines_in_pairs_are_named():
    verdict, sentence = told(part(paired=60))
    assert verdict == "FLAG"
    assert sentence.startswith("Most lines of y22.csv (2024) stand twice in their document, ")


@pytest.mark.parametrize(
    "counts",
    [
        {},
        {"whole": 90, "whole_without": (90, 20, 10)},  # prices of 1.20: whole with and without
        {"whole": 15, "whole_without": (20, 10, 10)},  # prices of four decimals
        {"priced": 39, "whole": 2, "whole_without": (39, 2, 2)},  # too few
        {"paired": 49},
    ],
)
def test_prices_that_say_nothing_raise_no_alarm(counts):
    assert told(part(**counts)) == ("PASS", "Nothing in the amounts looks like VAT.")


def test_vat_may_hide_where_prices_are_no_whole_cents():
    assert shows_vat([part(), part(whole=5, whole_without=(95, 5, 5))])
    assert not shows_vat([part(), part(whole=15)])
    assert not shows_vat([part(), part(priced=39)])
