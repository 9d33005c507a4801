"""The pages of a run: one per notebook, and the index."""

import base64
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import nbformat

from clientaudit.errors import AuditError
from clientaudit.findings import Conclusion, Finding, Verdict
from clientaudit.report import confidence
from clientaudit.report.colour import readable
from clientaudit.report.html import render
from clientaudit.report.outputs import body
from clientaudit.settings import Engagement
from clientaudit.text import Say

if TYPE_CHECKING:
    from clientaudit.intake.quality.check import Check

IMAGES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
LARGEST_LOGO = 300_000  # bytes
KEY_FIGURES, KEY_FIGURES_EACH = 6, 3  # on the index, and of one report
LISTS_ALL_CHECKS = "00_intake"  # its body is what the box says of the other pages
PRIVACY = {
    "codes": "Clients are shown by their code, as in the firm's files, without their names.",
    "names": "Clients are shown by name: this report is for its addressees only.",
    "pseudonyms": "Clients are shown under pseudonyms made with a secret key. They remain "
    "personal data.",
}


@dataclass(frozen=True)
class Parameter:
    """One parameter that a notebook ran with. description: English, as in `Thresholds`."""

    name: str
    value: Any
    default: Any
    description: str
    changed: bool


@dataclass(frozen=True)
class Page:
    """All that a page says beside the body of its notebook.

    notebook: `04_rfm`. question, reproducibility: in the reader's language.
    contents: the pages of the run, (address, question) each.
    """

    engagement: Engagement
    say: Say
    as_of: dt.date
    notebook: str
    question: str
    conclusion: Conclusion
    checks: tuple["Check", ...]
    parameters: tuple[Parameter, ...]
    caveats: tuple[Finding, ...]
    reproducibility: str
    contents: tuple[tuple[str, str], ...]

    @property
    def href(self) -> str:
        """The page's address beside the others."""
        return f"{self.notebook}.html"

    @property
    def relevant_checks(self) -> tuple["Check", ...]:
        """The checks of the data that bear on this report."""
        return confidence.relevant(self.checks, self.notebook)

    @property
    def verdict(self) -> Verdict:
        """The worst verdict on the data that this report stands on."""
        return confidence.verdict(self.checks, self.notebook)


def render_page(notebook: nbformat.NotebookNode, page: Page) -> str:
    """The report of one executed notebook: one HTML file, no script, nothing loaded.

    Raises AuditError if the logo cannot be used.
    """
    text, sections = body(notebook, page.say)
    checks = () if page.notebook == LISTS_ALL_CHECKS else page.relevant_checks
    return render(
        "page.html.j2",
        **_frame(page),
        title=page.question,
        sections=sections,
        body=text,
        verdict=page.verdict,
        reservations=confidence.doubts(checks, page.say),
        gaps=confidence.gaps(checks, page.say),
        passed=sum(c.finding.verdict == "PASS" for c in page.relevant_checks),
        estimates=confidence.estimates(
            [*page.conclusion.findings, *page.conclusion.details], page.say
        ),
    )


def render_index(pages: Sequence[Page]) -> str:
    """The entry page of a run: what each report found, what is missing, where the files are.

    pages: in the order of reading, at least one.
    """
    first = pages[0]
    checks = tuple({c.finding.key: c for page in pages for c in page.checks}.values())
    return render(
        "index.html.j2",
        **_frame(first),
        title=first.say("What does the client base tell us?"),
        sections=[],
        pages=pages,
        verdict=confidence.worst(page.verdict for page in pages),
        # Missing tables stand under what to ask for, each with what it costs.
        reservations=confidence.doubts(_relevant(pages, checks), first.say),
        passed=sum(c.finding.verdict == "PASS" for c in checks),
        headline=_headline_figures(pages),
        requests=confidence.requests(checks, first.say),
    )


def logo(engagement: Engagement) -> str:
    """The logo of the cover as a data: address, "" if there is none.

    Raises AuditError if the file is missing, not PNG or JPEG, or over 300 kB.
    """
    if not engagement.report.logo:
        return ""
    path = engagement.path.parent / engagement.report.logo
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_LOGO + 1)
    except OSError:
        raise AuditError(f'report.logo: there is no file "{engagement.report.logo}".') from None
    kind = next((kind for magic, kind in IMAGES.items() if content.startswith(magic)), "")
    if not kind:
        raise AuditError(f'report.logo: "{engagement.report.logo}" is not a PNG or JPEG image.')
    if len(content) > LARGEST_LOGO:
        raise AuditError(
            f'report.logo: "{engagement.report.logo}" has {path.stat().st_size:,} bytes; '
            f"{LARGEST_LOGO:,} are allowed."
        )
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _frame(page: Page) -> dict[str, Any]:
    """What every page carries: cover, colours, contents."""
    colour = page.engagement.report.colour
    return {
        "page": page,
        "say": page.say,
        "engagement": page.engagement,
        "logo": logo(page.engagement),
        "light": readable(colour, "light"),
        "dark": readable(colour, "dark"),
        "privacy": page.say(PRIVACY[page.engagement.privacy.mode]),
        "perimeter": confidence.perimeter(page.engagement, page.say),
        "figure": confidence.figure_text,
        "plain": confidence.plain,
        "meaning": confidence.meaning,
    }


def _relevant(pages: Sequence[Page], checks: Sequence["Check"]) -> list["Check"]:
    """The checks that bear on a report of this run; where only the intake is there, all."""
    names = [page.notebook for page in pages if page.notebook != LISTS_ALL_CHECKS]
    return [c for c in checks if not names or any(confidence.relevant([c], n) for n in names)]


def _headline_figures(pages: Sequence[Page]) -> list[Any]:
    """The first key figures of each report on the clients, each label once."""
    about_clients = [page for page in pages if page.notebook != LISTS_ALL_CHECKS] or pages
    firsts = [f for page in about_clients for f in page.conclusion.key_figures[:KEY_FIGURES_EACH]]
    return list({figure.label: figure for figure in firsts}.values())[:KEY_FIGURES]
