"""What the quality gate says: the board of verdicts, requests, and figures without each defect."""

from collections.abc import Sequence

import pandas as pd

from clientaudit.findings import Finding
from clientaudit.intake.facts import IntakeFacts
from clientaudit.intake.quality.check import ALL, Check
from clientaudit.text import Say

MISSING = "without_"
CHECK_NAMES = {
    "reconciliation": "Agreement with the accounts",
    "class_70": "Class 70 of the accounts",
    "entry_balance": "Balance of the entries",
    "client_ids": "Client codes on the lines",
    "duplicates": "Lines there twice",
    "credit_notes": "Credit notes",
    "outliers": "Lines out of proportion",
    "zero_amounts": "Lines of zero amount",
    "shared_documents": "Documents of several clients",
    "cost_coverage": "Costs",
    "empty_set_aside": "Rows set aside for an empty cell",
    "look_ups": "Look-up files",
    "unlike_repeats": "Repeated lines of another amount",
    "overlaps": "Overlapping exports",
    "invoice_versions": "Two versions of an invoice",
    "divided_invoices": "Invoices divided between exports",
    "rounded_amounts": "Amounts without cents",
    "damaged_codes": "Codes damaged by a spreadsheet",
    "unnumbered_lines": "Lines without an invoice number",
    "rows_below": "Rows below the end of a table",
    "table_copies": "Files of other tables sent twice",
    "lost_zeros": "Leading zeros lost",
    "price_times_quantity": "Amounts against prices",
    "percent_scale": "Scale of the discounts",
    "level_shift": "Level of the amounts",
    "included_vat": "VAT in the amounts",
    "currencies": "Currencies of the amounts",
    "cut_files": "Files cut short",
    "doubled_headings": "Headings that stand twice",
    "other_sheets": "Sheets left out",
    "total_rows": "Totals among the lines",
    "new_codes": "Client codes that changed",
    "lost_signs": "Sign of credit notes",
    "dates": "Dates",
    "cut_off": "Cut-off date",
    "last_month": "Last month",
    "history": "Length of the history",
    "missing_months": "Missing months",
    "closure": "Yearly closure",
    "stray_dates": "Dates far away",
    "client_count": "Number of clients",
    "left_truncation": "Clients older than the data",
    "several_codes": "One company, several codes",
    "collective_accounts": "One code, several buyers",
    "names_as_codes": "Codes that are names",
    "unknown_clients": "Clients not in the client file",
    "contract_rhythm": "Purchases under contract",
}
NOTEBOOKS = {
    "portrait": "Portrait",
    "changes": "Changes",
    "cohorts": "Cohorts",
    "rfm": "RFM",
    "groups": "Groups",
    "departures": "Departures",
    "win_back": "Win-back",
    "profit": "Profit",
    "prices": "Prices",
    "breadth": "Breadth",
    "grid": "Grid",
    "acquisition": "Acquisition",
    "review": "Review",
    "summary": "Summary",
}
VERDICTS = {"PASS": "Passed", "FLAG": "With a reservation", "REFUSE": "Refused"}
WORST = ("REFUSE", "FLAG", "PASS")
REASONS = {
    "siren": "Same company number",
    "code": "Same code but for zeros, case and signs",
    "name": "Same name, same area",
    "similar_name": "Nearly the same name, same postal code",
}
LABELS = {
    "check": "Check",
    "verdict": "Verdict",
    "finding": "What was found",
    "bias": "Effect on the results",
    "reports": "Reports concerned",
    "request": "To ask for",
    "codes": "Client codes",
    "why": "What is wrong, or lost without it",
    "reason": "Why",
    "line_count": "Lines",
    "revenue_change_share": "Change in revenue",
}
# Defects whose lines or clients can be left out of the headline figures.
REMOVABLE = ("client_ids", "duplicates", "outliers", "zero_amounts", "shared_documents",
             "stray_dates", "collective_accounts", "unknown_clients")  # fmt: skip
COUNTED_ONCE = "several_codes"
NOTHING_LEFT_OUT = "All lines kept"


def name_of(check: Check) -> str:
    """The name of a check: `duplicates` for the key `intake.duplicates`."""
    return check.finding.key.partition(".")[2]


def defects(checks: Sequence[Check]) -> list[Check]:
    """The checks of what is in the files; those of what is not there are left out."""
    return [check for check in checks if not name_of(check).startswith(MISSING)]


def worst_first(checks: Sequence[Check]) -> list[Check]:
    """Refusals, then reservations, then what passed."""
    return sorted(checks, key=lambda check: WORST.index(check.finding.verdict))


def checks_frame(checks: Sequence[Check], say: Say) -> pd.DataFrame:
    """One row per check of what is in the files, worst first, in the reader's language."""
    columns = ("check", "verdict", "finding", "bias", "reports")
    rows = [
        (
            say(CHECK_NAMES[name_of(check)]),
            say(VERDICTS[check.finding.verdict]),
            check.finding.say(say),
            say(check.bias, **check.finding.values) if check.bias else "",
            _reports(check, say),
        )
        for check in worst_first(defects(checks))
    ]
    return pd.DataFrame(rows, columns=list(columns))


