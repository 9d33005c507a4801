"""One check of the quality gate: what was found, which way it bends the results, what to ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from clientaudit.findings import Finding, Verdict

ALL = (
    "portrait", "changes", "cohorts", "rfm", "groups", "departures", "win_back", "profit",
    "prices", "breadth", "grid", "acquisition", "review", "summary",
)  # fmt: skip
MATERIAL = 0.01  # of revenue: the tolerance of the reconciliation with the accounts


@dataclass(frozen=True)
class Check:
    """One check of the data.

    finding: key `intake.<check>`, with the verdict. bias: which way the results are bent, ""
        where they are not. affects: notebooks, without their number.
    refuses_run: nothing at all may be published but report 00. request: what to ask the firm for.
    """

    finding: Finding
    bias: str = ""
    affects: tuple[str, ...] = ALL
    refuses_run: bool = False
    request: str = ""


def check(  # noqa: PLR0913 - one argument per part of a check
    name: str,
    verdict: Verdict,
    sentence: str,
    values: Mapping[str, Any],
    *,
    bias: str = "",
    affects: tuple[str, ...] = ALL,
    refuses_run: bool = False,
    request: str = "",
    evidence: str = "intake_checks",
) -> Check:
    """A check with its finding; one that passes has no bias and asks for nothing.

    refuses_run: whether a verdict of REFUSE stops the whole run, not only the notebooks affected.
    """
    finding = Finding(f"intake.{name}", sentence, dict(values), verdict=verdict, evidence=evidence)
    if verdict == "PASS":
        return Check(finding, affects=affects)
    return Check(finding, bias, affects, refuses_run and verdict == "REFUSE", request)


def flag(found: bool) -> Verdict:
    """FLAG where the defect was found."""
    return "FLAG" if found else "PASS"


def share(part: float | Decimal, whole: float | Decimal) -> float:
    """`part` of `whole`, 0 where there is no whole."""
    return float(part) / float(whole) if whole else 0.0
