"""What the last audit's run left for this one: its tables, and the registers of its workbook."""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from clientaudit.errors import AuditError
from clientaudit.intake.registers.kept import Registers, read_registers

MANIFEST, METRICS, WORKBOOK = "manifest.json", "metrics.json", "workbook.xlsx"
MAX_REPEATS = 1_000  # runs of one audit, each repeated from the one before
# Tables of a run: who stands in the registers of its workbook, and what it has proposed there.
REGISTERED, PROPOSED = "register_clients", "register_proposals"


@dataclass(frozen=True)
class PreviousRun:
    """The folder of the last audit's run, or of an earlier run of the same audit.

    Raises AuditError where the folder is not a run, or its manifest is damaged.
    """

    folder: Path

    @cached_property
    def as_of(self) -> dt.date:
        """Last day of its period."""
        try:
            return dt.date.fromisoformat(self._manifest["as_of"])
        except (ValueError, TypeError, KeyError):
            raise self._damaged() from None

    def audit_before(self, day: dt.date) -> "PreviousRun | None":
        """The run of the last audit with a period that ends before `day`: this one, or else the
        one that it was compared with; None where there is none.
        """
        run: PreviousRun | None = self
        for _ in range(MAX_REPEATS):
            if run is None or run.as_of < day:
                return run
            run = run._own_previous()
        raise self._damaged()

    def files(self) -> list[Path]:
        """Every file of it that a result of another run may depend on."""
        single = (self.folder / name for name in (MANIFEST, METRICS, WORKBOOK))
        tables = sorted((self.folder / "tables").glob("*.parquet"))
        return [*(path for path in single if path.is_file()), *tables]

    def table(self, name: str) -> pd.DataFrame | None:
        """A table that it kept, None where there is none. Raises AuditError: it is damaged."""
        path = self.folder / "tables" / f"{name}.parquet"
        if not path.is_file():
            return None
        try:
            return pd.read_parquet(path)
        except (OSError, pa.ArrowException) as error:
            raise AuditError(f"{path}: cannot be read ({error}).") from None

    def registers(
        self, clients: Iterable[str], *, as_of: dt.date, currency: str, key: str | None
    ) -> Registers:
        """The registers of its workbook; empty where that run did not write any yet.

        clients, as_of, currency: those of this run. key: name of the variable that holds the key
        of pseudonyms, None where the codes are shown.
        Raises AuditError: its period ends later than this one; its amounts are in another
        currency; not one client is the same; the workbook is gone or cannot be read.
        """
        if self.as_of > as_of:
            raise AuditError(
                f"{self.folder}: its data go up to {self.as_of}, later than {as_of}. The previous "
                "run is one of the same day or before."
            )
        if (other := self._manifest.get("currency", currency)) != currency:
            raise AuditError(
                f"{self.folder}: its amounts are in {other}, those of this run in {currency}: its "
                "groups and classes cannot be compared. Run that audit again in one currency."
            )
        before, known = self._clients("client_summary"), set(clients)
        if before and known.isdisjoint(before):
            raise AuditError(
                f"{self.folder}: not one of its clients is one of this run."
                + (f" Its pseudonyms were made with another key than {key}." if key else "")
            )
        if self.table(REGISTERED) is None:
            return Registers()
        workbook = self.folder / WORKBOOK
        if not workbook.is_file():
            raise AuditError(
                f"{workbook}: is missing, and with it the registers of actions and decisions. Put "
                f"it back; to begin them anew, delete tables/{REGISTERED}.parquet there."
            )
        found = read_registers(workbook, clients=known | before | self._clients(REGISTERED))
        proposed = self.table(PROPOSED)
        return found if proposed is None else replace(found, proposed=proposed)

    def _clients(self, table: str) -> set[str]:
        found = self.table(table)
        if found is None:
            return set()
        if "client_id" not in found:
            raise AuditError(f"{self.folder}: its table {table} holds no client_id.")
        return set(found["client_id"].dropna().astype(str))

    def _own_previous(self) -> "PreviousRun | None":
        try:
            engagement, kept = self._manifest["engagement"], self._manifest["options"]["previous"]
            return PreviousRun((self.folder / engagement).parent / kept) if kept else None
        except (TypeError, KeyError):
            raise self._damaged() from None

    @cached_property
    def _manifest(self) -> Any:
        try:
            return json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise self._damaged() from None

    def _damaged(self) -> AuditError:
        return AuditError(
            f"{self.folder}: is not the folder of a run ({MANIFEST} is missing or damaged)."
        )
