"""Class 70 goes to the customers of its entries: small accounts written and worked out by hand."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

from intake.fec.ledger import audited, invoice, post, read, receipt, revenue


def D(text: str) -> Decimal:
    return Decimal(text)


def test_a_sale_is_the_revenue_lines_of_its_entry_without_vat(tmp_path: Path) -> None:
    sale = [
        post("VE 1", "2024-03-05", "411000 DUPONT", 360, PieceRef="F1", PieceDate="20240229"),
        post("VE 1", "2024-03-05", "707100", "", 100, PieceRef="F1", CompteLib="Poignées"),
        post("VE 1", "2024-03-05", "707200", "", 200, PieceRef="F1", CompteLib="Serrures"),
        post("VE 1", "2024-03-05", "445710", "", 60, PieceRef="F1"),
    ]
    lines = read(audited(tmp_path, y2024=sale), "lines")
    found = lines[["client_id", "doc_id", "doc_type", "product_family", "amount_net"]]
    assert sorted(found.itertuples(index=False, name=None)) == [
        ("DUPONT", "F1", "invoice", "Poignées", D("100")),
        ("DUPONT", "F1", "invoice", "Serrures", D("200")),
    ]


def test_the_day_of_a_sale_is_that_of_the_document_else_of_the_entry(tmp_path: Path) -> None:
    late = invoice("VE 1", "2024-03-31", "DUPONT", 100, PieceDate="20240305")
    bare = invoice("VE 2", "2024-03-31", "DUPONT", 10, PieceDate="")
    lines = read(audited(tmp_path, y2024=[late, bare]), "lines")
    assert sorted(lines.date) == [dt.date(2024, 3, 5), dt.date(2024, 3, 31)]


def test_a_sale_without_document_number_bears_that_of_its_entry(tmp_path: Path) -> None:
    found = audited(tmp_path, y2024=invoice("VE 17", "2024-03-31", "DUPONT", 100, PieceRef=""))
    assert read(found, "lines").doc_id.tolist() == ["VE-17"]
    assert read(found, "clients").client_id.tolist() == ["DUPONT"]


def test_a_document_below_zero_is_a_credit_note_and_a_discount_line_is_not(tmp_path: Path) -> None:
    discounted = [
        post("VE 2", "2024-02-01", "411000 DUPONT", 90),
        post("VE 2", "2024-02-01", "707100", "", 100),
        post("VE 2", "2024-02-01", "707100", 10, ""),
    ]
    found = audited(tmp_path, y2024=[invoice("VE 1", "2024-01-31", "DUPONT", -40), discounted])
    lines = read(found, "lines")
    typed = sorted(zip(lines.doc_type, lines.amount_net, strict=True))
    assert typed == [("credit_note", D("-40")), ("invoice", D("-10")), ("invoice", D("100"))]


def test_year_end_rebates_are_negative_lines_of_their_own_type_without_family(
    tmp_path: Path,
) -> None:
    rebate = [
        post("OD 1", "2024-12-31", "709700", 50),
        post("OD 1", "2024-12-31", "445710", 10),
        post("OD 1", "2024-12-31", "411000 DUPONT", "", 60),
    ]
    found = audited(tmp_path, y2024=[invoice("VE 1", "2024-01-31", "DUPONT", 1000), rebate])
    lines = read(found, "lines").set_index("doc_type")
    assert lines.loc["rebate", "amount_net"] == D("-50")
    assert lines.product_family.isna().to_dict() == {"invoice": False, "rebate": True}
    days = read(found, "occasions").set_index("date").is_purchase
    assert days[dt.date(2024, 1, 31)]
    assert not days[dt.date(2024, 12, 31)]
    assert revenue(found) == {"DUPONT": D("950")}


def test_an_account_without_auxiliary_is_the_client_itself(tmp_path: Path) -> None:
    sale = [
        post("VE 1", "2024-03-05", "411DUP", 120, CompteLib="Dupont et Fils"),
        post("VE 1", "2024-03-05", "707100", "", 100),
        post("VE 1", "2024-03-05", "445710", "", 20),
    ]
    found = audited(tmp_path, y2024=[sale, invoice("VE 2", "2024-03-05", "0042", 30)])
    assert revenue(found) == {"411DUP": D("100"), "0042": D("30")}
    names = read(found, "clients").set_index("client_id").name.to_dict()
    assert names == {"411DUP": "Dupont et Fils", "0042": "0042"}


def test_a_client_bears_the_latest_name_that_is_filled(tmp_path: Path) -> None:
    sales = [
        invoice("VE 1", "2024-01-05", "D", 10, CompAuxLib="Dupont"),
        invoice("VE 2", "2024-02-05", "D", 10, CompAuxLib="Dupont SAS"),
        invoice("VE 3", "2024-03-05", "D", 10, CompAuxLib=""),
    ]
    assert read(audited(tmp_path, y2024=sales), "clients").name.tolist() == ["Dupont SAS"]


def test_entry_numbers_are_unique_within_a_journal_and_a_year_only(tmp_path: Path) -> None:
    found = audited(
        tmp_path,
        y2023=invoice("VE 1", "2023-05-05", "DUPONT", 100),
        y2024=[
            invoice("VE 1", "2024-05-05", "MARTIN", 200),
            receipt("BQ 1", "2024-05-06", "DUPONT", 120),
            [
                post("OD 1", "2024-06-30", "411000 PETIT", 36),
                post("OD 1", "2024-06-30", "708800", "", 36),
            ],
        ],
    )
    assert revenue(found) == {"DUPONT": D("100"), "MARTIN": D("200"), "PETIT": D("36")}


def test_numbers_that_begin_again_each_month_are_several_entries(tmp_path: Path) -> None:
    months = [
        invoice("VE 1", "2024-01-31", "DUPONT", 100, PieceRef=""),
        invoice("VE 1", "2024-02-29", "MARTIN", 50, PieceRef=""),
    ]
    assert revenue(audited(tmp_path, y2024=months)) == {"DUPONT": D("100"), "MARTIN": D("50")}


def test_invoices_posted_under_one_number_are_told_apart_by_their_document(
    tmp_path: Path,
) -> None:
    batch = [
        invoice("VE 1", "2024-01-31", "DUPONT", 100, PieceRef="F1"),
        invoice("VE 1", "2024-01-31", "MARTIN", 50, PieceRef="F2"),
        invoice("VE 1", "2024-01-31", "MARTIN", -5, PieceRef="A1"),
    ]
    found = audited(tmp_path, y2024=batch)
    assert revenue(found) == {"DUPONT": D("100"), "MARTIN": D("45")}
    assert set(read(found, "lines").doc_id) == {"F1", "F2", "A1"}


def test_document_numbers_decide_where_vat_is_posted_in_one_line(tmp_path: Path) -> None:
    batch = [
        post("VE 1", "2024-01-31", "411000 DUPONT", 120, PieceRef="F1"),
        post("VE 1", "2024-01-31", "411000 MARTIN", 55, PieceRef="F2"),
        post("VE 1", "2024-01-31", "707100", "", 100, PieceRef="F1"),
        post("VE 1", "2024-01-31", "707100", "", 50),
        post("VE 1", "2024-01-31", "445710", "", 25),
    ]
    assert revenue(audited(tmp_path, y2024=batch)) == {"DUPONT": D("100"), "MARTIN": D("50")}


def test_without_document_numbers_revenue_is_shared_by_what_each_owes(tmp_path: Path) -> None:
    batch = [
        post("VE 1", "2024-01-31", "411000 DUPONT", 120),
        post("VE 1", "2024-01-31", "411000 MARTIN", 60),
        post("VE 1", "2024-01-31", "411000 PETIT", "", 12),
        post("VE 1", "2024-01-31", "707100", "", 150),
        post("VE 1", "2024-01-31", "707100", 10, ""),
        post("VE 1", "2024-01-31", "445710", "", 28),
    ]
    found = audited(tmp_path, y2024=batch)
    assert revenue(found) == {"DUPONT": D("100"), "MARTIN": D("50"), "PETIT": D("-10")}


def test_no_cent_of_a_shared_entry_is_lost_and_equals_are_treated_equally(tmp_path: Path) -> None:
    def shared(entry: str, owed: dict[str, float], net: float) -> list[dict[str, str]]:
        customers = [post(entry, "2024-01-31", f"411000 {c}", a) for c, a in owed.items()]
        vat = post(entry, "2024-01-31", "445710", "", sum(owed.values()) - net)
        return [*customers, post(entry, "2024-01-31", "707100", "", net), vat]

    found = audited(
        tmp_path,
        y2024=[
            shared("VE 1", {"A": 60, "B": 36, "C": 24.01}, 100.01),  # 50.0008, 30.0005, 20.0087
            shared("VE 2", {"D": 40, "E": 40, "F": 40}, 100),  # a cent that three cannot share
        ],
    )
    got = revenue(found)
    assert {c: got[c] for c in "ABC"} == {"A": D("50"), "B": D("30"), "C": D("20.01")}
    assert {c: got[c] for c in "DEF"} == {"D": D("33.33"), "E": D("33.33"), "F": D("33.33")}
    assert found.facts.fec is not None
    assert found.facts.fec.years[0].set_aside == {"shared": D("0.01")}


def test_opening_entries_are_no_sales_even_under_the_number_of_one(tmp_path: Path) -> None:
    opening = [
        post("AN 1", "2024-01-01", "411000 DUPONT", 500, PieceRef="F9"),
        post("AN 1", "2024-01-01", "110000", "", 500),
        post("RAN 2", "2024-01-01", "411000 MARTIN", 7, JournalLib="Report à nouveau"),
        post("RAN 2", "2024-01-01", "707100", "", 7, JournalLib="Report à nouveau"),
    ]
    found = audited(tmp_path, y2024=[opening, invoice("VE 1", "2024-02-01", "DUPONT", 100)])
    assert revenue(found) == {"DUPONT": D("100")}
    assert found.facts.fec is not None
    assert found.facts.fec.years[0].set_aside == {"opening": D("7")}


def test_a_sales_journal_called_an_is_no_opening_journal(tmp_path: Path) -> None:
    sale = invoice("AN 1", "2024-02-01", "DUPONT", 100, JournalLib="Ventes Annecy")
    assert revenue(audited(tmp_path, y2024=sale)) == {"DUPONT": D("100")}


def test_what_stands_against_no_customer_is_set_aside_by_reason(tmp_path: Path) -> None:
    def entry(number: str, account: str, net: float) -> list[dict[str, str]]:
        sides = (net, "") if net > 0 else ("", -net)
        return [
            post(number, "2024-12-31", account, *sides),
            post(number, "2024-12-31", "707100", *sides[::-1]),
        ]

    found = audited(
        tmp_path,
        y2024=[
            invoice("VE 1", "2024-02-01", "DUPONT", 1000),
            entry("VE 2", "530000", 12.34),
            entry("VE 3", "512000", 0.66),
            entry("OD 1", "418100", 40),
            entry("OD 2", "487000", -5),
            entry("OD 3", "467000", 3),
            entry("OD 4", "120000", -8),
        ],
    )
    assert found.facts.fec is not None
    (year,) = found.facts.fec.years
    assert year.set_aside == {
        "cash": D("13"), "accrued": D("35"), "other": D("3"), "closing": D("-8"),
    }  # fmt: skip
    assert (year.class_70, year.clients) == (D("1043"), D("1000"))
    rejected = read(found, "rejected_rows")
    assert rejected.table.tolist() == ["transactions"] * 6
    assert rejected.why.nunique() == 4
    dropped = {r.why: r.rows for r in found.facts.rules if r.step == "drop" and r.rows}
    assert dropped["sale paid at once, on no customer account"] == 2


def test_an_invoice_to_be_issued_comes_and_goes_without_touching_its_client(
    tmp_path: Path,
) -> None:
    accrual = [
        post("OD 1", "2023-12-31", "418100 DUPONT", 120),
        post("OD 1", "2023-12-31", "707100", "", 100),
        post("OD 1", "2023-12-31", "445870", "", 20),
    ]
    reversal = [
        post("OD 1", "2024-01-01", "418100 DUPONT", "", 120),
        post("OD 1", "2024-01-01", "707100", 100),
        post("OD 1", "2024-01-01", "445870", 20),
    ]
    found = audited(
        tmp_path,
        y2023=[invoice("VE 1", "2023-06-01", "DUPONT", 7), accrual],
        y2024=[reversal, invoice("VE 1", "2024-01-15", "DUPONT", 100)],
    )
    assert revenue(found) == {"DUPONT": D("107")}
    assert found.facts.fec is not None
    aside = [year.set_aside for year in found.facts.fec.years]
    assert aside == [{"accrued": D("100")}, {"accrued": D("-100")}]


def test_equal_lines_of_one_invoice_are_no_duplicates_and_an_invoice_booked_twice_is(
    tmp_path: Path,
) -> None:
    pair = [
        post("VE 1", "2024-03-05", "411000 DUPONT", 20, PieceRef="F1"),
        post("VE 1", "2024-03-05", "707100", "", 10, PieceRef="F1"),
        post("VE 1", "2024-03-05", "707200", "", 10, PieceRef="F1"),
    ]
    again = [line | {"EcritureNum": "2"} for line in pair]
    once = audited(tmp_path, y2024=pair)
    assert once.facts.lines.duplicate_rows == 0
    assert audited(tmp_path, y2024=[pair, again]).facts.lines.duplicate_rows == 2


def test_purchases_wages_and_other_income_are_not_class_70(tmp_path: Path) -> None:
    noise = [
        post("OD 1", "2024-03-05", "411000 DUPONT", 50),
        post("OD 1", "2024-03-05", "775000", "", 50),
        post("OD 2", "2024-03-05", "607000", 30),
        post("OD 2", "2024-03-05", "401000 F1", "", 30),
    ]
    found = audited(tmp_path, y2024=[noise, invoice("VE 1", "2024-04-01", "DUPONT", 100)])
    assert revenue(found) == {"DUPONT": D("100")}
    assert found.facts.fec is not None
    assert found.facts.fec.class_70 == D("100")
