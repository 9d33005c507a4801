import duckdb
import pytest

from clientaudit.intake.proposal.evidence import Evidence, column_evidence, read_numbers
from clientaudit.intake.proposal.layout import Export
from clientaudit.intake.proposal.samples import Sample
from clientaudit.intake.reading.files import InputFile


def evidence(tmp_path, *cells: str) -> Evidence:
    file = InputFile(tmp_path / "x.csv", "x.csv", "", 0, "csv")
    export = Export(Sample(file), 1, ("x",), ("text",), [[cell] for cell in cells])
    return column_evidence(duckdb.connect(), export)["x"]


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["1,5", "2,25"], ","),
        (["1.5", "2.25"], "."),
        (["1 234,50 €", "(12,00)", "5,00-"], ","),
        (["1", "20"], ""),
        (["1,234", "5,678"], "?"),
        (["1,234", "5,67"], ","),
    ],
)
def test_the_decimal_mark_is_what_reads_every_number(tmp_path, cells, mark):
    found = evidence(tmp_path, *cells)
    assert (found.numbers, found.decimal) == (1.0, mark)


def test_numbers_are_counted_with_their_signs(tmp_path):
    found = evidence(tmp_path, "1,5", "-2", "3", "")
    assert (found.filled, found.negative, found.whole) == (3, 1 / 3, 2 / 3)
    assert found.largest == 3.0


@pytest.mark.parametrize(
    ("cells", "formats", "rival"),
    [
        (["31/01/2024", "01/02/2024"], ("%d/%m/%Y",), ""),
        (["01/31/2024", "02/01/2024"], ("%m/%d/%Y",), ""),
        (["03/04/2024", "05/06/2024"], ("%d/%m/%Y",), "%m/%d/%Y"),
        (["04/04/2024", "05/05/2024"], ("%d/%m/%Y",), ""),
        (["31/01/2024", "31/01/24"], ("%d/%m/%Y", "%d/%m/%y"), ""),
        (["31/01/2024", "01/31/2024", "03/04/2024"], ("%d/%m/%Y", "%m/%d/%Y"), "%m/%d/%Y"),
        (["20240131", "20240201"], ("%Y%m%d",), ""),
        (["2024-01-31 00:00:00", "2024-02-01 10:20:30"], ("%Y-%m-%d",), ""),
        (["3 janv. 2024", "15 févr. 2024"], ("%d %b %Y",), ""),
    ],
)
def test_a_date_that_can_be_read_in_two_ways_has_a_rival(tmp_path, cells, formats, rival):
    found = evidence(tmp_path, *cells)
    assert (found.dates, found.formats, found.rival) == (1.0, formats, rival)


def test_days_are_not_taken_for_years(tmp_path):
    days = [f"{day:02d}/{month:02d}/24" for day in range(1, 29) for month in range(1, 13)]
    found = evidence(tmp_path, *days, "30/11/24")
    assert (found.formats, found.rival) == (("%d/%m/%y",), "")
    found = evidence(tmp_path, *["/".join(reversed(day.split("/"))) for day in days], "24/11/30")
    assert (found.formats, found.rival) == (("%y/%m/%d",), "")


def test_text_is_neither_number_nor_date(tmp_path):
    found = evidence(tmp_path, "AB-12", "CD-13")
    assert (found.numbers, found.dates, found.distinct, found.length) == (0.0, 0.0, 2, 5)


def test_the_values_of_a_column_are_told_where_they_are_few(tmp_path):
    assert evidence(tmp_path, "F", "F", "A").values == (("F", 2), ("A", 1))
    assert evidence(tmp_path, *map(str, range(30))).values == ()


def test_numbers_are_read_with_the_mark_of_their_column():
    connection = duckdb.connect()
    assert read_numbers(connection, ["1,5", "x", "2"], ",") == {"1,5": 1.5, "2": 2.0}
