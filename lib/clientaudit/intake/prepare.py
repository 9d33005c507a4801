"""Exports become canonical tables, once: Parquet files named by the content they come from."""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
from ibis.backends.duckdb import Backend

from clientaudit.engine.connection import connect
from clientaudit.engine.occasions import occasions_table
from clientaudit.errors import AuditError, Fault
from clientaudit.intake.facts import IntakeFacts, file_facts, load_facts, save_facts
from clientaudit.intake.files import InputFile, find_files, folder_of
from clientaudit.intake.identity import IdentityCount, resolve_codes
from clientaudit.intake.line_facts import last_complete_month_end, line_facts
from clientaudit.intake.lines import perimeter_rule, prepared_path, write_prepared, write_rejected
from clientaudit.intake.lookalikes import find_lookalikes
from clientaudit.intake.mapping import MappedTable, map_table
from clientaudit.settings import Engagement

PACKAGE = Path(__file__).parents[1]
STORE = ".clientaudit"
FACTS = "intake.json"
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Prepared:
    """The prepared tables of one engagement: a folder of Parquet files, and what intake learned."""

    folder: Path
    facts: IntakeFacts

    def path(self, table: str) -> Path | None:
        """File of a table (lines, occasions, clients, payments, ...), None where it is missing."""
        path = self.folder / f"{table}.parquet"
        return path if path.is_file() else None


def prepare(engagement: Engagement, *, progress: Progress = lambda _: None) -> Prepared:
    """Read the exports, map them, and write the prepared tables beside the engagement file.

    The folder is named by the hash of the settings and of every input byte: the same content is
    prepared once. It is written aside, then renamed, so that a cut run leaves nothing half done.
    Raises AuditError with every fault of every table.
    """
    store = engagement.path.parent / STORE
    folder = store / content_hash(engagement)
    if not (folder / FACTS).is_file():
        _write(engagement, store, folder, progress)
    return Prepared(folder, load_facts(folder / FACTS))


def content_hash(engagement: Engagement) -> str:
    """Names everything that the prepared tables depend on: settings, input bytes, our code."""
    settings = engagement.model_dump_json(
        include={"currency", "perimeter", "privacy", "defaults", "tables", "identity"}
    )
    digest = hashlib.sha256(settings.encode())
    for source in sorted(PACKAGE.glob("*.py")) + sorted(PACKAGE.glob("[ei]n*/*.py")):
        digest.update(source.read_bytes())
    if engagement.privacy.mode == "pseudonyms":
        digest.update(os.environ.get(engagement.privacy.key_env, "").encode())
    for file in input_files(engagement):
        digest.update(json.dumps([file.name, file.sha256]).encode())
    return digest.hexdigest()[:16]


def input_files(engagement: Engagement) -> tuple[InputFile, ...]:
    """Every file that the prepared tables are made of, look-ups included, by name."""
    written = {engagement.identity.groups_file, engagement.identity.merge_file}
    exports: set[str] = set()
    for source in (source for sources in engagement.tables.values() for source in sources):
        exports.update(source.files)
        exports.update(file for join in source.join for file in join.files)
        written.update(column.map_file for column in source.columns.values())
    home = engagement.path.parent
    folders = {name: folder_of(name, engagement.folder, home) for name in written if name}
    folders |= dict.fromkeys(exports, engagement.folder)
    found: dict[str, InputFile] = {}
    errors: list[AuditError] = []
    for pattern, folder in sorted(folders.items()):
        try:
            found |= {file.name: file for file in find_files([pattern], folder)}
        except AuditError as error:
            errors.append(error)
    _raise_all(errors, "files cannot be found")
    return tuple(found[name] for name in sorted(found))


def _write(engagement: Engagement, store: Path, folder: Path, progress: Progress) -> None:
    _private_folder(store)
    with tempfile.TemporaryDirectory(dir=store, prefix="preparing-") as name:
        work = Path(name)
        done = work / "tables"
        done.mkdir()
        connection = connect(spill=work / "spill")
        try:
            facts = _prepare_tables(connection, engagement, work, done, progress)
        finally:
            connection.disconnect()
        save_facts(facts, done / FACTS)
        try:
            done.rename(folder)
        except OSError:  # another process prepared the same content first
            if not (folder / FACTS).is_file():
                raise


def _prepare_tables(
    backend: Backend, engagement: Engagement, work: Path, done: Path, progress: Progress
) -> IntakeFacts:
    connection: duckdb.DuckDBPyConnection = backend.con
    mapped = _map_all(connection, engagement, work, progress)
    rules = perimeter_rule(connection, engagement, mapped["transactions"])
    identity = _write_tables(connection, engagement, mapped, done)
    write_rejected(connection, engagement, work, done)
    progress("finding the purchase days")
    lines = backend.read_parquet(done / "lines.parquet")
    backend.to_parquet(occasions_table(lines), done / "occasions.parquet")
    progress("checking the lines")
    facts = line_facts(connection, done / "lines.parquet")
    return IntakeFacts(
        files=tuple(fact for table in mapped.values() for fact in file_facts(table)),
        rules=tuple(rule for table in mapped.values() for rule in table.rules) + rules,
        lines=facts,
        identity=identity,
        lookalikes=find_lookalikes(connection, done),
        columns={name: table.columns for name, table in mapped.items()},
        row_counts={name: table.rows for name, table in mapped.items()},
        as_of_default=last_complete_month_end(facts),
    )


def _write_tables(
    connection: duckdb.DuckDBPyConnection,
    engagement: Engagement,
    mapped: dict[str, MappedTable],
    done: Path,
) -> IdentityCount:
    """The prepared tables; as they were mapped where no code and no line has to change."""
    identity = engagement.identity
    changes = (identity.merge_file, identity.groups_file, engagement.perimeter)
    grouped = "clients" in mapped and "group_id" in mapped["clients"].columns
    if not (any(changes) or grouped or engagement.privacy.mode == "pseudonyms"):
        for table in mapped.values():
            table.path.rename(prepared_path(table, done))
        return IdentityCount()
    count = resolve_codes(connection, engagement, [table.path for table in mapped.values()])
    for table in mapped.values():
        write_prepared(connection, engagement, table, prepared_path(table, done))
    return count


def _map_all(
    connection: duckdb.DuckDBPyConnection, engagement: Engagement, work: Path, progress: Progress
) -> dict[str, MappedTable]:
    """Every table of the engagement; the faults of all of them at once."""
    mapped: dict[str, MappedTable] = {}
    errors: list[AuditError] = []
    for name, sources in engagement.tables.items():
        progress(f"reading {name}")
        try:
            mapped[name] = map_table(
                connection,
                name,
                sources,
                folder=engagement.folder,
                defaults=engagement.defaults,
                currency=engagement.currency,
                out=work,
                home=engagement.path.parent,
            )
        except AuditError as error:
            errors.append(error)
    _raise_all(errors, "tables cannot be read")
    return mapped


def _raise_all(errors: list[AuditError], what: str) -> None:
    """Raise the one error, or all of them as one."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        faults = [f for error in errors for f in error.faults or (Fault("", error.message),)]
        counts = {group: count for error in errors for group, count in error.counts.items()}
        raise AuditError(f"{len(errors)} {what}.", faults, counts)


def _private_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise AuditError(
            f"{folder}: cannot be written ({error.strerror}). The prepared tables stand beside "
            "the engagement file: put it in a folder that you may write to."
        ) from None
