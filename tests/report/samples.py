"""A small page made by hand: what a notebook gives, with names that try to break out."""

import datetime as dt
from types import SimpleNamespace

import nbformat
import pandas as pd
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from clientaudit.figures.style import COLOURS, axis_format, chart, finish
from clientaudit.findings import Conclusion, Finding, KeyFigure
from clientaudit.report.html import OURS
from clientaudit.report.page import Page, Parameter
from clientaudit.report.tables import render_table
from clientaudit.settings import Engagement
from clientaudit.text import Say

AS_OF = dt.date(2026, 8, 31)
HOSTILE = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "../../x",
    "$\\frac{",
    "\"quoted\" 'both' & <b>",
    "line\u2028break",
    "\u202eright to left",
    "</style><img src=x onerror=alert(1)>",
    "control\x07sign",
)
BEST = Finding(
    "rfm.best",
    "{clients:int} {clients:plural:client|clients} ({share:pct}) bought recently and spend the "
    "most: they bring {revenue_share:pct} of revenue.",
    {"clients": 62, "share": 0.26, "revenue_share": 0.88},
    n=238,
)
ASLEEP = Finding(
    "rfm.asleep",
    "{share:pct} of the big clients have gone quiet.",
    {"share": 0.12},
    interval=(0.08, 0.19),
    n=112,
    verdict="FLAG",
)
CAVEAT = Finding("rfm.ties", "Clients with equal values share the lower score.")


def engagement(**report: object) -> Engagement:
    source = {"columns": {"client_id": "a", "date": "b", "amount_net": "c"}, "files": ["v.csv"]}
    return Engagement.model_validate(
        {
            "firm": "Établissements Duval & Fils",
            "tables": {"transactions": [source]},
            "perimeter": {"entity": ["Lyon", "Dijon"]},
            "report": {"consultant": "Cabinet Mercier", "confidentiality": "Strictly personal"}
            | report,
        }
    )


def check(verdict: str = "FLAG", **fields: object) -> SimpleNamespace:
    finding = Finding(
        f"intake.{verdict.lower()}",
        "{share:pct} of the lines carry no client code.",
        {"share": 0.031},
        verdict=verdict,  # type: ignore[arg-type]
    )
    return SimpleNamespace(
        **{
            "finding": finding,
            "bias": "Revenue per client is too low.",
            "affects": ("rfm",),
            "request": "the client file",
            "refuses_run": False,
        }
        | fields
    )


def page(say: Say | None = None, **fields: object) -> Page:
    values = {
        "engagement": engagement(),
        "say": say or Say("en"),
        "as_of": AS_OF,
        "notebook": "04_rfm",
        "question": "Who are the best clients, and who is drifting away?",
        "conclusion": Conclusion(
            (BEST, ASLEEP),
            (
                KeyFigure("Clients", 238, "int", previous=251),
                KeyFigure("Revenue", 1_234_567.8, "money", previous=1_190_000.0),
                KeyFigure("Repeat", 0.624, "pct", previous=0.611, interval=(0.58, 0.66)),
                KeyFigure("Alerts", 23, "int"),
            ),
        ),
        "checks": (check(), check("PASS")),
        "parameters": (
            Parameter("rfm_bins", 5, 0, "highest score [ours]", True),
            Parameter("worry_ratio", 1.6667, 1.6667, "silence over own interval [seed]", False),
        ),
        "caveats": (CAVEAT,),
        "reproducibility": "Made from 3 files; the same files give the same figures.",
        "contents": (
            ("01_portrait.html", "How different are our clients?"),
            ("04_rfm.html", "Who are the best clients, and who is drifting away?"),
        ),
    }
    return Page(**(values | fields))  # type: ignore[arg-type]


def clients(rows: int = 12) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "client_id": [f"00{i}" for i in range(rows - len(HOSTILE))] + list(HOSTILE),
            "last_purchase": [dt.date(2026, 8, 1) - dt.timedelta(days=9 * i) for i in range(rows)],
            "recency_days": [30 + 9 * i for i in range(rows)],
            "occasion_count": [40 - i for i in range(rows)],
            "revenue": [54_321.5 / (i + 1) for i in range(rows)],
            "revenue_share": [0.4 / (i + 1) for i in range(rows)],
            "segment": ["champions"] * rows,
        }
    )


def table_output(say: Say, frame: pd.DataFrame, name: str, caption: str) -> nbformat.NotebookNode:
    table = render_table(
        frame,
        say,
        name=name,
        caption=caption,
        translate=["segment"],
        labels={"segment": "Segment"},
    )
    return new_output("execute_result", table._repr_mimebundle_())


def figure_output(say: Say) -> nbformat.NotebookNode:
    drawing, axes = chart(height=3.4)
    names = [*HOSTILE[:4], "Martin", "Leroy"]
    axes.barh(names, [120_000, 91_000, 60_000, 30_500, 12_000, 4_000], color=COLOURS["actual"])
    axes.invert_yaxis()
    axis_format(axes.xaxis, say, "money")
    finish(drawing, say, title=BEST, source="Source: 3 files", subtitle="Revenue, 12 months, n = 6")
    data, metadata = drawing._repr_mimebundle_()
    return new_output("display_data", data, metadata=metadata)


def answer_output(say: Say) -> nbformat.NotebookNode:
    items = "".join(f"<li>{finding.say(say)}</li>" for finding in (BEST, ASLEEP))
    return new_output("execute_result", {OURS: f'<ul class="answer">{items}</ul>'})


def notebook(say: Say | None = None) -> nbformat.NotebookNode:
    say = say or Say("en")
    wide = pd.concat([clients().add_prefix(f"{p}_") for p in ("now", "before")], axis=1)
    foreign = {"text/html": "<b onclick=alert(1)>not ours</b>", "text/plain": "not <b>ours</b>"}
    return new_notebook(
        cells=[
            new_markdown_cell("# Who are the best clients?\n\nThree facts describe a *client*."),
            new_code_cell("engagement = 'secret_code_is_not_shown'"),
            new_markdown_cell("## The scores\n\nOne row per client. <script>alert(1)</script>"),
            new_code_cell("x", outputs=[table_output(say, clients(), "rfm_clients", "The scores")]),
            new_markdown_cell("### Where they stand\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
            new_code_cell("x", outputs=[figure_output(say)]),
            new_code_cell("x", outputs=[table_output(say, wide, "wide", "A wide table")]),
            new_code_cell("x", outputs=[table_output(say, clients()[:0], "none", "Nobody")]),
            new_code_cell("x", outputs=[new_output("execute_result", foreign)]),
            new_code_cell("x", outputs=[new_output("stream", text="a warning")]),
            new_code_cell(
                "x", outputs=[new_output("execute_result", {"text/plain": "'l\\'écart'"})]
            ),
            new_markdown_cell("## Answer"),
            new_code_cell("x", outputs=[answer_output(say)]),
        ]
    )
