"""Findings: what is claimed, saved and read back."""

from pathlib import Path

from clientaudit.findings import (
    Conclusion,
    Finding,
    KeyFigure,
    load_conclusion,
    metrics,
    save_conclusion,
    settle_claims,
    split_findings,
)
from clientaudit.text import Say


def claim(key: str, p: float | None) -> Finding:
    return Finding(key, "driven by x", claim_p=p, neutral="x and y moved")


def test_claims_are_kept_by_benjamini_hochberg() -> None:
    # Ranked p-values .01 .02 .04 .2 against 5 % x rank / 4 = .0125 .025 .0375 .05: two are kept.
    settled = settle_claims([claim("a", 0.04), claim("b", 0.01), claim("c", 0.2), claim("d", 0.02)])
    assert [f.sentence == "driven by x" for f in settled] == [False, True, False, True]


def test_a_finding_without_a_claim_is_left_alone() -> None:
    plain = Finding("a", "n clients")
    assert settle_claims([plain, claim("b", 0.9)])[0] is plain


def test_a_conclusion_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    conclusion = Conclusion(
        (Finding("a.b", "{x:pct}", {"x": 1 / 3}, interval=(0.1, 0.5), n=7, verdict="FLAG"),),
        (KeyFigure("Clients", 400, previous=380, interval=(1.0, 2.0)),),
        (Finding("a.c", "é"),),
        details=(Finding("a.d", "{x:int}", {"x": 3}),),
    )
    save_conclusion(conclusion, tmp_path / "c.json")
    assert load_conclusion(tmp_path / "c.json") == conclusion


def test_the_answer_stands_in_its_order_and_what_is_refused_in_it_comes_last() -> None:
    a, b, c, d = (Finding(f"x.{name}", name) for name in "abcd")
    refused = Finding("x.a", "no", verdict="REFUSE")
    assert split_findings([a, b, c, d], ("x.d", "x.a")) == ([d, a], [b, c])
    assert split_findings([refused, b, d], ("x.a", "x.d")) == ([d, refused], [b])


def test_metrics_keep_full_precision() -> None:
    finding = Finding("a.b", "{x:pct}", {"x": 1 / 3}, n=3)
    assert metrics([finding])["a.b"]["values"]["x"] == 1 / 3
    assert finding.say(Say("en")) == "33%"
