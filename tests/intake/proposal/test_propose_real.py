"""Whole data sets, from unknown files to their published totals, on the first proposal."""

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from clientaudit.intake.facts import IntakeFacts
from clientaudit.intake.prepare import prepare
from clientaudit.intake.proposal.propose import Proposal, propose, write_proposal
from clientaudit.settings import Engagement, load_engagement
from intake.proposal.proposal_factory import mapping


def accepted(proposal: Proposal) -> tuple[Engagement, IntakeFacts]:
    """What check makes of the proposal as it stands."""
    write_proposal(proposal)
    engagement = load_engagement(proposal.path)
    return engagement, prepare(engagement).facts


def revenue(facts: IntakeFacts) -> Decimal:
    kept = [rule for rule in facts.rules if (rule.table, rule.step) == ("transactions", "kept")]
    total = sum((Decimal(x) for rule in kept for x in rule.revenue_by_year.values()), Decimal(0))
    return total.quantize(Decimal("0.01"))


def test_the_demo_firm_is_read_to_the_cent_from_its_raw_exports(root, tmp_path):
    folder = tmp_path / "demo"
    shutil.copytree(root / "data" / "demo", folder)
    by_hand = load_engagement(folder / "engagement.yml")
    (folder / "engagement.yml").rename(tmp_path / "by_hand.yml")
    proposal = propose([folder])
    engagement, facts = accepted(proposal)
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["totals"]
    assert revenue(facts) == Decimal(truth["revenue_cents"]) / 100
    assert facts.row_counts["transactions"] == truth["kept_lines"]
    assert facts.row_counts["payments"] == truth["payments"]
    assert facts.lines.client_count == truth["clients"]
    assert set(engagement.tables) == set(by_hand.tables)
    # The visits of one agenda do not say who came to whom: they are no table of their own.
    assert "contacts_tournees.csv: no canonical table recognised" in proposal.text
    for name, sources in engagement.tables.items():
        assert len(sources) == len(by_hand.tables[name]) - (name == "contacts")
        for mine, theirs in zip(sources, by_hand.tables[name], strict=False):
            assert mine.files == theirs.files
            constants = {column for column, said in theirs.columns.items() if said.value}
            assert set(theirs.columns) - set(mine.columns) <= constants
            maps = {column: said.map for column, said in theirs.columns.items() if said.map}
            for column, known in maps.items():
                mine_map = mine.columns[column].map or known
                assert {v: known.get(v, t) for v, t in mine_map.items()} == mine_map, column


def test_northwind_is_joined_and_computed(shared_data, tmp_path):
    proposal = propose([shared_data / "northwind"], tmp_path)
    engagement, facts = accepted(proposal)
    found = mapping(engagement, "transactions")
    assert found["client_id"] == "CustomerID"
    assert found["product_family"] == "CategoryName"
    assert found["amount_net"] == "[Quantity] * [UnitPrice] * (1 - [Discount])"
    assert found["discount_pct"] == "[Discount] * 100"
    assert revenue(facts) == Decimal("1265793.04")
    assert mapping(engagement, "clients")["client_id"] == "CustomerID"
    assert [u.name for u in proposal.unused if "Suppliers" in u.name]


def test_online_retail_has_its_credit_notes_told_by_their_number(shared_data, tmp_path):
    engagement, facts = accepted(propose([shared_data / "online_retail"], tmp_path))
    [source] = engagement.tables["transactions"]
    assert mapping(engagement, "transactions")["amount_net"] == "[Quantity] * [UnitPrice]"
    assert (source.credit_notes.column, source.credit_notes.starts_with) == ("InvoiceNo", "C")
    assert source.credit_notes.sign == "as_is"
    assert source.drop[0].is_empty
    assert revenue(facts) == Decimal("8300065.81")


AW_RESELLER = ("FactResellerSales", "DimReseller", "DimProduct", "FactCurrencyRate")
AW_INTERNET = ("FactInternetSales", "DimCustomer", "DimProduct", "DimPromotion")


@pytest.mark.parametrize(
    ("begins", "client", "total"),
    [
        (AW_RESELLER, "ResellerKey", "80450596.98"),
        (AW_INTERNET, "CustomerKey", "29358677.22"),
    ],
)
def test_adventureworks_finds_its_families_three_files_away(
    shared_data, tmp_path, begins, client, total
):
    folder = shared_data / "adventureworks"
    files = [path for path in sorted(folder.iterdir()) if path.name.startswith(begins)]
    engagement, facts = accepted(propose(files, tmp_path))
    found = mapping(engagement, "transactions")
    assert found["client_id"] == client
    assert found["date"] == "OrderDate"
    assert found["amount_net"] == "SalesAmount"
    assert found["cost_amount"] == "TotalProductCost"
    assert found["product_family"] == "EnglishProductCategoryName"
    [source] = engagement.tables["transactions"]
    assert [Path(join.files[0]).stem for join in source.join] == [
        "DimProduct",
        "DimProductSubcategory",
        "DimProductCategory",
    ]
    assert mapping(engagement, "clients")["client_id"] == client
    assert revenue(facts) == Decimal(total)


def test_the_sample_of_cdnow_is_not_counted_with_the_whole(shared_data, tmp_path):
    proposal = propose([shared_data / "cdnow"], tmp_path)
    engagement, facts = accepted(proposal)
    assert mapping(engagement, "transactions") == {
        "client_id": "customer_id",
        "date": "date",
        "amount_net": "amount",
        "quantity": "cds",
    }
    assert revenue(facts) == Decimal("2500315.63")
    assert "cdnow_sample.csv.gz" in proposal.text


def test_receivables_alone_stand_in_for_invoice_lines(shared_data, tmp_path):
    proposal = propose([shared_data / "ibm_ar"], tmp_path)
    engagement, facts = accepted(proposal)
    assert engagement.defaults.date_format == ["%m/%d/%Y"]
    assert mapping(engagement, "payments") == {
        "doc_id": "invoiceNumber",
        "client_id": "customerID",
        "invoice_date": "InvoiceDate",
        "due_date": "DueDate",
        "paid_date": "SettledDate",
        "amount_incl_vat": "InvoiceAmount",
    }
    assert revenue(facts) == Decimal("147703.18")
    assert "may include VAT" in proposal.text
