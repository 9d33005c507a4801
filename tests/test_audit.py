"""What a notebook concludes is shown, saved and settled as a whole."""

import datetime as dt
from pathlib import Path
from types import SimpleNamespace

from clientaudit.audit import Audit, RunContext
from clientaudit.findings import Finding, load_conclusion
from clientaudit.settings import Thresholds
from clientaudit.text import Say


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
