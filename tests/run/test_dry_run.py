import pytest

from clientaudit.run.dry_run import aligned


def test_numbers_stand_to_the_right_and_nothing_is_cut():
    rows = [("a", "1,234", "long " * 40), ("bb", "5", "")]
    assert aligned(["x", "rows", "y"], rows) == (
        "x    rows  y\n" + "a   1,234  " + ("long " * 40).rstrip() + "\nbb      5"
    )


@pytest.mark.parametrize("cell", ["", "a", "1a"])
def test_a_column_with_words_or_nothing_stands_to_the_left(cell):
    assert aligned(["heading"], [[cell]]) == f"heading\n{cell}".rstrip() + ("" if cell else "\n")
