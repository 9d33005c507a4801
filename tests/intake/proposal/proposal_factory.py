"""Small exports written to a folder, and the proposal that is made of them."""

from pathlib import Path
from typing import Any

from clientaudit.intake.proposal.draft import ColumnDraft, SourceDraft
from clientaudit.intake.proposal.propose import Proposal, propose, write_proposal
from clientaudit.settings import Engagement, load_engagement


def save(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def table(heading: str, rows: list[str]) -> str:
    return "\n".join([heading, *rows]) + "\n"


def proposed(folder: Path) -> tuple[Proposal, Engagement]:
    """The proposal on the exports of a folder, and its file as the settings read it."""
    proposal = propose([folder])
    write_proposal(proposal)
    return proposal, load_engagement(proposal.path)


def draft(proposal: Proposal, table: str) -> SourceDraft:
    [found] = [draft for draft in proposal.sources if draft.table == table]
    return found


def column(proposal: Proposal, table: str, name: str) -> ColumnDraft:
    return draft(proposal, table).columns[name]


def mapping(engagement: Engagement, table: str) -> dict[str, Any]:
    """Canonical column to heading or formula, of the only source of a table."""
    [source] = engagement.tables[table]
    return {name: c.from_ or c.formula or c.value for name, c in source.columns.items()}


def sales(count: int = 40, *, date: str = "{day:02d}/{month:02d}/2024") -> list[str]:
    """Invoice lines: client, invoice, date, product, quantity, price, amount (decimal comma)."""
    rows = []
    for i in range(count):
        quantity, cents = i % 7 + 1, 1000 + 37 * i
        day = date.format(day=i % 27 + 1, month=i % 12 + 1)
        price = f"{cents / 100:.2f}".replace(".", ",")
        amount = f"{quantity * cents / 100:.2f}".replace(".", ",")
        rows.append(f"C{i % 9:04d};F{i // 2:05d};{day};REF{i % 11};{quantity};{price};{amount}")
    return rows


HEADING = "Code client;N° facture;Date facture;Référence;Qté;PU HT;Montant HT"
