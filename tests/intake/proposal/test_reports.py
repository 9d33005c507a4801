"""Exports that are reports: values said once for several rows, clients above their lines."""

from pathlib import Path

import pytest

from clientaudit.audit import open_audit
from clientaudit.errors import AuditError
from clientaudit.intake.proposal.propose import propose, write_proposal
from clientaudit.settings import load_engagement
from intake.proposal.proposal_factory import HEADING, draft, mapping, proposed, sales, save, table


def blanked(rows: list[str], places: tuple[int, ...], key: int) -> list[str]:
    """The rows without these cells where the row above has the same key."""
    found, last = [], ""
    for row in rows:
        cells = row.split(";")
        kept = ["" if i in places and cells[key] == last else c for i, c in enumerate(cells)]
        found.append(";".join(kept))
        last = cells[key]
    return found


def test_rows_that_say_their_invoice_once_are_never_dropped(tmp_path):
    rows = blanked(sales(60, date="{day:02d}/03/2024"), (0, 1, 2), key=1)
    save(tmp_path, "factures.csv", table(HEADING, rows))
    proposal, _ = proposed(tmp_path)
    drops = draft(proposal, "transactions").drop
    assert {rule.value["column"] for rule in drops} == {"Code client", "Date facture"}
    assert all(rule.off and "row above" in rule.remark for rule in drops)
    with pytest.raises(AuditError, match="is empty; date is required"):
        open_audit(proposal.path)


def test_a_client_said_once_for_all_its_lines_refuses_the_run(tmp_path):
    rows = blanked(sorted(sales(90)), (0,), key=0)
    save(tmp_path, "ventes.csv", table(HEADING, rows))
    proposal, _ = proposed(tmp_path)
    refused = [c.finding.key for c in open_audit(proposal.path).checks if c.refuses_run]
    assert refused == ["intake.client_ids"]


def test_rows_without_an_amount_of_their_own_may_be_dropped(tmp_path):
    heading = "Order;Email;Created at;Subtotal;Quantity;SKU"
    rows = []
    for i in range(40):
        rows += [f"#{i};c{i % 9}@x.fr;2024-03-{i % 27 + 1:02d};{i + 9}.50;1;REF1", f"#{i};;;;2;R"]
    save(tmp_path, "orders.csv", table(heading, rows))
    proposal, engagement = proposed(tmp_path)
    assert mapping(engagement, "transactions")["amount_net"] == "Subtotal"
    assert not any(rule.off for rule in draft(proposal, "transactions").drop)
    assert open_audit(proposal.path).facts.lines.rows == 40


@pytest.mark.parametrize(
    "heading", ["Date;Pièce;Article;Qté;PU HT;Montant HT", "Date;Num;Item;Qty;Sales Price;Balance"]
)
def test_a_product_is_no_client_where_the_client_stands_above_its_lines(tmp_path, heading):
    rows = []
    for client in sorted({row.split(";")[0] for row in sales(90)}):
        rows.append(f"Client : {client};;;;;")
        for row in sales(90):
            own, invoice, day, product, quantity, price, amount = row.split(";")
            if own == client:
                rows.append(f"{day};{invoice};{product};{quantity};{price};{amount}")
    save(tmp_path, "journal.csv", table(heading, rows))
    proposal = propose([tmp_path])
    assert [found.table for found in proposal.sources] == []
    write_proposal(proposal)
    with pytest.raises(AuditError, match='"transactions" is required'):
        load_engagement(proposal.path)


def test_amounts_in_cents_are_divided(tmp_path: Path):
    heading = HEADING.replace("Montant HT", "Montant HT (centimes)")
    rows = [
        row.rpartition(";")[0] + ";" + row.rpartition(";")[2].replace(",", "") for row in sales()
    ]
    save(tmp_path, "ventes.csv", table(heading, rows))
    proposal, engagement = proposed(tmp_path)
    found = mapping(engagement, "transactions")["amount_net"]
    assert found == "[Montant HT (centimes)] / 100"
    assert draft(proposal, "transactions").columns["amount_net"].confirm


def test_margin_rates_in_per_cent_become_shares(tmp_path):
    save(tmp_path, "ventes.csv", table(HEADING, sales()))
    rows = [f"REF{i};Famille {i % 3};{30 + i},5 %" for i in range(11)]
    save(tmp_path, "articles.csv", table("Référence;Famille;Taux de marge", rows))
    _, engagement = proposed(tmp_path)
    assert mapping(engagement, "products")["margin_rate"] == "[Taux de marge] / 100"


def test_cancelled_rows_are_proposed_to_be_set_aside(tmp_path):
    states = ("Payé", "Annulé", "Payé", "Brouillon")
    rows = [f"{row};{states[i % 4]}" for i, row in enumerate(sales(40))]
    save(tmp_path, "commandes.csv", table(f"{HEADING};État", rows))
    proposal, engagement = proposed(tmp_path)
    [source] = engagement.tables["transactions"]
    assert [(rule.column, rule.in_) for rule in source.drop] == [("État", ["Annulé", "Brouillon"])]
    assert open_audit(proposal.path).facts.lines.rows == 20


def test_several_currencies_are_to_be_confirmed_and_refused(tmp_path):
    rows = [f"{row};{'USD' if i % 4 else 'EUR'}" for i, row in enumerate(sales(40))]
    save(tmp_path, "ventes.csv", table(f"{HEADING};Devise", rows))
    proposal, _ = proposed(tmp_path)
    assert draft(proposal, "transactions").columns["currency"].confirm
    refused = [c.finding.key for c in open_audit(proposal.path).checks if c.refuses_run]
    assert refused == ["intake.currencies"]
