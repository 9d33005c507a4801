"""One engagement at one date: what a notebook opens first and concludes with last."""

import datetime as dt
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

from clientaudit.engine.connection import connect
from clientaudit.engine.summary import client_summary
from clientaudit.errors import AuditError
from clientaudit.findings import (
    Conclusion,
    Finding,
    KeyFigure,
    save_conclusion,
    settle_claims,
)
from clientaudit.intake.facts import IntakeFacts
from clientaudit.intake.prepare import Prepared, load_prepared, prepare
from clientaudit.intake.quality.gate import Check, base_facts, quality_checks
from clientaudit.intake.registers.kept import DECISION_REGISTER, Registers
from clientaudit.intake.registers.previous import PreviousRun
from clientaudit.settings import Engagement, Thresholds, load_engagement
from clientaudit.settings.engagement import REPOSITORY
from clientaudit.text import Say

CONTEXT_VARIABLE = "CLIENTAUDIT_CONTEXT"


@dataclass(frozen=True)
class RunContext:
    """What the runner tells a kernel: where its results go. Its presence means that the
    parameters are resolved already.

    output: staging folder of the run. notebook: `04_rfm`. data: folder of the exports, if given.
    prepared: the tables of the run, so that no kernel has to hash the exports again. previous:
    folder of the last audit's run, if given.
    """

    output: Path
    notebook: str
    data: Path | None = None
    prepared: Path | None = None
    previous: Path | None = None


@dataclass(frozen=True)
class Audit:
    """The prepared tables of one engagement at one date, in one language, with its thresholds.

    previous: folder of the last audit's run, None at a first audit.
    """

    engagement: Engagement
    prepared: Prepared
    as_of: dt.date
    say: Say
    thresholds: Thresholds
    context: RunContext | None = None
    previous: Path | None = None

    @property
    def facts(self) -> IntakeFacts:
        """What intake learned about the exports."""
        return self.prepared.facts

    @cached_property
    def connection(self) -> Backend:
        """The engine, opened when the first table is asked for."""
        return connect(spill=self.prepared.folder.parent)

    def table(self, name: str) -> Table | None:
        """A prepared table (payments, clients, ...), None where the engagement has none."""
        path = self.prepared.path(name)
        return None if path is None else self.connection.read_parquet(path)

    def previous_table(self, name: str) -> pd.DataFrame | None:
        """A table that the last audit's run kept, None where there is none."""
        return self.last_audit.table(name) if self.last_audit else None

    @cached_property
    def last_audit(self) -> PreviousRun | None:
        """The run of the last audit; None at a first one. Where `previous` is an earlier run of
        this same audit, the run that it was compared with.
        """
        return PreviousRun(self.previous).audit_before(self.as_of) if self.previous else None

    @cached_property
    def previous_registers(self) -> Registers:
        """The registers of the previous run as the consultant left them; empty without one.

        Raises AuditError as `PreviousRun.registers`.
        """
        if self.previous is None:
            return Registers()
        clients: set[str] = set(self.occasions.client_id.as_table().distinct().client_id.execute())
        if (file := self.table("clients")) is not None:
            clients.update(file.client_id.execute())  # who never bought may have been decided on
        privacy = self.engagement.privacy
        key = privacy.key_env if privacy.mode == "pseudonyms" else None
        run, currency = PreviousRun(self.previous), self.engagement.currency
        return run.registers(clients, as_of=self.as_of, currency=currency, key=key)

    def previous_decisions(self) -> pd.DataFrame:
        """The register of decisions of the last audit, as the consultant left it.

        Returns client_id, prospect_id, date, decision, reason_code, told_honestly (True, False),
        override_by, override_reason, review_on; None where a cell is empty.
        """
        return self.previous_registers.decisions[DECISION_REGISTER.columns]

    @cached_property
    def lines(self) -> Table:
        """One row per invoice line."""
        return self._needed("lines")

    @cached_property
    def occasions(self) -> Table:
        """One row per client and day."""
        return self._needed("occasions")

    @cached_property
    def summary(self) -> Table:
        """One row per client at the cut-off date (see `client_summary`)."""
        return self.summary_at(self.as_of)

    def summary_at(self, day: dt.date) -> Table:
        """The client summary as it stood on another day."""
        return client_summary(
            self.occasions,
            as_of=day,
            window_months=self.thresholds.window_months,
            clients=self.table("clients"),
            data_start=self.facts.lines.days.first,
        )

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """What the quality gate says of these exports at this date."""
        return quality_checks(
            self.facts,
            self.engagement,
            as_of=self.as_of,
            thresholds=self.thresholds,
            base=base_facts(self.summary, self.table("clients")),
        )

    @property
    def source(self) -> str:
        """The source line under a figure."""
        files = sum(file.table == "transactions" for file in self.facts.files)
        return self.say(
            "Source: {firm:text}, {files:int} invoice {files:plural:export|exports}, "
            "data up to {day:day}",
            firm=self.engagement.firm,
            files=files,
            day=self.as_of,
        )

    def save_table(self, name: str, frame: pd.DataFrame) -> None:
        """Keep a table of the report as tables/NAME.parquet of the run; by hand, nothing."""
        if self.context is not None:
            folder = self.context.output / "tables"
            folder.mkdir(parents=True, exist_ok=True)
            frame.to_parquet(folder / f"{name}.parquet", index=False)

    def conclude(
        self,
        findings: Sequence[Finding],
        *,
        key_figures: Sequence[KeyFigure] = (),
        caveats: Sequence[Finding] = (),
        details: Sequence[Finding] = (),
    ) -> "Answer":
        """Close a notebook: show its findings, and keep them for the page and metrics.json.

        findings: the answer, most important first; few enough to be read. details: what else was
        measured, shown below in small. Their guarded claims are settled together at a false
        discovery rate of 5 %.
        """
        settled = settle_claims([*findings, *details])
        conclusion = Conclusion(
            settled[: len(findings)],
            tuple(key_figures),
            tuple(caveats),
            details=settled[len(findings) :],
        )
        if self.context is not None:
            folder = self.context.output / "findings"
            folder.mkdir(parents=True, exist_ok=True)
            save_conclusion(conclusion, folder / f"{self.context.notebook}.json")
        return Answer(conclusion, self.say)

    def _needed(self, name: str) -> Table:
        table = self.table(name)
        if table is None:
            raise FileNotFoundError(f"{self.prepared.folder} holds no {name}.parquet")
        return table


