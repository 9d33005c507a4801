"""Findings: sentences of the report with the figures they stand on."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from clientaudit.text import Say

Verdict = Literal["PASS", "FLAG", "REFUSE"]
FALSE_SHARE = 0.05  # of the guarded claims that are kept


@dataclass(frozen=True)
class Finding:
    """One sentence that the report states, with its values at full precision.

    key: stable name, `notebook.what` (also the key in metrics.json).
    sentence: English, with placeholders of `Say`; every number in it comes from `values`.
    values: plain numbers, text or ISO dates.
    interval: low and high bound where the finding is an estimate. n: what it rests on.
    stake: euros at stake. evidence: name of the table (tables/NAME.parquet) behind it.
    claim_p: for a guarded claim ("driven by X"), the p-value that the claim must beat;
        `neutral` is what the report says instead when it does not (see `settle_claims`).
    """

    key: str
    sentence: str
    values: dict[str, Any] = field(default_factory=dict)
    interval: tuple[float, float] | None = None
    n: int | None = None
    stake: float | None = None
    verdict: Verdict = "PASS"
    evidence: str = ""
    claim_p: float | None = None
    neutral: str = ""

    def say(self, say: Say) -> str:
        """The sentence in the language of `say`."""
        return say(self.sentence, **self.values)


@dataclass(frozen=True)
class KeyFigure:
    """One figure of the strip on top of a page.

    label: English. kind: a placeholder kind of `Say` (money, int, pct, ...).
    previous: the same figure one year earlier, where known.
    """

    label: str
    value: float
    kind: str = "int"
    previous: float | None = None
    interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class Conclusion:
    """What one notebook found: read by the page, metrics.json and the index.

    findings: the answer, most important first. details: what else was measured.
    """

    findings: tuple[Finding, ...]
    key_figures: tuple[KeyFigure, ...] = ()
    caveats: tuple[Finding, ...] = ()
    details: tuple[Finding, ...] = ()


def settle_claims(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Keep the guarded claims that hold together; say the others neutrally.

    Benjamini-Hochberg over the findings with a `claim_p` (1995): at most 5 % of the claims
    kept are expected to be false. A finding without `claim_p` is returned as it is.
    """
    ranked = sorted(f.claim_p for f in findings if f.claim_p is not None)
    passing = [p for i, p in enumerate(ranked, 1) if p <= FALSE_SHARE * i / len(ranked)]
    limit = max(passing, default=-1.0)
    return tuple(
        replace(f, sentence=f.neutral) if f.claim_p is not None and f.claim_p > limit else f
        for f in findings
    )


def split_findings(
    findings: Sequence[Finding], answer: Sequence[str]
) -> tuple[list[Finding], list[Finding]]:
    """What a reader must know first, and what else was measured.

    answer: keys of the findings that make the answer, most important first; what is refused
    among them comes last.
    """
    first = sorted(
        (f for f in findings if f.key in answer),
        key=lambda f: (f.verdict == "REFUSE", answer.index(f.key)),
    )
    return first, [f for f in findings if f.key not in answer]


def save_conclusion(conclusion: Conclusion, path: Path) -> None:
    """Write a conclusion as JSON, floats at full precision."""
    path.write_text(json.dumps(asdict(conclusion), ensure_ascii=False, indent=1), encoding="utf-8")


def load_conclusion(path: Path) -> Conclusion:
    """Read what `save_conclusion` wrote."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return Conclusion(
        findings=_findings(data["findings"]),
        key_figures=tuple(
            KeyFigure(**(f | {"interval": _pair(f["interval"])})) for f in data["key_figures"]
        ),
        caveats=_findings(data["caveats"]),
        details=_findings(data["details"]),
    )


def metrics(findings: Iterable[Finding]) -> dict[str, dict[str, Any]]:
    """What metrics.json holds of the findings: {key: {values, interval, n, verdict}}."""
    return {
        f.key: {"values": f.values, "interval": f.interval, "n": f.n, "verdict": f.verdict}
        for f in findings
    }


def _findings(rows: list[dict[str, Any]]) -> tuple[Finding, ...]:
    return tuple(Finding(**(row | {"interval": _pair(row["interval"])})) for row in rows)


def _pair(bounds: list[float] | None) -> tuple[float, float] | None:
    return (bounds[0], bounds[1]) if bounds else None
