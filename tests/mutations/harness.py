"""A case of the corpus through the real intake, and what came of it."""

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import yaml

from clientaudit.audit import Audit, open_audit
from clientaudit.errors import AuditError
from clientaudit.intake.quality.undetectable import accounts_given, undetectable
from mutations.corpus import Case
from mutations.firm import (
    AMOUNT,
    CLIENT,
    DATE,
    DISCOUNT,
    DOCUMENT,
    PRICE,
    PRODUCT,
    QUANTITY,
    Exports,
    Truth,
)

COLUMNS = {
    "client_id": CLIENT,
    "doc_id": DOCUMENT,
    "date": DATE,
    "product_id": PRODUCT,
    "quantity": QUANTITY,
    "list_price": PRICE,
    "discount_pct": DISCOUNT,
    "amount_net": AMOUNT,
}
WRITTEN = {"encoding": "utf-8", "separator": ";", "decimal": ",", "date_format": "%d/%m/%Y"}
THOUSANDS = [" ", "\u00a0", "\u202f"]


@dataclass(frozen=True)
class Outcome:
    """What a consultant gets: the refusal, or totals and the checks that did not pass.

    first_fault: the first fault of the refusal. flagged: check to its sentence. stops: checks that
    refuse the run. listed: what report 00 says that no file can show.
    """

    refusal: str = ""
    first_fault: str = ""
    totals: Truth | None = None
    flagged: dict[str, str] | None = None
    stops: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()

    def kind(self, truth: Truth, usual: set[str], by: str) -> str:
        """What came of a case, in the words of `Expected`.

        usual: checks that do not pass on the clean exports either.
        """
        if self.refusal:
            return "refused" if re.search(by, self.refusal, re.DOTALL) else "refused without words"
        new = set(self.flagged or ()) - usual
        if by in self.stops:
            return "refused by the gate"
        if self.totals == truth and ({by} <= new if by else not new):
            return "exact"
        if by in new:
            return "flagged"
        if self.totals == truth:
            return f"exact, but flagged by {sorted(new)}"
        return f"wrong, and flagged by {sorted(new)}" if new else "undetectable"


def engagement(folder: Path, truth: Truth, *, told: bool, accounts: bool) -> Path:
    """The engagement that a careful consultant wrote for the clean exports.

    told: it says how values are written. accounts: it gives the revenue of the accounts.
    """
    settings: dict[str, Any] = {
        "firm": "Quincaillerie du Marais",
        "as_of": "2025-12-31",
        "language": "en",
        "tables": {"transactions": {"files": "ventes_20*", "columns": COLUMNS}},
    }
    if told:
        settings["defaults"] = WRITTEN | {"thousands": THOUSANDS}
    if accounts:
        settings["accounts"] = truth.accounts
    path = folder / "engagement.yml"
    path.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    return path


def run(case: Case, exports: Exports, truth: Truth, folder: Path) -> Outcome:
    """Damage the exports, and read them as `clientaudit check` would."""
    case.apply(exports)
    return read(exports, truth, folder, told=case.told, accounts=case.accounts)


def read(exports: Exports, truth: Truth, folder: Path, *, told: bool, accounts: bool) -> Outcome:
    """What intake and the quality gate make of exports."""
    for file in exports.files:
        (folder / file.name).write_bytes(file.content)
    path = engagement(folder, truth, told=told, accounts=accounts)
    try:
        audit = open_audit(path)
    except AuditError as error:
        first = str(error.faults[0]) if error.faults else error.message
        return Outcome(refusal=str(error), first_fault=first)
    failing = [
        (check.finding.key.removeprefix("intake."), check)
        for check in audit.checks
        if check.finding.verdict != "PASS"
    ]
    return Outcome(
        totals=totals(audit.prepared.folder / "lines.parquet"),
        flagged={name: check.finding.say(audit.say) for name, check in failing},
        stops=frozenset(name for name, check in failing if check.refuses_run),
        listed=blind_spots(audit),
    )


def blind_spots(audit: Audit) -> frozenset[str]:
    """The names of what report 00 lists as beyond the files."""
    facts = audit.prepared.facts
    found = undetectable(facts, accounts=accounts_given(facts, audit.engagement))
    return frozenset(spot.name for spot in found)


def totals(path: Path) -> Truth:
    """What the lines of a Parquet file add up to."""
    lines = f"from read_parquet('{path}')"
    with duckdb.connect() as connection:

        def rows(query: str) -> list[tuple[Any, ...]]:
            return connection.execute(query).fetchall()

        months = dict(
            rows(f"select date_trunc('month', date)::date, sum(amount_net) {lines} group by 1")
        )
        clients = rows(f"select sum(amount_net) {lines} group by client_id order by 1")
        [(count, invoices)] = rows(f"select count(*), count(distinct doc_id) {lines}")
    by_client = tuple(amount for (amount,) in clients)
    return Truth(sum(by_client, Decimal(0)), months, by_client, count, invoices)
