"""How sure a report is: verdicts on the data, intervals, perimeter, in the reader's words."""

import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from babel.numbers import format_decimal

from clientaudit.findings import Finding, KeyFigure, Verdict
from clientaudit.report.columns import LOCALES
from clientaudit.schema import LABELS
from clientaudit.settings import Engagement
from clientaudit.text import Say

if TYPE_CHECKING:
    from clientaudit.intake.quality.check import Check
    from clientaudit.report.page import Parameter

ORDER: tuple[Verdict, ...] = ("PASS", "FLAG", "REFUSE")
LONGEST_COUNT = 10_000_000  # from here on a whole number is written without separators
ABOUT_ALL = ("intake", "review", "summary")  # notebooks that stand on all of the data


@dataclass(frozen=True)
class Reservation:
    """A check that did not pass: what is wrong and which way it bends the results."""

    verdict: Verdict
    sentence: str
    bias: str


@dataclass(frozen=True)
class Request:
    """Something to ask the firm for, and what is missing or wrong without it."""

    what: str
    reason: str


@dataclass(frozen=True)
class Estimate:
    """A finding that is an estimate: its sentence, its interval, what it rests on."""

    sentence: str
    interval: str
    n: str


@dataclass(frozen=True)
class FigureText:
    """A key figure as text: value, last year's value, change, interval; "" where unknown."""

    label: str
    value: str
    previous: str
    change: str
    interval: str


def relevant(checks: Sequence["Check"], notebook: str) -> tuple["Check", ...]:
    """The checks that bear on a notebook. notebook: `04_rfm`."""
    name = notebook.partition("_")[2]
    return tuple(check for check in checks if name in ABOUT_ALL or name in check.affects)


def verdict(checks: Sequence["Check"], notebook: str) -> Verdict:
    """The worst verdict on the data that a report stands on.

    One that stands on all of the data is refused only with the whole run.
    """
    return worst(
        "FLAG"
        if notebook.partition("_")[2] in ABOUT_ALL
        and check.finding.verdict == "REFUSE"
        and not check.refuses_run
        else check.finding.verdict
        for check in relevant(checks, notebook)
    )


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of several verdicts, PASS if there is none."""
    return max(verdicts, key=ORDER.index, default="PASS")


def reservations(checks: Sequence["Check"], say: Say) -> list[Reservation]:
    """The checks that did not pass, worst first."""
    found = [check for check in checks if check.finding.verdict != "PASS"]
    return [
        Reservation(
            check.finding.verdict,
            check.finding.say(say),
            say(check.bias, **check.finding.values) if check.bias else "",
        )
        for check in sorted(found, key=lambda c: -ORDER.index(c.finding.verdict))
    ]


def gaps(checks: Sequence["Check"], say: Say) -> list[Reservation]:
    """The tables and columns that are merely missing, in the order of the checks."""
    return reservations([check for check in checks if is_gap(check)], say)


def doubts(checks: Sequence["Check"], say: Say) -> list[Reservation]:
    """What is wrong in what there is, worst first."""
    return reservations([check for check in checks if not is_gap(check)], say)


def requests(checks: Sequence["Check"], say: Say) -> list[Request]:
    """What to ask the firm for, each thing once, in the order of the checks."""
    found: dict[str, Request] = {}
    for check in checks:
        if check.request:
            what = say(check.request, **check.finding.values)
            found.setdefault(what, Request(what[:1].upper() + what[1:], check.finding.say(say)))
    return list(found.values())


def is_gap(check: "Check") -> bool:
    """True for a table that is merely missing: nothing is wrong in what there is."""
    return check.finding.verdict == "FLAG" and bool(check.request) and not check.bias


def meaning(parameter: "Parameter", say: Say) -> str:
    """What a parameter means, as a sentence begins; its name where nothing says it."""
    text = say(parameter.description) if parameter.description else parameter.name
    return text[:1].upper() + text[1:]


def estimates(findings: Sequence[Finding], say: Say) -> list[Estimate]:
    """The findings that carry an interval: the others count everything, or compare nothing."""
    return [
        Estimate(
            finding.say(say),
            _interval(finding.interval, _kind(finding), say),
            say.integer(finding.n) if finding.n is not None else "",
        )
        for finding in findings
        if finding.interval is not None
    ]


def figure_text(figure: KeyFigure, say: Say) -> FigureText:
    """A key figure in the reader's language, with its change since the year before."""
    known = figure.previous is not None and figure.previous == figure.previous  # not NaN
    return FigureText(
        say(figure.label),
        say.format_field(figure.value, figure.kind),
        say.format_field(figure.previous, figure.kind) if known else "",
        _change(figure, say) if known else "",
        _interval(figure.interval, figure.kind, say),
    )


def perimeter(engagement: Engagement, say: Say) -> list[str]:
    """What the audit is limited to, one line per column; empty if it covers everything."""
    return [
        say("{column:text}: {values:text}", column=say(LABELS[name]), values=", ".join(values))
        for name, values in engagement.perimeter.items()
    ]


def plain(value: Any, say: Say) -> str:
    """The value of a parameter as it is, numbers with the language's decimal mark."""
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, int) and value >= LONGEST_COUNT:  # a seed: a name rather than a number
        return str(value)
    if isinstance(value, int | float):
        return str(format_decimal(value, "#,##0.######", locale=LOCALES[say.language]))
    if isinstance(value, list | tuple):
        return " ; ".join(plain(item, say) for item in value) or "–"
    return str(value) or "–"


def _change(figure: KeyFigure, say: Say) -> str:
    previous = float(figure.previous or 0)
    difference = figure.value - previous
    mark = "▲" if difference > 0 else "▼" if difference < 0 else "="
    if figure.kind in ("pct", "points"):
        return f"{mark} {say.points(abs(difference)).lstrip('+')}"
    if not previous:
        return ""
    return f"{mark} {say.percent(abs(difference / previous))}"


def _interval(bounds: tuple[float, float] | None, kind: str, say: Say) -> str:
    if bounds is None:
        return ""
    low, high = (say.format_field(bound, kind) for bound in bounds)
    return say("{low:text} to {high:text}", low=low, high=high)


def _kind(finding: Finding) -> str:
    """The format of a finding's estimate: that of the first value its interval contains."""
    low, high = finding.interval or (0.0, 0.0)
    for _, name, spec, _ in string.Formatter().parse(finding.sentence):
        value = finding.values.get(name or "")
        if spec and isinstance(value, int | float) and low <= value <= high:
            return spec
    return "number"