def board_frame(checks: Sequence[Check]) -> pd.DataFrame:
    """One row per check that did not pass and report: check, report, verdict.

    The verdict is PASS where the report does not depend on what the check is about.
    """
    rows = [
        (
            CHECK_NAMES[name_of(check)],
            NOTEBOOKS[notebook],
            check.finding.verdict if notebook in check.affects else "PASS",
        )
        for check in defects(checks)
        if check.finding.verdict != "PASS"
        for notebook in ALL
    ]
    return pd.DataFrame(rows, columns=["check", "report", "verdict"])


def reservations(checks: Sequence[Check]) -> list[Check]:
    """The checks of what is in the files that did not pass, worst first."""
    return [check for check in worst_first(defects(checks)) if check.finding.verdict != "PASS"]


def passed_sentence(checks: Sequence[Check], say: Say) -> str:
    """The checks that passed, named in one sentence."""
    passed = [check for check in defects(checks) if check.finding.verdict == "PASS"]
    return say(
        "{n:int} {n:plural:check|checks} passed: {names:text}.",
        n=len(passed),
        names=" · ".join(say(CHECK_NAMES[name_of(check)]) for check in passed) or "–",
    )


def requests_frame(checks: Sequence[Check], say: Say) -> pd.DataFrame:
    """What to ask the firm for, each thing once: defects first, then what is missing.

    why: what is wrong, or what is lost without it. reports: those that would say more.
    """
    rows = [
        (_sentence(check.request, check, say), check.finding.say(say), _reports(check, say))
        for check in checks
        if check.request
    ]
    return pd.DataFrame(rows, columns=["request", "why", "reports"]).drop_duplicates(
        "request", ignore_index=True
    )


def lookalikes_frame(facts: IntakeFacts) -> pd.DataFrame:
    """One row per suggestion of codes that may be one company."""
    rows = [
        (", ".join(one.codes), REASONS[one.reason], float(one.revenue)) for one in facts.lookalikes
    ]
    return pd.DataFrame(rows, columns=["codes", "reason", "revenue"])


def headline_frame(facts: IntakeFacts, checks: Sequence[Check]) -> pd.DataFrame:
    """Headline figures over all lines kept, then without what each reservation touches.

    One row per reservation whose lines or clients can be left out: check, line_count,
    client_count, revenue, revenue_change_share (against the first row, that leaves nothing out).
    Codes that may be one company are counted as one client; their revenue stays.
    """
    whole = (facts.lines.rows, facts.lines.client_count, float(facts.lines.revenue))
    rows = [(NOTHING_LEFT_OUT, *whole)]
    for check in defects(checks):
        if check.finding.verdict == "PASS":
            continue
        values = check.finding.values
        if name_of(check) in REMOVABLE:
            touched = [values.get(name, 0) for name in ("rows", "clients", "revenue")]
        elif name_of(check) == COUNTED_ONCE:
            touched = [0, values["clients"], 0.0]
        else:
            continue
        left = (total - part for total, part in zip(whole, touched, strict=True))
        rows.append((CHECK_NAMES[name_of(check)], *left))
    columns = ["check", "line_count", "client_count", "revenue"]
    frame = pd.DataFrame(rows, columns=columns)
    change = (frame["revenue"] - whole[2]) / (whole[2] or 1.0)
    return frame.assign(revenue_change_share=change)


def gate_findings(checks: Sequence[Check]) -> list[Finding]:
    """The verdict on the files, then each reservation, worst first."""
    found = defects(checks)
    refusing = sum(check.refuses_run for check in found)
    reserved = sum(check.finding.verdict == "FLAG" for check in found)
    refused = {
        notebook
        for check in found
        if check.finding.verdict == "REFUSE"
        for notebook in check.affects
    }
    if refusing:
        sentence = (
            "These files cannot bear the audit: {refusing:int} "
            "{refusing:plural:check refuses|checks refuse} them."
        )
    elif refused:
        sentence = (
            "These files bear the audit but for {reports:int} "
            "{reports:plural:report|reports}, with {reserved:int} "
            "{reserved:plural:reservation|reservations}."
        )
    elif reserved:
        sentence = (
            "These files bear the audit, with {reserved:int} "
            "{reserved:plural:reservation|reservations} whose effect is stated."
        )
    else:
        sentence = "These files bear the audit without reservation."
    values = {"refusing": refusing, "reserved": reserved, "reports": len(refused)}
    verdict = Finding(
        "intake.verdict",
        sentence,
        values,
        verdict="REFUSE" if refusing else "FLAG" if refused or reserved else "PASS",
        evidence="intake_checks",
    )
    return [verdict, *(check.finding for check in reservations(found))]


def finding_of(checks: Sequence[Check], name: str) -> Finding:
    """The finding of one check, by its name."""
    return next(check.finding for check in checks if name_of(check) == name)


def gate_caveats() -> list[Finding]:
    """What a passed check does not prove."""
    return [
        Finding(
            "intake.caveat",
            "Passing these checks does not make the data true: have the lines drawn at random "
            "compared with the invoices themselves.",
        )
    ]


def _sentence(text: str, check: Check, say: Say) -> str:
    said = say(text, **check.finding.values)
    return said[:1].upper() + said[1:]


def _reports(check: Check, say: Say) -> str:
    if set(check.affects) == set(ALL):
        return say("All")
    return ", ".join(say(NOTEBOOKS[name]) for name in check.affects)
