"""The demo firm's accounts and its exports are two views of one firm: they must agree."""

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from clientaudit.intake.prepare import Prepared, prepare
from clientaudit.settings import load_engagement
from intake.fec.ledger import read


@pytest.fixture(scope="module")
def both(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Prepared, Prepared]:
    """The same firm prepared from its exports, and from its accounts alone."""
    home = tmp_path_factory.mktemp("demo") / "demo"
    shutil.copytree(root / "data" / "demo", home, ignore=shutil.ignore_patterns(".clientaudit"))
    exports, accounts = (prepare(load_engagement(home / f"{name}.yml")) for name in
                         ("engagement", "fec"))  # fmt: skip
    return exports, accounts


def test_revenue_per_client_and_document_agrees_to_the_cent(
    both: tuple[Prepared, Prepared],
) -> None:
    exports, accounts = (read(found, "lines") for found in both)
    keys = ["client_id", "doc_id", "doc_type", "date"]
    sums = [lines.groupby(keys).amount_net.sum() for lines in (exports, accounts)]
    assert len(sums[0]) > 10_000
    pd.testing.assert_series_equal(*sums)


def test_days_to_pay_agree_to_the_day_for_every_invoice(both: tuple[Prepared, Prepared]) -> None:
    columns = ["client_id", "doc_id", "invoice_date", "paid_date", "amount_incl_vat"]
    exports, accounts = (
        read(found, "payments")[columns].sort_values("doc_id", ignore_index=True) for found in both
    )
    assert len(exports) > 7_000
    pd.testing.assert_frame_equal(exports, accounts)


def test_families_bought_agree_for_every_client(both: tuple[Prepared, Prepared]) -> None:
    exports, accounts = (
        read(found, "lines").groupby("client_id").product_family.agg(set).to_dict()
        for found in both
    )
    assert exports == accounts


def test_what_differs_is_what_no_client_bought(both: tuple[Prepared, Prepared], root: Path) -> None:
    truth = json.loads((root / "data/demo/truth.json").read_text(encoding="utf-8"))
    rejected = read(both[0], "rejected_rows")
    counter = rejected[rejected.why.isin(["vente au comptoir, pas un client",
                                          "port refacturé, saisi sans client"])]  # fmt: skip
    fec = both[1].facts.fec
    assert fec is not None
    assert {name for year in fec.years for name in year.set_aside} == {"cash", "accrued"}
    for year, (name, facts) in zip(fec.years, truth["fiscal_years"].items(), strict=True):
        assert year.clients * 100 == facts["revenue_cents"], name
        accrued = year.set_aside.get("accrued", Decimal(0))
        assert (year.clients + accrued) * 100 == facts["accounts_cents"], name
    cash = sum(year.set_aside["cash"] for year in fec.years)
    texts = counter.row.str.extract(r'"(?:Montant|Net) HT":"(.*?)"')[0]
    amounts = texts.str.replace(r"[ \u00a0\u202f]", "", regex=True).str.replace(",", ".")
    assert sum(map(Decimal, amounts)) == cash


def test_every_entry_of_the_demo_balances(both: tuple[Prepared, Prepared]) -> None:
    fec = both[1].facts.fec
    assert fec is not None
    assert fec.unbalanced == 0
    assert {(f.separator, f.decimal, f.encoding) for f in both[1].facts.files} == {
        ("|", ",", "iso-8859-15"), ("\t", ".", "utf-8"),
    }  # fmt: skip
