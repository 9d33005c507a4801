"""What the gate says of the accounts."""

from pathlib import Path

from clientaudit.audit import open_audit
from clientaudit.intake.quality.check import Check
from intake.fec.ledger import audited, invoice, post


def checks(home: Path, more: str = "", **years: list) -> dict[str, Check]:
    audited(home, more, **years)
    found = open_audit(home / "engagement.yml").checks
    return {check.finding.key.partition(".")[2]: check for check in found}


def cash(entry: str, net: float) -> list[dict[str, str]]:
    return [post(entry, "2024-06-30", "530000", net), post(entry, "2024-06-30", "707", "", net)]


def test_class_70_is_the_clients_and_a_listed_rest(tmp_path: Path) -> None:
    found = checks(tmp_path, y2024=[invoice("VE 1", "2024-01-31", "D", 950), cash("VE 2", 50)])
    finding = found["class_70"].finding
    assert finding.verdict == "FLAG"
    assert finding.values == {
        "years": 1, "total": 1000.0, "clients": 950.0, "rest": 50.0, "share": 0.05,
    }  # fmt: skip
    assert not found["class_70"].refuses_run


def test_less_than_one_percent_without_a_client_passes(tmp_path: Path) -> None:
    found = checks(tmp_path, y2024=[invoice("VE 1", "2024-01-31", "D", 999), cash("VE 2", 1)])
    assert found["class_70"].finding.verdict == "PASS"


def test_more_than_half_without_a_client_refuses_the_run(tmp_path: Path) -> None:
    found = checks(tmp_path, y2024=[invoice("VE 1", "2024-01-31", "D", 40), cash("VE 2", 60)])
    assert found["class_70"].refuses_run


def test_class_70_stands_for_the_accounts_where_none_are_given(tmp_path: Path) -> None:
    months = [invoice(f"VE {m}", f"2024-{m:02d}-28", "D", 75) for m in range(1, 13)]
    found = checks(tmp_path, y2024=[*months, cash("VE 13", 100)])
    finding = found["reconciliation"].finding
    assert (finding.values["accounts"], finding.values["revenue"]) == (1000.0, 900.0)
    assert finding.verdict == "FLAG"
    assert checks(tmp_path, "accounts: {2024: 900}\n", y2024=months)[
        "reconciliation"
    ].finding.values["accounts"] == 900.0  # fmt: skip


def test_a_missing_tenth_of_class_70_does_not_refuse_the_run_by_itself(tmp_path: Path) -> None:
    months = [invoice(f"VE {m}", f"2024-{m:02d}-28", "D", 50) for m in range(1, 13)]
    found = checks(tmp_path, y2024=[*months, cash("VE 13", 300)])
    assert found["reconciliation"].finding.values["difference"] < -0.10
    assert not found["reconciliation"].refuses_run


def test_entries_that_do_not_balance_are_told_by_their_number(tmp_path: Path) -> None:
    cut = [post("OD 7", "2024-03-31", "607000", 12.5), post("OD 8", "2024-03-31", "607000", 1)]
    found = checks(tmp_path, y2024=[invoice("VE 1", "2024-01-31", "D", 1000), *cut])
    finding = found["entry_balance"].finding
    assert finding.verdict == "FLAG"
    assert finding.values["entries"] == 2
    assert finding.values["examples"] == (
        "OD 7 (123456789FEC20241231.txt: +12.50); OD 8 (123456789FEC20241231.txt: +1.00)"
    )


def test_sales_that_do_not_balance_refuse_the_run(tmp_path: Path) -> None:
    cut = invoice("VE 2", "2024-01-31", "D", 500)[:2]
    found = checks(tmp_path, y2024=[invoice("VE 1", "2024-01-31", "D", 1000), cut])
    assert found["entry_balance"].refuses_run
    assert found["entry_balance"].finding.values["revenue"] == 500.0


def test_whole_accounts_balance(tmp_path: Path) -> None:
    found = checks(tmp_path, y2024=invoice("VE 1", "2024-01-31", "D", 1000))
    assert found["entry_balance"].finding.verdict == "PASS"
    assert "late" not in found
