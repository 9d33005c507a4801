"""When invoices were paid, by the letters of the customer accounts, worked out by hand."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

from clientaudit.intake.prepare import Prepared
from intake.fec.ledger import audited, invoice, post, read, receipt


def opening(day: str, *items: tuple[str, str, float, str]) -> list[dict[str, str]]:
    """Customer accounts carried over item by item: client, document, amount, letter."""
    lines = [
        post("AN 1", day, f"411000 {client}", *((amount, "") if amount > 0 else ("", -amount)),
             PieceRef=piece, PieceDate=f"{int(day[:4]) - 1}1201", EcritureLet=letter)
        for client, piece, amount, letter in items
    ]  # fmt: skip
    total = sum(amount for _, _, amount, _ in items)
    return [*lines, post("AN 1", day, "110000", *(("", total) if total > 0 else (-total, "")))]


def paid(found: Prepared) -> dict[str, dt.date | None]:
    """Payment day by document."""
    rows = read(found, "payments")
    return {r.doc_id: r.paid_date or None for r in rows.itertuples()}


def why_not(found: Prepared) -> dict[str, int]:
    return {r.why: r.rows for r in found.facts.rules if r.table == "payments" and r.step == "drop"
            and r.rows}  # fmt: skip


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_an_invoice_is_paid_on_the_day_of_the_receipt_not_of_its_matching(tmp_path: Path) -> None:
    matched = {"EcritureLet": "A", "DateLet": "20240430"}
    found = audited(
        tmp_path,
        y2024=[
            invoice("VE 1", "2024-01-10", "DUPONT", 100, **matched),
            invoice("VE 2", "2024-02-10", "DUPONT", 50),
            receipt("BQ 1", "2024-03-05", "DUPONT", 120, "A"),
        ],
    )
    assert paid(found) == {"F1": day("2024-03-05"), "F2": None}
    amounts = read(found, "payments").set_index("doc_id").amount_incl_vat.to_dict()
    assert amounts == {"F1": Decimal("120"), "F2": Decimal("60")}


def test_the_same_letter_of_another_client_or_year_settles_nothing(tmp_path: Path) -> None:
    found = audited(
        tmp_path,
        y2023=[
            invoice("VE 1", "2023-01-10", "DUPONT", 100, EcritureLet="A"),
            receipt("BQ 1", "2023-02-01", "DUPONT", 120, "A"),
        ],
        y2024=[
            invoice("VE 2", "2024-01-10", "MARTIN", 100, EcritureLet="A"),
            receipt("BQ 1", "2024-01-20", "DUPONT", 120, "A"),
            invoice("VE 3", "2024-04-10", "PETIT", 10, EcritureLet="a"),
            receipt("BQ 2", "2024-04-20", "PETIT", 12, "A"),
        ],
    )
    assert paid(found) == {"F1": day("2023-02-01"), "F2": None, "F3": None}


def test_an_invoice_paid_in_parts_is_paid_with_the_last_of_them(tmp_path: Path) -> None:
    found = audited(
        tmp_path,
        y2024=[
            invoice("VE 1", "2024-01-10", "DUPONT", 100, EcritureLet="A"),
            receipt("BQ 2", "2024-05-05", "DUPONT", 70, "A"),
            receipt("BQ 1", "2024-03-05", "DUPONT", 50, "A"),
            invoice("VE 2", "2024-01-10", "MARTIN", 100, EcritureLet="a"),
            receipt("BQ 3", "2024-03-05", "MARTIN", 50, "a"),
        ],
    )
    assert paid(found) == {"F1": day("2024-05-05"), "F2": None}


def test_a_whole_account_matched_at_once_is_settled_oldest_first(tmp_path: Path) -> None:
    found = audited(
        tmp_path,
        y2024=[
            invoice("VE 1", "2024-01-10", "DUPONT", 100, EcritureLet="A"),
            invoice("VE 2", "2024-02-10", "DUPONT", 50, EcritureLet="A"),
            invoice("VE 3", "2024-02-10", "DUPONT", 10, EcritureLet="A"),
            receipt("BQ 1", "2024-03-05", "DUPONT", 120, "A"),
            receipt("BQ 2", "2024-04-05", "DUPONT", 60, "A"),
            receipt("BQ 3", "2024-05-05", "DUPONT", 12, "A"),
        ],
    )
    # The two invoices of one day are paid together: nothing tells which came first.
    assert paid(found) == {
        "F1": day("2024-03-05"),
        "F2": day("2024-05-05"),
        "F3": day("2024-05-05"),
    }


def test_a_credit_note_is_no_payment(tmp_path: Path) -> None:
    found = audited(
        tmp_path,
        y2024=[
            invoice("VE 1", "2024-01-10", "DUPONT", 100, EcritureLet="A"),
            receipt("BQ 1", "2024-02-20", "DUPONT", 96, "A"),
            invoice("VE 2", "2024-03-20", "DUPONT", -20, EcritureLet="A"),
            invoice("VE 3", "2024-01-10", "DUPONT", 30, EcritureLet="B"),
            invoice("VE 4", "2024-01-20", "DUPONT", -30, EcritureLet="B"),
        ],
    )
    assert paid(found) == {"F1": day("2024-02-20")}
    assert why_not(found) == {"invoice cancelled by a credit note": 1}


def test_a_payment_that_bounced_counts_when_it_came_for_good(tmp_path: Path) -> None:
    bounced = [
        post("BQ 2", "2024-02-25", "411000 DUPONT", 120, EcritureLet="A"),
        post("BQ 2", "2024-02-25", "512000", "", 120),
    ]
    found = audited(
        tmp_path,
        y2024=[
            invoice("VE 1", "2024-01-10", "DUPONT", 100, EcritureLet="A"),
            receipt("BQ 1", "2024-02-20", "DUPONT", 120, "A"),
            bounced,
            receipt("BQ 3", "2024-04-01", "DUPONT", 120, "A"),
        ],
    )
    assert paid(found) == {"F1": day("2024-04-01")}


def test_an_invoice_carried_over_is_paid_in_the_next_year_or_the_one_after(tmp_path: Path) -> None:
    found = audited(
        tmp_path,
        y2022=[
            invoice("VE 1", "2022-12-10", "DUPONT", 100),
            invoice("VE 2", "2022-12-11", "DUPONT", 50),
            receipt("BQ 1", "2022-12-20", "DUPONT", 20),
            invoice("VE 8", "2022-12-12", "DUPONT", 5),
            invoice("VE 9", "2022-01-12", "MARTIN", 5, EcritureLet="A"),
            receipt("BQ 2", "2022-02-20", "MARTIN", 6, "A"),
        ],
        y2023=[
            opening("2023-01-01", ("DUPONT", "F1", 120, "A"), ("DUPONT", "", -20, "A"),
                    ("DUPONT", "F2", 60, ""), ("DUPONT", "F8", 6, "")),
            receipt("BQ 1", "2023-02-10", "DUPONT", 100, "A"),
        ],
        y2024=[
            opening("2024-01-01", ("DUPONT", "F2", 60, "A"), ("DUPONT", "F8", 6, "")),
            receipt("BQ 1", "2024-03-10", "DUPONT", 60, "A"),
        ],
    )  # fmt: skip
    expected = {"F1": "2023-02-10", "F2": "2024-03-10", "F9": "2022-02-20"}
    assert paid(found) == {doc: day(text) for doc, text in expected.items()} | {"F8": None}
    assert why_not(found) == {}


def test_an_invoice_lost_from_view_at_the_year_end_is_left_out_not_called_open(
    tmp_path: Path,
) -> None:
    found = audited(
        tmp_path,
        y2023=[
            invoice("VE 1", "2023-12-10", "DUPONT", 100),
            invoice("VE 2", "2023-01-10", "MARTIN", 10, EcritureLet="A"),
            receipt("BQ 1", "2023-02-01", "MARTIN", 12, "A"),
        ],
        y2024=[opening("2024-01-01", ("DUPONT", "", 120, ""))],
    )
    assert paid(found) == {"F2": day("2023-02-01")}
    lost = "invoice open at the end of its year, not carried over under its number"
    assert why_not(found) == {lost: 1}


def test_a_letter_given_over_the_year_end_is_followed_where_the_sums_agree(tmp_path: Path) -> None:
    found = audited(
        tmp_path,
        y2023=[
            invoice("VE 1", "2023-12-10", "DUPONT", 100, EcritureLet="AB"),
            invoice("VE 2", "2023-12-10", "MARTIN", 100, EcritureLet="AB"),
        ],
        y2024=[
            receipt("BQ 1", "2024-01-20", "DUPONT", 120, "AB"),
            receipt("BQ 2", "2024-01-20", "MARTIN", 119, "AB"),
        ],
    )
    assert paid(found) == {"F1": day("2024-01-20")}


def test_the_day_of_matching_stands_in_where_no_receipt_is_in_the_files(tmp_path: Path) -> None:
    matched = {"EcritureLet": "A", "DateLet": "20240215"}
    found = audited(tmp_path, y2023=invoice("VE 1", "2023-12-10", "DUPONT", 100, **matched))
    assert paid(found) == {"F1": day("2024-02-15")}


def test_a_year_without_letters_says_nothing_of_its_payments(tmp_path: Path) -> None:
    found = audited(
        tmp_path,
        y2023=[invoice("VE 1", "2023-12-10", "DUPONT", 100), invoice("VE 2", "2023-02-10", "X", 5)],
        y2024=[
            opening("2024-01-01", ("DUPONT", "F1", 120, "A")),
            receipt("BQ 1", "2024-02-10", "DUPONT", 120, "A"),
            invoice("VE 3", "2024-02-10", "X", 5),
        ],
    )
    assert paid(found) == {"F3": None}
    assert why_not(found) == {"year without matched customer accounts": 2}


def test_accounts_that_match_nothing_give_no_payments_at_all(tmp_path: Path) -> None:
    found = audited(tmp_path, y2024=invoice("VE 1", "2024-12-10", "DUPONT", 100))
    assert found.path("payments") is None
    assert "payments" not in found.facts.columns


def test_an_invoice_due_in_parts_is_one_payment_and_paid_with_its_last_part(
    tmp_path: Path,
) -> None:
    parts = [
        post("VE 1", "2024-01-10", "411000 DUPONT", 60, PieceRef="F1", EcritureLet="A"),
        post("VE 1", "2024-01-10", "411000 DUPONT", 60, PieceRef="F1", EcritureLet="B"),
        post("VE 1", "2024-01-10", "707100", "", 120, PieceRef="F1"),
    ]
    found = audited(
        tmp_path,
        y2024=[
            parts,
            receipt("BQ 1", "2024-02-10", "DUPONT", 60, "A"),
            receipt("BQ 2", "2024-03-10", "DUPONT", 60, "B"),
        ],
    )
    assert paid(found) == {"F1": day("2024-03-10")}
    assert read(found, "payments").amount_incl_vat.tolist() == [Decimal("120")]
