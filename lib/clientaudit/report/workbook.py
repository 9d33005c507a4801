"""The workbook of a run: read-me, clients, lists to act on, groups, grid, what was set aside."""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
from xlsxwriter.workbook import Workbook

from clientaudit.analyses.intake.rules import STEPS, TABLES
from clientaudit.analyses.rfm.tables import MEDIANS
from clientaudit.engine.scratch import scratch
from clientaudit.intake.registers.kept import Registers
from clientaudit.report.columns import heading
from clientaudit.report.confidence import meaning, plain, requests
from clientaudit.report.definitions import DEFINITIONS
from clientaudit.report.lists import OWN, known_names, list_sheets, named, table
from clientaudit.report.page import PRIVACY, Page, Parameter
from clientaudit.report.sheets import MAX_ROWS, Sheet, Writer
from clientaudit.text import Say

OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# Tables that say where a client stands, and their columns for the sheet of clients; () = all.
STANDINGS = {
    "rfm_clients": (),
    "group_clients": ("group_name",),
    "grid_clients": ("grid_class",),
}
FIRST = ("client_id", "name", "grid_class", "rfm_segment", "group_name", "revenue_window",
         "revenue_prior_window", "margin_window", "last_purchase", "recency_days",
         "occasion_count_window", "revenue", "margin")  # fmt: skip
GRID_FIRST = ("client_id", "name", "grid_class", "previous_class", "points",
              "profit_weight", "profit_points", "profit_window", "margin_weight", "margin_points",
              "margin_window", "net_margin_window", "revenue_weight", "revenue_points",
              "potential_weight", "potential_points", "potential_gap", "relation_weight",
              "relation_points", "relation")  # fmt: skip
GRID_LABELS = {"distance": "Points missing for the class above"}
READ_ME_WIDTHS = (48, 60, 22, 30)  # characters
LINE_HEIGHT, TITLE_HEIGHT = 15, 24  # points
LABELS = {
    "table": "What it holds",
    "file": "File",
    "line": "Line",
    "step": "Step",
    "why": "Why",
    "row": "Row as read",
    "request": "What to ask for",
    "finding": "What is missing or wrong",
}


def write_workbook(
    path: Path, *, tables: Path, pages: Sequence[Page], prepared: Path, registers: Registers
) -> None:
    """Write the Excel workbook of a run: the same inputs give the same bytes.

    tables: folder of the run's Parquet tables (client_summary, alerts, rfm_clients, rfm_segments,
    group_clients, group_profile, grid_clients). pages: the pages of the run, at least one.
    prepared: folder of the prepared tables. registers: the actions and decisions of the run.
    """
    page = pages[0]
    sheets = _sheets(pages, tables, prepared, registers)
    with scratch() as aside, Workbook(path, OPTIONS | {"tmpdir": str(aside)}) as book:
        book.set_properties(
            {
                "title": page.engagement.firm,
                "author": page.engagement.report.consultant,
                "created": dt.datetime.combine(page.as_of, dt.time()),
            }
        )
        writer = Writer(book, page.say)
        _write_read_me(writer, pages, sheets)
        for sheet in sheets:
            writer.write(sheet)


def _sheets(
    pages: Sequence[Page], tables: Path, prepared: Path, registers: Registers
) -> list[Sheet]:
    page = pages[0]
    segments, groups = (table(tables / f"{n}.parquet") for n in ("rfm_segments", "group_profile"))
    alerts, actions, decisions = list_sheets(
        page, tables=tables, prepared=prepared, registers=registers
    )
    return [
        Sheet("Clients", _clients(page, tables, prepared), "There is no client.", LABELS),
        alerts,
        Sheet("Segments", segments, "Segments were not computed.", MEDIANS),
        Sheet("Groups", groups, "Groups were not computed."),
        Sheet("Grid", _grid(page, tables, prepared), "The grid was not computed.", GRID_LABELS),
        actions,
        decisions,
        Sheet("Rejected rows", _rejected(pages[0], prepared), "No row was rejected.", LABELS),
        Sheet("Request list", _requests(pages), "There is nothing to ask for.", LABELS),
    ]


def _clients(page: Page, tables: Path, prepared: Path) -> pd.DataFrame:
    """One row per client, all metrics, best client first; names where the firm wants them."""
    clients = table(tables / "client_summary.parquet", by="revenue")
    for name, wanted in STANDINGS.items():
        found = table(tables / f"{name}.parquet")
        new = [n for n in found if n not in clients and (not wanted or n in wanted)]
        if not clients.empty and not found.empty:
            clients = clients.merge(found[["client_id", *new]], on="client_id", how="left")
    if page.engagement.privacy.mode == "names":
        clients = named(clients, known_names(prepared))
    first = [name for name in FIRST if name in clients]
    return clients[[*first, *(name for name in clients if name not in first)]]


