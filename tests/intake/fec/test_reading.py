"""The files of a FEC: every way they are written, and the words for what is wrong with them."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from clientaudit.errors import AuditError
from clientaudit.intake.prepare import Prepared, prepare
from clientaudit.settings import load_engagement
from intake.fec.ledger import ENGAGEMENT, HEADINGS, audited, invoice, post, read, revenue, write_fec

SALE = invoice("VE 1", "2024-02-29", "CŒURS", 1234.5, CompAuxLib="Cœurs à 5 €")


def opened(home: Path, engagement: str = ENGAGEMENT) -> Prepared:
    (home / "engagement.yml").write_text(engagement, encoding="utf-8")
    return prepare(load_engagement(home / "engagement.yml"))


def refused(home: Path, lines: Sequence[dict[str, str]], **options: object) -> AuditError:
    write_fec(home / "1FEC20241231.txt", lines, **options)
    with pytest.raises(AuditError) as error:
        opened(home)
    return error.value


@pytest.mark.parametrize("separator", ["\t", "|", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "iso-8859-15"])
def test_separators_and_encodings_are_detected(
    tmp_path: Path, separator: str, encoding: str
) -> None:
    # Typographic quotes tell cp1252 from the norm's ISO 8859-15, which has none.
    name = "Cœurs à 5 €" + (" “net”" if encoding == "cp1252" else "")
    sale = [line | {"CompAuxLib": name if line["CompAuxNum"] else ""} for line in SALE]
    write_fec(tmp_path / "1FEC20241231.txt", sale, separator=separator, encoding=encoding)
    found = opened(tmp_path)
    assert read(found, "clients").name.tolist() == [name]
    assert revenue(found) == {"CŒURS": Decimal("1234.5")}


def test_amount_and_side_stand_for_debit_and_credit(tmp_path: Path) -> None:
    headings = [*HEADINGS[:11], "Montant", "Sens", *HEADINGS[13:]]
    for rank, (debit, credit) in enumerate((("D", "C"), ("+1", "-1"), ("d", "c"))):
        home = tmp_path / str(rank)
        home.mkdir()
        signed = [
            line | ({"Montant": line["Debit"], "Sens": debit} if line["Debit"] != "0,00" else
                    {"Montant": line["Credit"], "Sens": credit})
            for line in SALE
        ]  # fmt: skip
        write_fec(home / "1FEC20241231.txt", signed, headings=headings)
        assert revenue(opened(home)) == {"CŒURS": Decimal("1234.5")}


def test_each_year_may_be_written_in_its_own_way(tmp_path: Path) -> None:
    write_fec(tmp_path / "1FEC20241231.txt", SALE, separator="|", encoding="cp1252")
    dotted = [
        line | {side: line[side].replace(",", ".") for side in ("Debit", "Credit")}
        for line in invoice("VE 1", "2023-02-28", "CŒURS", 0.25)
    ]
    write_fec(tmp_path / "1FEC20231231.txt", dotted, headings=[*HEADINGS[::-1], "Extra"])
    found = opened(tmp_path)
    assert revenue(found) == {"CŒURS": Decimal("1234.75")}
    written = [(file.path, file.separator, file.decimal) for file in found.facts.files]
    assert written == [("1FEC20231231.txt", "\t", "."), ("1FEC20241231.txt", "|", ",")]


def test_the_way_other_exports_are_written_does_not_bind_the_accounts(tmp_path: Path) -> None:
    write_fec(tmp_path / "1FEC20241231.txt", SALE, encoding="utf-8")
    other = 'defaults: {encoding: cp1252, separator: ";", decimal: ".", date_format: "%d/%m/%Y"}\n'
    assert revenue(opened(tmp_path, ENGAGEMENT + other)) == {"CŒURS": Decimal("1234.5")}


def test_dates_written_otherwise_are_read_as_the_source_says(tmp_path: Path) -> None:
    sale = [line | {"EcritureDate": "29/02/2024", "PieceDate": "29/02/2024"} for line in SALE]
    write_fec(tmp_path / "1FEC20241231.txt", sale)
    found = opened(tmp_path, ENGAGEMENT + '    defaults: {date_format: "%d/%m/%Y"}\n')
    assert revenue(found) == {"CŒURS": Decimal("1234.5")}


def test_another_file_is_refused_with_the_columns_that_it_lacks(tmp_path: Path) -> None:
    error = refused(tmp_path, SALE, headings=["Client", "Date", "CompteNum", "Debit"])
    assert "1FEC20241231.txt: is no FEC: it lacks JournalCode, JournalLib" in error.message
    assert "Debit and Credit (or Montant and Sens)" in error.message
    assert "this file has Client, Date, CompteNum, Debit" in error.message


def test_one_missing_column_is_named(tmp_path: Path) -> None:
    error = refused(tmp_path, SALE, headings=[h for h in HEADINGS if h != "CompAuxNum"])
    assert "is no FEC: it lacks CompAuxNum." in error.message


def test_columns_that_nothing_needs_may_be_missing(tmp_path: Path) -> None:
    unused = ("ValidDate", "Montantdevise", "Idevise", "EcritureLib")
    write_fec(
        tmp_path / "1FEC20241231.txt", SALE, headings=[h for h in HEADINGS if h not in unused]
    )
    assert revenue(opened(tmp_path)) == {"CŒURS": Decimal("1234.5")}


def test_every_cell_that_cannot_be_read_is_told_with_its_place(tmp_path: Path) -> None:
    wrong = [
        post("VE 1", "2024-13-01", "411000 DUPONT", 10),
        post("VE 2", "2024-12-01", "411000 DUPONT", 10, PieceDate="31/31/24"),
        post("VE 3", "2024-12-01", "411000 DUPONT", 10) | {"Credit": "dix"},
        post("VE 4", "2024-12-01", "411000 DUPONT", 10) | {"CompteNum": ""},
        post("VE 5", "2024-12-01", "411000 DUPONT", 10) | {"EcritureNum": ""},
    ]
    error = refused(tmp_path, wrong)
    told = [str(fault).partition(" is ")[0] for fault in error.faults]
    assert told == [
        '1FEC20241231.txt, line 2, column "EcritureDate": "20241301"',
        '1FEC20241231.txt, line 3, column "PieceDate": "31/31/24"',
        '1FEC20241231.txt, line 4, column "Credit": "dix"',
        '1FEC20241231.txt, line 5, column "CompteNum":',
        '1FEC20241231.txt, line 6, column "EcritureNum":',
    ]
    assert error.counts["1FEC20241231.txt, EcritureDate"] == 1


def test_a_side_that_is_neither_debit_nor_credit_is_refused(tmp_path: Path) -> None:
    headings = [*HEADINGS[:11], "Montant", "Sens", *HEADINGS[13:]]
    wrong = [line | {"Montant": "10", "Sens": "X"} for line in SALE]
    error = refused(tmp_path, wrong, headings=headings)
    assert "is neither debit (D or +1) nor credit (C or -1)" in str(error)


def test_the_same_year_given_twice_is_refused(tmp_path: Path) -> None:
    write_fec(tmp_path / "copie FEC.txt", SALE)
    error = refused(tmp_path, SALE)
    assert "it is the same file. Give each fiscal year once." in str(error)


def test_years_that_overlap_are_refused_with_their_days(tmp_path: Path) -> None:
    write_fec(tmp_path / "FEC_a.txt", [*SALE, *invoice("VE 2", "2024-06-30", "X", 1)])
    error = refused(tmp_path, invoice("VE 3", "2024-06-30", "X", 1))
    assert (
        "1FEC20241231.txt (2024-06-30 to 2024-06-30): overlaps FEC_a.txt "
        "(2024-02-29 to 2024-06-30): they share days."
    ) in str(error)


def test_the_faults_of_every_file_come_at_once(tmp_path: Path) -> None:
    write_fec(tmp_path / "FEC_a.txt", SALE, headings=["A", "B"])
    write_fec(tmp_path / "FEC_b.txt", [])
    error = refused(tmp_path, SALE)
    assert len(error.faults) == 2
    assert "FEC_b.txt: holds no line below its heading" in str(error)


def test_a_label_may_hold_a_lone_quote(tmp_path: Path) -> None:
    lines = invoice("VE 1", "2024-02-29", "DUPONT", 10, EcritureLib='Tube 3/4"')
    assert revenue(audited(tmp_path, y2024=lines)) == {"DUPONT": Decimal("10")}


def test_quotes_are_signs_like_the_others(tmp_path: Path) -> None:
    lines = [
        *invoice("VE 1", "2024-02-29", "DUPONT", 10, EcritureLib='"Le Café" SARL'),
        *invoice("VE 2", "2024-02-29", "DUPONT", 5, EcritureLib='"'),
        *post_cash("VE 3"),
    ]
    found = audited(tmp_path, y2024=lines)
    assert revenue(found) == {"DUPONT": Decimal("15")}
    assert read(found, "rejected_rows").line.tolist() == [9]


def post_cash(entry: str) -> list[dict[str, str]]:
    cash = post(entry, "2024-02-29", "530000", 1)
    return [cash, post(entry, "2024-02-29", "707100", "", 1)]


def test_a_file_with_quotes_around_its_cells_is_read_as_a_csv(tmp_path: Path) -> None:
    quoted = [{k: f'"{v}"' for k, v in line.items()} for line in SALE]
    write_fec(tmp_path / "1FEC20241231.txt", quoted, separator=";")
    path = tmp_path / "1FEC20241231.txt"
    heading, _, rest = path.read_text(encoding="utf-8").partition("\n")
    text = ";".join(f'"{name}"' for name in heading.split(";")) + "\n" + rest
    path.write_text(text, encoding="utf-8", newline="")
    assert revenue(opened(tmp_path)) == {"CŒURS": Decimal("1234.5")}
