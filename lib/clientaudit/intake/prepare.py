"""Exports become canonical tables, once: Parquet files named by the content they come from."""

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
from ibis.backends.duckdb import Backend

from clientaudit.engine.connection import MEMORY_VARIABLE, PARQUET_VERSION, connect
from clientaudit.engine.costs import with_estimated_costs
from clientaudit.engine.disk import disk_faults, flush
from clientaudit.engine.occasions import occasions_table
from clientaudit.engine.progress import watched
from clientaudit.engine.scratch import hold, release, scratch, sweep
from clientaudit.errors import AuditError, Fault
from clientaudit.intake.due_dates import with_due_dates
from clientaudit.intake.facts import IntakeFacts, file_facts, load_facts, save_facts
from clientaudit.intake.fec.books import Books
from clientaudit.intake.fec.preset import with_implied_tables
from clientaudit.intake.identity import IdentityCount, resolve_codes
from clientaudit.intake.lines import perimeter_rule, prepared_path, write_prepared, write_rejected
from clientaudit.intake.mapping.plan import MappingTask
from clientaudit.intake.mapping.table import MappedTable, map_table
from clientaudit.intake.quality.estimated_costs import estimated_costs
from clientaudit.intake.quality.export_facts import mapped_facts, prepared_facts
from clientaudit.intake.quality.lookalikes import find_lookalikes
from clientaudit.intake.reading.files import InputFile, find_files, folder_of
from clientaudit.settings import Engagement

PACKAGE = Path(__file__).parents[1]
OF_THE_TABLES = ("*.py", "schema/*.py", "engine/**/*.py", "intake/**/*.py")  # our code
STORE = ".clientaudit"
FACTS = "intake.json"
LOCK = "preparing.lock"
WAIT_SECONDS = 0.2
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


def prepare(
    engagement: Engagement,
    *,
    progress: Progress = lambda _: None,
    share: Callable[[int], None] = lambda _: None,
) -> Prepared:
    """Read the exports, map them, and write the prepared tables beside the engagement file.

    The folder is named by the hash of the settings and of every input byte: the same content is
    prepared once, also by commands that run at once. It is written aside, flushed and renamed: a
    cut run leaves nothing half done, and what a killed one left is removed by the next.
    progress: told each step. share: told the percentage done of the pass that a step is at.
    Raises AuditError with every fault of every table.
    """
    store = engagement.path.parent / STORE
    folder = store / content_hash(engagement)
    sweep(store)
    if (store / LOCK).exists() and (handle := hold(store / LOCK)) is not None:
        release(store / LOCK, handle)  # of a process that was killed
    if not (folder / FACTS).is_file():
        _private_folder(store)
        with disk_faults(store), _turn(store / LOCK, progress):
            if not (folder / FACTS).is_file():
                _write(engagement, folder, progress, share)
    return load_prepared(folder)


def load_prepared(folder: Path) -> Prepared:
    """The tables that `prepare` wrote into a folder."""
    return Prepared(folder, load_facts(folder / FACTS))


def content_hash(engagement: Engagement) -> str:
    """Names everything that the prepared tables depend on: settings, input bytes, our code."""
    settings = engagement.model_dump_json(
        include={"currency", "perimeter", "privacy", "defaults", "tables", "identity"}
    )
    digest = hashlib.sha256(settings.encode())
    for pattern in OF_THE_TABLES:
        for source in sorted(PACKAGE.glob(pattern)):
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


@contextmanager
def _turn(path: Path, progress: Progress) -> Iterator[None]:
    """Wait while another command prepares tables here: the same ones are made once."""
    if (handle := hold(path)) is None:
        progress("waiting for another command that reads exports here")
    while handle is None:
        time.sleep(WAIT_SECONDS)
        handle = hold(path)
    try:
        yield
    finally:
        release(path, handle)


def _write(
    engagement: Engagement, folder: Path, progress: Progress, share: Callable[[int], None]
) -> None:
    with scratch(folder.parent) as work:
        done = work / "tables"
        done.mkdir()
        connection = connect(spill=work)
        try:
            with watched(connection, share):
                facts = _prepare_tables(connection, engagement, work, done, progress)
        except (MemoryError, duckdb.OutOfMemoryException):
            raise AuditError(
                f"The exports do not fit in the engine's memory: give it more with the variable "
                f"{MEMORY_VARIABLE} (2GB where it is not set), or look for a cell of millions of "
                "characters."
            ) from None
        finally:
            connection.disconnect()
        save_facts(facts, done / FACTS)
        flush(done)
        if folder.exists():  # without its facts: damaged
            folder.rename(work / "damaged")
        done.rename(folder)


def _prepare_tables(
    backend: Backend, engagement: Engagement, work: Path, done: Path, progress: Progress
) -> IntakeFacts:
    connection: duckdb.DuckDBPyConnection = backend.con
    books = Books(connection, engagement.folder)
    mapped = with_due_dates(connection, _map_all(books, engagement, work, progress))
    found = mapped_facts(connection, mapped)
    rules = perimeter_rule(connection, engagement, mapped["transactions"])
    identity = _write_tables(connection, engagement, mapped, done)
    write_rejected(connection, engagement, work, done)
    progress("finding the purchase days")
    path, products = done / "lines.parquet", done / "products.parquet"
    rates = backend.read_parquet(products) if products.exists() else None
    lines = with_estimated_costs(backend.read_parquet(path), rates)
    backend.to_parquet(
        occasions_table(lines), done / "occasions.parquet", parquet_version=PARQUET_VERSION
    )
    progress("checking the lines")
    return IntakeFacts(
        files=tuple(fact for name in engagement.tables for fact in file_facts(mapped[name])),
        rules=tuple(rule for table in mapped.values() for rule in table.rules) + rules,
        identity=identity,
        lookalikes=find_lookalikes(connection, done),
        fec=books.facts,
        estimated=estimated_costs(lines),
        **found,
        **prepared_facts(connection, path, mapped["transactions"].columns),
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
    books: Books, engagement: Engagement, work: Path, progress: Progress
) -> dict[str, MappedTable]:
    """Every table of the engagement; the faults of all of them at once."""
    mapped: dict[str, MappedTable] = {}
    errors: list[AuditError] = []
    for name, sources in with_implied_tables(engagement).items():
        if name not in engagement.tables and (errors or not books.gives(name)):
            continue
        progress(f"reading {name}")
        try:
            task = MappingTask(
                name,
                engagement.path.parent,
                engagement.defaults,
                engagement.currency,
                books,
                work,
            )
            mapped[name] = map_table(task, sources)
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
    if folder.is_symlink():
        raise AuditError(
            f"{folder}: is a link. Client data are only written beside the engagement file: "
            "remove the link."
        )
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise AuditError(
            f"{folder}: cannot be written ({error.strerror}). The prepared tables stand beside "
            "the engagement file: put it in a folder that you may write to."
        ) from None
