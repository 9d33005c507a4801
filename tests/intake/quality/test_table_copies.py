"""Side tables of which a file was sent twice."""

import pytest

from clientaudit.intake.quality.table_copies import TableCopy, table_copies, table_copies_check
from clientaudit.text import Say
from intake.mapping_factory import Firm

HEADING = "Client;Date;Sens"
COLUMNS = {"client_id": "Client", "date": "Date", "direction": "Sens"}
JANUARY = [f"C{i};0{i + 1}/01/2024;out" for i in range(6)]
FEBRUARY = [f"C{i};0{i + 1}/02/2024;out" for i in range(6)]


def copies(folder, **files: list[str]) -> tuple[TableCopy, ...]:
    firm = Firm(folder)
    for name, rows in files.items():
        firm.write(f"{name}.csv", HEADING, *rows)
    table = firm.map({"files": "*.csv", "columns": COLUMNS}, table="contacts")
    return table_copies(firm.connection, table)


def test_a_file_that_stands_there_twice_is_found(tmp_path):
    found = copies(tmp_path, a=JANUARY, b=FEBRUARY, b_copy=FEBRUARY[::-1])
    assert found == (TableCopy("contacts", "b_copy.csv", 6, 6),)


def test_a_file_of_which_another_holds_half_is_found(tmp_path):
    assert copies(tmp_path, a=[*JANUARY, *FEBRUARY[:3]], b=FEBRUARY) == (
        TableCopy("contacts", "b.csv", 3, 6),
    )


@pytest.mark.parametrize(
    "files",
    [
        {"a": JANUARY, "b": FEBRUARY},
        {"a": JANUARY, "b": [*FEBRUARY, JANUARY[0]]},
        {"a": JANUARY[:2], "b": JANUARY[:2]},
        {"a": [*JANUARY, *JANUARY]},
        {"a": JANUARY[:1], "b": [JANUARY[0]] * 2 + FEBRUARY},
    ],
    ids=["other rows", "one row", "two rows", "within one file", "once in the other"],
)
def test_files_of_rows_of_their_own_are_no_copies(tmp_path, files):
    assert copies(tmp_path, **files) == ()


def test_the_lines_are_no_business_of_this_check(tmp_path):
    firm = Firm(tmp_path)
    for name in ("a", "b"):
        firm.write(f"{name}.csv", "Client;Date;Montant", *[f"C{i};01/02/2024;1" for i in range(5)])
    lines = {"client_id": "Client", "date": "Date", "amount_net": "Montant"}
    table = firm.map({"files": "*.csv", "columns": lines})
    assert table_copies(firm.connection, table) == ()


def test_a_copy_is_flagged_with_its_name():
    check = table_copies_check([TableCopy("payments", "reglements (1).csv", 900, 900)])
    assert check.finding.verdict == "FLAG"
    assert check.finding.say(Say("en")).startswith(
        "900 rows of reglements (1).csv stand in another file of the same table"
    )
    assert table_copies_check([]).finding.verdict == "PASS"
