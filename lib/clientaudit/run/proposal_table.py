"""What `clientaudit init` found, for a reader at the terminal."""

import io
import sys

from rich.box import SIMPLE_HEAD
from rich.columns import Columns
from rich.console import Console
from rich.table import Table
from rich.text import Text

from clientaudit.intake.proposal.draft import SourceDraft
from clientaudit.intake.proposal.headings import shown
from clientaudit.intake.proposal.propose import Proposal
from clientaudit.intake.proposal.writing import confirmations, needs_look
from clientaudit.schema import TABLES

PLAIN_WIDTH = 120


def proposal_text(proposal: Proposal) -> str:
    """Each export, the table it feeds and its columns with how sure they are; what is left to do.

    Headings are shown on one line of plain signs: they come from unknown files.
    """
    is_terminal = sys.stdout.isatty()
    text = io.StringIO()
    width = None if is_terminal else PLAIN_WIDTH
    console = Console(file=text, width=width, force_terminal=is_terminal)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("Exports", overflow="fold", ratio=3)
    table.add_column("Table")
    table.add_column("Columns, and how sure they are (?: look at it)", ratio=7)
    for draft in proposal.sources:
        table.add_row(Text(_exports(draft)), draft.table, _columns(draft), end_section=True)
    console.print(table)
    for export in proposal.unused:
        console.print(Text(f"Not used: {shown(export.name)} ({export.because})"), soft_wrap=True)
    count = confirmations(proposal.text)
    console.print(Text(f"{count} lines are marked CONFIRM. Look at them, then:"), soft_wrap=True)
    console.print(Text(f"  clientaudit check {proposal.path}"), soft_wrap=True)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines())


def _exports(draft: SourceDraft) -> str:
    titles = [export.title for export in draft.source.exports]
    shown_titles = titles if len(titles) <= 2 else [titles[0], f"… {titles[-1]} ({len(titles)})"]
    joins = dict.fromkeys(table.first.title for table in draft.join_names.values())
    return "\n".join([*shown_titles, *(f"+ {title}" for title in joins)])


def _columns(draft: SourceDraft) -> Columns:
    order = [column.name for column in TABLES[draft.table].columns]
    cells = [Text(f"preset {draft.preset}")] if draft.preset else []
    for name in sorted(draft.columns, key=order.index):
        column = draft.columns[name]
        unsure = needs_look(column)
        cell = Text(f"{column.confidence:.0%} ", style="yellow" if unsure else "dim")
        cells.append(cell.append(name + "?" * unsure, style="yellow" if unsure else "default"))
    required = () if draft.preset else TABLES[draft.table].required
    missing = [name for name in required if name not in draft.columns]
    cells += [Text(f"not found: {name}", style="red") for name in missing]
    return Columns(cells, padding=(0, 3), equal=True)