@dataclass(frozen=True)
class Answer:
    """The findings of a notebook as they are shown in it."""

    conclusion: Conclusion
    say: Say

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        html = self._list(self.conclusion.findings, "answer")
        if self.conclusion.details:
            heading = escape(self.say("Also measured"))
            html += f"<h3>{heading}</h3>" + self._list(self.conclusion.details, "answer details")
        found = (*self.conclusion.findings, *self.conclusion.details)
        text = "\n".join(finding.say(self.say) for finding in found)
        return {"text/plain": text, "text/html": html, "application/vnd.clientaudit+html": html}

    def _list(self, findings: Sequence[Finding], style: str) -> str:
        items = "".join(f"<li>{escape(f.say(self.say))}</li>" for f in findings)
        return f'<ul class="{style}">{items}</ul>'


def open_audit(
    engagement: str | Path, *, as_of: str = "", language: str = "", **parameters: Any
) -> Audit:
    """Open one engagement at one date, preparing its tables if they are not there yet.

    engagement: path of an engagement.yml, relative to the current folder or to the repository.
    as_of, language: "" = from the engagement (as_of: else the last complete month of the data).
    parameters: the thresholds of the notebook's parameters cell. By hand, a value that differs
        from the default wins and an equal one yields to the engagement.
    Raises AuditError for whatever the engagement or the exports get wrong.
    """
    context = _context()
    settings = load_engagement(_resolved(engagement), data=context.data if context else None)
    made = context.prepared if context else None
    prepared = load_prepared(made) if made else prepare(settings)
    return Audit(
        engagement=settings,
        prepared=prepared,
        as_of=_day(as_of) or settings.as_of or prepared.facts.as_of_default,
        say=Say(language or settings.language, settings.currency),
        thresholds=_thresholds(settings, parameters, resolved=context is not None),
        context=context,
        previous=context.previous if context else settings.previous_run,
    )


def _thresholds(
    engagement: Engagement, parameters: Mapping[str, Any], *, resolved: bool
) -> Thresholds:
    defaults = Thresholds()
    chosen = {
        name: value
        for name, value in parameters.items()
        if resolved or value != getattr(defaults, name, None)
    }
    try:
        return Thresholds.model_validate(engagement.thresholds.model_dump() | chosen)
    except ValueError as error:
        raise AuditError(f"The parameters cannot be used: {error}") from None


def _day(text: str) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise AuditError(f'as_of "{text}" is not a date. Write it as YYYY-MM-DD.') from None


def _resolved(engagement: str | Path) -> Path:
    path = Path(engagement)
    return path if path.is_absolute() or path.exists() else REPOSITORY / path


def _context() -> RunContext | None:
    name = os.environ.get(CONTEXT_VARIABLE)
    if not name:
        return None
    data = json.loads(Path(name).read_text(encoding="utf-8"))
    folders = {key: Path(data[key]) for key in ("data", "prepared", "previous") if data.get(key)}
    return RunContext(Path(data["output"]), data["notebook"], **folders)
