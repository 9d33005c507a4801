"""The corpus as a page: what comes of each family of mutations, and what the consultant reads."""

import tempfile
from collections import Counter
from pathlib import Path

from mutations.corpus import Case, cases
from mutations.firm import clean_exports, truth_of
from mutations.harness import run

SHOWN = 230
HEADING = "| what was damaged | cases | exact | refused | flagged | undetectable | what is read |"
RULE = "|---|--:|--:|--:|--:|--:|---|"
PREFACE = """# What damaged exports come to

A wrong total must never pass in silence. A small clean firm of three years is damaged in the ways
that exports are damaged in, one at a time, and read with the engagement file that a careful
consultant wrote for the clean exports. Each of the {cases} cases below must come to one of these:

- **exact**: revenue per month and client, lines and invoices are true to the cent;
- **refused**: nothing is read; the message names the file, the place, the value and the remedy;
- **flagged**: a check of report 00 names the defect, and stops the run where it must;
- **undetectable**: no file can show it; report 00 lists these, with what would show them.

This page is made by the tests (`UPDATE_GOLDEN=1 pytest tests/mutations/test_table.py`).

"""


def page() -> str:
    """The page docs/mutations.md."""
    families: dict[str, list[Case]] = {}
    for case in cases():
        families.setdefault(case.family, []).append(case)
    rows = [_row(family, members) for family, members in sorted(families.items())]
    table = "\n".join([HEADING, RULE, *rows])
    count = sum(map(len, families.values()))
    return f"{PREFACE.format(cases=count)}{table}\n\n{_undetectable()}"


def _row(family: str, members: list[Case]) -> str:
    kinds = Counter(case.expected.kind for case in members)
    kinds["flagged"] += kinds["refused by the gate"]
    counts = (kinds[kind] or "" for kind in ("exact", "refused", "flagged", "undetectable"))
    told = next((c for c in members if c.expected.kind not in ("exact", "undetectable")), None)
    cells = [family, len(members), *counts, _message(told) if told else ""]
    return "| " + " | ".join(map(str, cells)) + " |"


def _message(case: Case) -> str:
    """The first fault, or the sentence of the check, that a case gives."""
    exports = clean_exports()
    truth = truth_of(exports)
    with tempfile.TemporaryDirectory() as folder:
        outcome = run(case, exports, truth, Path(folder))
    message = outcome.first_fault or (outcome.flagged or {})[case.expected.by]
    message = message.replace("|", "\\|").replace("\u00a0", " ")
    return message if len(message) <= SHOWN else message[: SHOWN - 1] + "…"


def _undetectable() -> str:
    found = {
        case.change.__doc__ or "": case.expected.by
        for case in cases()
        if case.expected.kind == "undetectable"
    }
    lines = [f"- {defect} (`{item}`)" for defect, item in found.items()]
    return (
        "What no file can show; report 00 lists these, with what would show them:\n\n"
        + "\n".join(lines)
        + "\n"
    )
