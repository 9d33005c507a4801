"""Costs by margin rates, from the exports to what the reports say of them."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from clientaudit.analyses.estimated_costs import estimated_cost_caveats
from clientaudit.audit import Audit, open_audit
from clientaudit.errors import AuditError

SALES = """client;invoice;date;product;amount;cost
A;F1;2025-01-10;P1;100;70
A;F1;2025-01-10;P1;50;
B;F2;2025-02-10;P2;40;
B;C1;2025-02-11;P2;-10;
B;F3;2025-03-10;P3;10;
"""
PRODUCTS = """code;family;rate
P1;locks;{rate}
P2;keys;0,25
P3;bolts;
"""
ENGAGEMENT = """firm: Small Firm
as_of: 2025-12-31
defaults: {separator: ";", decimal: ",", date_format: "%Y-%m-%d"}
tables:
  transactions:
    files: sales.csv
    columns: {client_id: client, doc_id: invoice, date: date, product_id: product,
              amount_net: amount, cost_amount: cost}
  products:
    files: products.csv
    columns: {product_id: code, family: family, margin_rate: rate}
"""


def audited(home: Path, *, rate: str = "0,4", sales: str = SALES, text: str = ENGAGEMENT) -> Audit:
    (home / "engagement.yml").write_text(text, encoding="utf-8")
    (home / "sales.csv").write_text(sales, encoding="utf-8")
    (home / "products.csv").write_text(PRODUCTS.format(rate=rate), encoding="utf-8")
    return open_audit(home / "engagement.yml", language="en")


def days_of(audit: Audit) -> pd.DataFrame:
    found: pd.DataFrame = audit.occasions.order_by("client_id", "date").execute()
    return found


def coverage(audit: Audit) -> tuple[str, str]:
    (found,) = (c.finding for c in audit.checks if c.finding.key == "intake.cost_coverage")
    return found.verdict, found.say(audit.say)


def test_a_missing_cost_follows_from_the_rate_and_a_credit_note_takes_it_back(tmp_path):
    days = days_of(audited(tmp_path))
    assert days.cost.fillna(0).tolist() == [Decimal("100"), Decimal("30"), Decimal("-7.5"), 0]
    assert days.revenue_with_cost.fillna(0).tolist() == [150, 40, -10, 0]
    assert days.revenue_with_estimated_cost.fillna(0).tolist() == [50, 40, -10, 0]


@pytest.mark.parametrize("rate", ["40 %", "40%", "0,40", ",4"])
def test_a_rate_may_be_written_as_a_percentage(tmp_path, rate):
    assert days_of(audited(tmp_path, rate=rate)).cost.iloc[0] == Decimal("100")


@pytest.mark.parametrize("rate", ["40", "1,5", "140 %", "-1,2"])
def test_a_rate_beyond_the_whole_amount_is_refused(tmp_path, rate):
    with pytest.raises(AuditError, match=r'products.csv, line 2, column "rate": .* at most 1'):
        audited(tmp_path, rate=rate)


def test_the_gate_tells_declared_costs_from_estimated_ones(tmp_path):
    verdict, sentence = coverage(audited(tmp_path))
    assert verdict == "FLAG"
    assert sentence == (
        "The invoice lines say the cost of 53% of revenue; the margin rates of the product file "
        "give an estimate for 42% more."
    )


def test_rates_stand_in_where_no_line_has_a_cost(tmp_path):
    audit = audited(tmp_path, text=ENGAGEMENT.replace(", cost_amount: cost", ""))
    assert days_of(audit).cost.iloc[0] == Decimal("90")
    assert coverage(audit)[0] == "FLAG"
    keys = {check.finding.key for check in audit.checks}
    assert "intake.without_transactions_cost_amount" not in keys


def test_without_rates_nothing_is_estimated(tmp_path):
    audit = audited(tmp_path, text=ENGAGEMENT.replace(", margin_rate: rate", ""))
    assert "revenue_with_estimated_cost" not in days_of(audit)
    assert coverage(audit)[1] == "The cost is known for 53% of revenue."
    assert estimated_cost_caveats(audit) == []


def test_a_margin_says_how_much_of_it_is_estimated(tmp_path):
    (caveat,) = estimated_cost_caveats(audited(tmp_path))
    assert caveat.values == pytest.approx({"declared": 100 / 190, "estimated": 80 / 190})
    assert caveat.verdict == "FLAG"
    assert estimated_cost_caveats(audited(tmp_path), of_margin=False) == []


def test_estimates_before_the_period_are_no_matter(tmp_path):
    late = SALES.replace("2025-0", "2023-0") + "A;F9;2025-05-05;P1;60;30\n"
    audit = audited(tmp_path, sales=late)
    assert audit.as_of == dt.date(2025, 12, 31)
    assert estimated_cost_caveats(audit) == []


def test_the_order_of_lines_and_products_changes_nothing(tmp_path):
    first = days_of(audited(tmp_path))
    head, *rows = SALES.splitlines()
    turned = "\n".join([head, *reversed(rows)]) + "\n"
    pd.testing.assert_frame_equal(days_of(audited(tmp_path, sales=turned)), first)