def _grid(page: Page, tables: Path, prepared: Path) -> pd.DataFrame:
    """The grid, best first: in each row the points are the weights times the points above them."""
    grid = table(tables / "grid_clients.parquet", by="points")
    if page.engagement.privacy.mode == "names":
        grid = named(grid, known_names(prepared))
    first = [name for name in GRID_FIRST if name in grid]
    return grid[[*first, *(name for name in grid if name not in first)]]


def _rejected(page: Page, prepared: Path) -> pd.DataFrame:
    """The rows that were not kept. What they hold tells who they are about: only with names."""
    rows = table(prepared / "rejected_rows.parquet")
    for name, words in (("table", TABLES), ("step", STEPS)):
        if name in rows:
            rows[name] = [page.say(words[word]) for word in rows[name]]
    return (
        rows
        if page.engagement.privacy.mode == "names"
        else rows.drop(columns="row", errors="ignore")
    )


def _requests(pages: Sequence[Page]) -> pd.DataFrame:
    checks = {check.finding.key: check for page in pages for check in page.checks}
    found = requests(tuple(checks.values()), pages[0].say)
    return pd.DataFrame({"request": [r.what for r in found], "finding": [r.reason for r in found]})


def _write_read_me(writer: Writer, pages: Sequence[Page], sheets: Sequence[Sheet]) -> None:
    sheet = writer.add("Read me")
    for column, width in enumerate(READ_ME_WIDTHS):
        sheet.set_column(column, column, width)
    rows = [*_introduction(pages[0]), *_cut(pages[0].say, sheets), *_parameters(pages)]
    rows += _definitions(pages[0].say, sheets)
    for row, cells in enumerate(rows):
        sheet.set_row(row, LINE_HEIGHT * _lines(cells) if row else TITLE_HEIGHT)
        for column, text in enumerate(cells):
            style = writer.title if row == 0 else writer.bold if _is_title(cells) else writer.plain
            writer.text(sheet, row, column, text, style)


def _lines(cells: Sequence[str]) -> int:
    """Lines that a row of the read-me takes once its cells are wrapped."""
    pairs = zip(cells, READ_ME_WIDTHS, strict=False)
    return max((-(-len(text) // width) for text, width in pairs), default=1) or 1


def _is_title(cells: Sequence[str]) -> bool:
    return len(cells) == 1


def _introduction(page: Page) -> Iterator[list[str]]:
    say, report = page.say, page.engagement.report
    yield [page.engagement.firm]
    yield [say("Data up to"), say.day(page.as_of)]
    for label, text in (
        ("Prepared by", report.consultant),
        ("Confidentiality", report.confidentiality),
        ("Version", say("Draft") if report.draft else ""),
    ):
        if text:
            yield [say(label), text]
    yield [say("Currency"), say.currency]
    yield [say("Privacy"), say(PRIVACY[page.engagement.privacy.mode])]
    yield [say("Reproducibility"), page.reproducibility]
    yield []


def _cut(say: Say, sheets: Sequence[Sheet]) -> Iterator[list[str]]:
    for sheet in sheets:
        if len(sheet.frame) >= MAX_ROWS:
            yield [
                say(sheet.title),
                say(
                    "Only the first {rows:int} rows: a sheet holds no more. All of them are in the "
                    "folder tables.",
                    rows=MAX_ROWS,
                ),
            ]


def _parameters(pages: Sequence[Page]) -> Iterator[list[str]]:
    say = pages[0].say
    found: dict[tuple[str, str], Parameter] = {}
    for page in pages:
        for item in page.parameters:
            found.setdefault((item.name, plain(item.value, say)), item)
    yield [say("Parameters")]
    yield [
        say("Meaning and source"), say("Value"), say("Default"),
        say("Name in the engagement file"),
    ]  # fmt: skip
    for (name, value), item in sorted(found.items()):
        yield [meaning(item, say), value, plain(item.default, say), name]
    yield []


def _definitions(say: Say, sheets: Sequence[Sheet]) -> Iterator[list[str]]:
    yield [say("Columns")]
    yield [say("Heading"), say("Definition"), say("Sheet"), say("Name in the folder tables")]
    for sheet in sheets:
        for name in map(str, sheet.frame):
            key = next((k for k in (f"{sheet.title}.{name}", name) if k in DEFINITIONS), "")
            definition = say(DEFINITIONS[key]) if key else ""
            own = sheet.labels.get(name, "") if name.startswith(OWN) else ""
            words = own or heading(name, say, sheet.labels)
            yield [words, definition, say(sheet.title), "" if sheet.is_said else name]
