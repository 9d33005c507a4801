"""What a notebook concludes is shown, saved and settled as a whole."""

import datetime as dt
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from clientaudit.audit import CONTEXT_VARIABLE, Audit, RunContext, open_audit
from clientaudit.findings import Finding, load_conclusion
from clientaudit.intake.prepare import prepare
from clientaudit.settings import Thresholds, load_engagement
from clientaudit.text import Say

ENGAGEMENT = """firm: Firm
as_of: 2025-12-31
defaults: {separator: ";", decimal: ",", date_format: "%Y-%m-%d"}
tables:
  transactions: {files: sales.csv, columns: {client_id: client, date: day, amount_net: amount}}
"""


def audit(output: Path) -> Audit:
    return Audit(
        engagement=SimpleNamespace(),
        prepared=SimpleNamespace(),
        as_of=dt.date(2025, 12, 31),
        say=Say("en"),
        thresholds=Thresholds(),
        context=RunContext(output, "01_portrait"),
    )


def test_details_stand_in_a_second_list_under_their_heading(tmp_path: Path):
    first, second = Finding("a.b", "first <b>"), Finding("a.c", "second")
    shown = audit(tmp_path).conclude([first], details=[second])._repr_mimebundle_()["text/html"]
    assert shown == (
        '<ul class="answer"><li>first &lt;b&gt;</li></ul><h3>Also measured</h3>'
        '<ul class="answer details"><li>second</li></ul>'
    )
    saved = load_conclusion(tmp_path / "findings" / "01_portrait.json")
    assert (saved.findings, saved.details) == ((first,), (second,))


def test_without_details_there_is_no_second_list(tmp_path: Path):
    shown = audit(tmp_path).conclude([Finding("a.b", "first")])._repr_mimebundle_()["text/html"]
    assert "details" not in shown


def test_claims_of_the_answer_and_of_the_details_are_settled_together(tmp_path: Path):
    # Alone .04 would hold; of two claims, the first must beat .025.
    answer = Finding("a.b", "driven by x", claim_p=0.04, neutral="x moved")
    detail = Finding("a.c", "driven by y", claim_p=0.9, neutral="y moved")
    conclusion = audit(tmp_path).conclude([answer], details=[detail]).conclusion
    assert [f.sentence for f in (*conclusion.findings, *conclusion.details)] == [
        "x moved",
        "y moved",
    ]


def test_a_notebook_of_a_run_opens_the_tables_of_the_run_whatever_became_of_the_exports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engagement, sales = tmp_path / "engagement.yml", tmp_path / "sales.csv"
    engagement.write_text(ENGAGEMENT, encoding="utf-8")
    sales.write_text("client;day;amount\nA;2025-03-01;12,50\n", encoding="utf-8")
    folder = prepare(load_engagement(engagement)).folder
    sales.write_text("client;day;amount\nA;2025-03-01;99,00\n", encoding="utf-8")
    context = {"output": str(tmp_path), "notebook": "04_rfm", "prepared": str(folder)}
    (tmp_path / "context.json").write_text(json.dumps(context), encoding="utf-8")
    monkeypatch.setenv(CONTEXT_VARIABLE, str(tmp_path / "context.json"))
    assert open_audit(engagement).summary.revenue.sum().execute() == 12.5
