"""Days to pay and class 70 as report 00 says them, over tables small enough to count by hand."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import ibis
import pandas as pd
import pytest
from ibis.expr.types import Table

from clientaudit.analyses.intake.payments import (
    class_70_frame,
    payments_findings,
    payments_frame,
    payments_table,
)
from clientaudit.intake.fec.facts import FecFacts, FecYear

AS_OF = dt.date(2025, 12, 31)


def payments(*rows: tuple[str, str, int | None], due: int | None = None) -> Table:
    """client, day of invoice, days to pay; each of 100 euros; due after so many days."""
    frame = pd.DataFrame(rows, columns=["client_id", "invoice_date", "days"])
    frame["invoice_date"] = pd.to_datetime(frame["invoice_date"])
    frame["paid_date"] = frame["invoice_date"] + pd.to_timedelta(frame["days"], unit="D")
    if due is not None:
        frame["due_date"] = frame["invoice_date"] + pd.to_timedelta(due, unit="D")
    table = ibis.memtable(frame.drop(columns="days"))
    dates = [name for name in table.columns if name.endswith("_date")]
    return table.mutate(
        **{name: table[name].cast("date") for name in dates},
        amount_incl_vat=ibis.literal(Decimal(100)),
    )


def findings(table: Table | None, **options: Any) -> dict[str, Any]:
    found = payments_findings(table, as_of=AS_OF, **({"min_cell": 1} | options))
    return {finding.key.partition(".")[2]: finding for finding in found}


def test_a_payment_after_the_cut_off_date_is_not_known_yet() -> None:
    table = payments(("A", "2025-12-01", 20), ("A", "2025-12-01", 40), ("A", "2026-01-01", 1))
    known = payments_table(table, as_of=AS_OF)
    assert known is not None
    assert sorted(known.days_to_pay.execute().fillna(-1)) == [-1, 20]


def test_an_open_invoice_counts_as_not_paid_yet() -> None:
    by_year = payments_frame(
        payments(("A", "2024-01-01", 10), ("B", "2024-02-01", 30), ("C", "2024-03-01", None),
                 ("A", "2025-01-01", None), ("B", "2025-01-01", None), ("C", "2025-01-01", 5)),
        as_of=AS_OF,
    )  # fmt: skip
    assert by_year.paid_count.tolist() == [2, 1]
    assert by_year.open_amount.tolist() == [100, 200]
    assert by_year.median_days[0] == 30
    assert pd.isna(by_year.median_days[1])


def test_the_median_leaves_young_invoices_out_and_says_over_how_many() -> None:
    old = [("ABCDE"[i % 5], f"2025-0{1 + i % 5}-01", 30 + i % 3) for i in range(20)]
    young = [("F", "2025-12-01", 2)] * 50
    finding = findings(payments(*old, *young))["days_to_pay"]
    assert (finding.values["median"], finding.n, finding.values["clients"]) == (31, 20, 5)
    assert finding.interval == (finding.values["low"], finding.values["high"])


def test_a_median_beyond_what_is_known_is_not_given() -> None:
    rows = [("ABCDE"[i % 5], "2025-01-01", None) for i in range(10)]
    finding = findings(payments(*rows, ("A", "2025-01-01", 3)))["days_to_pay"]
    assert "not known" in finding.sentence


def test_too_few_clients_give_no_median() -> None:
    finding = findings(payments(("A", "2025-01-01", 3)), min_cell=5)["days_to_pay"]
    assert finding.verdict == "REFUSE"


def test_late_is_what_was_paid_or_is_still_open_after_its_due_date() -> None:
    table = payments(("A", "2025-01-01", 30), ("A", "2025-01-01", 31), ("B", "2025-11-01", None),
                     ("B", "2025-12-15", None), due=30)  # fmt: skip
    assert findings(table)["late_invoices"].values == {
        "late": 2, "due": 3, "share": pytest.approx(2 / 3),
    }  # fmt: skip


def test_without_due_dates_lateness_is_refused_and_terms_are_asked_for() -> None:
    finding = findings(payments(("A", "2025-01-01", 30)))["late_invoices"]
    assert finding.verdict == "REFUSE"
    assert "payment terms" in finding.sentence


def test_without_payments_the_section_says_what_to_ask_for() -> None:
    assert payments_frame(None, as_of=AS_OF).empty
    found = findings(None)
    assert list(found) == ["days_to_pay"]
    assert found["days_to_pay"].verdict == "REFUSE"


def test_paid_and_open_amounts_add_up() -> None:
    values = findings(payments(("A", "2025-01-01", 3), ("A", "2025-01-01", None)))[
        "invoices_paid"
    ].values
    assert values == {"paid": 1, "invoices": 2, "open": 1, "amount": 100.0, "total": 200.0}


def test_class_70_is_taken_apart_by_year_and_shows_the_reasons_that_exist() -> None:
    year = FecYear(
        "a.txt", dt.date(2024, 1, 1), dt.date(2024, 12, 31), 9, 3, Decimal(100), Decimal(90),
        {"cash": Decimal(12), "accrued": Decimal(-2)},
    )  # fmt: skip
    fec = FecFacts((year,), (), 0, Decimal(0), (), has_letters=True)
    frame = class_70_frame(SimpleNamespace(fec=fec))
    amounts = [name for name in frame if name.endswith("_amount")]
    assert amounts == ["class_70_amount", "clients_amount", "cash_amount", "accrued_amount"]
    assert frame[amounts].to_numpy().tolist() == [[100, 90, 12, -2]]
    assert class_70_frame(SimpleNamespace(fec=None)).empty
