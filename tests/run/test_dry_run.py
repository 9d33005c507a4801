import pytest

from clientaudit.intake.facts import FileFact
from clientaudit.run import dry_run
from clientaudit.run.dry_run import aligned


def test_numbers_stand_to_the_right_and_nothing_is_cut():
    rows = [("a", "1,234", "long " * 40), ("bb", "5", "")]
    assert aligned(["x", "rows", "y"], rows) == (
        "x    rows  y\n" + "a   1,234  " + ("long " * 40).rstrip() + "\nbb      5"
    )


@pytest.mark.parametrize("cell", ["", "a", "1a"])
def test_a_column_with_words_or_nothing_stands_to_the_left(cell):
    assert aligned(["heading"], [[cell]]) == f"heading\n{cell}".rstrip() + ("" if cell else "\n")


@pytest.mark.parametrize(
    ("name", "read_as"),
    [
        ("v.csv.gz", "encoding cp1252, separator ;, decimal ,, date_format %d/%m/%Y"),
        ("v.xlsx", "decimal ,, date_format %d/%m/%Y"),
    ],
)
def test_a_workbook_has_no_encoding_and_no_separator(name, read_as):
    file = FileFact(name, "payments", "0" * 64, 10, 5, "cp1252", ";", ",", "%d/%m/%Y", ())
    assert dry_run._file_row(file) == (name, "payments", "5", read_as)
